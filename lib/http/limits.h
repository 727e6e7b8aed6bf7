// Every limit of the HTTP layer, with its reason. Passing one is answered, never cut silently.
#pragma once

#include <chrono>
#include <cstddef>

namespace emr::http {

/// A request body. The largest legal one is a batch of sealed blocks or transactions; clients split
/// above this, and a node never has to hold more for one client.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{16} << 20;
/// Request line and headers together: a signed query in X-Emr-Auth is about 1 KiB.
inline constexpr std::size_t kMaxHeaderBytes = std::size_t{32} << 10;
/// Bodies of all connections together: bounds what many slow clients can make a node hold.
inline constexpr std::size_t kMaxBodyBytesTotal = std::size_t{256} << 20;
/// Simultaneous connections; a later one is answered 503 and closed.
inline constexpr std::size_t kMaxConnections = 512;
/// Output waiting for one client that does not read; past it the client is disconnected.
inline constexpr std::size_t kMaxQueuedOutputBytes = std::size_t{64} << 20;
/// Bytes handed to the kernel in one write: enough to amortise the call, small enough to copy.
inline constexpr std::size_t kWriteBatchBytes = std::size_t{256} << 10;
/// A connection without a request, a half-sent request, or a stuck write is closed after this.
inline constexpr std::chrono::seconds kIdleTimeout{60};
/// How long a connection lingers to let the peer read an error answer before it is closed.
inline constexpr std::chrono::seconds kLingerTimeout{2};

static_assert(kMaxBodyBytes <= kMaxBodyBytesTotal);
static_assert(kWriteBatchBytes <= kMaxQueuedOutputBytes);

}  // namespace emr::http
