// POST /v1/release: this node's part of a decryption. The one rule of the house: without a
// committed, permitted, unexpired access transaction there is no part, whoever asks.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "contracts/access.h"
#include "json/json.h"
#include "node/service.h"
#include "threshold/envelope.h"
#include "threshold/keypart.h"

namespace emr::node {

namespace {

Error no_access(std::string message) {
  return fail(Code::kDenied, std::move(message)).with_reason("no_access");
}

Result<threshold::Part> threshold_part(ledger::Part part) {
  if (part == ledger::Part::kOriginal) return threshold::Part::kOriginal;
  if (part == ledger::Part::kManifest) return threshold::Part::kManifest;
  return fail(Code::kData, "this part is not sealed").with_reason("part");
}

/// The envelope of a part, from the sidecar of the transaction that committed the version.
Result<threshold::Envelope> envelope_of(const store::Snapshot& view,
                                        const contracts::RecordVersion& version,
                                        ledger::Part part) {
  const auto text = view.sidecar(version.txid);
  if (!text) {
    return fail(Code::kTempFail, "this node does not hold the sidecar").with_reason("sidecar");
  }
  EMR_ASSIGN(const auto sidecar, ledger::parse_sidecar(*text));
  for (const ledger::SidecarPart& candidate : sidecar.parts) {
    if (candidate.part != part) continue;
    EMR_ASSIGN(const auto value, json::parse_object(candidate.value_json));
    return threshold::Envelope::from_json(value);
  }
  return fail(Code::kNegative, "this version has no such part").with_reason("not_found");
}

Result<std::string> key_part_line(const Service& service, const store::Snapshot& view,
                                  const contracts::AccessRight& right,
                                  const contracts::RecordVersion& version, ledger::Part wanted) {
  if (std::find(right.parts.begin(), right.parts.end(), wanted) == right.parts.end()) {
    return no_access("the access does not cover this part");
  }
  EMR_ASSIGN(const threshold::Part part, threshold_part(wanted));
  EMR_ASSIGN(const auto envelope, envelope_of(view, version, wanted));
  // The label is rebuilt from state: a ciphertext copied from elsewhere fails its proof here.
  const threshold::Label label{service.genesis->hash, version.institution, version.record,
                               version.content, part};
  EMR_ASSIGN(const auto checked, threshold::check_envelope(envelope, *service.keys, label));
  EMR_ASSIGN(const auto key_part,
             threshold::make_key_part(*service.share, checked, service.id(), right.txid, part,
                                      right.box_key, *service.random));
  return json::canonical_checked(key_part.to_json()) + "\n";
}

}  // namespace

Result<std::string> answer_release(Service& service, std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (service.share == nullptr) {
    return fail(Code::kTempFail, "this node holds no key share").with_reason("no_share");
  }
  const UnixSeconds now = wall_clock();
  EMR_ASSIGN(const auto request, ledger::parse_release(line, service.id(), now, service.chain));
  const auto view = service.store->snapshot();
  EMR_ASSIGN(const auto context, query_context(service, *view));
  // Block time or our clock, whichever is later: a chain that stands still must not keep an expired
  // access alive.
  EMR_ASSIGN(const auto right,
             contracts::find_access(*view, request.access, std::max(now, context.time)));
  if (request.signature.by != right.signer) {
    return no_access("the request is not signed by the key that the access named");
  }
  EMR_TRY(service.nonces->accept(request.signature.by, request.nonce, request.expires, now));
  EMR_ASSIGN(const auto version,
             contracts::find_record_version(*view, right.record, right.version));
  std::string lines;
  for (const ledger::Part part : request.parts) {
    EMR_ASSIGN(const std::string key_part, key_part_line(service, *view, right, version, part));
    lines += key_part;
  }
  return lines;
}

}  // namespace emr::node
