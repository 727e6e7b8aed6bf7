// The strict encoder. Rules beyond the EIP, each because the libraries in use disagree (MetaMask's
// eth-sig-util, ethers, viem; "our rule" in the project's notes on wallets):
//   - the document has exactly types, primaryType, domain and message;
//   - types.EIP712Domain is present (without it MetaMask signs an empty domain), lists only the
//     EIP's five fields, in the EIP's order, and the domain has exactly the fields that it lists;
//   - the primary type is not EIP712Domain;
//   - a struct value has every member of its type and no other; null is never a value;
//   - texts are texts, bools are bools, bytes are even 0x hex of the right length, T[k] has k
//   items;
//   - integers fit their type; as JSON numbers they stay below 2^53; uint and int are refused;
//   - addresses have 0x, and mixed case only with the right checksum;
//   - names are ASCII words, and not those that JavaScript objects are born with.
// A type that nothing uses and a type that contains itself through a list are legal.
#include "crypto/eip712.h"

#include <array>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "crypto/limits.h"
#include "crypto/typed_data_types.h"
#include "crypto/typed_data_values.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::crypto {
namespace {

using Json = nlohmann::json;
const std::string kDomainType = "EIP712Domain";

Error refuse(std::string message, std::string reason, std::string pointer) {
  return fail(Code::kData, std::move(message))
      .with_reason(std::move(reason))
      .with_pointer(std::move(pointer));
}

class Encoder {
 public:
  explicit Encoder(const TypeTable& types) : types_(types) {}

  Result<Bytes> encode_struct(const std::string& name, const Json& value,
                              const std::string& pointer, int depth) {
    if (!value.is_object()) return refuse("an object is expected", "object", pointer);
    const std::vector<TypedMember>& members = *types_.find(name);
    for (const auto& item : value.items()) {
      const auto same = [&](const TypedMember& member) { return member.name == item.key(); };
      if (std::none_of(members.begin(), members.end(), same)) {
        return refuse("a member that the type does not have", "unknown_member", pointer);
      }
    }
    Bytes encoded = to_bytes(type_hash(name));
    for (const TypedMember& member : members) {
      const std::string where = json::join_pointer(pointer, member.name);
      const auto found = value.find(member.name);
      if (found == value.end()) return refuse("the member is missing", "missing_member", where);
      EMR_ASSIGN(const Hash32 word,
                 encode(member.type, member.type.dimensions.size(), *found, where, depth + 1));
      append(encoded, word);
    }
    return encoded;
  }

  const Hash32& type_hash(const std::string& name) {
    const auto found = type_hashes_.find(name);
    if (found != type_hashes_.end()) return found->second;
    return type_hashes_[name] = keccak256(as_bytes(types_.encode_type(name)));
  }

 private:
  // `rank` counts the dimensions that are still to be opened, outermost (last in the text) first.
  Result<Hash32> encode(const MemberType& type, std::size_t rank, const Json& value,
                        const std::string& pointer, int depth) {
    if (depth > kMaxTypedDataDepth) return refuse("nested too deep", "depth", pointer);
    if (rank == 0 && type.kind != BaseKind::kStruct) return encode_atom(type, value, pointer);
    if (rank == 0) {
      EMR_ASSIGN(const Bytes encoded, encode_struct(type.base, value, pointer, depth));
      return keccak256(encoded);
    }
    if (!value.is_array()) return refuse("a list is expected", "list", pointer);
    const std::optional<std::uint64_t> length = type.dimensions[rank - 1];
    if (length && *length != value.size()) {
      return refuse("the list has another length than its type", "length", pointer);
    }
    Keccak256 hash;
    for (std::size_t i = 0; i < value.size(); ++i) {
      EMR_ASSIGN(const Hash32 word,
                 encode(type, rank - 1, value[i], json::join_pointer(pointer, i), depth + 1));
      hash.update(word);
    }
    return hash.finish();
  }

  const TypeTable& types_;
  std::map<std::string, Hash32> type_hashes_;
};

// The fields that the EIP names, in its order; each at most once, with its type.
Status check_domain_type(const TypeTable& types) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFields = {
      {{"name", "string"},
       {"version", "string"},
       {"chainId", "uint256"},
       {"verifyingContract", "address"},
       {"salt", "bytes32"}}};
  const std::vector<TypedMember>* members = types.find(kDomainType);
  if (members == nullptr) {
    return refuse("types has no EIP712Domain: a wallet would sign an empty domain",
                  "domain_missing", "/types");
  }
  std::size_t next = 0;
  for (const TypedMember& member : *members) {
    while (next < kFields.size() && kFields[next].first != member.name) ++next;
    if (next == kFields.size() || kFields[next].second != member.type.text) {
      return refuse("EIP712Domain lists another field, type or order than the EIP", "domain_type",
                    "/types/EIP712Domain");
    }
    ++next;
  }
  return {};
}

Status check_document(const Json& document) {
  if (!document.is_object()) return refuse("typed data must be an object", "object", "");
  EMR_TRY(json::refuse_unknown_members(document, {"types", "primaryType", "domain", "message"}));
  for (const char* name : {"types", "primaryType", "domain", "message"}) {
    EMR_TRY(json::get_member(document, name));
  }
  return {};
}

}  // namespace

Result<TypedDataHash> hash_typed_data(const Json& document) {
  EMR_TRY(check_document(document));
  EMR_ASSIGN(const TypeTable types, TypeTable::parse(document.at("types")));
  EMR_TRY(check_domain_type(types));
  TypedDataHash result;
  EMR_ASSIGN(result.primary_type, json::get_string(document, "primaryType"));
  if (result.primary_type == kDomainType || types.find(result.primary_type) == nullptr) {
    return refuse("the primary type is not a struct of this document", "primary_type",
                  "/primaryType");
  }
  Encoder encoder(types);
  EMR_ASSIGN(const Bytes domain,
             encoder.encode_struct(kDomainType, document.at("domain"), "/domain", 0));
  EMR_ASSIGN(result.encoded_data,
             encoder.encode_struct(result.primary_type, document.at("message"), "/message", 0));
  result.encoded_type = types.encode_type(result.primary_type);
  result.type_hash = encoder.type_hash(result.primary_type);
  result.struct_hash = keccak256(result.encoded_data);
  result.domain_separator = keccak256(domain);
  result.digest = typed_data_digest(result.domain_separator, result.struct_hash);
  return result;
}

Result<TypedDataHash> hash_typed_data_text(std::string_view text) {
  if (text.size() > kMaxTypedDataBytes) return refuse("the document is too large", "limit", "");
  EMR_ASSIGN(const Json document, json::parse_strict(text));
  return hash_typed_data(document);
}

}  // namespace emr::crypto
