#include "contracts/stored.h"

#include <nlohmann/json.hpp>

#include "json/json.h"

namespace emr::contracts {

nlohmann::json load(std::string_view text) {
  auto tree = json::parse_strict(text);
  return *std::move(tree);
}

void set_type(nlohmann::json& row, const char* type) {
  row["type"] = type;
  row["v"] = 1;
}

}  // namespace emr::contracts
