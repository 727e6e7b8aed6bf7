#include "desensitize/techniques/arguments.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace emr::desensitize {

Arguments::Arguments(const nlohmann::json& json) : json_(json) {
  if (!json.is_object() && !json.is_null()) {
    fault_ = "\"args\" must be an object";
  }
}

bool Arguments::has(std::string_view name) const {
  return json_.is_object() && json_.find(std::string(name)) != json_.end();
}

const nlohmann::json* Arguments::member(std::string_view name) {
  asked_.emplace(name);
  if (!json_.is_object()) {
    return nullptr;
  }
  const auto found = json_.find(std::string(name));
  return found == json_.end() ? nullptr : &*found;
}

void Arguments::reject(std::string_view name, std::string_view why) {
  if (fault_.empty()) {
    fault_ = "argument \"" + std::string(name) + "\" " + std::string(why);
  }
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t fallback, std::int64_t min,
                                std::int64_t max) {
  const nlohmann::json* found = member(name);
  if (found == nullptr) {
    return fallback;
  }
  if (!found->is_number_integer()) {
    reject(name, "must be an integer");
    return fallback;
  }
  const auto value = found->get<std::int64_t>();
  if (value < min || value > max) {
    reject(name, "must lie in " + std::to_string(min) + ".." + std::to_string(max));
    return fallback;
  }
  return value;
}

bool Arguments::flag(std::string_view name, bool fallback) {
  const nlohmann::json* found = member(name);
  if (found == nullptr) {
    return fallback;
  }
  if (!found->is_boolean()) {
    reject(name, "must be true or false");
    return fallback;
  }
  return found->get<bool>();
}

std::string Arguments::text(std::string_view name, std::string_view fallback) {
  const nlohmann::json* found = member(name);
  if (found == nullptr) {
    return std::string(fallback);
  }
  if (!found->is_string()) {
    reject(name, "must be a text");
    return std::string(fallback);
  }
  return found->get<std::string>();
}

std::size_t Arguments::choice(std::string_view name,
                              std::initializer_list<std::string_view> choices) {
  const std::string chosen = text(name, *choices.begin());
  const auto at = std::find(choices.begin(), choices.end(), std::string_view(chosen));
  if (at == choices.end()) {
    std::string known;
    for (const std::string_view choice : choices) {
      known.append(known.empty() ? "" : ", ").append(choice);
    }
    reject(name, "must be one of: " + known);
    return 0;
  }
  return static_cast<std::size_t>(at - choices.begin());
}

Status Arguments::finish() const {
  if (!fault_.empty()) {
    return fail(Code::kConfig, fault_).with_reason("bad_argument");
  }
  if (json_.is_object()) {
    for (const auto& item : json_.items()) {
      if (!asked_.contains(item.key())) {
        return fail(Code::kConfig, "unknown argument \"" + item.key() + "\"")
            .with_reason("unknown_argument");
      }
    }
  }
  return {};
}

}  // namespace emr::desensitize
