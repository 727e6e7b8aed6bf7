// The fast path of EIP-712: flat structs of our own schemas, hashed without JSON.
#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/big_endian.h"
#include "base/check.h"
#include "base/hex.h"
#include "crypto/eip712.h"
#include "crypto/hash.h"
#include "crypto/typed_data_types.h"

namespace emr::crypto {
namespace {

constexpr std::string_view kDomainType = "EIP712Domain(string name,string version,bytes32 salt)";

const char* kind_name(FieldKind kind) noexcept {
  switch (kind) {
    case FieldKind::kString: return "string";
    case FieldKind::kBytes32: return "bytes32";
    case FieldKind::kUint256: return "uint256";
  }
  return "";
}

/// The hashes of texts that come again and again: the action, the ledger, the account, the minute.
/// They are half of all that verifying a transaction hashes.
class RecentTexts {
 public:
  Hash32 hash(std::string_view text) {
    if (text.size() > kTextBytesMax) return keccak256(as_bytes(text));
    Place& place = places_[std::hash<std::string_view>()(text) % places_.size()];
    if (place.is_set && text == std::string_view(place.text.data(), place.size)) return place.hash;
    place.hash = keccak256(as_bytes(text));
    text.copy(place.text.data(), text.size());
    place.size = text.size();
    place.is_set = true;
    return place.hash;
  }

 private:
  static constexpr std::size_t kTextBytesMax = 64;
  struct Place {
    bool is_set = false;
    std::size_t size = 0;
    std::array<char, kTextBytesMax> text{};
    Hash32 hash{};
  };
  std::array<Place, 64> places_;
};

Hash32 word_of(const FieldValue& value) {
  thread_local RecentTexts recent;
  if (const auto* text = std::get_if<std::string_view>(&value)) return recent.hash(*text);
  if (const auto* hash = std::get_if<Hash32>(&value)) return *hash;
  const std::uint64_t number = std::get<std::uint64_t>(value);
  EMR_CHECK(number < std::uint64_t{1} << 53);
  Hash32 word{};
  store_big_endian(word.data() + word.size() - sizeof number, number);
  return word;
}

nlohmann::ordered_json member_json(std::string_view name, std::string_view type) {
  return nlohmann::ordered_json({{"name", name}, {"type", type}});
}

nlohmann::ordered_json value_json(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
  if (const auto* hash = std::get_if<Hash32>(&value)) return to_hex_0x(*hash);
  return std::get<std::uint64_t>(value);
}

}  // namespace

Hash32 domain_separator(const Domain& domain) {
  return Keccak256()
      .update(keccak256(as_bytes(kDomainType)))
      .update(keccak256(as_bytes(domain.name)))
      .update(keccak256(as_bytes(domain.version)))
      .update(domain.salt)
      .finish();
}

Hash32 typed_data_digest(const Hash32& domain_separator, const Hash32& struct_hash) noexcept {
  static constexpr std::array<std::uint8_t, 2> kPrefix = {0x19, 0x01};
  return Keccak256().update(kPrefix).update(domain_separator).update(struct_hash).finish();
}

StructType::StructType(std::string name, std::vector<Field> fields)
    : name_(std::move(name)), fields_(std::move(fields)) {
  EMR_CHECK(is_typed_data_identifier(name_));
  std::set<std::string> names;
  encoded_ = name_ + "(";
  for (const Field& field : fields_) {
    EMR_CHECK(is_typed_data_identifier(field.name) && names.insert(field.name).second);
    encoded_ += (names.size() == 1 ? "" : ",") + std::string(kind_name(field.kind)) + " ";
    encoded_ += field.name;
  }
  encoded_ += ")";
  type_hash_ = keccak256(as_bytes(encoded_));
}

Hash32 StructType::hash(std::span<const FieldValue> values) const {
  EMR_CHECK(values.size() == fields_.size());
  Keccak256 hash;
  hash.update(type_hash_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EMR_CHECK(values[i].index() == static_cast<std::size_t>(fields_[i].kind));
    hash.update(word_of(values[i]));
  }
  return hash.finish();
}

nlohmann::ordered_json StructType::typed_data(const Domain& domain,
                                              std::span<const FieldValue> values) const {
  EMR_CHECK(values.size() == fields_.size());
  nlohmann::ordered_json members = nlohmann::ordered_json::array();
  nlohmann::ordered_json message = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < values.size(); ++i) {
    members.push_back(member_json(fields_[i].name, kind_name(fields_[i].kind)));
    message[fields_[i].name] = value_json(values[i]);
  }
  nlohmann::ordered_json types;
  types["EIP712Domain"] = {member_json("name", "string"), member_json("version", "string"),
                           member_json("salt", "bytes32")};
  types[name_] = std::move(members);
  nlohmann::ordered_json document;
  document["types"] = std::move(types);
  document["primaryType"] = name_;
  document["domain"] = {
      {"name", domain.name}, {"version", domain.version}, {"salt", to_hex_0x(domain.salt)}};
  document["message"] = std::move(message);
  return document;
}

}  // namespace emr::crypto
