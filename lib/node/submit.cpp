// Transactions on their way in: from clients (POST /v1/tx) and from peers that forward them.
#include <span>

#include "base/hex.h"
#include "base/number.h"
#include "contracts/versions.h"
#include "ledger/proof.h"
#include "ledger/receipt_list.h"
#include "node/limits.h"
#include "node/service.h"
#include "store/damage.h"

namespace emr::node {

namespace {

/// Lines that one job verifies: 2 ms of work, and 8 when a wrong signature among them spoils the
/// batch, so that queries get their turn in between.
constexpr std::size_t kLinesPerJob = 128;

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t stop = text.find('\n');
    const std::string_view line = text.substr(0, stop);
    if (!line.empty()) lines.push_back(line);
    text = stop == std::string_view::npos ? std::string_view{} : text.substr(stop + 1);
  }
  return lines;
}

Result<std::chrono::seconds> wait_of(const http::ServerRequest& request) {
  const auto text = request.parameter("wait");
  if (!text) return std::chrono::seconds(0);
  auto seconds = parse_u64(*text, kWaitSecondsMax);
  if (!seconds) return std::move(seconds).error().with_reason("wait");
  return std::chrono::seconds(*seconds);
}

/// A node of an institution that may only read brings no records in, whoever wrote them.
/// What reading needs (log in, access, rules) it passes on like any other.
Status check_right_to_write(const MemberPlace& place, const ledger::Core& core) {
  if (core.contract != "records" || place.node.may_write) return {};
  return fail(Code::kDenied, "this node may read and not write").with_reason("read_only_node");
}

/// Transactions whose signatures are checked together, and what they came with.
struct Unverified {
  std::vector<ledger::Transaction> txs;
  std::vector<std::string> sidecars;
  std::vector<std::size_t> slots;  ///< of a client's lines

  void add(ledger::Transaction tx, std::string sidecar, std::size_t slot = 0) {
    txs.push_back(std::move(tx));
    sidecars.push_back(std::move(sidecar));
    slots.push_back(slot);
  }
};

/// Reads a line of our own client; `txid` is set as soon as it is known.
Status read_line(Service& service, std::string_view text, std::optional<Hash32>& txid,
                 std::size_t slot, Unverified& read) {
  EMR_ASSIGN(auto line, ledger::parse_transaction_line(text, service.executor->methods()));
  txid = line.transaction.txid;
  EMR_TRY(check_right_to_write(service.members->table()->own(), line.transaction.core));
  if (line.transaction.core.contract == "alliance") {
    EMR_TRY(contracts::check_vote_on_version(*service.store->snapshot(), *service.software,
                                             line.transaction.core));
  }
  read.add(std::move(line.transaction), ledger::encode_sidecar(line.sidecar), slot);
  return {};
}

/// Hands what verifies to the core, and tells the stream what does not.
void verify_read(Service& service, Unverified read, const std::shared_ptr<TxStream>& stream) {
  std::vector<Hash32> txids;
  for (const ledger::Transaction& tx : read.txs) txids.push_back(tx.txid);
  auto verified = service.verified->verify(std::move(read.txs), service.chain);
  std::vector<Submission> good;
  for (std::size_t i = 0; i < verified.size(); ++i) {
    const std::size_t slot = read.slots[i];
    if (!stream->name(slot, txids[i])) continue;  // too late: it was told "busy"
    if (verified[i]) {
      good.push_back({*std::move(verified[i]), std::move(read.sidecars[i]), stream, slot});
    } else {
      stream->resolve(slot, refused_line(txids[i], verified[i].error()));
    }
  }
  if (!good.empty()) service.core->submit(std::move(good));
}

/// One job: lines first .. first + kLinesPerJob of a submission.
void verify_lines(Service& service, const std::vector<std::string_view>& lines, std::size_t first,
                  const std::shared_ptr<TxStream>& stream) {
  const std::size_t last = std::min(lines.size(), first + kLinesPerJob);
  if (!service.members->table()->own().is_member) {  // nobody hears it: its clients ask the others
    for (std::size_t slot = first; slot < last; ++slot) {
      stream->resolve(slot, busy_line(std::nullopt));
    }
    return;
  }
  Unverified read;
  for (std::size_t slot = first; slot < last; ++slot) {
    std::optional<Hash32> txid;
    const Status status = read_line(service, lines[slot], txid, slot, read);
    if (status || (txid && !stream->name(slot, *txid))) continue;
    stream->resolve(slot, refused_line(txid, status.error()));
  }
  verify_read(service, std::move(read), stream);
}

/// Items that a member forwards, as many as one job of a client's. False when one does not verify;
/// an honest member forwards only what it verified itself.
bool take_items(Service& service, net::PeerIndex peer, std::span<RequestItem> items) {
  const auto table = service.members->table();
  Unverified read;
  bool all_good = true;
  for (RequestItem& item : items) {
    auto parsed = ledger::parse_entry(item.entry, service.executor->methods());
    if (!parsed) {
      all_good = false;
      break;
    }
    if (!check_right_to_write(table->places.at(peer), parsed->core)) continue;  // news to it
    const auto sidecar = ledger::parse_sidecar(item.sidecar);
    if (!sidecar || !ledger::check_sidecar(parsed->core, *sidecar)) {
      all_good = false;
      break;
    }
    if (parsed->signature) parsed->signature->point_y = item.point_y;
    read.add(*std::move(parsed), std::move(item.sidecar));
  }
  auto verified = service.verified->verify(std::move(read.txs), service.chain);
  std::vector<Submission> good;
  for (std::size_t i = 0; i < verified.size(); ++i) {
    if (verified[i]) {
      good.push_back({*std::move(verified[i]), std::move(read.sidecars[i]), nullptr, 0, peer});
    } else {
      all_good = false;
    }
  }
  if (!good.empty()) service.core->submit(std::move(good));
  return all_good;
}

/// What `proof` asks for: "1" an emr.proof, "block" the emr.receipts of the whole block.
std::string proof_line(std::string_view form, const ledger::Block& block,
                       const std::vector<std::string>& receipts, std::uint64_t index,
                       Bytes certificate, std::vector<ledger::EpochLink> epochs) {
  if (form == "block") {
    return ledger::encode_receipt_list(ledger::make_receipt_list(
        block.header, receipts, std::move(certificate), std::move(epochs)));
  }
  return ledger::encode_proof(ledger::make_proof(block.header, block.entries, receipts, index,
                                                 std::move(certificate), std::move(epochs)));
}

/// The whole answer for a committed transaction with its proof, read from one snapshot.
Result<std::string> proven_line(const store::Snapshot& view, const Hash32& txid,
                                store::TxPosition position, std::string_view form) {
  const auto bytes = view.block(position.height);
  const auto certificate = view.certificate(position.height);
  if (!bytes || !certificate) {
    return store::damaged("a committed block is missing");
  }
  EMR_ASSIGN(const ledger::Block block, ledger::decode_block(*bytes));
  EMR_ASSIGN(const auto receipts, view.receipts(position.height));
  if (position.index >= receipts.size() || receipts.size() != block.entries.size()) {
    return store::damaged("a block cannot be read");
  }
  EMR_ASSIGN(auto epochs, view.epoch_links(block.header.epoch));
  return committed_line(txid, position.height, position.index, receipts[position.index],
                        proof_line(form, block, receipts, position.index, *certificate,
                                   std::move(epochs)));
}

}  // namespace

void post_transactions(Service& service, const http::ServerRequest& request, WriterPtr writer) {
  const auto wait = wait_of(request);
  if (!wait) return writer->respond(error_response(wait.error()));
  auto body = std::make_shared<const std::string>(request.body);
  auto lines = std::make_shared<const std::vector<std::string_view>>(split_lines(*body));
  if (lines->size() > kLinesPerRequestMax) {
    return writer->respond(
        error_response(fail(Code::kData, "too many lines in one request").with_reason("limit")));
  }
  const auto stream = std::make_shared<TxStream>(std::move(writer), lines->size(), *wait);
  for (std::size_t slot = 0; slot < lines->size(); slot += kLinesPerJob) {
    const bool taken = service.workers->submit(
        Workers::Line::kClients,
        [&service, body, lines, slot, stream] { verify_lines(service, *lines, slot, stream); });
    if (taken) continue;
    for (std::size_t left = slot; left < lines->size(); ++left) {
      stream->resolve(left, busy_line(std::nullopt));
    }
    return;
  }
}

void get_transaction(Service& service, const http::ServerRequest& request, WriterPtr writer) {
  const auto txid = hash_from_hex(std::string_view(request.path).substr(sizeof("/v1/tx/") - 1));
  if (!txid) return writer->respond(error_response(txid.error()));
  const auto wait = wait_of(request);
  if (!wait) return writer->respond(error_response(wait.error()));
  const std::string_view form = request.parameter("proof").value_or("");
  const bool with_proof = form == "1" || form == "block";
  {
    const auto view = service.store->snapshot();
    const auto position = view->position(*txid);
    if (position && *position && with_proof) {
      const auto line = proven_line(*view, *txid, **position, form);
      return writer->respond(line ? lines_response(*line) : error_response(line.error()));
    }
  }
  const auto stream = std::make_shared<TxStream>(std::move(writer), 1, *wait);
  stream->name(0, *txid);
  service.core->watch(*txid, stream, 0);
}

bool take_forwarded(Service& service, net::PeerIndex peer, const Bytes& frame) {
  auto items = decode_requests(frame);
  if (!items) {
    service.log->warning("peer", "malformed requests from a member");
    return false;
  }
  for (std::span<RequestItem> rest = *items; !rest.empty();) {
    const std::size_t count = std::min(rest.size(), kLinesPerJob);
    if (!take_items(service, peer, rest.first(count))) {
      const std::string id = service.members->table()->places.at(peer).node.id;
      service.log->warning("peer", id + " forwarded requests that do not verify");
      return false;  // what follows is not worth a signature check each
    }
    rest = rest.subspan(count);
  }
  return true;
}

}  // namespace emr::node
