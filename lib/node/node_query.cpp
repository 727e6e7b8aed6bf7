// The query kinds that state alone cannot answer: blocks, transactions, sidecars, members, export.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/number.h"
#include "contracts/access.h"
#include "contracts/membership.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/epochs_json.h"
#include "ledger/limits.h"
#include "ledger/proof.h"
#include "ledger/state_proof.h"
#include "node/evidence_log.h"
#include "node/export_lines.h"
#include "node/limits.h"
#include "node/service.h"
#include "store/damage.h"

namespace emr::node {

namespace {

using Json = nlohmann::json;
constexpr std::string_view kWhere = "/query";

/// Lines of one answer and its end line.
class Answer {
 public:
  explicit Answer(std::string index) { explain_["index"] = std::move(index); }
  void add(const Json& row) { add_text(json::canonical_checked(row)); }
  void add_text(std::string_view row) {
    text_.append(row).append("\n");
    ++count_;
  }
  std::size_t bytes() const noexcept { return text_.size(); }
  std::string finish(std::uint64_t height, std::optional<std::string> next = {}) {
    explain_["candidates"] = count_;
    explain_["scanned"] = count_;
    explain_["returned"] = count_;
    Json line = {{"type", "emr.end"},
                 {"v", 1},
                 {"count", count_},
                 {"height", height},
                 {"explain", explain_}};
    if (next) line["next"] = *std::move(next);
    return std::move(text_) + json::canonical_checked(line) + "\n";
  }

 private:
  std::string text_;
  std::uint64_t count_ = 0;
  Json explain_;
};

struct Request {
  Service& service;
  const store::Snapshot& view;
  const contracts::QueryContext& context;
  const ledger::SignedQuery& query;
  Json fields;
};

Error corrupt() {
  return store::damaged("a block cannot be read");
}

Result<ledger::Block> block_at(const store::Snapshot& view, std::uint64_t height) {
  const auto bytes = view.block(height);
  if (!bytes) return corrupt();
  return ledger::decode_block(*bytes);
}

struct Range {
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  std::uint64_t limit = 0;

  /// Has the answer all the blocks that it may have, before the one of this height?
  bool is_full(std::uint64_t height, const Answer& answer) const {
    return height - first >= limit || answer.bytes() > kBlockRowsFull;
  }
};
/// since/until are heights, inclusive; `after` is the cursor of an earlier answer.
Result<Range> range_of(const Request& request) {
  EMR_ASSIGN(const auto since, json::find_u64(request.fields, "since", {.min = 1}, kWhere));
  EMR_ASSIGN(const auto until, json::find_u64(request.fields, "until", {}, kWhere));
  EMR_ASSIGN(const auto after, json::find_string(request.fields, "after", {.max = 20}, kWhere));
  constexpr json::NumberRule kLimit{.min = 1, .max = kBlocksPerQueryMax};
  EMR_ASSIGN(const auto limit, json::find_u64(request.fields, "limit", kLimit, kWhere));
  Range range{since.value_or(1), std::min(until.value_or(UINT64_MAX), request.context.height),
              limit.value_or(kBlocksPerQueryMax)};
  if (after) {
    EMR_ASSIGN(const std::uint64_t cursor, parse_u64(*after, request.context.height));
    range.first = std::max(range.first, cursor + 1);
  }
  return range;
}

/// By name, in the set that decided the block.
std::string proposer_of(const Request& request, const ledger::BlockHeader& header) {
  const auto epoch = contracts::find_epoch(*request.context.state, header.epoch);
  const bool known = epoch.ok() && header.proposer < epoch->ids.size();
  return known ? epoch->ids[header.proposer] : "?";
}

Result<std::string> blocks(Request& request) {
  EMR_ASSIGN(const Range range, range_of(request));
  EMR_ASSIGN(const auto raw, json::find_bool(request.fields, "raw", kWhere));
  Answer answer("height");
  for (std::uint64_t height = range.first; height <= range.last; ++height) {
    if (range.is_full(height, answer)) {
      return answer.finish(request.context.height, std::to_string(height - 1));
    }
    EMR_ASSIGN(const ledger::Block block, block_at(request.view, height));
    const ledger::BlockHeader& header = block.header;
    Json row = {{"type", "emr.block"},
                {"v", 1},
                {"height", height},
                {"hash", to_hex(ledger::block_hash(header))},
                {"previous", to_hex(header.previous)},
                {"txRoot", to_hex(header.tx_root)},
                {"receiptRoot", to_hex(header.receipt_root)},
                {"writesHash", to_hex(header.writes_hash)},
                {"time", format_utc(header.time)},
                {"view", header.first_view},
                {"epoch", header.epoch},
                {"proposer", proposer_of(request, header)},
                {"transactions", block.entries.size()}};
    if (raw.value_or(false)) {
      EMR_ASSIGN(const auto receipts, request.view.receipts(height));
      row["entries"] = Json::array();
      row["receipts"] = Json::array();
      for (const std::string& entry : block.entries) row["entries"].push_back(Json::parse(entry));
      for (const std::string& text : receipts) row["receipts"].push_back(Json::parse(text));
    }
    answer.add(row);
  }
  return answer.finish(request.context.height);
}

Result<std::string> transaction(Request& request) {
  EMR_ASSIGN(const Hash32 txid, json::get_hex32(request.fields, "txid", kWhere));
  EMR_ASSIGN(const auto with_proof, json::find_bool(request.fields, "proof", kWhere));
  EMR_ASSIGN(const auto position, request.view.position(txid));
  if (!position) return fail(Code::kNegative, "no such transaction").with_reason("not_found");
  EMR_ASSIGN(const ledger::Block block, block_at(request.view, position->height));
  EMR_ASSIGN(const auto receipts, request.view.receipts(position->height));
  if (position->index >= receipts.size() || position->index >= block.entries.size()) {
    return corrupt();
  }
  Json row = {{"type", "emr.transaction"},
              {"v", 1},
              {"txid", to_hex(txid)},
              {"state", "committed"},
              {"height", position->height},
              {"index", position->index},
              {"time", format_utc(block.header.time)},
              {"entry", Json::parse(block.entries[position->index])},
              {"receipt", Json::parse(receipts[position->index])}};
  if (with_proof.value_or(false)) {
    const auto certificate = request.view.certificate(position->height);
    if (!certificate) return corrupt();
    EMR_ASSIGN(auto epochs, request.view.epoch_links(block.header.epoch));
    row["proof"] = Json::parse(ledger::encode_proof(ledger::make_proof(
        block.header, block.entries, receipts, position->index, *certificate, std::move(epochs))));
  }
  Answer answer("txid");
  answer.add(row);
  return answer.finish(request.context.height);
}

/// A stated run of de-identification with its audit line: the public part of its transaction.
Result<std::string> run(Request& request) {
  EMR_ASSIGN(const Hash32 txid, json::get_hex32(request.fields, "txid", kWhere));
  const contracts::QueryContext& context = request.context;
  if (!contracts::may_see_runs(*context.state, request.query.from)) {
    return fail(Code::kDenied, "no right to see runs").with_reason("role");
  }
  EMR_ASSIGN(const std::string stated, contracts::find_run(*context.state, txid));
  const auto text = request.view.sidecar(txid);
  if (!text) {
    return fail(Code::kTempFail, "this node does not hold the sidecar").with_reason("sidecar");
  }
  Json row = Json::parse(stated);
  row["type"] = "emr.run";
  row["v"] = 1;
  row["parts"] = Json::parse(*text).at("parts");
  Answer answer("txid");
  answer.add(row);
  return answer.finish(context.height);
}

/// The public half and the envelopes; the envelopes are useless without an access on the ledger.
Result<std::string> sidecar(Request& request) {
  EMR_ASSIGN(const Hash32 record, json::get_hex32(request.fields, "record", kWhere));
  EMR_ASSIGN(const auto version, json::find_u64(request.fields, "version", {}, kWhere));
  const contracts::QueryContext& context = request.context;
  if (!contracts::may_see_record(*context.state, *context.genesis, request.query.from, record,
                                 context.time)) {
    return fail(Code::kDenied, "no right to see this record").with_reason("no_right");
  }
  EMR_ASSIGN(const auto found,
             contracts::find_record_version(*context.state, record, version.value_or(0)));
  const auto text = request.view.sidecar(found.txid);
  if (!text) {
    return fail(Code::kTempFail, "this node does not hold the sidecar").with_reason("sidecar");
  }
  Json row = {{"type", "emr.sidecar"},
              {"v", 1},
              {"record", to_hex(record)},
              {"version", found.version},
              {"content", to_hex(found.content)},
              {"institution", found.institution},
              {"txid", to_hex(found.txid)},
              {"parts", Json::parse(*text).at("parts")}};
  Answer answer("record");
  answer.add(row);
  return answer.finish(context.height);
}

/// What waits for a decision about nodes (R-079): the open proposals of the alliance.
Result<std::string> pending_nodes(Request& request) {
  ledger::SignedQuery pending = request.query;
  pending.kind = "pending";
  pending.query_json = R"({"kind":"pending"})";
  EMR_ASSIGN(const auto open, contracts::answer_query(request.context, pending));
  Answer answer("pending");
  for (const std::string& row : open.rows) {
    Json tree = Json::parse(row);
    if (tree.at("type") == "emr.proposal") answer.add(tree);
  }
  return answer.finish(request.context.height);
}

Result<std::string> nodes(Request& request) {
  EMR_ASSIGN(const auto pending, json::find_bool(request.fields, "pending", kWhere));
  if (pending.value_or(false)) return pending_nodes(request);
  const auto status = request.service.core->status();
  const auto counters = request.service.mesh->counters();
  const auto table = request.service.members->table();
  Answer answer("members");
  for (net::PeerIndex i = 0; i < table->places.size(); ++i) {
    const contracts::MemberNode& node = table->places[i].node;
    if (!table->places[i].is_member) continue;
    const bool self = i == table->self;
    answer.add({{"type", "emr.member"},
                {"v", 1},
                {"id", node.id},
                {"name", node.name},
                {"permission", node.may_write ? "write" : "read"},
                {"role", node.validates ? "validator" : "observer"},
                {"epoch", table->epoch},
                {"voteKey", to_hex(node.vote_key)},
                {"transportKey", to_hex(node.transport_key)},
                {"boxKey", to_hex(node.box_key)},
                {"peer", node.peer},
                {"http", node.http},
                {"self", self},
                {"connected", self || (i < counters.size() && counters[i].connected)},
                {"height", height_of(*table, *status, i)}});
  }
  return answer.finish(request.context.height);
}

Result<std::string> genesis_document(Request& request) {
  Answer answer("genesis");
  answer.add_text(ledger::encode_genesis(*request.service.genesis));
  return answer.finish(request.context.height);
}

/// What this node keeps of members' faults. The lines carry their own proof
/// (lib/ledger/evidence.h).
Result<std::string> evidence(Request& request) {
  EMR_ASSIGN(const auto member, json::find_string(request.fields, "member", {.max = 64}, kWhere));
  EMR_ASSIGN(const auto proven, json::find_bool(request.fields, "proven", kWhere));
  const ledger::Genesis& genesis = *request.service.genesis;
  Answer answer("evidence");
  EvidenceLog::visit(request.view, [&](ledger::Evidence found) {
    const auto epoch = contracts::find_epoch(*request.context.state, found.vote.epoch);
    if (!epoch || found.member >= epoch->ids.size()) return true;
    found.culprit = epoch->ids[found.member];
    found.node = request.service.id();
    if (auto links = request.view.epoch_links(found.vote.epoch)) found.epochs = *std::move(links);
    const bool unproven = found.kind == ledger::EvidenceKind::kBadSignature;
    const bool wanted =
        (!member || *member == found.culprit) && !(unproven && proven.value_or(false));
    if (wanted) answer.add_text(ledger::encode_evidence(found, genesis));
    return true;
  });
  return answer.finish(request.context.height);
}

/// What the state says of one key, provable from the genesis alone: as of the last checkpoint.
Result<std::string> prove(Request& request) {
  constexpr json::TextRule kKey{.max = ledger::kStateKeyBytesMax};
  EMR_ASSIGN(const std::string key, json::get_string(request.fields, "key", kKey, kWhere));
  if (!ledger::is_state_key(key)) return fail(Code::kData, "no key").with_pointer("/query/key");
  auto proof = request.service.core->snapshots().prove(key);
  if (!proof) {
    return fail(Code::kTempFail, "this node holds no certified checkpoint at the moment")
        .with_reason("no_checkpoint")
        .with_hint("ask another node, again after the next checkpoint, or a backup (--ledger)");
  }
  EMR_ASSIGN(proof->epochs, request.view.epoch_links(proof->header.epoch));
  Answer answer("state");
  answer.add_text(ledger::encode_state_proof(*proof));
  return answer.finish(request.context.height);
}

/// The ends of the epochs before that of a block, on the first block of an epoch and on the first
/// one that was asked for: what leads a verifier from the genesis to the block's validators.
class ExportedEpochs {
 public:
  ExportedEpochs(const store::Snapshot& view, std::uint64_t first) : view_(view), first_(first) {}

  /// "" where a block needs none.
  Result<std::string> of(const ledger::BlockHeader& header) {
    if (header.epoch == 0) return std::string();
    if (links_.size() != header.epoch) {
      EMR_ASSIGN(links_, view_.epoch_links(header.epoch));
    }
    const bool begins = links_.back().header.height + 1 == header.height;
    if (!begins && header.height != first_) return std::string();
    return json::canonical_checked(ledger::epochs_json(links_));
  }

 private:
  const store::Snapshot& view_;
  std::uint64_t first_;
  std::vector<ledger::EpochLink> links_;
};

Result<ExportedBlock> exported_block(const Request& request, ExportedEpochs& epochs,
                                     std::uint64_t height) {
  auto bytes = request.view.block(height);
  auto certificate = request.view.certificate(height);
  if (!bytes || !certificate) return corrupt();
  EMR_ASSIGN(ledger::Block block, ledger::decode_block(*bytes));
  ExportedBlock exported{height, *std::move(bytes), *std::move(certificate), {}, {}, {}};
  EMR_ASSIGN(exported.epochs, epochs.of(block.header));
  EMR_ASSIGN(exported.receipts, request.view.receipts(height));
  if (exported.receipts.size() != block.entries.size()) return corrupt();
  exported.sidecar = [&request, entries = std::move(block.entries)](
                         std::size_t at) -> Result<std::optional<ExportedSidecar>> {
    EMR_ASSIGN(const auto tx,
               ledger::parse_entry(entries[at], request.service.executor->methods()));
    auto text = request.view.sidecar(tx.txid);
    if (!text) return std::optional<ExportedSidecar>();
    return std::optional<ExportedSidecar>({to_hex(tx.txid), *std::move(text)});
  };
  return exported;
}

/// Everything an offline verification needs, a line or more per block.
Result<std::string> export_blocks(Request& request) {
  EMR_ASSIGN(const auto after, json::find_string(request.fields, "after", {.max = 32}, kWhere));
  ExportCursor cursor;
  if (after) {
    EMR_ASSIGN(cursor, ExportCursor::parse(*after, request.context.height));
    request.fields.erase("after");
  }
  EMR_ASSIGN(Range range, range_of(request));
  std::optional<std::size_t> done = after ? cursor.receipts : std::nullopt;
  if (after) range.first = std::max(range.first, cursor.height + (done ? 0 : 1));
  if (done && range.first != cursor.height) done.reset();  // `since` is beyond it
  ExportedEpochs epochs(request.view, range.first);
  ExportPage page(range.limit);
  bool is_whole = true;
  for (std::uint64_t height = range.first; is_whole && height <= range.last; ++height) {
    EMR_ASSIGN(const ExportedBlock block, exported_block(request, epochs, height));
    EMR_ASSIGN(is_whole, page.add(block, std::exchange(done, std::nullopt)));
  }
  Answer answer("height");
  for (const std::string& line : page.lines()) answer.add_text(line);
  return answer.finish(request.context.height,
                       is_whole ? std::optional<std::string>() : page.next().text());
}

}  // namespace

Result<std::string> answer_node_query(Service& service, const store::Snapshot& view,
                                      const contracts::QueryContext& context,
                                      const ledger::SignedQuery& query) {
  EMR_ASSIGN(Json fields, json::parse_object(query.query_json));
  Request request{service, view, context, query, std::move(fields)};
  if (query.kind == "blocks") return blocks(request);
  if (query.kind == "tx") return transaction(request);
  if (query.kind == "sidecar") return sidecar(request);
  if (query.kind == "run") return run(request);
  if (query.kind == "nodes") return nodes(request);
  if (query.kind == "genesis") return genesis_document(request);
  if (query.kind == "evidence") return evidence(request);
  if (query.kind == "prove") return prove(request);
  if (query.kind == "export") return export_blocks(request);
  return fail(Code::kData, "unknown kind of query").with_pointer("/query/kind").with_reason("kind");
}

}  // namespace emr::node
