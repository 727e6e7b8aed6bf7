#include "ledger/query.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "base/wire.h"
#include "crypto/eip712.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::ledger {

using json::Json;

namespace {

constexpr auto kText = crypto::FieldKind::kString;

const crypto::StructType& query_struct() {
  static const crypto::StructType type("EmrQuery", {{"action", kText},
                                                    {"kind", kText},
                                                    {"node", kText},
                                                    {"from", kText},
                                                    {"until", kText},
                                                    {"ledger", kText},
                                                    {"digest", crypto::FieldKind::kBytes32}});
  return type;
}

const crypto::StructType& release_struct() {
  static const crypto::StructType type("EmrRelease", {{"action", kText},
                                                      {"access", kText},
                                                      {"node", kText},
                                                      {"until", kText},
                                                      {"ledger", kText},
                                                      {"digest", crypto::FieldKind::kBytes32}});
  return type;
}

std::string hex16(std::uint64_t number) {
  WireWriter wire;
  return to_hex(wire.u64(number).bytes());
}

Error denied(std::string message, std::string reason) {
  return fail(Code::kDenied, std::move(message)).with_reason(std::move(reason));
}

std::string signature_text(const Signature& signature) {
  return "{\"by\":\"" + signature.by.text() + "\",\"sig\":\"" + to_hex_0x(signature.bytes) + "\"}";
}

Result<Signature> read_signature(const Json& tree) {
  EMR_ASSIGN(const Json* member, json::get_object(tree, "signature"));
  EMR_TRY(json::refuse_unknown_members(*member, {"by", "sig"}, "/signature"));
  Signature signature;
  EMR_ASSIGN(const std::string by, json::get_string(*member, "by", {.max = 42}, "/signature"));
  EMR_ASSIGN(signature.by, crypto::parse_canonical_address(by));
  EMR_ASSIGN(const std::string sig, json::get_string(*member, "sig", {.max = 300}, "/signature"));
  EMR_ASSIGN(signature.bytes, from_hex_0x(sig));
  return signature;
}

Status check_signer(const Hash32& digest, const Signature& signature) {
  const crypto::Suite& suite = crypto::suite(crypto::SuiteId::kSecp256k1Keccak256);
  if (signature.bytes.size() == suite.signature_size()) {
    const auto signer = suite.signer(digest, signature.bytes);
    if (signer && *signer == signature.by) return {};
  }
  return denied("signature was not made by the key it names", "bad_signature");
}

Status check_freshness(const std::string& named_node, UnixSeconds expires, std::string_view node,
                       UnixSeconds now) {
  if (named_node != node) return denied("request is for another node", "wrong_node");
  if (expires < now) return denied("request has expired", "expired");
  if (expires > now + kQuerySecondsMax + kClockSkewSecondsMax) {
    return denied("request would live longer than five minutes", "expires_too_late");
  }
  return {};
}

Result<std::uint64_t> read_nonce(const Json& tree) {
  EMR_ASSIGN(const Bytes bytes, json::get_hex(tree, "nonce", 8));
  return WireReader(bytes).u64();
}

// Both bodies below are canonical texts without the signature: they are what the digest covers.

std::string query_body(const SignedQuery& query) {
  std::string text = "{\"expires\":\"" + format_utc(query.expires) + "\",\"from\":\"" +
                     query.from.text() + "\",\"node\":";
  json::append_quoted(text, query.node);
  return text + ",\"nonce\":\"" + hex16(query.nonce) + "\",\"query\":" + query.query_json +
         ",\"type\":\"emr.query\",\"v\":1}";
}

std::string release_body(const ReleaseRequest& release) {
  std::string text = "{\"access\":\"" + to_hex(release.access) + "\",\"expires\":\"" +
                     format_utc(release.expires) + "\",\"node\":";
  json::append_quoted(text, release.node);
  text += ",\"nonce\":\"" + hex16(release.nonce) + "\",\"parts\":[";
  for (const Part part : release.parts) {
    if (text.back() == '"') text += ',';
    text += "\"" + std::string(part_name(part)) + "\"";
  }
  return text + "],\"type\":\"emr.release\",\"v\":1}";
}

/// Puts the signature where canonical key order wants it: before "type".
std::string with_signature(const std::string& body, const Signature& signature) {
  const std::size_t at = body.rfind(",\"type\":");
  EMR_CHECK(at != std::string::npos);
  return body.substr(0, at) + ",\"signature\":" + signature_text(signature) + body.substr(at);
}

Hash32 query_digest(const SignedQuery& query, const ChainId& chain) {
  const std::string from = query.from.text();
  const std::string until = format_utc(query.expires);
  const Hash32 digest = crypto::tagged_hash("emr/query/1", as_bytes(query_body(query)));
  const crypto::FieldValue values[] = {
      std::string_view("QUERY 查询"), std::string_view(query.kind), std::string_view(query.node),
      std::string_view(from),         std::string_view(until),      std::string_view(chain.name),
      digest};
  return crypto::typed_data_digest(chain.domain_separator, query_struct().hash(values));
}

Hash32 release_digest(const ReleaseRequest& release, const ChainId& chain) {
  const std::string access = to_hex(release.access).substr(0, 12) + "…";
  const std::string until = format_utc(release.expires);
  const Hash32 digest = crypto::tagged_hash("emr/release/1", as_bytes(release_body(release)));
  const crypto::FieldValue values[] = {std::string_view("RELEASE KEY PARTS 释放密钥份额"),
                                       std::string_view(access),
                                       std::string_view(release.node),
                                       std::string_view(until),
                                       std::string_view(chain.name),
                                       digest};
  return crypto::typed_data_digest(chain.domain_separator, release_struct().hash(values));
}

Status read_kind(SignedQuery& query, const Json& body) {
  EMR_ASSIGN(query.kind, json::get_string(body, "kind", {.max = 24}, "/query"));
  const bool word = std::all_of(query.kind.begin(), query.kind.end(),
                                [](char c) { return c >= 'a' && c <= 'z'; });
  if (word) return {};
  return fail(Code::kData, "query kind is not a word").with_pointer("/query/kind");
}

Result<std::vector<Part>> read_parts(const Json& tree) {
  EMR_ASSIGN(const Json* list, json::get_array(tree, "parts", 4));
  std::vector<Part> parts;
  for (const Json& item : *list) {
    const auto* name = item.get_ptr<const std::string*>();
    if (name == nullptr) return fail(Code::kData, "part is not a name").with_pointer("/parts");
    EMR_ASSIGN(const Part part, part_from_name(*name));
    parts.push_back(part);
  }
  return parts;
}

}  // namespace

Result<SignedQuery> parse_query(std::string_view line, std::string_view node, UnixSeconds now,
                                const ChainId& chain) {
  EMR_ASSIGN(const Json tree, json::parse_object(line, {.max_bytes = kQueryBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.query"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "from", "node", "nonce", "expires", "query", "signature"}));
  SignedQuery query;
  EMR_ASSIGN(const std::string from, json::get_string(tree, "from", {.max = 42}));
  EMR_ASSIGN(query.from, crypto::parse_canonical_address(from));
  EMR_ASSIGN(query.node, json::get_string(tree, "node", {.max = 32}));
  EMR_ASSIGN(query.nonce, read_nonce(tree));
  EMR_ASSIGN(query.expires, json::get_utc(tree, "expires"));
  EMR_ASSIGN(const Json* body, json::get_object(tree, "query"));
  EMR_TRY(read_kind(query, *body));
  query.query_json = json::canonical_checked(*body);
  EMR_ASSIGN(query.signature, read_signature(tree));
  EMR_TRY(check_freshness(query.node, query.expires, node, now));
  EMR_TRY(check_signer(query_digest(query, chain), query.signature));
  return query;
}

Status sign_query(SignedQuery& query, const ChainId& chain, const crypto::SigningKey& key) {
  EMR_ASSIGN(const Json body, json::parse_object(query.query_json, {.max_bytes = kQueryBytesMax}));
  EMR_TRY(read_kind(query, body));
  EMR_ASSIGN(query.query_json, json::canonical(body));
  const crypto::Signature signature = key.sign(query_digest(query, chain));
  query.signature = {key.address(), to_bytes(ByteView(signature))};
  return {};
}

std::string encode_query(const SignedQuery& query) {
  return with_signature(query_body(query), query.signature);
}

Result<ReleaseRequest> parse_release(std::string_view line, std::string_view node, UnixSeconds now,
                                     const ChainId& chain) {
  EMR_ASSIGN(const Json tree, json::parse_object(line, {.max_bytes = kQueryBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.release"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "access", "node", "parts", "nonce", "expires", "signature"}));
  ReleaseRequest release;
  EMR_ASSIGN(release.access, json::get_hex32(tree, "access"));
  EMR_ASSIGN(release.node, json::get_string(tree, "node", {.max = 32}));
  EMR_ASSIGN(release.parts, read_parts(tree));
  EMR_ASSIGN(release.nonce, read_nonce(tree));
  EMR_ASSIGN(release.expires, json::get_utc(tree, "expires"));
  EMR_ASSIGN(release.signature, read_signature(tree));
  EMR_TRY(check_freshness(release.node, release.expires, node, now));
  EMR_TRY(check_signer(release_digest(release, chain), release.signature));
  return release;
}

Status sign_release(ReleaseRequest& release, const ChainId& chain, const crypto::SigningKey& key) {
  const crypto::Signature signature = key.sign(release_digest(release, chain));
  release.signature = {key.address(), to_bytes(ByteView(signature))};
  return {};
}

std::string encode_release(const ReleaseRequest& release) {
  return with_signature(release_body(release), release.signature);
}

}  // namespace emr::ledger
