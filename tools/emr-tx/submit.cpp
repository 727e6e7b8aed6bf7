// submit: signed transactions in, one receipt per input line out, in input order.
#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "common/connection.h"
#include "contracts/methods.h"
#include "journal.h"
#include "json/access.h"
#include "json/json.h"
#include "submission.h"
#include "verbs.h"

namespace emr::tx {
namespace {

using cli::Kind;
using json::Json;

class Submitter {
 public:
  explicit Submitter(cli::Context& context) : context_(context) {}
  Status run();

 private:
  Status open();
  Result<SubmissionOptions> submission_options();
  Status settle_journal();
  Status settle_entry(const Journal::Entry& entry, bool print);
  Status read_input();
  Status take_line(const cli::Line& line);
  Status take_transaction(const cli::Line& line);
  Status refuse(std::uint64_t number, Error error);

  cli::Context& context_;
  std::optional<ledger::Genesis> genesis_;
  std::optional<tools::Identity> identity_;
  std::optional<Journal> journal_;
  std::optional<client::ReceiptCheck> check_;
  std::optional<Submission> submission_;
};

Result<SubmissionOptions> Submitter::submission_options() {
  SubmissionOptions options;
  options.batch = context_.count("batch");
  options.connections = context_.count("connections");
  options.timeout = std::chrono::seconds(context_.seconds("timeout"));
  options.reason_code = context_.text("reason-code");
  const std::string& wish = context_.text("on-conflict");
  if (wish == "skip") options.on_conflict = OnConflict::kSkip;
  if (wish != "amend") {
    EMR_TRY(context_.refuse_typed({"key-file", "passphrase-file", "passphrase-fd", "reason-code"},
                                  "is for --on-conflict amend"));
    return options;
  }
  if (!context_.given("key-file")) {
    return cli::Context::usage("--on-conflict amend needs --key-file: an amendment is signed");
  }
  EMR_ASSIGN(identity_, tools::load_keystore(context_));
  options.on_conflict = OnConflict::kAmend;
  options.key = &identity_->credential.key;
  return options;
}

Status Submitter::open() {
  if (context_.flag("resume") && !context_.given("journal")) {
    return cli::Context::usage("--resume needs --journal");
  }
  EMR_ASSIGN(genesis_, tools::load_genesis(context_));
  EMR_ASSIGN(SubmissionOptions options, submission_options());
  std::vector<client::Pool> pools;
  const client::PoolOptions nodes = tools::pool_options(context_);
  for (std::size_t i = 0; i < options.connections; ++i) {
    EMR_ASSIGN(client::Pool pool, client::Pool::make(nodes, *genesis_));
    pools.push_back(std::move(pool));
  }
  if (context_.given("journal")) {
    EMR_ASSIGN(journal_, Journal::open(context_.text("journal")));
  }
  EMR_ASSIGN(cli::LineWriter* const output, context_.output());
  check_.emplace(*genesis_);
  submission_.emplace(std::move(options), std::move(pools), *check_,
                      journal_ ? &*journal_ : nullptr, genesis_->chain(),
                      [output](const std::string& receipt) { return output->write(receipt); });
  return {};
}

Status Submitter::run() {
  EMR_TRY(open());
  const auto start = std::chrono::steady_clock::now();
  Status read = settle_journal();
  if (read) read = read_input();
  Status finished = submission_->finish();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  context_.reporter().notice(submission_->tally().summary(took.count()));
  return read ? finished : read;
}

// What an earlier run left open is settled first, whether or not it is asked for: nothing is lost.
// Under --resume the receipts of the whole journal are printed again, so that the output of this
// run is complete.
Status Submitter::settle_journal() {
  if (!journal_) return {};
  const bool print = context_.flag("resume");
  const std::vector<Journal::Entry> entries = journal_->entries();
  for (const Journal::Entry& entry : entries) EMR_TRY(settle_entry(entry, print));
  return submission_->dispatch();
}

Status Submitter::settle_entry(const Journal::Entry& entry, bool print) {
  if (entry.superseded_by) return {};  // its amendment follows
  if (!entry.receipt.empty()) {
    return print ? submission_->add_receipt(entry.receipt) : Status{};
  }
  EMR_ASSIGN(ledger::TransactionLine line,
             ledger::parse_transaction_line(entry.text, contracts::method_table()));
  return submission_->add(entry.line, std::move(line), !print);
}

Status Submitter::read_input() {
  EMR_ASSIGN(cli::LineReader* const input, context_.input());
  while (!submission_->stopped()) {
    if (!input->has_buffered_line()) EMR_TRY(submission_->dispatch());
    EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
    if (!line) return {};
    EMR_TRY(take_line(*line));
    context_.reporter().progress("submitted", line->number);
  }
  return {};
}

/// The receipt of a line that cannot be sent, and what --on-error says about going on.
Status Submitter::refuse(std::uint64_t number, Error error) {
  EMR_TRY(submission_->add_failure(number, error));
  return context_.errors().failed(number, std::move(error).with_line(number));
}

Status Submitter::take_line(const cli::Line& line) {
  if (line.fault) return refuse(line.number, *line.fault);
  const Result<Json> tree = json::parse_object(line.text);
  if (!tree) return refuse(line.number, tree.error());
  if (!json::expect_type(*tree, "emr.receipt")) return take_transaction(line);
  Status taken = submission_->add_receipt(std::string(line.text));
  return taken ? taken : refuse(line.number, std::move(taken).error());
}

// The number in a receipt is that of the line the transaction was built from (member `line`), so
// that it can be found again in the hospital's export.
Status Submitter::take_transaction(const cli::Line& line) {
  auto parsed = ledger::parse_transaction_line(line.text, contracts::method_table());
  if (!parsed) return refuse(line.number, std::move(parsed).error());
  if (!parsed->transaction.signature) {
    return refuse(line.number, fail(Code::kData, "the transaction is not signed")
                                   .with_pointer("/signature")
                                   .with_reason("unsigned")
                                   .with_hint("pass it through emr-sign first"));
  }
  const Journal::Entry* known = journal_ ? journal_->find(parsed->transaction.txid) : nullptr;
  if (known != nullptr && !known->receipt.empty()) return submission_->add_receipt(known->receipt);
  EMR_ASSIGN(const Json other, json::parse_object(parsed->other_json));
  const auto origin = json::find_u64(other, "line");
  const std::uint64_t number = origin && *origin ? **origin : line.number;
  return submission_->add(number, *std::move(parsed));
}

std::vector<cli::OptionSpec> submit_options() {
  std::vector<cli::OptionSpec> options{
      {.name = "journal",
       .kind = Kind::kOutput,
       .help = "append-only file that survives a crash; one process at a time",
       .group = "Submission"},
      {.name = "resume",
       .kind = Kind::kFlag,
       .help = "print the receipts of the whole journal first, settling what it left open",
       .group = "Submission",
       .configurable = false},
      {.name = "batch",
       .kind = Kind::kCount,
       .value = "N",
       .help = "lines that are sent together",
       .group = "Submission",
       .preset = "200",
       .min = 1,
       .max = 1000},
      {.name = "connections",
       .kind = Kind::kCount,
       .value = "N",
       .help = "batches that are under way at once",
       .group = "Submission",
       .preset = "4",
       .min = 1,
       .max = 64},
      {.name = "on-conflict",
       .kind = Kind::kChoice,
       .help = "a record that meanwhile has another version: amend it (needs --key-file), skip "
               "it, or fail",
       .group = "Submission",
       .preset = "fail",
       .choices = {"amend", "skip", "fail"}},
      {.name = "reason-code",
       .value = "CODE",
       .help = "why records are amended; a code, no text",
       .group = "Submission",
       .preset = "correction"}};
  // No --session: it may not sign records, and nothing else is signed here.
  return tools::joined(tools::joined(tools::node_options(), std::move(options)),
                       tools::keystore_options());
}

}  // namespace

cli::VerbSpec submit_verb() {
  return {
      .name = "submit",
      .summary = "send signed transactions and print their receipts",
      .description =
          "Sends emr.tx lines to the nodes and writes one emr.receipt line per input line, in "
          "input order. Lines that emr-tx build answered already (emr.receipt) are passed on in "
          "their place. A receipt's status is committed, amended, unchanged, skipped, failed, or "
          "unknown: no outcome was learned in time, and sending the line again is "
          "safe.\n\nA transaction is idempotent by its id: what timed out is sent again, to "
          "another node if need be, and is never committed twice. A receipt is written when the "
          "certificate of its block shows it, checked from the genesis; a node whose proof does "
          "not hold is named on stderr and the next one asked. A refusal is final when f + 1 "
          "members say so, or every node there is to ask, and none may have taken the line; till "
          "then it is unknown. With --journal everything is on "
          "disk before it is sent; after a crash the same command settles what was left open "
          "before it reads its input.",
      .streams = cli::Streams::kFilter,
      .progress = true,
      .options = submit_options(),
      .examples = {{"submit a signed batch",
                    "emr-tx submit --genesis genesis.json --journal today.journal < signed.jsonl "
                    "> receipts.jsonl"},
                   {"after a crash",
                    "emr-tx submit --genesis genesis.json --journal today.journal --resume "
                    "< /dev/null > receipts.jsonl"}},
      .handler = [](cli::Context& context) { return Submitter(context).run(); }};
}

}  // namespace emr::tx
