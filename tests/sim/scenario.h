// Stories about consensus in plain text (tests/scenarios/*.txt), played on the real core. Every
// message takes one millisecond and nothing is random, so a story is exact. Commands, one per line,
// '#' starts a comment; NODES is "1,3" or "all":
//   nodes N [first-primary P] [checkpoint K] [rotation R] [timeout MS]   must come first
//   request ID [NODES]          a client sends its request (default: to all)
//   run MS                      time passes
//   partition A,B C,D ...       only members of one group hear each other; "heal" undoes everything
//   drop TYPE FROM TO           loses such messages (TYPE or a member may be "any"); "keep" undoes
//   crash NODES | restart NODES | power-cut-after-persist NODE (dies between disk and network)
//   disk-full NODES | disk-free NODES | damage NODES (a bit of a record flips; restart must refuse)
//   equivocate NODE ID NODES ID NODES   as primary, proposes one request to some, another to others
//   expect height NODES N | expect view NODES V | expect committed IDs | expect waiting IDs
//   expect stable NODES N | expect evidence COUNT | expect down NODES | expect same-chain
// TYPE: pre-prepare prepare commit checkpoint view-change new-view status block-request block-reply
//       body-request body-reply stable
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker.h"
#include "node.h"

namespace emr::sim {

class Scenario final : public Host {
 public:
  /// Plays the whole text; "" or "line N: what went wrong".
  std::string play(const std::string& text);
  /// What was said, as a Mermaid sequence diagram (STATUS heartbeats are left out).
  std::string mermaid() const;

 private:
  using Words = std::vector<std::string>;
  struct Mail {
    consensus::Millis at = 0;
    std::size_t to = 0;
    consensus::NodeIndex from = 0;
    std::shared_ptr<const Bytes> bytes;
  };
  struct Drop {
    std::string type;
    std::optional<std::size_t> from;
    std::optional<std::size_t> to;
  };

  void on_send(SimNode& node, const consensus::Send& send) override;
  void on_answer(SimNode& node, consensus::Event answer) override;
  void on_commit(SimNode& node, const consensus::CommitBlock& commit) override;
  void on_effects(SimNode& node, const consensus::Effects& effects) override;
  bool crashes_now(SimNode& node) override;
  bool is_disk_full(SimNode& node) override;

  std::string command(const Words& words);
  std::string set_up(const Words& words);
  std::string partition(const Words& words);
  std::string drop(const Words& words);
  std::string equivocate(const Words& words);
  void propose_falsely(std::size_t liar, RequestId id, const std::vector<std::size_t>& to);
  std::string happen(const std::string& verb, std::size_t node);
  std::string expect(const Words& words);
  std::string expect_nodes(const Words& words);
  std::string expect_requests(const Words& words);
  bool parse_nodes(const std::string& text, std::vector<std::size_t>& out) const;
  void run(consensus::Millis ms);
  void settle();
  bool is_lost(const std::string& type, std::size_t from, std::size_t to) const;
  void tell(const std::string& line);

  std::unique_ptr<Consortium> consortium_;
  std::unique_ptr<Checker> checker_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::vector<std::size_t> group_;
  std::vector<Drop> drops_;
  std::deque<Mail> mail_;
  std::deque<std::pair<std::size_t, consensus::Event>> answers_;
  std::map<std::size_t, int> doomed_;  ///< node: crash points until it dies
  std::set<std::size_t> full_disks_;
  std::size_t evidence_ = 0;
  consensus::Millis now_ms_ = 1;
  std::vector<std::string> diagram_;
};

}  // namespace emr::sim
