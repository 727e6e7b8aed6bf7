#include "json/access.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "json/tokenizer.h"

namespace emr::json {
namespace {

Error fault_of(std::string_view where, std::string_view key, std::string message,
               std::string reason) {
  return fail(Code::kData, std::move(message))
      .with_pointer(join_pointer(where, key))
      .with_reason(std::move(reason));
}

Error wrong_kind(std::string_view where, std::string_view key, std::string_view wanted) {
  return fault_of(where, key, "must be " + std::string(wanted), "kind");
}

bool is_lower_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<std::string> as_string(const Json& value, std::string_view key, TextRule rule,
                              std::string_view where) {
  if (!value.is_string()) return wrong_kind(where, key, "a string");
  const std::string& text = value.get_ref<const std::string&>();
  if (text.empty() && !rule.allow_empty) return fault_of(where, key, "is empty", "empty");
  if (text.size() > rule.max) {
    return fault_of(where, key, "is longer than " + std::to_string(rule.max) + " bytes",
                    "too_long");
  }
  return text;
}

Result<std::uint64_t> as_u64(const Json& value, std::string_view key, NumberRule rule,
                             std::string_view where) {
  // A tree built in C++ may hold a non-negative number as signed: the value decides, not the type.
  const bool whole = value.is_number_unsigned() ||
                     (value.is_number_integer() && value.get<std::int64_t>() >= 0);
  const std::uint64_t number = whole ? value.get<std::uint64_t>() : 0;
  if (!value.is_number_integer()) return wrong_kind(where, key, "a whole number");
  if (!whole || number < rule.min || number > rule.max) {
    return fault_of(
        where, key,
        "must be from " + std::to_string(rule.min) + " to " + std::to_string(rule.max), "range");
  }
  return number;
}

Result<bool> as_bool(const Json& value, std::string_view key, std::string_view where) {
  if (!value.is_boolean()) return wrong_kind(where, key, "true or false");
  return value.get<bool>();
}

Result<Bytes> as_hex(const Json& value, std::string_view key, std::size_t size,
                     std::string_view where) {
  EMR_ASSIGN(const std::string text, as_string(value, key, {.max = size * 2}, where));
  if (text.size() != size * 2 || !is_lower_hex(text)) {
    return fault_of(where, key, "must be " + std::to_string(size * 2) + " lower-case hex digits",
                    "hex");
  }
  return from_hex(text);
}

Result<Hash32> as_hash(const Json& value, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const Bytes bytes, as_hex(value, key, sizeof(Hash32), where));
  Hash32 hash{};
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Result<UnixSeconds> as_utc(const Json& value, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const std::string text, as_string(value, key, {.max = 32}, where));
  const Result<UnixSeconds> time = parse_utc(text);
  if (!time) return fault_of(where, key, "must be a time like 2026-11-22T08:00:00Z", "time");
  return *time;
}

Result<const Json*> as_object(const Json& value, std::string_view key, std::string_view where) {
  if (!value.is_object()) return wrong_kind(where, key, "an object");
  return &value;
}

Result<const Json*> as_array(const Json& value, std::string_view key, std::size_t max,
                             std::string_view where) {
  if (!value.is_array()) return wrong_kind(where, key, "an array");
  if (value.size() > max) {
    return fault_of(where, key, "has more than " + std::to_string(max) + " items", "too_many");
  }
  return &value;
}

/// find_*: absent is nullopt, present must be right.
template <class T, class Read>
Result<std::optional<T>> optional_member(const Json& tree, std::string_view key, Read read) {
  const Json* const member = find_member(tree, key);
  if (member == nullptr) return std::optional<T>();
  EMR_ASSIGN(T value, read(*member));
  return std::optional<T>(std::move(value));
}

}  // namespace

const Json* find_member(const Json& tree, std::string_view key) noexcept {
  const auto* const object = tree.get_ptr<const Json::object_t*>();
  if (object == nullptr) return nullptr;
  const auto member = object->find(key);
  return member == object->end() ? nullptr : &member->second;
}

Result<const Json*> get_member(const Json& tree, std::string_view key, std::string_view where) {
  const Json* const member = find_member(tree, key);
  if (member == nullptr) return fault_of(where, key, "is missing", "missing");
  return member;
}

Result<std::string> get_string(const Json& tree, std::string_view key, TextRule rule,
                               std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_string(*member, key, rule, where);
}

Result<std::uint64_t> get_u64(const Json& tree, std::string_view key, NumberRule rule,
                              std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_u64(*member, key, rule, where);
}

Result<bool> get_bool(const Json& tree, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_bool(*member, key, where);
}

Result<const Json*> get_object(const Json& tree, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_object(*member, key, where);
}

Result<const Json*> get_array(const Json& tree, std::string_view key, std::size_t max,
                              std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_array(*member, key, max, where);
}

Result<Hash32> get_hex32(const Json& tree, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_hash(*member, key, where);
}

Result<Bytes> get_hex(const Json& tree, std::string_view key, std::size_t size,
                      std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_hex(*member, key, size, where);
}

Result<Bytes> get_base64(const Json& tree, std::string_view key, std::size_t max,
                         std::string_view where) {
  const std::size_t max_text = (max + 2) / 3 * 4;
  EMR_ASSIGN(const std::string text, get_string(tree, key, {.max = max_text}, where));
  Result<Bytes> bytes = from_base64(text);
  if (!bytes) return fault_of(where, key, "must be base64 with padding", "base64");
  if (bytes->size() > max) {
    return fault_of(where, key, "is longer than " + std::to_string(max) + " bytes", "too_long");
  }
  return bytes;
}

Result<UnixSeconds> get_utc(const Json& tree, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const Json* const member, get_member(tree, key, where));
  return as_utc(*member, key, where);
}

Result<std::string> get_choice(const Json& tree, std::string_view key,
                               std::initializer_list<std::string_view> words,
                               std::string_view where) {
  EMR_ASSIGN(std::string text, get_string(tree, key, {}, where));
  if (std::find(words.begin(), words.end(), text) != words.end()) return text;
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return fault_of(where, key, "must be one of " + list, "choice");
}

Result<std::optional<std::string>> find_string(const Json& tree, std::string_view key,
                                               TextRule rule, std::string_view where) {
  return optional_member<std::string>(
      tree, key, [&](const Json& value) { return as_string(value, key, rule, where); });
}

Result<std::optional<std::uint64_t>> find_u64(const Json& tree, std::string_view key,
                                              NumberRule rule, std::string_view where) {
  return optional_member<std::uint64_t>(
      tree, key, [&](const Json& value) { return as_u64(value, key, rule, where); });
}

Result<std::optional<bool>> find_bool(const Json& tree, std::string_view key,
                                      std::string_view where) {
  return optional_member<bool>(tree, key,
                               [&](const Json& value) { return as_bool(value, key, where); });
}

Result<std::optional<Hash32>> find_hex32(const Json& tree, std::string_view key,
                                         std::string_view where) {
  return optional_member<Hash32>(tree, key,
                                 [&](const Json& value) { return as_hash(value, key, where); });
}

Result<std::optional<UnixSeconds>> find_utc(const Json& tree, std::string_view key,
                                            std::string_view where) {
  return optional_member<UnixSeconds>(
      tree, key, [&](const Json& value) { return as_utc(value, key, where); });
}

Result<const Json*> find_object(const Json& tree, std::string_view key, std::string_view where) {
  const Json* const member = find_member(tree, key);
  if (member == nullptr) return member;
  return as_object(*member, key, where);
}

Result<const Json*> find_array(const Json& tree, std::string_view key, std::size_t max,
                               std::string_view where) {
  const Json* const member = find_member(tree, key);
  if (member == nullptr) return member;
  return as_array(*member, key, max, where);
}

Status refuse_unknown_members(const Json& tree, std::initializer_list<std::string_view> known,
                              std::string_view where) {
  const auto* const object = tree.get_ptr<const Json::object_t*>();
  if (object == nullptr) return fail(Code::kData, "must be an object").with_reason("kind");
  for (const auto& [name, member] : *object) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return fault_of(where, name, "is not a member of this record", "unknown_member");
    }
  }
  return {};
}

Status expect_type(const Json& tree, std::string_view type, std::uint64_t version) {
  EMR_ASSIGN(const std::string found, get_string(tree, "type", {.max = 64}));
  if (found != type) return fault_of("", "type", "must be " + std::string(type), "type");
  EMR_ASSIGN(const std::uint64_t number, get_u64(tree, "v"));
  if (number != version) {
    return fault_of("", "v", "must be " + std::to_string(version), "version");
  }
  return {};
}

std::string join_pointer(std::string_view where, std::string_view key) {
  std::string pointer(where);
  append_pointer(pointer, key);
  return pointer;
}

std::string join_pointer(std::string_view where, std::size_t index) {
  std::string pointer(where);
  append_pointer(pointer, index);
  return pointer;
}

}  // namespace emr::json
