// emr-query fields: every field that stands in a copied ledger, by shape, without its values.
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "common/ledger_guard.h"
#include "contracts/methods.h"
#include "emr_query.h"
#include "field_census.h"
#include "json/json.h"
#include "ledger/block.h"
#include "ledger/transaction.h"
#include "store/damage.h"
#include "store/store.h"

namespace emr::query {

namespace {

Result<nlohmann::json> tree_of(std::string_view text) {
  auto tree = json::parse_strict(text);
  if (!tree) return store::damaged("an entry is no JSON");
  return tree;
}

/// A core by its method, since the arguments of one method say nothing of another's.
Status count_entry(const std::string& entry, FieldCensus& census) {
  EMR_ASSIGN(const nlohmann::json tree, tree_of(entry));
  const auto core = tree.find("core");
  if (core == tree.end()) return store::damaged("an entry has no core");
  const std::string method = core->value("contract", "") + "." + core->value("method", "");
  return census.add("block " + method, tree);
}

Status count_block(const store::Snapshot& copy, std::uint64_t height, FieldCensus& census) {
  const auto bytes = copy.block(height);
  if (!bytes) return {};  // below a snapshot, and not fetched yet
  EMR_ASSIGN(const ledger::Block block, ledger::decode_block(*bytes));
  for (const std::string& entry : block.entries) EMR_TRY(count_entry(entry, census));
  EMR_ASSIGN(const auto receipts, copy.receipts(height));
  for (const std::string& receipt : receipts) {
    EMR_ASSIGN(const nlohmann::json tree, tree_of(receipt));
    EMR_TRY(census.add("receipt", tree));
  }
  return {};
}

Status count_table(const store::Snapshot& copy, store::Table table, FieldCensus& census) {
  Status counted;
  copy.visit(table, {}, [&](ByteView key, ByteView value) {
    const bool is_state = table == store::Table::kState;
    const std::string where = is_state ? "state " + key_pattern(as_text(key)) : "sidecar";
    const auto tree = tree_of(as_text(value));
    counted = tree ? census.add(where, *tree) : Status(tree.error());
    return counted.ok();
  });
  return counted;
}

Status list_fields(cli::Context& context) {
  tools::guard_ledger(context);
  EMR_ASSIGN(const auto store, store::Store::open_copy(context.text("ledger")));
  const auto copy = store->snapshot();
  EMR_ASSIGN(const auto tip, copy->tip());
  if (!tip) return fail(Code::kNoInput, "there is no ledger in this directory");
  FieldCensus census;
  for (std::uint64_t height = 1; height <= tip->height; ++height) {
    EMR_TRY(count_block(*copy, height, census));
  }
  EMR_TRY(count_table(*copy, store::Table::kState, census));
  EMR_TRY(count_table(*copy, store::Table::kSidecars, census));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return census.each([&](const std::string& line) { return output->write(line); });
}

}  // namespace

cli::VerbSpec fields_verb() {
  return {.name = "fields",
          .summary = "which fields stand on a copied ledger, and of what shape their values are",
          .description =
              "One emr.field line for each path: where it stands (block with its method, receipt, "
              "state with its key, or sidecar, the half that can be erased), how often, how many "
              "different values, and their shapes: hash, address, hex, base64, time, month, date, "
              "digits, number, boolean, word, code, text. Values are never shown. Only text can "
              "hold what somebody wrote; in blocks and state there is none but the names and "
              "addresses of institutions. The directory must not be in use: stop the node or "
              "copy it.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "ledger",
                       .kind = cli::Kind::kFolder,
                       .help = "copied data directory",
                       .required = true}},
          .examples = {{"is there anything in blocks or state that somebody wrote?",
                        "emr-query fields --ledger /srv/copy | jq -c "
                        "'select(.where != \"sidecar\" and (.shapes | index(\"text\")))'"}},
          .handler = list_fields};
}

}  // namespace emr::query
