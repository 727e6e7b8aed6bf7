#include "contracts/paging.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "contracts/limits.h"
#include "json/access.h"

namespace emr::contracts {

namespace {

constexpr std::size_t kStep = 256;

/// How far a walk has come, over all its prefixes.
struct Progress {
  std::size_t read = 0;
  std::string last;  ///< key of the last entry that was looked at
};

/// Visits one prefix. False when the page is full; `answer.next` then says where it stopped.
bool walk_prefix(const ledger::StateReader& state, const std::string& prefix, const Page& page,
                 Progress& progress, const Visitor& visitor, QueryAnswer& answer) {
  std::string after = page.after > prefix ? page.after : "";
  for (;;) {
    const auto entries = state.scan(prefix, after, kStep);
    for (const ledger::StateEntry& entry : entries) {
      if (answer.rows.size() == page.limit || progress.read == kScanMax) {
        answer.next = progress.last;
        return false;
      }
      after = entry.key;
      progress.last = entry.key;
      ++progress.read;
      const Visit visit = visitor(entry, answer);
      if (visit == Visit::kStop) return true;
      if (visit == Visit::kHidden) continue;
      ++answer.explain.candidates;
      ++answer.explain.scanned;
    }
    if (entries.size() < kStep) return true;
  }
}

}  // namespace

Result<Page> read_page(const nlohmann::json& query) {
  Page page;
  EMR_ASSIGN(const auto limit, json::find_u64(query, "limit", {1, kRowsMax}, "/query"));
  EMR_ASSIGN(const auto after, json::find_string(query, "after", {.max = 300}, "/query"));
  page.limit = limit.value_or(kRowsDefault);
  page.after = after.value_or("");
  return page;
}

Result<std::optional<std::string>> read_month(const nlohmann::json& query) {
  EMR_ASSIGN(auto month, json::find_string(query, "month", {.max = 7}, "/query"));
  if (!month || (month->size() == 7 && parse_utc(*month + "-01T00:00:00Z").ok())) return month;
  return fail(Code::kData, "must be a month, YYYY-MM").with_pointer("/query/month").with_reason(
      "month");
}

QueryAnswer walk(const ledger::StateReader& state, const std::vector<std::string>& prefixes,
                 const Page& page, const Visitor& visitor) {
  QueryAnswer answer;
  answer.strayed = !page.after.empty() &&
                   std::none_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
                     return page.after.starts_with(prefix);
                   });
  if (answer.strayed) return answer;
  Progress progress{0, page.after};
  for (const std::string& prefix : prefixes) {
    const bool passed = page.after > prefix && !page.after.starts_with(prefix);
    if (passed) continue;
    if (!walk_prefix(state, prefix, page, progress, visitor, answer)) break;
  }
  answer.explain.returned = answer.rows.size();
  return answer;
}

}  // namespace emr::contracts
