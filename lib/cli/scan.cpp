#include "cli/scan.h"

#include <algorithm>
#include <set>

#include "cli/limits.h"

namespace emr::cli {
namespace {

using Role = ScannedArgument::Role;

/// An option's value must not look like an option: that is a forgotten value.
bool looks_like_option(std::string_view text) noexcept {
  return text.size() > 1 && text.front() == '-';
}

class Scanner {
 public:
  Scanner(const std::vector<std::string>& arguments, const Table& table)
      : arguments_(arguments), table_(table) {}

  std::vector<ScannedArgument> scan() {
    bool options_over = false;
    for (at_ = 0; at_ < arguments_.size(); ++at_) {
      const std::string_view text = arguments_[at_];
      if (options_over || text.size() < 2 || text.front() != '-') {
        out_.push_back({.role = Role::kPositional, .index = at_});
      } else if (text == "--") {
        out_.push_back({.role = Role::kTerminator, .index = at_});
        options_over = true;
      } else if (text.starts_with("--")) {
        long_option(text);
      } else {
        short_options(text);
      }
    }
    return std::move(out_);
  }

 private:
  void long_option(std::string_view text) {
    const std::size_t equals = text.find('=');
    ScannedArgument item{.role = Role::kOption, .index = at_};
    item.name = std::string(text.substr(0, equals));
    item.option = table_.find(text.substr(2, equals == std::string_view::npos ? equals
                                                                              : equals - 2));
    if (equals != std::string_view::npos) {
      item.value = text.substr(equals + 1);
      item.attached = true;
    }
    finish(std::move(item));
  }

  void short_options(std::string_view text) {
    const std::size_t index = at_;
    for (std::size_t i = 1; i < text.size(); ++i) {
      ScannedArgument item{.role = Role::kOption, .index = index};
      item.name = std::string("-") + text[i];
      item.option = table_.find(text[i]);
      const bool wants_value = item.option != nullptr && takes_value(*item.option);
      if (wants_value && i + 1 < text.size()) {
        item.value = text.substr(i + 1);
        item.attached = true;
        i = text.size();
      }
      const bool unknown = item.option == nullptr;
      finish(std::move(item));
      if (unknown) return;
    }
  }

  /// Takes the next argument as value where one is due.
  void finish(ScannedArgument item) {
    const bool wants = item.option != nullptr && takes_value(*item.option) && !item.attached;
    const bool has_next = at_ + 1 < arguments_.size();
    if (wants && has_next && !looks_like_option(arguments_[at_ + 1])) {
      item.value = arguments_[at_ + 1];
      out_.push_back(std::move(item));
      out_.push_back({.role = Role::kValue, .index = ++at_});
      return;
    }
    out_.push_back(std::move(item));
  }

  const std::vector<std::string>& arguments_;
  const Table& table_;
  std::size_t at_ = 0;
  std::vector<ScannedArgument> out_;
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

/// "did you mean --on-error" for a near miss, else a word on help.
std::string hint_for(std::string_view name, const Table& table) {
  constexpr std::size_t kNear = 2;
  constexpr std::size_t kLongestName = 40;
  std::string best;
  std::size_t best_distance = kNear + 1;
  if (name.starts_with("--") && name.size() <= kLongestName) {
    for (const OptionSpec& option : table.options) {
      const std::size_t distance = edit_distance(name.substr(2), option.name);
      if (!option.hidden && distance < best_distance) {
        best_distance = distance;
        best = "did you mean --" + option.name + "?";
      }
    }
  }
  return best.empty() ? "--help lists the options" : best;
}

/// An option's name for a message; what does not look like one could be a value in a wrong place.
std::string printable(std::string_view name) {
  constexpr std::size_t kLongestName = 40;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
  return plain && name.size() <= kLongestName ? "option " + std::string(name) : "option";
}

Error usage_error(std::string message) { return fail(Code::kUsage, std::move(message)); }

}  // namespace

std::vector<ScannedArgument> scan_arguments(const std::vector<std::string>& arguments,
                                            const Table& table) {
  return Scanner(arguments, table).scan();
}

Status check_scan(const std::vector<ScannedArgument>& scan, const Table& table) {
  std::set<const OptionSpec*> seen;
  for (const ScannedArgument& item : scan) {
    if (item.role != Role::kOption) continue;
    if (item.option == nullptr) {
      return usage_error("unknown " + printable(item.name)).with_hint(hint_for(item.name, table));
    }
    if (!takes_value(*item.option)) {
      if (item.attached) return usage_error(item.name + " takes no value");
    } else if (!item.value) {
      return usage_error(item.name + " needs a value: " + describe_kind(*item.option))
          .with_hint("a value that begins with - is written " + item.name + "=VALUE");
    } else if (item.value->empty()) {
      return usage_error(item.name + " has an empty value");
    } else if (item.value->size() > kMaxOptionBytes) {
      return usage_error(item.name + " has a value that is too long");
    }
    if (!seen.insert(item.option).second && !item.option->repeatable) {
      return usage_error(item.name + " is given more than once");
    }
  }
  return {};
}

bool scan_has(const std::vector<ScannedArgument>& scan, std::string_view option) {
  return std::any_of(scan.begin(), scan.end(), [&](const ScannedArgument& item) {
    return item.option != nullptr && item.option->name == option;
  });
}

std::optional<std::string_view> scan_value(const std::vector<ScannedArgument>& scan,
                                           std::string_view option) {
  for (const ScannedArgument& item : scan) {
    if (item.option != nullptr && item.option->name == option && item.value) return item.value;
  }
  return std::nullopt;
}

}  // namespace emr::cli
