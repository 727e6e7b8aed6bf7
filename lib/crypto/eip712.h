// EIP-712 typed data, in two forms. `StructType` is the fast path of the ledger: a struct of texts
// and 32-byte values is compiled once, then hashing needs no JSON and no allocation to speak of.
// `hash_typed_data` takes any document that a wallet would take and is stricter than every wallet:
// what two libraries hash differently is refused, because a signature that only some verifiers
// accept is worse than none (the rules stand in eip712.cpp).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::crypto {

/// The domain of the house: EIP712Domain(string name,string version,bytes32 salt); salt = genesis
/// hash. No chainId, so that a wallet signs on whatever network it is.
struct Domain {
  std::string name;
  std::string version;
  Hash32 salt{};
};
Hash32 domain_separator(const Domain& domain);

/// keccak256(0x19 0x01 ‖ domain separator ‖ struct hash).
Hash32 typed_data_digest(const Hash32& domain_separator, const Hash32& struct_hash) noexcept;

enum class FieldKind : std::uint8_t { kString, kBytes32, kUint256 };
struct Field {
  std::string name;
  FieldKind kind = FieldKind::kString;
};
/// In the order of FieldKind. Numbers stay below 2^53, so that every wallet reads them alike.
using FieldValue = std::variant<std::string_view, Hash32, std::uint64_t>;

/// A flat struct type of our own schemas. Immutable, thread-safe.
class StructType {
 public:
  /// Names must be identifiers and differ (checked: schemas are program text, not input).
  StructType(std::string name, std::vector<Field> fields);

  const std::string& name() const noexcept { return name_; }
  const std::vector<Field>& fields() const noexcept { return fields_; }
  /// "Name(string a,bytes32 b)".
  const std::string& encoded() const noexcept { return encoded_; }
  const Hash32& type_hash() const noexcept { return type_hash_; }

  /// hashStruct; one value per field, of the field's kind (checked).
  Hash32 hash(std::span<const FieldValue> values) const;
  /// The complete document for a wallet, members in type order.
  nlohmann::ordered_json typed_data(const Domain& domain, std::span<const FieldValue> values) const;

 private:
  std::string name_;
  std::vector<Field> fields_;
  std::string encoded_;
  Hash32 type_hash_{};
};

/// Everything that the hashing of one document yields.
struct TypedDataHash {
  std::string primary_type;
  std::string encoded_type;
  Hash32 type_hash{};
  Bytes encoded_data;  ///< typeHash ‖ encoded members
  Hash32 struct_hash{};
  Hash32 domain_separator{};
  Hash32 digest{};
};

/// Strict: see above. kData with a JSON pointer and a reason word; the message quotes no value.
Result<TypedDataHash> hash_typed_data(const nlohmann::json& document);
/// From text: duplicate keys, numbers beyond 2^53-1 and ill-formed UTF-8 are refused as well.
Result<TypedDataHash> hash_typed_data_text(std::string_view text);

}  // namespace emr::crypto
