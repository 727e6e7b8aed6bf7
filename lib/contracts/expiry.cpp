#include "contracts/expiry.h"

#include <map>
#include <nlohmann/json.hpp>

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

const std::string& text_of(const json::Json& args, const char* name) {
  return args.at(name).get_ref<const std::string&>();
}

/// A session may have ended early and begun again under the same key: then a younger list has it.
bool is_over(const ledger::StateReader& state, std::string_view key, UnixSeconds time) {
  if (!key.starts_with(keys::kSessions)) return true;
  const auto address = crypto::parse_canonical_address(key.substr(keys::kSessions.size()));
  const auto session = address ? find_session(state, *address) : std::nullopt;
  return session && session->until < time;
}

/// Has this sign-in begun its session? Compared as text: canonical, as put_session() wrote it.
bool has_begun(const ledger::StateReader& state, const std::string& session,
               const ledger::Core& core, const std::string& until) {
  const auto value = state.get(session);
  if (!value) return false;
  const std::string tail =
      "\"from\":\"" + core.from.text() + "\",\"until\":\"" + until + "\"}";
  return value->ends_with(tail);
}

void list_sessions(Overlay& state, const std::vector<ledger::VerifiedPtr>& transactions,
                   const std::string& height) {
  std::map<std::string_view, Texts> by_end;
  for (const ledger::VerifiedPtr& tx : transactions) {
    const ledger::Core& core = tx->core();
    if (core.contract != "registration" || core.method != "login") continue;
    const std::string key = std::string(keys::kSessions) + text_of(*core.args, "sessionKey");
    const std::string& until = text_of(*core.args, "until");
    if (has_begun(state, key, core, until)) by_end[until].add(key);
  }
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

void list_expiries(Overlay& state, const std::vector<ledger::VerifiedPtr>& transactions,
                   const BlockContext& block) {
  const std::string height = keys::padded(block.height, 12);
  list_sessions(state, transactions, height);
  Texts marks;
  const std::string mark = replay_mark(block.height);
  for (const ledger::VerifiedPtr& tx : transactions) {
    const std::string key = keys::replay(tx->core().from, tx->core().nonce);
    const auto value = state.get(key);  // only what this block wrote may end with it
    if (value && value->starts_with(mark)) marks.add(key);
  }
  if (marks.empty()) return;
  state.put(keys::expiry(block.time + kReplaySeconds + 1, height), marks.take());
}

std::string replay_mark(std::uint64_t height) {
  return "{\"height\":" + std::to_string(height) + ",";
}

}  // namespace emr::contracts
