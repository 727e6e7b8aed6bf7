// Reading members of a strict tree: every accessor checks presence, kind and bounds and answers
// with an error that carries the JSON pointer (and never the value). `where` is the pointer of the
// object itself, "" for the document.
//
//   EMR_ASSIGN(const std::string id, get_string(tree, "id", {.max = 64}));
//   EMR_ASSIGN(const std::optional<std::uint64_t> version, find_u64(tree, "version"));
//   EMR_TRY(refuse_unknown_members(tree, {"type", "v", "id", "version"}));
//
// get_* require the member; find_* give nullopt (or nullptr) when it is absent. An explicit null
// is never "absent": it is a wrong kind.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace emr::json {

using Json = nlohmann::json;

struct TextRule {
  std::size_t max = 4096;  ///< bytes
  bool allow_empty = false;
};

struct NumberRule {
  std::uint64_t min = 0;
  std::uint64_t max = (std::uint64_t{1} << 53) - 1;
};

/// The member itself, whatever its kind (nullptr when absent); the pointer lives as long as `tree`.
const Json* find_member(const Json& tree, std::string_view key) noexcept;
Result<const Json*> get_member(const Json& tree, std::string_view key, std::string_view where = "");

Result<std::string> get_string(const Json& tree, std::string_view key, TextRule rule = {},
                               std::string_view where = "");
Result<std::uint64_t> get_u64(const Json& tree, std::string_view key, NumberRule rule = {},
                              std::string_view where = "");
Result<bool> get_bool(const Json& tree, std::string_view key, std::string_view where = "");
Result<const Json*> get_object(const Json& tree, std::string_view key, std::string_view where = "");
/// `max` is the largest number of items.
Result<const Json*> get_array(const Json& tree, std::string_view key, std::size_t max = 65536,
                              std::string_view where = "");
/// 64 lower-case hex characters.
Result<Hash32> get_hex32(const Json& tree, std::string_view key, std::string_view where = "");
/// Lower-case hex of exactly `size` bytes.
Result<Bytes> get_hex(const Json& tree, std::string_view key, std::size_t size,
                      std::string_view where = "");
/// Standard base64 with padding, at most `max` decoded bytes.
Result<Bytes> get_base64(const Json& tree, std::string_view key, std::size_t max,
                         std::string_view where = "");
/// "YYYY-MM-DDTHH:MM:SSZ".
Result<UnixSeconds> get_utc(const Json& tree, std::string_view key, std::string_view where = "");
/// One of a closed list of words.
Result<std::string> get_choice(const Json& tree, std::string_view key,
                               std::initializer_list<std::string_view> words,
                               std::string_view where = "");

Result<std::optional<std::string>> find_string(const Json& tree, std::string_view key,
                                               TextRule rule = {}, std::string_view where = "");
Result<std::optional<std::uint64_t>> find_u64(const Json& tree, std::string_view key,
                                              NumberRule rule = {}, std::string_view where = "");
Result<std::optional<bool>> find_bool(const Json& tree, std::string_view key,
                                      std::string_view where = "");
Result<std::optional<Hash32>> find_hex32(const Json& tree, std::string_view key,
                                         std::string_view where = "");
Result<std::optional<UnixSeconds>> find_utc(const Json& tree, std::string_view key,
                                            std::string_view where = "");
Result<const Json*> find_object(const Json& tree, std::string_view key,
                                std::string_view where = "");
Result<const Json*> find_array(const Json& tree, std::string_view key, std::size_t max = 65536,
                               std::string_view where = "");

/// A member outside `known` is an error, reason "unknown_member".
Status refuse_unknown_members(const Json& tree, std::initializer_list<std::string_view> known,
                              std::string_view where = "");
/// The tree is an object with "type" == type and "v" == version; reason "type" or "version".
Status expect_type(const Json& tree, std::string_view type, std::uint64_t version = 1);

/// "/a/b" from the pointer of an object and a member name or an index.
std::string join_pointer(std::string_view where, std::string_view key);
std::string join_pointer(std::string_view where, std::size_t index);

}  // namespace emr::json
