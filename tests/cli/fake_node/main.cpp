// A scripted node for Bats: it takes transactions and says what it is told to say. It checks
// nothing; what a real node does is tested in tests/pipeline. Its chain is that of
// ledger/testing.h, whose vote keys are known, so it can prove what it says, or fail to.
//   emr-fake-node genesis                          prints the genesis file
//   emr-fake-node run PORT_FILE LOG [MODE [ID]]    LOG gets the id of each transaction
//     commit    every transaction is committed (default)
//     conflict  records.create meets a conflict with version 4, everything else is committed
//     deny      every transaction is committed as denied
//     refuse    every transaction is refused
//     stall     nothing is ever decided
//     once      each transaction is decided when it is sent for the second time
//     unproven  says that every transaction is committed, and has no proof
//     forged    the same, with a certificate by two of four
//     foreign   the same, as a node of another ledger
//     known     commits, and says that every record is there unchanged
//     late      commits, and shows a version of every record whose transaction nobody knows
//     none      answers every query with no row
//     odd       answers every query with a row whose members are of other kinds
//     bare      answers every query with a rule that lacks its members
//     deaf      takes every request and answers none
//     some      answers every query with one decision, "permit", of two candidates
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "contracts/methods.h"
#include "http/server.h"
#include "json/json.h"
#include "ledger/proof.h"
#include "ledger/receipt_list.h"
#include "ledger/testing.h"

namespace {

using namespace emr;
using json::Json;
using ledger::ReceiptStatus;

struct Committed {
  ledger::BlockHeader header;
  std::string entry;
  std::string receipt;
};

class FakeNode {
 public:
  FakeNode(std::string log, std::string mode, std::string id)
      : log_(std::move(log)), mode_(std::move(mode)), id_(std::move(id)) {}

  http::ServerResponse answer(const http::ServerRequest& request) {
    if (request.path == "/v1/status") return lines(status());
    if (request.path == "/v1/query") return lines(answer_query(request.body));
    if (request.method == "POST") return lines(take(request.body));
    return lines(prove(request));
  }

 private:
  static http::ServerResponse lines(std::string text) {
    return {200, "application/x-ndjson", std::move(text), {}};
  }

  std::string status() const {
    return json::canonical_checked({{"node", id_}, {"genesis", to_hex(genesis().hash)}}) + "\n";
  }

  std::string answer_query(std::string_view body) const {
    if (mode_ == "none") return end_line(0, 0);
    if (mode_ == "odd") return "{\"type\":5}\n" + end_line(1, 1);
    if (mode_ == "bare") return "{\"type\":\"emr.grant\",\"scope\":null}\n" + end_line(1, 1);
    if (mode_ == "late") return version(body) + end_line(1, 1);
    if (mode_ != "some") return look_up(body);
    return R"({"type":"emr.decision","decision":"permit"})" "\n" + end_line(1, 2);
  }

  static std::string version(std::string_view body) {
    const Json record = Json::parse(body).at("query").at("record");
    return json::canonical_checked({{"type", "emr.sidecar"}, {"v", 1}, {"record", record},
                                    {"institution", "hosp-a"}, {"txid", std::string(64, '7')},
                                    {"parts", Json::array()}}) + "\n";
  }

  static std::string end_line(std::size_t rows, std::size_t candidates) {
    return json::canonical_checked({{"type", "emr.end"}, {"v", 1}, {"count", rows}, {"height", 1},
                                    {"explain", {{"candidates", candidates}}}}) + "\n";
  }

  std::string look_up(std::string_view body) const {
    const Json tags = Json::parse(body).at("query").at("tags");
    std::string text;
    for (const Json& pair : tags) {
      Json row{{"record", pair.at("record")}, {"state", "absent"}};
      if (mode_ == "known") row.update({{"state", "unchanged"}, {"version", 1}});
      text += json::canonical_checked(row) + "\n";
    }
    return text + end_line(tags.size(), tags.size());
  }

  std::string take(std::string_view body) {
    std::string text;
    while (!body.empty()) {
      const std::size_t stop = std::min(body.find('\n'), body.size());
      text += outcome(body.substr(0, stop)) + "\n";
      body.remove_prefix(std::min(stop + 1, body.size()));
    }
    return text;
  }

  std::string outcome(std::string_view line) {
    const auto read = ledger::parse_transaction_line(line, contracts::method_table());
    if (!read) return R"({"state":"busy"})";
    const ledger::Transaction& tx = read->transaction;
    const std::string txid = to_hex(tx.txid);
    std::ofstream(log_, std::ios::app) << txid << "\n";
    if (mode_ == "stall" || (mode_ == "once" && ++seen_[txid] == 1)) {
      return json::canonical_checked({{"state", "pending"}, {"txid", txid}});
    }
    if (mode_ == "refuse") {
      return json::canonical_checked({{"state", "refused"}, {"txid", txid}, {"code", 77},
                                      {"reason", "not_registered"}, {"message", "canary"}});
    }
    return committed_line(txid, commit(txid, tx));
  }

  const Committed& commit(const std::string& txid, const ledger::Transaction& tx) {
    const auto [at, is_new] = ledger_.try_emplace(txid);
    Committed& one = at->second;
    if (!is_new) return one;
    one.entry = ledger::encode_entry(tx);
    one.receipt = ledger::encode_receipt(receipt_of(tx));
    one.header.genesis = genesis().hash;
    one.header.height = ledger_.size();
    one.header.time = ledger::testing::kStart;
    one.header.tx_root = ledger::entries_root({one.entry});
    one.header.receipt_root = ledger::receipts_root({one.receipt});
    return one;
  }

  ledger::Receipt receipt_of(const ledger::Transaction& tx) const {
    if (mode_ == "deny") return {tx.txid, ReceiptStatus::kDenied, "role", "{}"};
    if (mode_ == "conflict" && tx.core.method == "create") {
      return {tx.txid, ReceiptStatus::kFailed, "conflict", R"({"version":4})"};
    }
    if (tx.core.method != "amend") {
      return {tx.txid, ReceiptStatus::kOk, "", R"({"outcome":"created","version":1})"};
    }
    const auto version = tx.core.args->at("baseVersion").get<std::uint64_t>() + 1;
    return {tx.txid, ReceiptStatus::kOk, "",
            json::canonical_checked({{"outcome", "amended"}, {"version", version}})};
  }

  static std::string committed_line(const std::string& txid, const Committed& one,
                                    const std::string& proof = "") {
    Json line{{"state", "committed"}, {"txid", txid}, {"height", one.header.height}, {"index", 0},
              {"receipt", Json::parse(one.receipt)}};
    if (!proof.empty()) line["proof"] = Json::parse(proof);
    return json::canonical_checked(line);
  }

  std::string prove(const http::ServerRequest& request) const {
    const std::string txid = request.path.substr(sizeof("/v1/tx/") - 1);
    const auto found = ledger_.find(txid);
    if (found == ledger_.end()) {
      return json::canonical_checked({{"state", "unknown"}, {"txid", txid}}) + "\n";
    }
    const Committed& one = found->second;
    if (mode_ == "unproven") return committed_line(txid, one) + "\n";
    const bool is_forged = mode_ == "forged";
    const Bytes certificate = ledger::testing::certify(
        one.header, genesis(),
        is_forged ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{0, 1, 2});
    const bool is_block = request.parameter("proof") == "block";
    const std::string proof =
        is_block ? ledger::encode_receipt_list(
                       ledger::make_receipt_list(one.header, {one.receipt}, certificate))
                 : ledger::encode_proof(ledger::make_proof(one.header, {one.entry}, {one.receipt},
                                                           0, certificate));
    return committed_line(txid, one, proof) + "\n";
  }

  const ledger::Genesis& genesis() const {
    static const ledger::Genesis ours = ledger::testing::make_genesis();
    static const ledger::Genesis other = ledger::testing::make_genesis(5);
    return mode_ == "foreign" ? other : ours;
  }

  std::string log_;
  std::string mode_;
  std::string id_;
  std::map<std::string, int> seen_;
  std::map<std::string, Committed> ledger_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 1 && words[0] == "genesis") {
    std::cout << ledger::encode_genesis(ledger::testing::make_genesis()) << "\n";
    return 0;
  }
  if (words.size() < 3 || words[0] != "run") return 2;
  FakeNode node(words[2], words.size() > 3 ? words[3] : "commit",
                words.size() > 4 ? words[4] : "hosp-a");
  const bool is_deaf = words.size() > 3 && words[3] == "deaf";
  std::vector<std::shared_ptr<http::ResponseWriter>> waiting;
  const auto server =
      http::Server::start({}, [&](const http::ServerRequest& request, const auto& writer) {
        if (is_deaf) return waiting.push_back(writer);
        writer->respond(node.answer(request));
      });
  if (!server) return 1;
  std::ofstream(words[1]) << (*server)->port() << "\n";
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}
