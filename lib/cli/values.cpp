#include "cli/values.h"

#include <algorithm>
#include <cstdlib>

#include "base/number.h"
#include "base/utf8.h"
#include "cli/limits.h"

namespace emr::cli {
namespace {

bool all_of(std::string_view text, bool (*test)(char)) noexcept {
  return std::all_of(text.begin(), text.end(), test);
}

bool is_hex_digit(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// A character that may stand in a host or a path without changing what the line means.
bool is_visible(char c) noexcept { return static_cast<unsigned char>(c) > ' ' && c != 0x7F; }

bool is_host_port(std::string_view text) noexcept {
  constexpr std::uint64_t kMaxPort = 65535;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (!bracketed && host.find(':') != std::string_view::npos) return false;
  return all_of(host, is_visible) && host.find_first_of("/@?#") == std::string_view::npos &&
         parse_u64(text.substr(colon + 1), kMaxPort).ok();
}

/// http or https, a host, no user info: a password in a URL would be a secret in argv.
bool is_url(std::string_view text) noexcept {
  const std::size_t scheme = text.starts_with("http://") ? 7 : text.starts_with("https://") ? 8 : 0;
  if (scheme == 0 || !all_of(text, is_visible)) return false;
  const std::string_view rest = text.substr(scheme);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
  const bool has_port = authority.back() != ']' && authority.rfind(':') != std::string_view::npos;
  return !has_port || is_host_port(authority);
}

bool fits(const OptionSpec& option, std::string_view text) {
  switch (option.kind) {
    case Kind::kFlag: return text == "true" || text == "false";
    case Kind::kChoice:
      return std::find(option.choices.begin(), option.choices.end(), text) !=
             option.choices.end();
    case Kind::kCount: {
      const Result<std::uint64_t> number = parse_u64(text, option.max);
      return number.ok() && *number >= option.min;
    }
    case Kind::kDuration: {
      const Result<std::int64_t> seconds = parse_duration_seconds(text);
      const std::uint64_t number = seconds ? static_cast<std::uint64_t>(*seconds) : 0;
      return seconds.ok() && number >= option.min && number <= option.max;
    }
    case Kind::kUrl: return is_url(text);
    case Kind::kHostPort: return is_host_port(text);
    case Kind::kAddress:
      return text.size() == 42 && text.starts_with("0x") && all_of(text.substr(2), is_hex_digit);
    case Kind::kText: return is_valid_utf8(text);
    case Kind::kFile:
    case Kind::kOutput:
    case Kind::kFolder: break;  // judged by who opens it; any bytes may be a path
  }
  return true;
}

Status check_all(const OptionSpec& option, const Value& value, Code code, std::string_view name) {
  if (value.texts.size() > 1 && !option.repeatable) {
    return fail(code, std::string(name) + " has more than one value");
  }
  for (const std::string& text : value.texts) {
    const bool sane = !text.empty() && text.size() <= kMaxOptionBytes &&
                      text.find('\0') == std::string::npos && fits(option, text);
    if (!sane) return fail(code, std::string(name) + " must be " + describe_kind(option));
  }
  return {};
}

/// Environment and configuration write "-vv" as a number.
Result<Value> repeat_flag(const OptionSpec& option, Value value, Code code,
                          std::string_view name) {
  constexpr std::uint64_t kMostRepeats = 9;
  if (option.kind != Kind::kFlag || value.texts.size() != 1) return value;
  std::string& text = value.texts.front();
  if (option.repeatable) {
    if (const Result<std::uint64_t> times = parse_u64(text, kMostRepeats)) {
      value.texts.assign(*times, "true");
      return value;
    }
  }
  if (text == "1") text = "true";
  if (text == "0") text = "false";
  EMR_TRY(check_all(option, value, code, name));
  if (text == "false") value.texts.clear();
  return value;
}

/// The value with the highest precedence, or none.
Result<std::optional<Value>> choose(const Table& table, const OptionSpec& option,
                                    const ParsedArguments& parsed, const Environment& environment,
                                    const std::vector<Config>& configs) {
  const auto given = parsed.options.find(option.name);
  if (given != parsed.options.end()) {
    Value value{given->second, kCommandLine, false};
    EMR_TRY(check_all(option, value, Code::kUsage, "--" + option.name));
    return std::optional<Value>(std::move(value));
  }
  if (option.configurable) {
    const std::string variable = environment_name(table.tool, option.name);
    const std::optional<std::string> text = environment(variable);
    if (text && !text->empty()) {
      EMR_ASSIGN(Value value,
                 repeat_flag(option, {{*text}, variable, false}, Code::kUsage, variable));
      EMR_TRY(check_all(option, value, Code::kUsage, variable));
      return std::optional<Value>(std::move(value));
    }
    for (const Config& config : configs) {
      const auto entry = config.entries.find(option.name);
      if (entry == config.entries.end()) continue;
      const std::string name = config.path + ": " + option.name;
      EMR_ASSIGN(Value value,
                 repeat_flag(option, {entry->second, config.path, false}, Code::kConfig, name));
      EMR_TRY(check_all(option, value, Code::kConfig, name));
      return std::optional<Value>(std::move(value));
    }
  }
  if (option.preset.empty()) return std::optional<Value>();
  return std::optional<Value>(Value{{option.preset}, "default", true});
}

OptionSpec as_option(const PositionalSpec& positional) {
  return {.name = positional.name, .kind = positional.kind, .repeatable = positional.repeatable};
}

Status take_positionals(const Table& table, std::vector<std::string> texts, Values& values) {
  std::size_t at = 0;
  for (const PositionalSpec& positional : table.positionals) {
    const std::size_t take = positional.repeatable ? texts.size() - at
                                                   : std::min<std::size_t>(1, texts.size() - at);
    if (take == 0 && positional.required) {
      return fail(Code::kUsage, positional.name + " is missing")
          .with_hint("--help shows what is expected");
    }
    if (take == 0) continue;
    const auto first = texts.begin() + static_cast<std::ptrdiff_t>(at);
    Value value{{first, first + static_cast<std::ptrdiff_t>(take)}, kCommandLine, false};
    EMR_TRY(check_all(as_option(positional), value, Code::kUsage, positional.name));
    values.entries.emplace(positional.name, std::move(value));
    at += take;
  }
  if (at < texts.size()) {
    return fail(Code::kUsage, "there are too many arguments")
        .with_hint("--help shows what is expected");
  }
  return {};
}

}  // namespace

const Value* Values::find(std::string_view name) const noexcept {
  const auto entry = entries.find(name);
  return entry == entries.end() ? nullptr : &entry->second;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const text = std::getenv(name.c_str());
    if (text == nullptr || *text == '\0') return std::nullopt;
    return std::string(text);
  };
}

Status check_value(const OptionSpec& option, std::string_view text) {
  return check_all(option, Value{{std::string(text)}, "", false}, Code::kUsage,
                   "--" + option.name);
}

Result<Values> resolve_values(const Table& table, const ParsedArguments& parsed,
                              const Environment& environment,
                              const std::vector<Config>& configs) {
  Values values;
  for (const PositionalSpec& positional : table.positionals) values.known.insert(positional.name);
  for (const OptionSpec& option : table.options) {
    values.known.insert(option.name);
    EMR_ASSIGN(std::optional<Value> value, choose(table, option, parsed, environment, configs));
    if (!value && option.required) {
      return fail(Code::kUsage, "--" + option.name + " is missing")
          .with_hint("--" + option.name + ": " + option.help);
    }
    if (value) values.entries.emplace(option.name, *std::move(value));
  }
  EMR_TRY(take_positionals(table, parsed.positionals, values));
  return values;
}

}  // namespace emr::cli
