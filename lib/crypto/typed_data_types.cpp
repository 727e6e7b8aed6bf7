#include "crypto/typed_data_types.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/number.h"
#include "crypto/limits.h"
#include "json/access.h"

namespace emr::crypto {
namespace {

using Json = nlohmann::json;

Error refuse(std::string message, std::string reason, std::string pointer) {
  return fail(Code::kData, std::move(message))
      .with_reason(std::move(reason))
      .with_pointer(std::move(pointer));
}

bool is_word_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) noexcept { return is_word_start(c) || (c >= '0' && c <= '9'); }

// JavaScript objects have these names already; MetaMask refuses messages that use them.
bool is_poisoned(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 7> kNames = {
      "constructor",      "prototype",        "__proto__",       "__defineGetter__",
      "__defineSetter__", "__lookupGetter__", "__lookupSetter__"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// "uint" and "int" are aliases in Solidity; the libraries hash them differently.
bool is_alias(std::string_view base) noexcept {
  return base == "uint" || base == "int" || base == "byte";
}

std::optional<unsigned> width_after(std::string_view base, std::string_view prefix) {
  if (base.substr(0, prefix.size()) != prefix) return std::nullopt;
  const Result<std::uint64_t> width = parse_u64(base.substr(prefix.size()), 1000);
  if (!width) return std::nullopt;
  return static_cast<unsigned>(*width);
}

// Sets kind and size when `base` is a type that the language knows; false for anything else.
bool read_atomic(MemberType& type) {
  if (type.base == "bool") return type.kind = BaseKind::kBool, true;
  if (type.base == "address") return type.kind = BaseKind::kAddress, true;
  if (type.base == "string") return type.kind = BaseKind::kString, true;
  if (type.base == "bytes") return type.kind = BaseKind::kBytes, true;
  if (const auto bytes = width_after(type.base, "bytes"); bytes && *bytes >= 1 && *bytes <= 32) {
    return type.kind = BaseKind::kFixedBytes, type.size = *bytes, true;
  }
  for (const auto& [prefix, kind] : {std::pair{"uint", BaseKind::kUint}, {"int", BaseKind::kInt}}) {
    const auto bits = width_after(type.base, prefix);
    if (bits && *bits >= 8 && *bits <= 256 && *bits % 8 == 0) {
      return type.kind = kind, type.size = *bits, true;
    }
  }
  return false;
}

bool looks_atomic(const std::string& name) {
  MemberType type;
  type.base = name;
  return read_atomic(type) || is_alias(name);
}

Result<MemberType> parse_type(const std::string& text, const std::string& pointer) {
  MemberType type;
  type.text = text;
  const std::size_t bracket = std::min(text.find('['), text.size());
  type.base = text.substr(0, bracket);
  std::string_view rest = std::string_view(text).substr(bracket);
  while (!rest.empty()) {
    const std::size_t close = rest.find(']');
    if (rest.front() != '[' || close == std::string_view::npos) {
      return refuse("malformed array type", "type", pointer);
    }
    const std::string_view length = rest.substr(1, close - 1);
    std::optional<std::uint64_t> dimension;
    if (!length.empty()) {
      const Result<std::uint64_t> number = parse_u64(length, UINT32_MAX);
      if (!number || *number == 0) return refuse("malformed array length", "type", pointer);
      dimension = *number;
    }
    type.dimensions.push_back(dimension);
    if (type.dimensions.size() > kMaxTypedDataDepth) {
      return refuse("too many array dimensions", "depth", pointer);
    }
    rest.remove_prefix(close + 1);
  }
  if (is_alias(type.base)) {
    return refuse("an alias type: write uint256 or int256", "type", pointer);
  }
  if (!read_atomic(type) && !is_typed_data_identifier(type.base)) {
    return refuse("not a type name", "type", pointer);
  }
  return type;
}

Result<TypedMember> parse_member(const Json& json, const std::string& pointer) {
  if (!json.is_object()) return refuse("a member must be an object", "type", pointer);
  EMR_TRY(json::refuse_unknown_members(json, {"name", "type"}, pointer));
  EMR_ASSIGN(std::string name, json::get_string(json, "name", {}, pointer));
  EMR_ASSIGN(const std::string text, json::get_string(json, "type", {}, pointer));
  if (!is_typed_data_identifier(name) || is_poisoned(name)) {
    return refuse("not a portable member name", "member_name", pointer + "/name");
  }
  EMR_ASSIGN(MemberType type, parse_type(text, pointer + "/type"));
  return TypedMember{std::move(name), std::move(type)};
}

Result<std::vector<TypedMember>> parse_struct(const Json& json, const std::string& pointer) {
  if (!json.is_array()) return refuse("a struct type must be an array", "type", pointer);
  if (json.size() > kMaxTypedDataMembers) return refuse("too many members", "limit", pointer);
  std::vector<TypedMember> members;
  std::set<std::string> names;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string where = pointer + "/" + std::to_string(i);
    EMR_ASSIGN(TypedMember member, parse_member(json[i], where));
    if (!names.insert(member.name).second) {
      return refuse("two members of one name", "duplicate_member", where);
    }
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace

bool is_typed_data_identifier(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 128 && is_word_start(name.front()) &&
         std::all_of(name.begin(), name.end(), is_word);
}

Result<TypeTable> TypeTable::parse(const Json& types) {
  if (!types.is_object()) return refuse("types must be an object", "type", "/types");
  if (types.size() > kMaxTypedDataTypes) return refuse("too many types", "limit", "/types");
  TypeTable table;
  for (const auto& [name, json] : types.items()) {
    if (!is_typed_data_identifier(name) || is_poisoned(name) || looks_atomic(name)) {
      return refuse("not a portable name for a struct type", "type_name", "/types");
    }
    EMR_ASSIGN(std::vector<TypedMember> members, parse_struct(json, "/types/" + name));
    table.structs_.emplace(name, std::move(members));
  }
  for (const auto& [name, members] : table.structs_) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      const MemberType& type = members[i].type;
      if (type.kind == BaseKind::kStruct && table.find(type.base) == nullptr) {
        return refuse("unknown type", "unknown_type",
                      "/types/" + name + "/" + std::to_string(i) + "/type");
      }
    }
  }
  return table;
}

const std::vector<TypedMember>* TypeTable::find(const std::string& name) const {
  const auto found = structs_.find(name);
  return found == structs_.end() ? nullptr : &found->second;
}

std::string TypeTable::encode_type(const std::string& name) const {
  std::set<std::string> reached;
  std::vector<std::string> pending = {name};
  while (!pending.empty()) {
    const std::string current = std::move(pending.back());
    pending.pop_back();
    if (!reached.insert(current).second) continue;
    for (const TypedMember& member : structs_.at(current)) {
      if (member.type.kind == BaseKind::kStruct) pending.push_back(member.type.base);
    }
  }
  reached.erase(name);
  std::vector<std::string> order = {name};
  order.insert(order.end(), reached.begin(), reached.end());
  std::string text;
  for (const std::string& type : order) {
    text += type + "(";
    const std::vector<TypedMember>& members = structs_.at(type);
    for (std::size_t i = 0; i < members.size(); ++i) {
      text += (i == 0 ? "" : ",") + members[i].type.text + " " + members[i].name;
    }
    text += ")";
  }
  return text;
}

}  // namespace emr::crypto
