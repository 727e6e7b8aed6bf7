// Reading and writing of transactions. Texts in canonical key order are put together by hand where
// all members are known; everything else goes through lib/json.
#include "ledger/transaction.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/core_rules.h"
#include "ledger/limits.h"
#include "ledger/plain_reader.h"

namespace emr::ledger {

using json::Json;
using json::join_pointer;

namespace {

Error limit_error(std::string message) {
  return fail(Code::kData, std::move(message)).with_reason("limit");
}

Result<std::vector<PayloadCommit>> read_payload(const Json& core, std::string_view where) {
  EMR_ASSIGN(const Json* list, json::get_array(core, "payload", 8, where));
  std::vector<PayloadCommit> payload;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& item = (*list)[i];
    const std::string here = join_pointer(join_pointer(where, "payload"), i);
    EMR_TRY(json::refuse_unknown_members(item, {"part", "commit"}, here));
    PayloadCommit commit;
    EMR_ASSIGN(const std::string name, json::get_string(item, "part", {.max = 16}, here));
    EMR_ASSIGN(commit.part, part_from_name(name));
    EMR_ASSIGN(commit.commit, json::get_hex32(item, "commit", here));
    payload.push_back(commit);
  }
  return payload;
}

Result<Nonce> read_nonce(const Json& core, std::string_view where) {
  EMR_ASSIGN(const Bytes bytes, json::get_hex(core, "nonce", sizeof(Nonce), where));
  Nonce nonce{};
  std::copy(bytes.begin(), bytes.end(), nonce.begin());
  return nonce;
}

Result<crypto::Address> read_address(const Json& tree, std::string_view key,
                                     std::string_view where) {
  EMR_ASSIGN(const std::string text, json::get_string(tree, key, {.max = 42}, where));
  auto address = crypto::parse_canonical_address(text);
  if (!address) return std::move(address).error().with_pointer(join_pointer(where, key));
  return address;
}

Result<crypto::SuiteId> read_suite(const Json& tree, std::string_view where) {
  EMR_ASSIGN(const std::string name, json::get_string(tree, "suite", {.max = 32}, where));
  auto suite = crypto::suite_from_name(name);
  if (!suite) return std::move(suite).error().with_pointer(join_pointer(where, "suite"));
  return suite;
}

std::string payload_text(const std::vector<PayloadCommit>& payload) {
  std::string text = "[";
  for (const PayloadCommit& commit : payload) {
    if (text.size() > 1) text += ',';
    text.append("{\"commit\":\"").append(to_hex(commit.commit));
    text.append("\",\"part\":\"").append(part_name(commit.part)).append("\"}");
  }
  return text += ']';
}

/// Canonical; contract and method are names of the table.
std::string core_text(const Core& core) {
  std::string text = "{\"args\":" + json::canonical_checked(*core.args);
  text.append(",\"contract\":\"").append(core.contract);
  text.append("\",\"from\":\"").append(core.from.text());
  text.append("\",\"method\":\"").append(core.method);
  text.append("\",\"nonce\":\"").append(to_hex(core.nonce));
  text.append("\",\"payload\":").append(payload_text(core.payload));
  text.append(",\"suite\":\"").append(crypto::suite_name(core.suite));
  text.append("\",\"validUntil\":\"").append(format_utc(core.valid_until)).append("\"}");
  return text;
}

Result<const MethodSpec*> find_method(const MethodTable& methods, const Core& core) {
  const MethodSpec* method = methods.find(core.contract, core.method);
  if (method != nullptr) return method;
  return fail(Code::kData, "no contract has this method")
      .with_pointer("/core/method")
      .with_reason("unknown_method");
}

/// Consumes the tree: the arguments move into the core.
Result<Transaction> read_core(Json& tree, const MethodTable& methods) {
  constexpr std::string_view where = "/core";
  EMR_TRY(json::refuse_unknown_members(
      tree, {"contract", "method", "suite", "from", "nonce", "validUntil", "args", "payload"},
      where));
  Transaction tx;
  Core& core = tx.core;
  EMR_ASSIGN(core.contract, json::get_string(tree, "contract", {.max = 32}, where));
  EMR_ASSIGN(core.method, json::get_string(tree, "method", {.max = 32}, where));
  EMR_ASSIGN(core.suite, read_suite(tree, where));
  EMR_ASSIGN(core.from, read_address(tree, "from", where));
  EMR_ASSIGN(core.nonce, read_nonce(tree, where));
  EMR_ASSIGN(core.valid_until, json::get_utc(tree, "validUntil", where));
  EMR_ASSIGN(core.payload, read_payload(tree, where));
  EMR_ASSIGN(const Json* args, json::get_object(tree, "args", where));
  EMR_ASSIGN(tx.method, find_method(methods, core));
  EMR_TRY(check_args(*tx.method, *args, "/core/args"));
  EMR_TRY(check_payload(*tx.method, core.payload));
  EMR_TRY(seal_core(tx, json::canonical_checked(tree)));
  core.args = std::make_shared<const Json>(std::move(tree["args"]));
  return tx;
}

Result<Signature> read_signature(const Json& tree) {
  constexpr std::string_view where = "/signature";
  EMR_TRY(json::refuse_unknown_members(tree, {"by", "sig"}, where));
  Signature signature;
  EMR_ASSIGN(signature.by, read_address(tree, "by", where));
  EMR_ASSIGN(const std::string text,
             json::get_string(tree, "sig", {.max = kSignatureHexMax + 2}, where));
  auto bytes = from_hex_0x(text);
  if (!bytes || to_hex_0x(*bytes) != text) {
    return fail(Code::kData, "signature is not lower-case hex with 0x")
        .with_pointer("/signature/sig")
        .with_reason("signature");
  }
  signature.bytes = *std::move(bytes);
  return signature;
}

std::string signature_text(const Signature& signature) {
  std::string text;
  text.reserve(2 * (signature.by.bytes.size() + signature.bytes.size()) + 32);
  text.append("{\"by\":\"").append(signature.by.text());
  return text.append("\",\"sig\":\"").append(to_hex_0x(signature.bytes)).append("\"}");
}

Result<Sidecar> read_sidecar(const Json& tree, std::string_view where) {
  EMR_TRY(json::refuse_unknown_members(tree, {"parts"}, where));
  EMR_ASSIGN(const Json* list, json::get_array(tree, "parts", 8, where));
  Sidecar sidecar;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Json& item = (*list)[i];
    const std::string here = join_pointer(join_pointer(where, "parts"), i);
    EMR_TRY(json::refuse_unknown_members(item, {"part", "salt", "value"}, here));
    SidecarPart part;
    EMR_ASSIGN(const std::string name, json::get_string(item, "part", {.max = 16}, here));
    EMR_ASSIGN(part.part, part_from_name(name));
    EMR_ASSIGN(part.salt, json::get_hex32(item, "salt", here));
    EMR_ASSIGN(const Json* value, json::get_member(item, "value", here));
    EMR_ASSIGN(part.value_json, json::canonical(*value));
    sidecar.parts.push_back(std::move(part));
  }
  return sidecar;
}

/// What is left of a line when our own members are gone.
std::string other_members(Json& tree) {
  for (const char* ours : {"type", "v", "core", "signature", "sidecar"}) tree.erase(ours);
  return json::canonical_checked(tree);
}

/// The rest of a line behind core and signature, in the short way of reading.
bool read_tail(std::string_view rest, TransactionLine& line) {
  line.other_json = "{}";
  if (rest == "}") return true;
  if (!rest.starts_with(',')) return false;
  auto tree = json::parse_object("{" + std::string(rest.substr(1)),
                                 {.max_bytes = kTransactionLineBytesMax});
  if (!tree) return false;
  for (const char* read_before : {"type", "v", "core", "signature"}) {
    if (tree->contains(read_before)) return false;
  }
  if (const Json* sidecar = json::find_member(*tree, "sidecar")) {
    auto read = read_sidecar(*sidecar, "/sidecar");
    if (!read) return false;
    line.sidecar = *std::move(read);
  }
  line.other_json = other_members(*tree);
  return true;
}

/// See plain_reader.h.
std::optional<TransactionLine> read_plain_line(std::string_view text, const MethodTable& methods) {
  PlainReader reader(text);
  if (!reader.take("{\"type\":\"emr.tx\",\"v\":1,\"core\":")) return std::nullopt;
  auto tx = reader.take_core(methods);
  if (!tx || !reader.take(",\"signature\":")) return std::nullopt;
  tx->signature = reader.take_signature();
  if (!tx->signature) return std::nullopt;
  TransactionLine line;
  line.transaction = *std::move(tx);
  if (!read_tail(reader.rest(), line)) return std::nullopt;
  if (!check_sidecar(line.transaction.core, line.sidecar)) return std::nullopt;
  return line;
}

std::optional<Transaction> read_plain_entry(std::string_view entry, const MethodTable& methods) {
  if (entry.size() > kEntryBytesMax) return std::nullopt;
  PlainReader reader(entry);
  if (!reader.take("{\"core\":")) return std::nullopt;
  auto tx = reader.take_core(methods);
  if (!tx || !reader.take(",\"signature\":")) return std::nullopt;
  tx->signature = reader.take_signature();
  if (!tx->signature || reader.rest() != "}") return std::nullopt;
  return tx;
}

}  // namespace

Status check_payload(const MethodSpec& method, const std::vector<PayloadCommit>& payload) {
  std::size_t at = 0;
  for (const PartSpec& spec : method.parts) {
    if (at < payload.size() && payload[at].part == spec.part) {
      ++at;
    } else if (spec.required) {
      return fail(Code::kData, "payload lacks a part that the method demands")
          .with_pointer("/core/payload")
          .with_reason("payload");
    }
  }
  if (at == payload.size()) return {};
  return fail(Code::kData, "payload part is repeated, out of order or not the method's")
      .with_pointer(join_pointer("/core/payload", at))
      .with_reason("payload");
}

Status seal_core(Transaction& tx, std::string core_json) {
  if (core_json.size() > kCoreBytesMax) {
    return limit_error("core is larger than 16 KiB").with_pointer("/core");
  }
  tx.txid = crypto::tagged_hash("emr/tx-core/1", as_bytes(core_json));
  tx.core_json = std::move(core_json);
  return {};
}

Result<Transaction> make_transaction(Core core, const MethodTable& methods) {
  Transaction tx;
  EMR_CHECK(core.args != nullptr);
  EMR_ASSIGN(tx.method, find_method(methods, core));
  EMR_TRY(check_args(*tx.method, *core.args, "/core/args"));
  EMR_TRY(check_payload(*tx.method, core.payload));
  EMR_TRY(seal_core(tx, core_text(core)));
  tx.core = std::move(core);
  return tx;
}

Result<TransactionLine> parse_transaction_line(std::string_view line, const MethodTable& methods) {
  if (line.size() > kTransactionLineBytesMax) {
    return limit_error("transaction line is larger than 256 KiB")
        .with_hint("attachments belong to the content store: emr-ipfs-put");
  }
  if (auto plain = read_plain_line(line, methods)) return *std::move(plain);
  EMR_ASSIGN(Json tree, json::parse_object(line, {.max_bytes = kTransactionLineBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.tx"));
  EMR_TRY(json::get_object(tree, "core"));
  TransactionLine result;
  EMR_ASSIGN(result.transaction, read_core(tree["core"], methods));
  if (const Json* signature = json::find_member(tree, "signature")) {
    EMR_ASSIGN(result.transaction.signature, read_signature(*signature));
  }
  if (const Json* sidecar = json::find_member(tree, "sidecar")) {
    EMR_ASSIGN(result.sidecar, read_sidecar(*sidecar, "/sidecar"));
  }
  EMR_TRY(check_sidecar(result.transaction.core, result.sidecar));
  result.other_json = other_members(tree);
  return result;
}

std::string transaction_line(const TransactionLine& line) {
  std::string text = "{\"type\":\"emr.tx\",\"v\":1,\"core\":" + line.transaction.core_json;
  if (line.transaction.signature) {
    text += ",\"signature\":" + signature_text(*line.transaction.signature);
  }
  if (!line.sidecar.parts.empty()) text += ",\"sidecar\":" + encode_sidecar(line.sidecar);
  const std::string_view other = line.other_json;
  if (other.size() > 2) text += "," + std::string(other.substr(1, other.size() - 2));
  return text + "}";
}

Result<Transaction> parse_entry(std::string_view entry, const MethodTable& methods) {
  if (auto plain = read_plain_entry(entry, methods)) return *std::move(plain);
  EMR_ASSIGN(Json tree, json::parse_object(entry, {.max_bytes = kEntryBytesMax}));
  EMR_TRY(json::refuse_unknown_members(tree, {"core", "signature"}));
  EMR_TRY(json::get_object(tree, "core"));
  EMR_ASSIGN(const Json* signature, json::get_object(tree, "signature"));
  EMR_ASSIGN(Signature read, read_signature(*signature));
  EMR_ASSIGN(Transaction tx, read_core(tree["core"], methods));
  tx.signature = std::move(read);
  if (encode_entry(tx) != entry) {
    return fail(Code::kData, "entry is not in canonical form").with_reason("not_canonical");
  }
  return tx;
}

std::string encode_entry(const Transaction& tx) {
  EMR_CHECK(tx.signature.has_value());
  const std::string signature = signature_text(*tx.signature);
  std::string entry;
  entry.reserve(tx.core_json.size() + signature.size() + 32);
  entry.append("{\"core\":").append(tx.core_json);
  return entry.append(",\"signature\":").append(signature).append("}");
}

std::string encode_sidecar(const Sidecar& sidecar) {
  std::string text = "{\"parts\":[";
  for (const SidecarPart& part : sidecar.parts) {
    if (text.back() == '}') text += ',';
    text += "{\"part\":\"" + std::string(part_name(part.part)) + "\",\"salt\":\"" +
            to_hex(part.salt) + "\",\"value\":" + part.value_json + "}";
  }
  return text + "]}";
}

Result<Sidecar> parse_sidecar(std::string_view text) {
  if (text == "{\"parts\":[]}") return Sidecar();  // of every transaction that is no record
  EMR_ASSIGN(const Json tree, json::parse_object(text, {.max_bytes = kTransactionLineBytesMax}));
  return read_sidecar(tree, "");
}

Status check_sidecar(const Core& core, const Sidecar& sidecar) {
  const std::size_t expected = core.payload.size();
  for (std::size_t i = 0; i < std::max(expected, sidecar.parts.size()); ++i) {
    if (i >= expected || i >= sidecar.parts.size() ||
        core.payload[i].part != sidecar.parts[i].part) {
      return fail(Code::kData, "sidecar parts are not those of the payload, in its order")
          .with_pointer(join_pointer("/sidecar/parts", i))
          .with_reason("sidecar_parts");
    }
    const SidecarPart& part = sidecar.parts[i];
    if (part_commitment(part.salt, part.value_json) != core.payload[i].commit) {
      return fail(Code::kData, "sidecar part does not match its commitment")
          .with_pointer(join_pointer("/sidecar/parts", i))
          .with_reason("commitment");
    }
  }
  return {};
}

Hash32 part_commitment(const Hash32& salt, std::string_view value_json) {
  return crypto::tagged_hash("emr/commit/1", {salt, as_bytes(value_json)});
}

std::pair<SidecarPart, PayloadCommit> commit_part(Part part, std::string value_json,
                                                  crypto::RandomSource& random) {
  SidecarPart sidecar{part, random.hash32(), std::move(value_json)};
  const PayloadCommit commit{part, part_commitment(sidecar.salt, sidecar.value_json)};
  return {std::move(sidecar), commit};
}

}  // namespace emr::ledger
