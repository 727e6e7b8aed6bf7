#include "node/content_fetches.h"

#include "node/limits.h"
#include "node/service.h"

namespace emr::node {

http::ServerResponse block_response(ByteView block) {
  return {200, "application/vnd.ipld.raw", std::string(as_text(block)), {}};
}

bool ContentFetches::add(const Bytes& cid, std::shared_ptr<http::ResponseWriter> writer,
                         Clock::time_point until) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kContentFetchesMax) return false;
  waiting_.emplace(cid, Waiting{std::move(writer), until});
  return true;
}

void ContentFetches::arrived(const Bytes& cid, ByteView block) {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = waiting_.equal_range(cid);
  for (auto entry = first; entry != last; ++entry) {
    entry->second.writer->respond(block_response(block));
  }
  waiting_.erase(first, last);
}

std::vector<Bytes> ContentFetches::wanted(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Bytes> cids;
  for (const auto& [cid, waiting] : waiting_) {
    if (cids.size() == limit) break;
    if (cids.empty() || cids.back() != cid) cids.push_back(cid);
  }
  return cids;
}

void ContentFetches::expire(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    if (entry->second.until > now) {
      ++entry;
      continue;
    }
    entry->second.writer->respond(error_response(
        fail(Code::kNegative, "no node in reach holds this block").with_reason("not_found")));
    entry = waiting_.erase(entry);
  }
}

}  // namespace emr::node
