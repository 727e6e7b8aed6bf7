// emr-query state: the whole state of a copied data directory in its one order, or what it comes
// to. Two nodes at one height print the same bytes, however they came there.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/cli.h"
#include "common/ledger_guard.h"
#include "json/json.h"
#include "ledger/state_tree.h"
#include "state.h"
#include "store/damage.h"
#include "store/store.h"

namespace emr::query {

namespace {

Result<ledger::ChainTip> tip_of(const store::Snapshot& view) {
  EMR_ASSIGN(const auto tip, view.tip());
  if (!tip) return fail(Code::kNoInput, "there is no ledger in this directory");
  return *tip;
}

Status print_entries(const store::Snapshot& view, cli::LineWriter& output) {
  Status written;
  view.visit(store::Table::kState, {}, [&](ByteView key, ByteView value) {
    const nlohmann::json line = {{"key", std::string(as_text(key))},
                                 {"value", std::string(as_text(value))}};
    const Result<std::string> text = json::canonical(line);
    written = text ? output.write(*text) : Status(store::damaged("an entry is no text"));
    return written.ok();
  });
  return written;
}

Status print_state(cli::Context& context) {
  tools::guard_ledger(context);
  EMR_ASSIGN(const auto store, store::Store::open_copy(context.text("ledger")));
  const auto view = store->snapshot();
  EMR_ASSIGN(const ledger::ChainTip tip, tip_of(*view));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  if (!context.flag("digest")) EMR_TRY(print_entries(*view, *output));
  const ledger::StateTree tree = ledger::StateTree::of(*view);
  const nlohmann::json line = {{"type", "emr.state"},
                               {"v", 1},
                               {"height", tip.height},
                               {"tip", to_hex(tip.hash)},
                               {"writesHash", to_hex(tip.writes_hash)},
                               {"entries", tree.entries()},
                               {"chunks", tree.leaves().size()},
                               {"stateRoot", to_hex(tree.root())}};
  return output->write(json::canonical_checked(line));
}

}  // namespace

cli::VerbSpec state_verb() {
  return {.name = "state",
          .summary = "print the state of a copied ledger, entry by entry",
          .description =
              "Prints every entry of the state in key order as {\"key\",\"value\"}, then one "
              "emr.state line with the height, the number of entries and the state root. The root "
              "at a checkpoint height is the one in that block's header. The directory must not "
              "be in use: stop the node or copy it.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "ledger",
                       .kind = cli::Kind::kFolder,
                       .help = "copied data directory",
                       .required = true},
                      {.name = "digest",
                       .kind = cli::Kind::kFlag,
                       .help = "print the emr.state line only"}},
          .examples = {{"do two copies hold the same state?",
                        "emr-query state --ledger a | cmp - <(emr-query state --ledger b)"}},
          .handler = print_state};
}

}  // namespace emr::query
