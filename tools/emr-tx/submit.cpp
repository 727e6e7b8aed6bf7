// submit: signed lines in, one receipt per line out, in order. Lines go to the node in batches; a
// batch is as large as --batch, or what has arrived when the input pauses.
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "common/connection.h"
#include "contracts/methods.h"
#include "emr_tx.h"
#include "journal.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::tx {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

/// One input line: a transaction to submit, or a receipt that an earlier stage already wrote.
struct Item {
  std::uint64_t line = 0;
  std::string text;
  std::optional<ledger::Transaction> tx;
};

struct Counts {
  std::map<std::string, std::uint64_t> by_status;
  std::uint64_t lines = 0;
  std::uint64_t open = 0;
  std::optional<Error> first_failure;
};

class Submitter {
 public:
  Submitter(cli::Context& context, tools::Connection& connection, std::optional<Journal>& journal)
      : context_(context),
        connection_(connection),
        journal_(journal),
        batch_(context.count("batch")),
        dry_run_(context.flag("dry-run")) {}

  /// Lines that an earlier run left open are sent first; they are the same transactions.
  Status resume() {
    std::vector<Item> items;
    for (Pending& pending : journal_->open_lines()) {
      EMR_ASSIGN(Item item, read_item(pending.text, pending.line));
      items.push_back(std::move(item));
    }
    return items.empty() ? Status() : send(std::move(items), false);
  }

  Status run() {
    EMR_ASSIGN(cli::LineReader* const input, context_.input());
    std::vector<Item> items;
    while (true) {
      EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
      if (line) {
        Result<Item> item = line->fault ? Result<Item>(*line->fault)
                                        : read_item(std::string(line->text), line->number);
        if (!item) {
          EMR_TRY(flush(items));
          EMR_TRY(context_.errors().failed(line->number, std::move(item).error()));
          continue;
        }
        items.push_back(*std::move(item));
      }
      const bool pause = !line || !input->has_buffered_line();
      if (!items.empty() && (pause || items.size() >= batch_)) EMR_TRY(flush(items));
      if (!line) return {};
    }
  }

  const Counts& counts() const noexcept { return counts_; }

 private:
  Result<Item> read_item(std::string text, std::uint64_t number) const {
    Item item{number, std::move(text), std::nullopt};
    // Only a receipt is looked at as a tree first: transactions are the many.
    if (item.text.find("\"emr.receipt\"") != std::string::npos) {
      const Result<json> tree = emr::json::parse_object(item.text);
      if (tree && emr::json::expect_type(*tree, "emr.receipt").ok()) return item;
    }
    EMR_ASSIGN(ledger::TransactionLine line,
               ledger::parse_transaction_line(item.text, contracts::method_table()));
    if (!line.transaction.signature) {
      return fail(Code::kData, "the transaction is not signed")
          .with_pointer("/signature")
          .with_hint("emr-sign signs it");
    }
    item.tx = std::move(line.transaction);
    return item;
  }

  Status flush(std::vector<Item>& items) {
    if (items.empty()) return {};
    return send(std::exchange(items, {}), true);
  }

  Status send(std::vector<Item> items, bool is_new) {
    if (dry_run_) return check_only(items);
    std::vector<client::Outgoing> batch;
    std::vector<std::size_t> place;  // of each outgoing line among the items
    std::vector<Pending> pending;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i].tx) continue;
      place.push_back(i);
      batch.push_back({items[i].tx->txid, items[i].text});
      pending.push_back({items[i].line, items[i].text});
    }
    if (journal_ && is_new && !pending.empty()) EMR_TRY(journal_->record_submitted(pending));
    std::size_t next = 0;  // first item without a receipt
    EMR_TRY(pass_receipts(items, next));
    const auto started = Clock::now();
    Status written;
    client::submit_until(connection_.pool(), batch, started + connection_.timeout(),
                         [&](std::size_t index, client::TxOutcome outcome) {
                           if (!written) return;
                           next = place[index] + 1;
                           written = write_receipt(items[place[index]], outcome, started);
                           if (written) written = pass_receipts(items, next);
                         });
    return written;
  }

  /// Receipts of earlier stages keep their place among the lines.
  Status pass_receipts(const std::vector<Item>& items, std::size_t& next) {
    for (; next < items.size() && !items[next].tx; ++next) {
      EMR_ASSIGN(const json receipt, emr::json::parse_object(items[next].text));
      EMR_TRY(count_and_write(receipt));
    }
    return {};
  }

  Status write_receipt(const Item& item, const client::TxOutcome& outcome,
                       Clock::time_point started) {
    const json receipt =
        receipt_of(*item.tx, item.line, outcome,
                   std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started));
    const bool decided = outcome.state == client::TxState::kCommitted ||
                         outcome.state == client::TxState::kRefused;
    if (!decided) {
      ++counts_.open;
    } else if (journal_) {
      EMR_TRY(journal_->record_receipt(to_hex(item.tx->txid),
                                       emr::json::canonical_checked(receipt)));
    }
    return count_and_write(receipt);
  }

  Status check_only(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (!item.tx) continue;
      EMR_TRY(ledger::verify_transaction(*item.tx, connection_.genesis().chain()).ok()
                  ? Status()
                  : Status(fail(Code::kDenied, "the signature is not that of the sender")
                               .with_line(item.line)));
      json receipt = receipt_base("checked", item.line);
      receipt["dry_run"] = true;
      receipt["txid"] = to_hex(item.tx->txid);
      EMR_TRY(count_and_write(receipt));
    }
    return {};
  }

  Status count_and_write(const json& receipt) {
    ++counts_.lines;
    ++counts_.by_status[receipt.value("status", "failed")];
    if (const auto error = receipt.find("error"); error != receipt.end()) {
      if (!counts_.first_failure) {
        const auto code = static_cast<Code>(error->value("code", static_cast<int>(Code::kNegative)));
        counts_.first_failure = fail(code, error->value("message", "failed"))
                                    .with_line(receipt.value("line", std::uint64_t{0}))
                                    .with_reason(error->value("reason", ""));
      }
    }
    context_.reporter().progress("submitted", counts_.lines);
    EMR_ASSIGN(cli::LineWriter* const output, context_.output());
    return output->write(emr::json::canonical_checked(receipt));
  }

  cli::Context& context_;
  tools::Connection& connection_;
  std::optional<Journal>& journal_;
  std::size_t batch_;
  bool dry_run_;
  Counts counts_;
};

void summarise(cli::Context& context, const Counts& counts,
               Clock::time_point started) {
  const std::chrono::duration<double> took = Clock::now() - started;
  std::string text;
  for (const auto& [status, count] : counts.by_status) {
    text += status + " " + std::to_string(count) + ", ";
  }
  char rate[64];
  std::snprintf(rate, sizeof rate, "%.1f s (%.1f/s)", took.count(),
                static_cast<double>(counts.lines) / std::max(took.count(), 0.001));
  context.reporter().info(text + rate);
}

/// One failed line: its own kind. Many: "partial". Unknown outcomes: try again.
Status judge(const Counts& counts) {
  if (counts.open > 0) {
    return fail(Code::kTempFail, std::to_string(counts.open) + " outcomes are not known yet")
        .with_hint("run again with --resume: resubmitting is safe");
  }
  if (!counts.first_failure) return {};
  if (counts.lines == 1) return *counts.first_failure;
  return fail(Code::kPartial, "some transactions failed; their receipts say why");
}

Status submit(cli::Context& context) {
  const auto started = Clock::now();
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection,
             tools::Connection::open(context));
  std::optional<Journal> journal;
  if (context.given("journal")) {
    EMR_ASSIGN(Journal opened, Journal::open(context.text("journal")));
    journal.emplace(std::move(opened));
    if (!context.flag("resume") && !journal->open_lines().empty()) {
      return fail(Code::kTempFail, "the journal has transactions without receipts")
          .with_hint("run again with --resume to finish them first");
    }
  } else if (context.flag("resume")) {
    return cli::Context::usage("--resume needs --journal");
  }
  Submitter submitter(context, *connection, journal);
  if (context.flag("resume")) EMR_TRY(submitter.resume());
  EMR_TRY(submitter.run());
  summarise(context, submitter.counts(), started);
  return judge(submitter.counts());
}

}  // namespace

cli::VerbSpec submit_verb() {
  return {
      .name = "submit",
      .summary = "submit signed transactions, one receipt per line",
      .description =
          "Reads signed emr.tx lines (and receipts of earlier stages, which pass through) and "
          "writes one emr.receipt per line, in order. Resubmitting is always safe: a transaction "
          "is named by its content, and a second copy gets the first one's receipt.\n\nWith "
          "--journal every line is durable before a node hears of it; after a crash --resume "
          "finishes what was open, then goes on with the input.",
      .streams = cli::Streams::kFilter,
      .progress = true,
      .options = tools::joined(
          tools::node_options(),
          {{.name = "journal",
            .kind = cli::Kind::kOutput,
            .help = "append-only record of what was sent and what came back",
            .group = "Batch"},
           {.name = "resume",
            .kind = cli::Kind::kFlag,
            .help = "first finish what the journal shows as open",
            .group = "Batch",
            .configurable = false},
           {.name = "batch",
            .kind = cli::Kind::kCount,
            .help = "most lines in one request",
            .group = "Batch",
            .preset = "400",
            .min = 1,
            .max = 5000},
           {.name = "dry-run",
            .short_name = 'n',
            .kind = cli::Kind::kFlag,
            .help = "check form and signature of every line, send nothing",
            .group = "Batch",
            .configurable = false}}),
      .examples = {{"a nightly import",
                    "emr-tx submit --genesis genesis.json --node http://127.0.0.1:8001 --journal "
                    "import.journal < signed.jsonl > receipts.jsonl"},
                   {"after a crash",
                    "emr-tx submit --genesis genesis.json --node http://127.0.0.1:8001 --journal "
                    "import.journal --resume < /dev/null"}},
      .handler = submit};
}

}  // namespace emr::tx
