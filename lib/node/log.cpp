#include "node/log.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

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
  if (found == budgets_.end()) {
    found = budgets_.emplace(std::string(topic), std::array<Budget, 4>{}).first;
  }
  Budget& budget = found->second[static_cast<std::size_t>(level)];
  refill(budget, now);
  if (budget.lines == 0) {
    ++budget.suppressed;
    ++suppressed_;
    return;
  }
  if (const std::uint64_t held = std::exchange(budget.suppressed, 0); held > 0) {
    write(now, level, topic, std::to_string(held) + " more lines not shown");
  }
  --budget.lines;
  write(now, level, topic, text);
}

/// A clock that was set back costs at most the lines that were saved up.
void Logger::refill(Budget& budget, UnixSeconds now) {
  if (budget.filled == 0) budget.lines = kLogLinesBurst;
  const auto passed = static_cast<std::uint64_t>(std::max<UnixSeconds>(now - budget.filled, 0));
  const std::uint64_t more = budget.filled == 0 ? 0 : std::min(passed, kLogLinesBurst);
  budget.lines = std::min(budget.lines + more * kLogLinesPerSecond, kLogLinesBurst);
  budget.filled = now;
}

void Logger::write(UnixSeconds now, Level level, std::string_view topic, std::string_view text) {
  std::string line = format_utc(now);
  line.append(" ").append(kLevelNames[static_cast<std::size_t>(level)]);
  line.append(" ").append(topic).append(": ").append(text).append("\n");
  // A log that cannot be written must not stop a hospital's node.
  [[maybe_unused]] const ssize_t written = ::write(fd_, line.data(), line.size());
}

}  // namespace emr::node
