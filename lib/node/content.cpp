// Sealed blocks: put by clients, replicated to every member, served to readers, repaired between
// members. A block is believed only when it hashes to its CID.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "content/manifest.h"
#include "content/transfer.h"
#include "contracts/access.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "node/content_fetches.h"
#include "node/limits.h"
#include "node/service.h"

namespace emr::node {

namespace {

/// Bytes of blocks that one "want" is answered with; the next repair step brings the rest.
constexpr std::size_t kServedBytesMax = std::size_t{8} << 20;

/// The line of the signed query in the header X-Emr-Auth.
Result<std::string> auth_line(const http::ServerRequest& request) {
  const auto line = from_base64(request.header("x-emr-auth"));
  if (!line || line->empty()) {
    return fail(Code::kDenied, "a signed query in X-Emr-Auth is needed").with_reason("no_auth");
  }
  return std::string(as_text(*line));
}

Error not_signed_for_this() {
  return fail(Code::kDenied, "the signed query is for something else").with_reason("kind");
}

/// A put names the digest of its body and is good once: who overhears it can put nothing else.
Status accept_put(const Service& service, const http::ServerRequest& request) {
  EMR_ASSIGN(const std::string line, auth_line(request));
  const auto view = service.store->snapshot();
  EMR_ASSIGN(const auto context, query_context(service, *view));
  EMR_ASSIGN(const auto query, accept_query(service, line, context));
  if (query.kind != "put") return not_signed_for_this();
  EMR_ASSIGN(const auto fields, json::parse_object(query.query_json));
  EMR_ASSIGN(const Hash32 digest, json::get_hex32(fields, "digest", "/query"));
  return digest == crypto::sha256(as_bytes(request.body)) ? Status{} : not_signed_for_this();
}

/// A get names its block. It may be repeated until it expires: it only leads to ciphertext.
Status accept_get(const Service& service, const http::ServerRequest& request,
                  const content::Cid& cid) {
  EMR_ASSIGN(const std::string line, auth_line(request));
  const auto view = service.store->snapshot();
  EMR_ASSIGN(const auto context, query_context(service, *view));
  EMR_ASSIGN(const auto query,
             ledger::parse_query(line, service.id(), wall_clock(), service.chain));
  EMR_TRY(contracts::authorise_query(context, query));
  if (query.kind != "block") return not_signed_for_this();
  EMR_ASSIGN(const auto fields, json::parse_object(query.query_json));
  EMR_ASSIGN(const std::string name, json::get_string(fields, "cid", {.max = 128}, "/query"));
  EMR_ASSIGN(const content::Cid signed_cid, content::parse_cid(name));
  return content::same_block(signed_cid, cid) ? Status{} : not_signed_for_this();
}

Result<std::vector<ContentItem>> items_of_body(ByteView body) {
  std::vector<ContentItem> items;
  while (!body.empty()) {
    EMR_ASSIGN(const content::BlockFrame frame, content::read_block_frame(body));
    items.push_back({frame.blinding, content::cid_bytes(frame.cid), to_bytes(frame.block)});
  }
  return items;
}

std::string stored_line(std::size_t stored, std::size_t present) {
  return "{\"present\":" + std::to_string(present) + ",\"stored\":" + std::to_string(stored) +
         ",\"type\":\"emr.stored\",\"v\":1}\n";
}

bool is_block_of(const ContentItem& item) {
  const auto cid = content::cid_from_bytes(item.cid);
  return cid && cid->version == 1 && content::check_block(*cid, item.block).ok();
}

/// What came for a reader here, or for a member whose weight has changed, stays where it is kept. A
/// block without its handle is kept by whoever keeps everything.
void drop_what_others_keep(const Service& service, std::vector<ContentItem>& items) {
  const auto table = service.members->table();
  if (contracts::keeps_all(table->ring, service.id())) return;
  std::erase_if(items, [&](const ContentItem& item) {
    if (item.r == Hash32{}) return true;
    const auto cid = content::cid_from_bytes(item.cid);
    return !table->keeps(table->self, content::content_handle(item.r, *cid));
  });
}

void send_all(Service& service, net::PeerIndex peer, const std::vector<Frame>& frames) {
  for (const Frame& frame : frames) service.mesh->send(peer, net::Lane::kBulk, frame);
}

}  // namespace

void post_content(Service& service, const http::ServerRequest& request, WriterPtr writer) {
  if (const Status allowed = accept_put(service, request); !allowed) {
    return writer->respond(error_response(allowed.error()));
  }
  auto items = items_of_body(as_bytes(request.body));
  if (!items) return writer->respond(error_response(items.error()));
  const std::size_t total = items->size();
  service.core->store_content(
      *std::move(items), true, [writer, total](const Status& durable, std::size_t stored) {
        writer->respond(durable ? lines_response(stored_line(stored, total - stored))
                                : error_response(durable.error()));
      });
}

void get_content(Service& service, const http::ServerRequest& request, WriterPtr writer) {
  const auto parsed =
      content::parse_cid(std::string_view(request.path).substr(sizeof("/v1/content/") - 1));
  if (!parsed) return writer->respond(error_response(parsed.error()));
  if (const Status allowed = accept_get(service, request, *parsed); !allowed) {
    return writer->respond(error_response(allowed.error()));
  }
  const Bytes cid = content::cid_bytes(content::to_version_1(*parsed));
  {
    const auto view = service.store->snapshot();
    if (const auto block = view->get_raw(store::Table::kContent, cid)) {
      return writer->respond(block_response(*block));
    }
  }
  const auto until = ContentFetches::Clock::now() + kContentFetchTimeout;
  if (!service.fetches->add(cid, writer, until)) {
    return writer->respond(
        error_response(fail(Code::kTempFail, "too many readers wait").with_reason("busy")));
  }
  service.mesh->send(net::kAllPeers, net::Lane::kBulk, want_content_frame({cid}));
}

void take_content(Service& service, net::PeerIndex peer, const Bytes& frame) {
  auto items = decode_content(frame);
  if (!items) return service.log->warning("peer", "malformed content from a member");
  const std::size_t forged =
      std::erase_if(*items, [](const ContentItem& item) { return !is_block_of(item); });
  if (forged > 0) {
    service.log->warning("peer", "member " + std::to_string(peer) + " sent " +
                                     std::to_string(forged) + " blocks that are not their CIDs");
  }
  for (const ContentItem& item : *items) service.fetches->arrived(item.cid, item.block);
  drop_what_others_keep(service, *items);
  if (!items->empty()) service.core->store_content(*std::move(items), false, nullptr);
}

void serve_content(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto wanted = decode_want_content(frame);
  if (!wanted) return service.log->warning("peer", "malformed request for content");
  std::vector<ContentItem> items;
  std::size_t bytes = 0;
  const auto view = service.store->snapshot();
  for (const Bytes& cid : *wanted) {
    const auto block = view->get_raw(store::Table::kContent, cid);
    if (!block) continue;
    bytes += block->size();
    if (bytes > kServedBytesMax) break;
    items.push_back({{}, cid, to_bytes(*block)});
  }
  send_all(service, peer, content_frames(items));
}

/// Answers an inventory with the handles in it that we keep and lack, or whose block we lost. So
/// what a changed weight moves to us comes in, step by step, from whoever has it.
void compare_inventory(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto handles = decode_hashes(frame);
  if (!handles) return service.log->warning("peer", "malformed inventory from a member");
  std::vector<Hash32> lacking;
  const auto table = service.members->table();
  const auto view = service.store->snapshot();
  for (const Hash32& handle : *handles) {
    const auto target = view->handle(handle);
    const bool held = target && *target && view->contains(store::Table::kContent, (*target)->cid);
    if (!held && table->keeps(table->self, handle)) lacking.push_back(handle);
  }
  if (lacking.empty()) return;
  service.mesh->send(peer, net::Lane::kBulk, hashes_frame(FrameKind::kWantHandles, lacking));
}

void serve_handles(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto handles = decode_hashes(frame);
  if (!handles) return service.log->warning("peer", "malformed request for content");
  std::vector<ContentItem> items;
  std::size_t bytes = 0;
  const auto view = service.store->snapshot();
  for (const Hash32& handle : *handles) {
    const auto target = view->handle(handle);
    if (!target || !*target) continue;
    const auto block = view->get_raw(store::Table::kContent, (*target)->cid);
    if (!block) continue;
    bytes += block->size();
    if (bytes > kServedBytesMax) break;
    items.push_back({(*target)->r, (*target)->cid, to_bytes(*block)});
  }
  send_all(service, peer, content_frames(items));
}

void serve_sidecars(Service& service, net::PeerIndex peer, const Bytes& frame) {
  const auto wanted = decode_hashes(frame);
  if (!wanted) return service.log->warning("peer", "malformed request for sidecars");
  std::vector<SidecarItem> items;
  std::size_t bytes = 0;
  const auto view = service.store->snapshot();
  for (const Hash32& txid : *wanted) {
    auto sidecar = view->sidecar(txid);
    if (!sidecar) continue;
    bytes += sidecar->size();
    if (bytes > kServedBytesMax) break;
    items.push_back({txid, *std::move(sidecar)});
  }
  for (const Frame& frame_out : sidecar_frames(items)) {
    service.mesh->send(peer, net::Lane::kConsensus, frame_out);
  }
}

}  // namespace emr::node
