// Tells systemd how the service is (sd_notify(3)'s protocol: one datagram to $NOTIFY_SOCKET), so
// that Type=notify works without linking libsystemd.
#pragma once

#include <string_view>

namespace emr::node_tool {

/// "READY=1", "STOPPING=1", "STATUS=…". Silent when there is no systemd.
void sd_notify(std::string_view state);

}  // namespace emr::node_tool
