#include "client/lookup.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/hex.h"
#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::client {

using json::Json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

/// f + 1 of the founders: among so many nodes one is honest.
std::size_t honest_among(const ledger::Genesis& genesis) {
  return (genesis.institutions.size() - 1) / 3 + 1;
}

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

}  // namespace

/// One question on its way from node to node.
class Lookup::Poll {
 public:
  Poll(std::span<const Tags> tags, std::size_t enough)
      : tags_(tags), enough_(enough), known_(tags.size()), votes_(tags.size()) {
    for (std::size_t i = 0; i < tags.size(); ++i) open_.push_back(i);
  }

  bool is_decided() const { return open_.empty(); }
  bool is_heard() const { return !heard_.empty(); }
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

  /// One node has one vote, by whatever addresses it was reached.
  Status count(const std::string& node, const std::vector<std::string>& rows) {
    if (rows.size() != open_.size()) return bad_answer();
    std::vector<KnownRecord> said;
    for (std::size_t at = 0; at < rows.size(); ++at) {
      auto row = read_row(rows[at], tags_[open_[at]]);
      if (!row) return bad_answer();
      said.push_back(*row);
    }
    const bool is_first = heard_.empty();
    if (!heard_.insert(node).second) return {};
    std::vector<std::size_t> left;
    for (std::size_t at = 0; at < said.size(); ++at) {
      const std::size_t i = open_[at];
      const bool is_sent = is_first && said[at].state == RecordState::kAbsent;
      if (is_sent) continue;
      if (++votes_[i][said[at]] >= enough_) {
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
  std::set<std::string> heard_;
};

Result<Lookup> Lookup::make(PoolOptions nodes, const ledger::Genesis& genesis,
                            const Credential& credential, crypto::RandomSource& random,
                            milliseconds timeout) {
  const bool is_few = !nodes.urls.empty() && nodes.urls.size() < honest_among(genesis);
  for (const ledger::Institution& one : genesis.institutions) {
    if (is_few && std::find(nodes.urls.begin(), nodes.urls.end(), one.node.http) ==
                      nodes.urls.end()) {
      nodes.urls.push_back(one.node.http);
    }
  }
  EMR_ASSIGN(Pool pool, Pool::make(nodes, genesis));
  return Lookup(std::move(pool), credential, random, timeout);
}

Status Lookup::ask_node(milliseconds timeout, Poll& poll) {
  Node& node = pool_.current();
  QueryClient queries(pool_, *credential_, *random_);
  EMR_ASSIGN(const std::string id, node.id(timeout));
  EMR_ASSIGN(const Answer answer, queries.ask_at(node, poll.question(), timeout));
  return poll.count(id, answer.rows);
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
// node that was asked first and answered.
Result<std::vector<KnownRecord>> Lookup::ask_some(std::span<const Tags> tags) {
  Poll poll(tags, honest_among(pool_.genesis()));
  const auto deadline = Clock::now() + timeout_;
  std::optional<Error> failure;
  std::optional<std::size_t> first;
  const auto all_dead = [&] {
    return std::find(is_dead_.begin(), is_dead_.end(), false) == is_dead_.end();
  };
  if (all_dead()) is_dead_.assign(is_dead_.size(), false);
  for (std::size_t left = pool_.size(); left > 0 && !poll.is_decided(); --left) {
    const std::size_t index = pool_.current_index();
    if (!is_dead_[index]) {
      const auto rest = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
      const Status asked =
          ask_node(std::max(rest / static_cast<int>(left), milliseconds(1)), poll);
      if (!asked && !is_node_failure(asked.error())) return asked.error();
      if (!asked) {
        pool_.blame(asked.error());
        if (!failure || asked.error().code == Code::kTempFail) failure = asked.error();
        is_dead_[index] = true;
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
