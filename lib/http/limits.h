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
/// Bodies up to this do not count: a transaction or a query gets through although somebody holds
/// the budget with large bodies that he sends slowly. All connections together: 32 MiB.
inline constexpr std::size_t kSmallBodyBytes = std::size_t{64} << 10;
/// Simultaneous connections. A later one takes the place of the one that has kept us waiting for a
/// request the longest, or is answered 503 and closed when all are at work.
inline constexpr std::size_t kMaxConnections = 512;
/// A connection that waits for a request (or for the rest of its head) must leave for a newcomer
/// only after this: a client that is just about to ask keeps its place.
inline constexpr std::chrono::seconds kEvictIdleAfter{5};
/// Output waiting for one client that does not read; past it the client is disconnected.
inline constexpr std::size_t kMaxQueuedOutputBytes = std::size_t{64} << 20;
/// Output waiting for all clients together: bounds what many that do not read can make a node hold.
inline constexpr std::size_t kMaxQueuedOutputBytesTotal = std::size_t{256} << 20;
/// Answers up to this do not count, like small bodies: status and errors always get out.
inline constexpr std::size_t kSmallOutputBytes = std::size_t{64} << 10;
/// Bytes handed to the kernel in one write: enough to amortise the call, small enough to copy.
inline constexpr std::size_t kWriteBatchBytes = std::size_t{256} << 10;
/// A connection without a request, a half-sent request, or a stuck write is closed after this.
inline constexpr std::chrono::seconds kIdleTimeout{60};
/// How long a connection lingers to let the peer read an error answer before it is closed.
inline constexpr std::chrono::seconds kLingerTimeout{2};

static_assert(kMaxBodyBytes <= kMaxBodyBytesTotal);
static_assert(kWriteBatchBytes <= kMaxQueuedOutputBytes);
static_assert(kMaxQueuedOutputBytes <= kMaxQueuedOutputBytesTotal);

}  // namespace emr::http
