// The log under attack: a flood costs a bounded number of lines, and hides nothing important.
#include "node/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "node/limits.h"

namespace emr::node {
namespace {

/// A log that goes into a file of its own.
struct LogFile {
  LogFile() {
    char name[] = "/tmp/emr-log-XXXXXX";
    fd = ::mkstemp(name);
    REQUIRE(fd >= 0);
    ::unlink(name);
  }
  ~LogFile() { ::close(fd); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  std::string text() const {
    std::string read(1 << 20, '\0');
    const ssize_t size = ::pread(fd, read.data(), read.size(), 0);
    read.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return read;
  }
  int fd;
};

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("log: a flood of one topic is cut and counted, errors and other topics come through") {
  const LogFile file;
  Logger log(Level::kInfo, file.fd);
  for (int i = 0; i < 20'000; ++i) log.info("peer", "refused a connection");
  log.error("peer", "a fault that must be seen");
  log.warning("store", "91 % full");
  log.debug("peer", "not at this level");
  const std::string text = file.text();
  // The burst, one line for each second that the loop took (it is far below a minute), two more.
  CHECK(lines_of(text) <= kLogLinesBurst + 60 + 2);
  CHECK(lines_of(text) >= kLogLinesBurst + 2);
  CHECK(text.find("error peer: a fault that must be seen") != std::string::npos);
  CHECK(text.find("warning store: 91 % full") != std::string::npos);
  CHECK(text.find("not at this level") == std::string::npos);
  CHECK(log.suppressed() + lines_of(text) >= 20'002);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  log.info("peer", "later");
  CHECK(file.text().find(" more lines not shown") != std::string::npos);
  CHECK(file.text().find("info peer: later") != std::string::npos);
}

}  // namespace
}  // namespace emr::node
