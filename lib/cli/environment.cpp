#include "cli/environment.h"

#include <unistd.h>

#include <cstring>

namespace emr::cli {
namespace {

constexpr std::string_view kHouse = "EMR_";

Error not_read(std::string_view name, std::string hint) {
  return fail(Code::kConfig, std::string(name) + ": no option is set by this variable")
      .with_reason("unknown_variable")
      .with_hint(std::move(hint));
}

std::string how_to(const Table& all, const OptionSpec& option) {
  return option.configurable ? "its name is " + environment_name(all.tool, option.name)
                             : "--" + option.name + " is given on the command line only";
}

/// The names that people may think an option has beside its own: the one from before tools had a
/// part of their own (EMR_KEY_FILE), and that of the tool for an option that all share or that no
/// variable sets.
bool is_mistaken_for(const OptionSpec& option, std::string_view name, std::string_view prefix) {
  const std::string old = variable_name(option.name);
  const bool own = !is_shared_option(option.name) && option.configurable;
  return own ? name == old : name == std::string(prefix) + old.substr(kHouse.size());
}

}  // namespace

std::vector<std::string_view> environment_names() {
  std::vector<std::string_view> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const char* const value = std::strchr(*entry, '=');
    if (value != nullptr && value[1] != '\0') {
      names.emplace_back(*entry, static_cast<std::size_t>(value - *entry));
    }
  }
  return names;
}

Status check_environment(const Table& all, const std::vector<std::string_view>& names) {
  const std::string prefix = tool_prefix(all.tool);
  for (const std::string_view name : names) {
    if (!name.starts_with(kHouse)) continue;
    bool known = false;
    for (const OptionSpec& option : all.options) {
      if (is_mistaken_for(option, name, prefix)) return not_read(name, how_to(all, option));
      known = known || (option.configurable && name == environment_name(all.tool, option.name));
    }
    if (!known && name.starts_with(prefix)) {
      return not_read(name, "--print-config lists the options that a variable can set");
    }
  }
  return {};
}

}  // namespace emr::cli
