// The `types` member of an EIP-712 document: parsed, checked and ready for encodeType. Part of
// eip712.cpp's strict encoder; a table is built per document and immutable afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::crypto {

enum class BaseKind : std::uint8_t {
  kBool,
  kAddress,
  kString,
  kBytes,
  kFixedBytes,
  kUint,
  kInt,
  kStruct
};

/// One member type, such as "Person[2][]". Dimensions stand as in the text: the last one is the
/// outermost; nullopt is a list of any length.
struct MemberType {
  std::string text;
  std::string base;  ///< without dimensions
  BaseKind kind = BaseKind::kStruct;
  unsigned size = 0;  ///< bytes of kFixedBytes, bits of kUint and kInt
  std::vector<std::optional<std::uint64_t>> dimensions;
};

struct TypedMember {
  std::string name;
  MemberType type;
};

/// Letters, digits and '_', not starting with a digit: what every library reads as one word ('$' is
/// legal in Solidity, but eth-sig-util stops there and hashes another type).
bool is_typed_data_identifier(std::string_view name) noexcept;

class TypeTable {
 public:
  /// Every type must be well-formed and known, also those that nothing uses.
  static Result<TypeTable> parse(const nlohmann::json& types);

  /// nullptr when there is no such struct type.
  const std::vector<TypedMember>* find(const std::string& name) const;
  /// The type itself first, then every struct that it reaches, sorted. `name` must exist.
  std::string encode_type(const std::string& name) const;

 private:
  std::map<std::string, std::vector<TypedMember>> structs_;
};

}  // namespace emr::crypto
