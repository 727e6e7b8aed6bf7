#include "cli/config.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/files.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::cli {
namespace {

Error config_error(const std::string& path, std::string message) {
  return fail(Code::kConfig, path + ": " + std::move(message));
}

/// An Error of the JSON layer as a configuration error of this file.
Error in_file(const std::string& path, Error error) {
  error.code = Code::kConfig;
  error.message = path + ": " + error.message;
  return error;
}

/// A value as texts; false for what no option can be (null, object, nested list).
bool to_texts(const json::Json& value, bool allow_list, std::vector<std::string>& texts) {
  if (value.is_string()) {
    texts.push_back(value.get<std::string>());
  } else if (value.is_boolean()) {
    texts.emplace_back(value.get<bool>() ? "true" : "false");
  } else if (value.is_number_integer()) {
    texts.push_back(value.dump());
  } else if (value.is_array() && allow_list) {
    for (const json::Json& item : value) {
      if (!to_texts(item, false, texts)) return false;
    }
  } else {
    return false;
  }
  return true;
}

Status read_section(const json::Json& section, const std::string& name, bool shared,
                    const Table& known, Config& config) {
  for (const auto& [key, value] : section.items()) {
    const std::string pointer = json::join_pointer("/" + name, std::string_view(key));
    const OptionSpec* const option = known.find(key);
    if (shared && option != nullptr && !is_shared_option(key)) {
      return config_error(config.path, "this option is one tool's own")
          .with_pointer(pointer)
          .with_reason("not_shared")
          .with_hint("write it in the part of the tool");
    }
    if (option == nullptr) {
      if (shared && is_shared_option(key)) continue;
      return config_error(config.path, "unknown key").with_pointer(pointer).with_reason(
          "unknown_key");
    }
    if (!option->configurable || option->name == "config") {
      return config_error(config.path, "this option cannot be configured")
          .with_pointer(pointer)
          .with_reason("not_configurable");
    }
    std::vector<std::string> texts;
    if (!to_texts(value, option->repeatable, texts)) {
      return config_error(config.path, "must be " + describe_kind(*option))
          .with_pointer(pointer)
          .with_reason("kind");
    }
    config.entries[key] = std::move(texts);
  }
  return {};
}

bool is_tool_section(std::string_view name) noexcept { return name.starts_with("emr-"); }

}  // namespace

Result<Config> read_config(std::string_view text, const std::string& path,
                           const std::string& tool, const Table& known) {
  Result<json::Json> tree = json::parse_object(text, {.max_bytes = kMaxConfigBytes});
  if (!tree) return in_file(path, std::move(tree).error());
  if (Status type = json::expect_type(*tree, "emr.config"); !type) {
    return in_file(path, std::move(type).error());
  }
  Config config{path, {}};
  const json::Json empty = json::Json::object();
  for (const auto& [name, section] : tree->items()) {
    const bool known_name = name == "type" || name == "v" || name == "all" ||
                            is_tool_section(name);
    const bool is_section = name != "type" && name != "v";
    if (!known_name || (is_section && !section.is_object())) {
      return config_error(path, known_name ? "must be an object" : "unknown key")
          .with_pointer(json::join_pointer("", std::string_view(name)))
          .with_reason(known_name ? "kind" : "unknown_key");
    }
  }
  EMR_TRY(read_section(tree->value("all", empty), "all", true, known, config));
  EMR_TRY(read_section(tree->value(tool, empty), tool, false, known, config));
  return config;
}

Result<std::vector<Config>> load_configs(const std::string& explicit_path,
                                         const Environment& environment, const std::string& tool,
                                         const Table& known) {
  std::vector<Config> configs;
  if (explicit_path == "none") return configs;
  const auto load = [&](const std::string& path) -> Status {
    Result<std::string> text = read_file(path, kMaxConfigBytes);
    if (!text) return config_error(path, "the configuration cannot be read");
    EMR_ASSIGN(Config config, read_config(*text, path, tool, known));
    configs.push_back(std::move(config));
    return {};
  };
  if (!explicit_path.empty()) EMR_TRY(load(explicit_path));
  std::string home = environment("XDG_CONFIG_HOME").value_or("");
  if (!home.starts_with('/')) {
    home = environment("HOME").value_or("");
    if (!home.empty()) home += "/.config";
  }
  if (home.starts_with('/')) {
    const std::string path = home + "/emr/config.json";
    if (access(path.c_str(), F_OK) == 0) EMR_TRY(load(path));
  }
  const std::string system_path = "/etc/emr/config.json";
  if (access(system_path.c_str(), F_OK) == 0) EMR_TRY(load(system_path));
  return configs;
}

}  // namespace emr::cli
