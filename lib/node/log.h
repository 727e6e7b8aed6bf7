// The node's log: lines on stderr, "TIME LEVEL TOPIC: TEXT", limited per topic and level so that no
// peer and no client can fill a disk with them, and no chatter hides an error. Never given values
// of records: ids, heights, reasons only. Any thread may log.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/time.h"

namespace emr::node {

enum class Level : std::uint8_t { kError, kWarning, kInfo, kDebug };

class Logger {
 public:
  explicit Logger(Level most = Level::kInfo, int fd = 2) : most_(most), fd_(fd) {}
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  bool enabled(Level level) const noexcept { return level <= most_; }
  void log(Level level, std::string_view topic, std::string_view text);
  void error(std::string_view topic, std::string_view text) { log(Level::kError, topic, text); }
  void warning(std::string_view topic, std::string_view text) { log(Level::kWarning, topic, text); }
  void info(std::string_view topic, std::string_view text) { log(Level::kInfo, topic, text); }
  void debug(std::string_view topic, std::string_view text) { log(Level::kDebug, topic, text); }
  /// Lines that were held back since start.
  std::uint64_t suppressed() const noexcept { return suppressed_; }

 private:
  /// A token bucket: what may still be written, refilled by the second.
  struct Budget {
    UnixSeconds filled = 0;
    std::uint64_t lines = 0;
    std::uint64_t suppressed = 0;
  };
  void refill(Budget& budget, UnixSeconds now);
  void write(UnixSeconds now, Level level, std::string_view topic, std::string_view text);

  Level most_;
  int fd_;
  std::mutex mutex_;
  std::map<std::string, std::array<Budget, 4>, std::less<>> budgets_;  ///< by topic and level
  std::atomic<std::uint64_t> suppressed_{0};
};

}  // namespace emr::node
