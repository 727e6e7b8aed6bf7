// Tells systemd how the service is (sd_notify(3)'s protocol: one datagram to $NOTIFY_SOCKET), so
// that Type=notify works without linking libsystemd.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace emr::node_tool {

/// "READY=1", "STOPPING=1", "STATUS=…". Silent when there is no systemd.
void sd_notify(std::string_view state);

/// How often the service manager wants to hear "WATCHDOG=1" at the latest ($WATCHDOG_USEC, meant
/// for this process by $WATCHDOG_PID); none when it does not watch.
std::optional<std::chrono::microseconds> sd_watchdog();

}  // namespace emr::node_tool
