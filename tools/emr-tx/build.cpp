// build: arguments or sealed records in, unsigned transactions out. With nodes to ask, records that
// the ledger already has become receipts instead of transactions, so that a second import signs and
// submits nothing.
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/cli.h"
#include "cli/system_random.h"
#include "client/lookup.h"
#include "common/connection.h"
#include "contracts/methods.h"
#include "json/access.h"
#include "json/json.h"
#include "receipt.h"
#include "run_line.h"
#include "sealed.h"
#include "verbs.h"

namespace emr::tx {
namespace {

using cli::Kind;
using json::Json;

/// Records that are looked up with one query.
constexpr std::size_t kGroupSize = 200;

struct Item {
  std::uint64_t line = 0;
  Json json;
  std::optional<Error> fault;
  client::KnownRecord known;
};

class Builder {
 public:
  explicit Builder(cli::Context& context) : context_(context) {}
  Status run();

 private:
  Status read_options();
  Status check_conflict_options() const;
  Status connect();
  Result<bool> read_group(cli::LineReader& input);
  Status look_up();
  Status finish(Item& item);
  Status conflicts() const;
  Result<std::string> build(const Item& item);
  Result<std::string> build_record(const Item& item, const Draft& draft);
  Draft draft_for(const Item& item) const;

  cli::Context& context_;
  cli::SystemRandom random_;
  std::string contract_;
  std::string method_;
  crypto::Address from_{};
  std::optional<ledger::Genesis> genesis_;
  std::optional<tools::Identity> identity_;
  std::optional<client::Lookup> lookup_;
  std::vector<Item> group_;
  std::uint64_t written_ = 0;
  std::uint64_t conflicts_ = 0;  ///< of these, receipts of records with other content
};

Status Builder::read_options() {
  const std::string& name = context_.text("CONTRACT.METHOD");
  const std::size_t dot = name.find('.');
  contract_ = name.substr(0, dot);
  method_ = dot == std::string::npos ? "" : name.substr(dot + 1);
  if (contracts::method_table().find(contract_, method_) == nullptr) {
    return fail(Code::kUsage, "no contract has this method")
        .with_hint("emr-tx methods lists them");
  }
  EMR_ASSIGN(from_, crypto::parse_address(context_.text("from")));
  EMR_TRY(check_conflict_options());
  return connect();
}

/// What they say is about records that were looked up, and no other line heeds it.
Status Builder::check_conflict_options() const {
  if (contract_ != "records" || method_ != "create") {
    return context_.refuse_typed({"on-conflict", "reason-code"}, "is for records.create");
  }
  if (!tools::has_identity(context_)) {
    return context_.refuse_typed({"on-conflict", "reason-code"},
                                 "needs --session or --key-file: records are not looked up");
  }
  if (context_.text("on-conflict") == "amend") return {};
  return context_.refuse_typed({"reason-code"}, "is for --on-conflict amend");
}

/// Nodes are asked only when somebody is named who asks.
Status Builder::connect() {
  if (contract_ != "records") return {};
  if (!tools::has_identity(context_)) {
    if (!context_.given("node")) return {};
    return cli::Context::usage("--node needs --session or --key-file: queries are signed");
  }
  if (!context_.given("genesis")) return cli::Context::usage("--genesis is missing");
  EMR_ASSIGN(genesis_, tools::load_genesis(context_));
  EMR_ASSIGN(identity_, tools::load_identity(context_, *genesis_));
  EMR_ASSIGN(lookup_, client::Lookup::make(tools::pool_options(context_), *genesis_,
                                           identity_->credential, random_,
                                           std::chrono::seconds(context_.seconds("timeout"))));
  return {};
}

Status Builder::run() {
  EMR_TRY(read_options());
  EMR_ASSIGN(cli::LineReader* const input, context_.input());
  for (bool more = true; more;) {
    EMR_ASSIGN(more, read_group(*input));
    EMR_TRY(look_up());
    for (Item& item : group_) EMR_TRY(finish(item));
  }
  if (lookup_) tools::note_undecided(context_, *lookup_);
  return conflicts();
}

/// What is there, at least one line. False at the end of the input.
Result<bool> Builder::read_group(cli::LineReader& input) {
  group_.clear();
  do {
    EMR_ASSIGN(const std::optional<cli::Line> line, input.next());
    if (!line) return false;
    Item item;
    item.line = line->number;
    item.fault = line->fault;
    if (!item.fault) {
      auto tree = json::parse_object(line->text);
      if (tree) {
        item.json = *std::move(tree);
      } else {
        item.fault = std::move(tree).error();
      }
    }
    group_.push_back(std::move(item));
  } while (group_.size() < kGroupSize && input.has_buffered_line());
  return true;
}

Status Builder::look_up() {
  if (!lookup_) return {};
  std::vector<Item*> asked;
  std::vector<client::Tags> tags;
  for (Item& item : group_) {
    if (item.fault || !json::expect_type(item.json, "emr.sealed")) continue;
    const auto* member = json::find_member(item.json, "tags");
    if (member == nullptr) continue;
    const auto record = json::get_hex32(*member, "record");
    const auto content = json::get_hex32(*member, "content");
    if (!record || !content) continue;  // the builder says what is wrong with it
    tags.push_back({*record, *content});
    asked.push_back(&item);
  }
  if (asked.empty()) return {};
  EMR_ASSIGN(const std::vector<client::KnownRecord> known, lookup_->ask(tags));
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i]->known = known[i];
  return {};
}

Status Builder::finish(Item& item) {
  Result<std::string> text = item.fault ? Result<std::string>(*item.fault) : build(item);
  if (!text) {
    return context_.errors().failed(item.line, std::move(text).error().with_line(item.line));
  }
  ++written_;
  EMR_ASSIGN(cli::LineWriter* const output, context_.output());
  return output->write(*text);
}

/// What is written is valid all the same: the receipts of conflicts pass through the pipeline.
Status Builder::conflicts() const {
  if (conflicts_ == 0) return {};
  return fail(written_ == 1 ? Code::kNegative : Code::kPartial,
              std::to_string(conflicts_) + " of " + std::to_string(written_) +
                  " lines: the ledger has the record with other content")
      .with_reason("conflict")
      .with_hint("--on-conflict amend or skip");
}

Draft Builder::draft_for(const Item& item) const {
  Draft draft;
  draft.from = from_;
  draft.valid_until = std::time(nullptr) + context_.seconds("valid-for");
  draft.line = item.line;
  draft.reason_code = context_.text("reason-code");
  return draft;
}

Result<std::string> Builder::build(const Item& item) {
  const Draft draft = draft_for(item);
  if (json::find_member(item.json, "type") == nullptr) {
    EMR_ASSIGN(const ledger::TransactionLine line,
               build_plain(draft, contract_, method_, item.json, random_));
    return ledger::transaction_line(line);
  }
  if (contract_ == "records" && method_ == "desensitize") {
    EMR_ASSIGN(const ledger::TransactionLine line, build_run(draft, item.json, random_));
    return ledger::transaction_line(line);
  }
  if (contract_ != "records" || method_ != "create") {
    return fail(Code::kData, "input lines are the arguments, without a type")
        .with_pointer("/type")
        .with_reason("type");
  }
  return build_record(item, draft);
}

Result<std::string> Builder::build_record(const Item& item, const Draft& draft) {
  EMR_TRY(json::expect_type(item.json, "emr.sealed"));
  EMR_ASSIGN(const Json* tags, json::get_object(item.json, "tags"));
  EMR_ASSIGN(const Hash32 record, json::get_hex32(*tags, "record", "/tags"));
  EMR_ASSIGN(const auto marked, json::find_bool(item.json, "unchanged"));
  if (marked.value_or(false) || item.known.state == client::RecordState::kUnchanged) {
    return build_receipt(item.line, "unchanged", to_hex(record), item.known.version);
  }
  std::uint64_t base = 0;
  if (item.known.state == client::RecordState::kChanged) {
    const std::string& wish = context_.text("on-conflict");
    if (wish != "amend") {
      conflicts_ += wish == "fail" ? 1 : 0;
      return build_receipt(item.line, wish == "skip" ? "skipped" : "failed", to_hex(record),
                           item.known.version);
    }
    base = item.known.version;
  }
  EMR_ASSIGN(const ledger::TransactionLine line, build_sealed(draft, item.json, base, random_));
  return ledger::transaction_line(line);
}

std::vector<cli::OptionSpec> build_options() {
  std::vector<cli::OptionSpec> options{
      {.name = "from",
       .kind = Kind::kAddress,
       .help = "account that will sign",
       .group = "Transaction",
       .required = true},
      {.name = "valid-for",
       .kind = Kind::kDuration,
       .help = "how long the transaction may wait for its signature and commit",
       .group = "Transaction",
       .preset = "4h",
       .min = 60,
       .max = 86400},
      {.name = "on-conflict",
       .kind = Kind::kChoice,
       .help = "a record that the ledger has with other content: amend it, skip it, or fail",
       .group = "Transaction",
       .preset = "fail",
       .choices = {"amend", "skip", "fail"}},
      {.name = "reason-code",
       .value = "CODE",
       .help = "why records are amended; a code, no text (it stays on the ledger for ever)",
       .group = "Transaction",
       .preset = "correction"}};
  std::vector<cli::OptionSpec> nodes = tools::node_options();
  for (cli::OptionSpec& option : nodes) option.required = false;  // only looking up needs them
  return tools::joined(std::move(options),
                       tools::joined(std::move(nodes), tools::identity_options()));
}

}  // namespace

cli::VerbSpec build_verb() {
  return {
      .name = "build",
      .summary = "make unsigned transactions",
      .description =
          "Each input line holds the arguments of one call as a JSON object (emr-tx methods prints "
          "their schemas). For records.create the lines may be emr.sealed records as "
          "emr-ipfs-put writes them, for records.desensitize the audit lines of emr-desensitize "
          "--report.\n\nWith --session or --key-file, sealed records are looked up "
          "on the ledger first: what is there unchanged becomes an emr.receipt line, which "
          "emr-sign and emr-tx submit pass on; changed content is amended, skipped or failed as "
          "--on-conflict says. A record is there when f + 1 nodes say so; when fewer are named "
          "with --node, those of the genesis are asked too. What they do not agree on is sent, and "
          "the ledger decides.\n\nNothing of a record but its line number and visit is copied "
          "beside the transaction.",
      .streams = cli::Streams::kFilter,
      .positionals = {{.name = "CONTRACT.METHOD",
                       .help = "the method to call, e.g. records.create",
                       .required = true}},
      .options = build_options(),
      .examples = {{"approve a doctor",
                    "echo '{\"address\":\"0x…\",\"role\":\"doctor\"}' | emr-tx build "
                    "registration.approve --from 0x… | emr-sign -k admin.json --genesis "
                    "genesis.json | emr-tx submit --genesis genesis.json"},
                   {"put the audit line of a run on the ledger",
                    "emr-tx build records.desensitize --from 0x… < audit.json | emr-sign -k "
                    "bot.json --genesis genesis.json | emr-tx submit --genesis genesis.json"},
                   {"import sealed records",
                    "emr-tx build records.create --from 0x… --genesis genesis.json -k bot.json "
                    "--passphrase-file pass --on-conflict amend < sealed.jsonl"}},
      .handler = [](cli::Context& context) { return Builder(context).run(); }};
}

}  // namespace emr::tx
