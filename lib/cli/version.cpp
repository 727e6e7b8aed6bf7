#include <utility>

#include "cli/generate.h"
#include "emr_build_info.h"
#include "json/tokenizer.h"

namespace emr::cli {

std::string version_text(const ToolSpec& tool, bool as_json) {
  std::vector<std::pair<std::string, std::string>> facts = {
      {"commit", EMR_BUILD_COMMIT}, {"build", EMR_BUILD_TYPE}, {"compiler", EMR_BUILD_COMPILER}};
  if (tool.build_info != nullptr) {
    for (auto& fact : tool.build_info()) facts.push_back(std::move(fact));
  }
  if (!as_json) {
    std::string text = tool.name + " " + EMR_VERSION + "\n";
    for (const auto& [name, value] : facts) text += name + ": " + value + "\n";
    return text;
  }
  std::string line = R"({"type":"emr.version","v":1,"tool":)";
  json::append_quoted(line, tool.name);
  line += ",\"version\":";
  json::append_quoted(line, EMR_VERSION);
  for (const auto& [name, value] : facts) {
    line += ',';
    json::append_quoted(line, name);
    line += ':';
    json::append_quoted(line, value);
  }
  return line + "}\n";
}

}  // namespace emr::cli
