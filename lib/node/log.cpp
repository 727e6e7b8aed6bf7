#include "node/log.h"

#include <unistd.h>

#include <ctime>

#include "node/limits.h"

namespace emr::node {

namespace {
constexpr std::array<std::string_view, 4> kLevelNames = {"error", "warning", "info", "debug"};
}  // namespace

void Logger::log(Level level, std::string_view topic, std::string_view text) {
  if (!enabled(level)) return;
  const UnixSeconds now = std::time(nullptr);
  const std::lock_guard lock(mutex_);
  auto found = budgets_.find(topic);
  if (found == budgets_.end()) found = budgets_.emplace(std::string(topic), Budget{}).first;
  Budget& budget = found->second;
  if (budget.second != now) {
    if (budget.suppressed > 0) {
      write(now, level, topic, std::to_string(budget.suppressed) + " more lines not shown");
    }
    budget = {now, 0, 0};
  }
  if (budget.used >= kLogLinesPerSecond) {
    ++budget.suppressed;
    return;
  }
  ++budget.used;
  write(now, level, topic, text);
}

void Logger::write(UnixSeconds now, Level level, std::string_view topic, std::string_view text) {
  std::string line = format_utc(now);
  line.append(" ").append(kLevelNames[static_cast<std::size_t>(level)]);
  line.append(" ").append(topic).append(": ").append(text).append("\n");
  // A log that cannot be written must not stop a hospital's node.
  [[maybe_unused]] const ssize_t written = ::write(fd_, line.data(), line.size());
}

}  // namespace emr::node
