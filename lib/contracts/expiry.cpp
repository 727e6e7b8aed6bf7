#include "contracts/expiry.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "contracts/accounts.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/members.h"
#include "json/json.h"

namespace emr::contracts {

using ledger::BlockContext;
using ledger::Overlay;

namespace {

constexpr std::size_t kExpiriesPerPage = 8;
static_assert(kExpiriesPerBlock % kExpiriesPerPage == 0);

/// A session may have ended early and begun again under the same key: then a younger list has it.
bool is_over(const ledger::StateReader& state, std::string_view key, UnixSeconds time) {
  if (!key.starts_with(keys::kSessions)) return true;
  const auto address = crypto::parse_canonical_address(key.substr(keys::kSessions.size()));
  const auto session = address ? find_session(state, *address) : std::nullopt;
  return session && session->until < time;
}

/// The end of a session, out of its value as put_session() wrote it: canonical, `until` at last.
std::string_view end_of_session(std::string_view value) {
  constexpr std::string_view kBefore = "\"until\":\"";
  constexpr std::string_view kTime = "YYYY-MM-DDTHH:MM:SSZ";
  constexpr std::size_t kTail = kTime.size() + std::string_view("\"}").size();
  EMR_CHECK(value.size() > kTail + kBefore.size() &&
            value.substr(0, value.size() - kTail).ends_with(kBefore));
  return value.substr(value.size() - kTail, kTime.size());
}

/// The sessions that this block began and did not end.
void list_sessions(Overlay& state, const std::string& height) {
  std::map<std::string_view, Texts> by_end;
  state.visit_changes(keys::kSessions, [&](std::string_view key, const std::string* value) {
    if (value != nullptr) by_end[end_of_session(*value)].add(key);
  });
  for (auto& [until, list] : by_end) {
    state.put(keys::expiry(*parse_utc(until) + 1, "sessions/" + height), list.take());
  }
}

}  // namespace

void clear_expired(Overlay& state, const BlockContext& block) {
  const std::string now = keys::padded(static_cast<std::uint64_t>(block.time), 12);
  // In small pages: almost always the first entry is not due yet, and thousands wait behind it.
  std::string after;
  for (std::size_t cleared = 0; cleared < kExpiriesPerBlock; cleared += kExpiriesPerPage) {
    const auto page = state.scan(keys::kExpiry, after, kExpiriesPerPage);
    for (const auto& entry : page) {
      if (std::string_view(entry.key).substr(keys::kExpiry.size(), 12) >= now) return;
      auto dead = json::parse_strict(entry.value);
      for (const json::Json& item : *dead) {
        const auto& key = item.get_ref<const std::string&>();
        if (is_over(state, key, block.time)) state.erase(key);
      }
      state.erase(entry.key);
    }
    if (page.size() < kExpiriesPerPage) return;
    after = page.back().key;
  }
}

void list_expiries(Overlay& state, const BlockContext& block) {
  const std::string height = keys::padded(block.height, 12);
  list_sessions(state, height);
  Texts marks;  // those that this block wrote, and not those that it cleared
  state.visit_changes(keys::kReplay, [&](std::string_view key, const std::string* value) {
    if (value != nullptr) marks.add(key);
  });
  if (marks.empty()) return;
  state.put(keys::expiry(block.time + kReplaySeconds + 1, height), marks.take());
}

std::string replay_mark(std::uint64_t height) {
  return "{\"height\":" + std::to_string(height) + ",";
}

}  // namespace emr::contracts
