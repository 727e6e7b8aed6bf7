#include "ledger/method.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/time.h"
#include "base/utf8.h"
#include "json/access.h"
#include "ledger/limits.h"

namespace emr::ledger {

using json::Json;
using json::join_pointer;

namespace {

constexpr std::array<std::string_view, 4> kPartNames{"public", "original", "manifest", "reason"};

/// The fixed frame around a method's own texts.
std::shared_ptr<const crypto::StructType> compile(const MethodSpec& method) {
  std::vector<crypto::Field> fields{{"action", crypto::FieldKind::kString}};
  for (const TextSpec& text : method.texts) {
    fields.push_back({text.name, crypto::FieldKind::kString});
  }
  for (const char* name : {"from", "until", "ledger"}) {
    fields.push_back({name, crypto::FieldKind::kString});
  }
  fields.push_back({"digest", crypto::FieldKind::kBytes32});
  return std::make_shared<const crypto::StructType>(method.primary_type, std::move(fields));
}

/// No branch per digit: thousands of them in every block.
bool is_hex(std::string_view text, std::size_t digits) {
  bool good = text.size() == digits;
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(c - '0');
    const auto letter = static_cast<unsigned>(c - 'a');
    good &= (digit < 10U) | (letter < 6U);
  }
  return good;
}

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_identifier(std::string_view text) {
  return !text.empty() && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
         });
}

bool is_code(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_endpoint(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == ':' || c == '-' || c == '/' || c == '[' || c == ']';
  });
}

bool is_month(std::string_view text) {
  return text.size() == 7 && parse_utc(std::string(text) + "-01T00:00:00Z").ok();
}

bool is_choice(const ArgSpec& spec, std::string_view text) {
  return std::any_of(spec.choices.begin(), spec.choices.end(),
                     [&](const Choice& choice) { return choice.value == text; });
}

bool matches(const ArgSpec& spec, std::string_view text) {
  switch (spec.kind) {
    case ArgKind::kHash: return is_hex(text, 64);
    case ArgKind::kPublicKey: return is_hex(text, 66);
    case ArgKind::kAddress: return text.starts_with("0x") && is_hex(text.substr(2), 40);
    case ArgKind::kIdentifier: return text.size() <= spec.max && is_identifier(text);
    case ArgKind::kCode: return text.size() <= spec.max && is_code(text);
    case ArgKind::kEndpoint: return text.size() <= spec.max && is_endpoint(text);
    case ArgKind::kChoice: return is_choice(spec, text);
    case ArgKind::kMonth: return is_month(text);
    case ArgKind::kTime: return parse_utc(text).ok();
    case ArgKind::kInteger:
    case ArgKind::kObject: return false;
  }
  return false;
}

std::string choices_of(const ArgSpec& spec) {
  std::string list;
  for (const Choice& choice : spec.choices) {
    list.append(list.empty() ? "one of " : ", ").append(choice.value);
  }
  return list;
}

/// What the argument should have been.
std::string form_of(const ArgSpec& spec) {
  switch (spec.kind) {
    case ArgKind::kHash: return "64 lower-case hex digits";
    case ArgKind::kPublicKey: return "66 lower-case hex digits";
    case ArgKind::kAddress: return "0x and 40 lower-case hex digits";
    case ArgKind::kIdentifier: return "lower-case letters, digits and '-'";
    case ArgKind::kCode: return "letters, digits, '.', '_' and '-'";
    case ArgKind::kEndpoint: return "host:port or http(s)://host:port";
    case ArgKind::kChoice: return choices_of(spec);
    case ArgKind::kMonth: return "a month, YYYY-MM";
    case ArgKind::kTime: return "a time, YYYY-MM-DDTHH:MM:SSZ";
    case ArgKind::kInteger: return "a whole number from 0 to " + std::to_string(spec.max);
    case ArgKind::kObject: return "an object";
  }
  return {};
}

Error bad_value(std::string pointer, std::string form) {
  return fail(Code::kData, "argument does not have the form its kind demands")
      .with_pointer(std::move(pointer))
      .with_reason("argument")
      .with_hint(std::move(form));
}

Status check_fields(const std::vector<ArgSpec>& specs, const Json& object,
                    const std::string& pointer);

Status check_one(const ArgSpec& spec, const Json& value, const std::string& pointer) {
  if (spec.kind == ArgKind::kObject) {
    if (!value.is_object()) return bad_value(pointer, form_of(spec));
    return check_fields(spec.fields, value, pointer);
  }
  if (spec.kind == ArgKind::kInteger) {
    const bool fits = value.is_number_integer() && value >= 0 && value <= spec.max;
    return fits ? Status{} : bad_value(pointer, form_of(spec));
  }
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr || !matches(spec, *text)) {
    return bad_value(pointer, form_of(spec));
  }
  return {};
}

Status check_list(const ArgSpec& spec, const Json& value, const std::string& pointer) {
  if (!value.is_array() || value.size() > spec.items || value.size() < spec.items_min) {
    return bad_value(pointer, "a list of " + std::to_string(spec.items_min) + " to " +
                                  std::to_string(spec.items));
  }
  std::set<Json> seen;  // a duplicate would count one thing twice, and hash differently
  for (std::size_t i = 0; i < value.size(); ++i) {
    EMR_TRY(check_one(spec, value[i], join_pointer(pointer, i)));
    if (!seen.insert(value[i]).second) {
      return fail(Code::kData, "list names the same thing twice")
          .with_pointer(join_pointer(pointer, i))
          .with_reason("duplicate_item");
    }
  }
  return {};
}

Status check_fields(const std::vector<ArgSpec>& specs, const Json& object,
                    const std::string& pointer) {
  std::size_t known = 0;
  for (const ArgSpec& spec : specs) {
    const auto found = object.find(spec.name);
    if (found == object.end()) {
      if (!spec.required) continue;
      return fail(Code::kData, "argument is missing")
          .with_pointer(join_pointer(pointer, spec.name))
          .with_reason("missing");
    }
    ++known;
    const std::string where = join_pointer(pointer, spec.name);
    EMR_TRY(spec.list ? check_list(spec, *found, where) : check_one(spec, *found, where));
  }
  if (known == object.size()) return {};
  return fail(Code::kData, "argument is not in the method's closed list")
      .with_pointer(pointer)
      .with_reason("unknown_member");
}

// --- texts ---------------------------------------------------------------------------------------

std::string render_one(const ArgSpec& spec, const Json& value) {
  if (spec.kind == ArgKind::kInteger) return value.dump();
  if (spec.kind == ArgKind::kObject) return "{}";
  const auto& text = value.get_ref<const std::string&>();
  switch (spec.kind) {
    case ArgKind::kHash:
    case ArgKind::kPublicKey: return text.substr(0, 12) + "…";
    case ArgKind::kTime: return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
    case ArgKind::kChoice: break;
    default: return text;
  }
  for (const Choice& choice : spec.choices) {
    if (choice.value == text) return choice.label;
  }
  return text;
}

std::string render_list(const ArgSpec& spec, const Json& list) {
  std::string joined;
  for (const Json& item : list) {
    if (!joined.empty()) joined += ", ";
    joined += render_one(spec, item);
  }
  if (count_code_points(joined) <= kTypedTextCharsMax) return joined;
  return std::to_string(list.size()) + " items 项";
}

const ArgSpec* find_spec(const std::vector<ArgSpec>& specs, std::string_view name) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const ArgSpec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

/// The text of "{to.id}": walks objects; an absent member gives the spec's word for absence.
std::string render_path(const MethodSpec& method, std::string_view path, const Json& args) {
  const std::vector<ArgSpec>* specs = &method.args;
  const Json* object = &args;
  for (;;) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    const ArgSpec* spec = find_spec(*specs, name);
    EMR_CHECK(spec != nullptr);  // a template names arguments of its own table
    const Json* value = json::find_member(*object, name);
    if (value == nullptr) return spec->absent;
    if (dot == std::string_view::npos) {
      return spec->list ? render_list(*spec, *value) : render_one(*spec, *value);
    }
    path.remove_prefix(dot + 1);
    specs = &spec->fields;
    object = value;
  }
}

}  // namespace

std::string_view part_name(Part part) noexcept {
  return kPartNames[static_cast<std::size_t>(part)];
}

Result<Part> part_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kPartNames.size(); ++i) {
    if (kPartNames[i] == name) return static_cast<Part>(i);
  }
  return fail(Code::kData, "payload part is not known").with_reason("part");
}

MethodTable::MethodTable(std::vector<MethodSpec> methods) {
  methods_.reserve(methods.size());
  for (MethodSpec& method : methods) {
    EMR_CHECK(find(method.contract, method.method) == nullptr);
    method.compiled = compile(method);
    methods_.push_back(std::move(method));
  }
}

const MethodSpec* MethodTable::find(std::string_view contract, std::string_view method) const {
  const auto found = std::find_if(methods_.begin(), methods_.end(), [&](const MethodSpec& spec) {
    return spec.method == method && spec.contract == contract;
  });
  return found == methods_.end() ? nullptr : &*found;
}

Status check_args(const MethodSpec& method, const Json& args, std::string_view pointer) {
  if (!args.is_object()) return bad_value(std::string(pointer), "an object");
  return check_fields(method.args, args, std::string(pointer));
}

std::string render_text(const MethodSpec& method, std::string_view text_template,
                        const Json& args) {
  std::string text;
  while (!text_template.empty()) {
    const std::size_t open = text_template.find('{');
    text += text_template.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text_template.find('}', open);
    EMR_CHECK(close != std::string_view::npos);
    text += render_path(method, text_template.substr(open + 1, close - open - 1), args);
    text_template.remove_prefix(close + 1);
  }
  return text;
}

}  // namespace emr::ledger
