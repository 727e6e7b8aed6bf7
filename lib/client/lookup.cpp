#include "client/lookup.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/hex.h"
#include "client/limits.h"
#include "client/voices.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::client {

using json::Json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

Result<KnownRecord> read_row(const std::string& row, const Tags& tags) {
  EMR_ASSIGN(const Json tree, json::parse_object(row));
  EMR_ASSIGN(const std::string state,
             json::get_choice(tree, "state", {"absent", "unchanged", "changed"}));
  EMR_ASSIGN(const Hash32 record, json::get_hex32(tree, "record"));
  EMR_ASSIGN(const auto version, json::find_u64(tree, "version"));
  if (record != tags.record) return bad_answer();
  if (state == "absent") return KnownRecord{};
  return KnownRecord{state == "changed" ? RecordState::kChanged : RecordState::kUnchanged,
                     version.value_or(0)};
}

/// Of two failures, the one that tells the caller what to do: what is wrong with his question first
/// (when every node says so), then that it can be asked again.
bool says_more(const Error& error, const Error& than) {
  const auto rank = [](const Error& one) {
    return !is_node_failure(one) ? 2 : one.code == Code::kTempFail ? 1 : 0;
  };
  return rank(error) > rank(than);
}

}  // namespace

/// One question on its way from node to node.
class Lookup::Poll {
 public:
  Poll(std::span<const Tags> tags, std::size_t enough)
      : tags_(tags), enough_(enough), known_(tags.size()), votes_(tags.size()) {
    for (std::size_t i = 0; i < tags.size(); ++i) open_.push_back(i);
  }

  bool is_decided() const { return open_.empty(); }
  bool is_heard() const { return is_heard_; }
  std::size_t open_count() const { return open_.size(); }
  std::vector<KnownRecord> take() { return std::move(known_); }

  Json question() const {
    Json list = Json::array();
    for (const std::size_t i : open_) {
      list.push_back(
          {{"record", to_hex(tags_[i].record)}, {"content", to_hex(tags_[i].content)}});
    }
    return {{"kind", "lookup"}, {"tags", std::move(list)}};
  }

  /// `member` is "" when the node is nobody's: it may say that there is work to do, no more.
  Status count(const std::string& member, const std::vector<std::string>& rows) {
    if (rows.size() != open_.size()) return bad_answer();
    std::vector<KnownRecord> said;
    for (std::size_t at = 0; at < rows.size(); ++at) {
      auto row = read_row(rows[at], tags_[open_[at]]);
      if (!row) return bad_answer();
      said.push_back(*row);
    }
    const bool is_first = !is_heard_;
    is_heard_ = true;
    const bool has_voice = !member.empty() && heard_.insert(member).second;
    std::vector<std::size_t> left;
    for (std::size_t at = 0; at < said.size(); ++at) {
      const std::size_t i = open_[at];
      const bool is_sent = is_first && said[at].state == RecordState::kAbsent;
      if (is_sent) continue;
      if (has_voice && ++votes_[i][said[at]] >= enough_) {
        known_[i] = said[at];
      } else {
        left.push_back(i);
      }
    }
    open_ = std::move(left);
    return {};
  }

 private:
  std::span<const Tags> tags_;
  std::size_t enough_;
  std::vector<std::size_t> open_;
  std::vector<KnownRecord> known_;
  std::vector<std::map<KnownRecord, std::size_t>> votes_;
  bool is_heard_ = false;
  std::set<std::string> heard_;  ///< members
};

Result<Lookup> Lookup::make(PoolOptions nodes, const ledger::Genesis& genesis,
                            const Credential& credential, crypto::RandomSource& random,
                            milliseconds timeout) {
  const auto is_named = [&](const ledger::Institution& one) {
    return std::find(nodes.urls.begin(), nodes.urls.end(), one.node.http) != nodes.urls.end();
  };
  const auto named =
      std::count_if(genesis.institutions.begin(), genesis.institutions.end(), is_named);
  const bool is_few =
      !nodes.urls.empty() && static_cast<std::size_t>(named) < honest_among(genesis);
  for (const ledger::Institution& one : genesis.institutions) {
    if (is_few && !is_named(one)) nodes.urls.push_back(one.node.http);
  }
  EMR_ASSIGN(Pool pool, Pool::make(nodes, genesis));
  return Lookup(std::move(pool), credential, random, timeout);
}

Status Lookup::ask_node(milliseconds timeout, Poll& poll) {
  Node& node = pool_.current();
  QueryClient queries(pool_, *credential_, *random_);
  EMR_ASSIGN(const Answer answer, queries.ask_at(node, poll.question(), timeout));
  EMR_ASSIGN(const std::string member, speaker(pool_, timeout));
  return poll.count(member, answer.rows);
}

/// The longer it kept us waiting, the longer the others are asked without it.
void Lookup::note_failure(std::size_t index, Clock::duration spent) {
  rest_until_[index] = Clock::now() + std::max<Clock::duration>(kRestLeast, spent * kRestFactor);
}

Result<std::vector<KnownRecord>> Lookup::ask(const std::vector<Tags>& tags) {
  std::vector<KnownRecord> all;
  for (std::span<const Tags> rest = tags; !rest.empty();) {
    const std::size_t count = std::min(rest.size(), kTagsPerQuestion);
    EMR_ASSIGN(const std::vector<KnownRecord> some, ask_some(rest.first(count)));
    all.insert(all.end(), some.begin(), some.end());
    rest = rest.subspan(count);
  }
  return all;
}

// The time that is left is shared among the nodes that are left. The next question begins at the
// node that was asked first and answered. When all are resting, all are asked.
Result<std::vector<KnownRecord>> Lookup::ask_some(std::span<const Tags> tags) {
  Poll poll(tags, honest_among(pool_.genesis()));
  const auto start = Clock::now();
  const auto deadline = start + timeout_;
  std::optional<Error> failure;
  std::optional<std::size_t> first;
  const bool all_rest = std::all_of(rest_until_.begin(), rest_until_.end(),
                                    [&](Clock::time_point until) { return until > start; });
  for (std::size_t left = pool_.size(); left > 0 && !poll.is_decided(); --left) {
    const std::size_t index = pool_.current_index();
    const auto begun = Clock::now();
    if (all_rest || rest_until_[index] <= begun) {
      const auto rest = std::chrono::duration_cast<milliseconds>(deadline - begun);
      const Status asked =
          ask_node(std::max(rest / static_cast<int>(left), milliseconds(1)), poll);
      if (!asked) {
        pool_.blame(asked.error());
        if (!failure || says_more(asked.error(), *failure)) failure = asked.error();
        note_failure(index, Clock::now() - begun);
      } else if (!first) {
        first = index;
      }
    }
    pool_.skip_current();
  }
  if (!poll.is_heard() && failure) return *failure;
  if (first) pool_.start_at(*first);
  undecided_ += poll.open_count();
  return poll.take();
}

}  // namespace emr::client
