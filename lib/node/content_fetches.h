// Readers that wait for a content block which this node does not hold: the peers were asked, and
// whoever brings the block answers them. Bounded in number and time. Any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "http/server.h"

namespace emr::node {

class ContentFetches {
 public:
  using Clock = std::chrono::steady_clock;

  /// False when too many wait already.
  bool add(const Bytes& cid, std::shared_ptr<http::ResponseWriter> writer, Clock::time_point until);
  /// The block arrived: answers everybody who waits for it.
  void arrived(const Bytes& cid, ByteView block);
  /// The blocks that are waited for, at most `limit`: asked for again, because a link may have been
  /// down the first time.
  std::vector<Bytes> wanted(std::size_t limit);
  /// Answers 404 to those whose time is over.
  void expire(Clock::time_point now);

 private:
  struct Waiting {
    std::shared_ptr<http::ResponseWriter> writer;
    Clock::time_point until;
  };
  std::mutex mutex_;
  std::multimap<Bytes, Waiting> waiting_;
};

/// The answer to GET /v1/content: the sealed bytes as they are.
http::ServerResponse block_response(ByteView block);

}  // namespace emr::node
