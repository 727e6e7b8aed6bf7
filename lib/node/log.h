// The node's log: lines on stderr, "TIME LEVEL TOPIC: TEXT", limited per topic so that no peer and
// no client can fill a disk with them. Never given values of records: ids, heights, reasons only.
// Any thread may log.
#pragma once

#include <array>
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

 private:
  struct Budget {
    UnixSeconds second = 0;
    unsigned used = 0;
    unsigned suppressed = 0;
  };
  void write(UnixSeconds now, Level level, std::string_view topic, std::string_view text);

  Level most_;
  int fd_;
  std::mutex mutex_;
  std::map<std::string, Budget, std::less<>> budgets_;
};

}  // namespace emr::node
