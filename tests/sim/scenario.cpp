#include "scenario.h"

#include <algorithm>
#include <sstream>

#include "base/number.h"

namespace emr::sim {

namespace {

constexpr consensus::Millis kTickMs = 10;
constexpr std::uint64_t kMaxNumber = 1'000'000;

struct Label {
  std::string type;
  std::string text;
};

std::string place(consensus::View view, consensus::Seq seq) {
  return " v" + std::to_string(view) + " h" + std::to_string(seq);
}

Label label_of(const consensus::Message& message) {
  if (const auto* m = std::get_if<consensus::PrePrepare>(&message)) {
    return {"pre-prepare", "PRE-PREPARE" + place(m->view, m->seq)};
  }
  if (const auto* m = std::get_if<consensus::VoteMessage>(&message)) {
    const char* const types[] = {"", "prepare", "commit", "checkpoint"};
    const char* const names[] = {"", "PREPARE", "COMMIT", "CHECKPOINT"};
    const auto type = static_cast<std::size_t>(m->vote.type);
    return {types[type], names[type] + place(m->vote.view, m->vote.seq)};
  }
  if (const auto* m = std::get_if<consensus::ViewChange>(&message)) {
    return {"view-change", "VIEW-CHANGE to v" + std::to_string(m->view) + ", committed h" +
                               std::to_string(m->committed) + (m->prepared ? ", prepared" : "")};
  }
  if (const auto* m = std::get_if<consensus::NewView>(&message)) {
    return {"new-view", "NEW-VIEW v" + std::to_string(m->view)};
  }
  const char* const rest[] = {"status",       "block-request", "block-reply",
                              "body-request", "body-reply",    "stable"};
  const std::string type = rest[message.index() - 4];
  return {type, type};
}

std::optional<std::uint64_t> number(const std::string& text) {
  const Result<std::uint64_t> value = parse_u64(text, kMaxNumber);
  return value ? std::optional(value.value()) : std::nullopt;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

}  // namespace

std::string Scenario::play(const std::string& text) {
  std::istringstream lines(text);
  std::size_t line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    line = line.substr(0, line.find('#'));
    std::istringstream in(line);
    Words words;
    for (std::string word; in >> word;) words.push_back(word);
    if (words.empty()) continue;
    std::string wrong =
        nodes_.empty() && words[0] != "nodes" ? "nodes must come first" : command(words);
    if (wrong.empty() && checker_->failed()) wrong = checker_->failure();
    if (!wrong.empty()) return "line " + std::to_string(line_number) + ": " + wrong;
  }
  return "";
}

std::string Scenario::command(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "nodes") return set_up(words);
  if (verb == "partition") return partition(words);
  if (verb == "drop") return drop(words);
  if (verb == "expect") return expect(words);
  if (verb == "equivocate") return equivocate(words);
  if (verb == "keep") return drops_.clear(), "";
  if (verb == "heal") return drops_.clear(), group_.assign(nodes_.size(), 0), "";
  if (words.size() < 2) return "what about it?";
  if (verb == "run") {
    const auto ms = number(words[1]);
    if (!ms) return "not a number";
    return run(*ms), "";
  }
  std::vector<std::size_t> targets;
  if (verb == "request") {
    const auto id = number(words[1]);
    const bool known = parse_nodes(words.size() > 2 ? words[2] : "all", targets);
    if (!id || !known) return "request ID NODES";
    consortium_->issued = std::max(consortium_->issued, *id + 1);
    tell("Note over R0: request " + words[1]);
    for (const std::size_t i : targets) nodes_[i]->submit(*id);
    return settle(), "";
  }
  if (!parse_nodes(words[1], targets)) return "unknown nodes";
  for (const std::size_t i : targets) {
    tell("Note over R" + std::to_string(i) + ": " + verb);
    if (const std::string wrong = happen(verb, i); !wrong.empty()) return wrong;
  }
  return "";
}

std::string Scenario::happen(const std::string& verb, std::size_t node) {
  SimNode& one = *nodes_[node];
  if (verb == "crash") return one.crash(), "";
  if (verb == "power-cut-after-persist") return doomed_[node] = 2, "";
  if (verb == "disk-full") return full_disks_.insert(node), "";
  if (verb == "disk-free") return full_disks_.erase(node), "";
  if (one.is_up()) return "unknown command, or the node is up";
  if (verb == "restart") {
    if (!one.start(now_ms_)) tell("Note over R" + std::to_string(node) + ": refuses to start");
    return "";
  }
  if (verb != "damage") return "unknown command";
  for (std::uint64_t slot = 0; slot < consensus::kSlotCount; ++slot) {
    if (one.damage(Damage::kRecord, slot) && one.has_damaged_record()) return "";
  }
  return "there is no record to damage";
}

/// Two proposals for one place, each properly signed, with the PREPARE that belongs to it.
std::string Scenario::equivocate(const Words& words) {
  const auto liar = words.size() == 6 ? number(words[1]) : std::nullopt;
  if (!liar || *liar >= nodes_.size()) return "equivocate NODE ID NODES ID NODES";
  for (const std::size_t at : {2u, 4u}) {
    const auto id = number(words[at]);
    std::vector<std::size_t> to;
    if (!id || !parse_nodes(words[at + 1], to)) return "equivocate NODE ID NODES ID NODES";
    consortium_->issued = std::max(consortium_->issued, *id + 1);
    propose_falsely(*liar, *id, to);
  }
  return settle(), "";
}

void Scenario::propose_falsely(std::size_t liar, RequestId id,
                               const std::vector<std::size_t>& to) {
  const SimNode& node = *nodes_[liar];
  const consensus::Seq seq = node.height() + 1;
  const consensus::View view = node.status().view;
  const consensus::NodeIndex self = node.identity();
  ToyApp app = node.app();
  const auto block = std::make_shared<const Bytes>(
      app.build({0, seq, view, self, 0, node.tip().digest, {}, {id}}, wall_ms(node)));
  const auto sign = [&](quorum::VoteType type) {
    const quorum::Vote vote{type, 0, view, seq, toy_digest(*block)};
    const auto bytes = quorum::vote_bytes(consortium_->genesis, vote);
    return consensus::VoteMessage{vote, self, consortium_->signers[self]->sign(bytes)};
  };
  const auto proposal = sign(quorum::VoteType::kPrePrepare);
  const consensus::Message messages[] = {
      consensus::PrePrepare{0, view, seq, self, proposal.signature, block},
      sign(quorum::VoteType::kPrepare)};
  for (const consensus::Message& message : messages) {
    for (const std::size_t peer : to) {
      tell("R" + std::to_string(liar) + "->>R" + std::to_string(peer) + ": " +
           label_of(message).text + " of request " + std::to_string(id));
      mail_.push_back({now_ms_ + 1, peer, self,
                       std::make_shared<const Bytes>(consensus::encode(message))});
    }
  }
}

std::string Scenario::set_up(const Words& words) {
  const auto count = words.size() > 1 ? number(words[1]) : std::nullopt;
  if (!nodes_.empty() || !count || *count < 4 || *count > 10) return "nodes 4..10, once";
  consensus::Config config;
  config.timeout_ms = 500;
  config.resend_ms = 100;
  config.heartbeat_ms = 200;
  config.rotation_interval = 0;
  consensus::View first = 0;
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    const auto value = number(words[i + 1]);
    if (!value) return "not a number";
    if (words[i] == "first-primary") {
      first = *value;
    } else if (words[i] == "checkpoint") {
      config.checkpoint_interval = *value;
    } else if (words[i] == "rotation") {
      config.rotation_interval = *value;
    } else if (words[i] == "timeout") {
      config.timeout_ms = *value;
    } else {
      return "unknown option";
    }
  }
  consortium_ = std::make_unique<Consortium>(*count);
  checker_ =
      std::make_unique<Checker>(consortium_->set, consortium_->genesis, *consortium_->verifier);
  group_.assign(*count, 0);
  for (std::size_t i = 0; i < *count; ++i) {
    nodes_.push_back(std::make_unique<SimNode>(*this, *consortium_,
                                               static_cast<consensus::NodeIndex>(i), i, config));
    nodes_.back()->set_first_view(first);
  }
  for (const auto& node : nodes_) node->start(now_ms_);
  return settle(), "";
}

bool Scenario::parse_nodes(const std::string& text, std::vector<std::size_t>& out) const {
  if (text == "all") {
    for (std::size_t i = 0; i < nodes_.size(); ++i) out.push_back(i);
    return true;
  }
  for (const std::string& part : split(text, ',')) {
    const auto value = number(part);
    if (!value || *value >= nodes_.size()) return false;
    out.push_back(*value);
  }
  return !out.empty();
}

std::string Scenario::partition(const Words& words) {
  // Who is not named is alone.
  for (std::size_t i = 0; i < group_.size(); ++i) group_[i] = 100 + i;
  for (std::size_t group = 1; group < words.size(); ++group) {
    std::vector<std::size_t> members;
    if (!parse_nodes(words[group], members)) return "unknown nodes";
    for (const std::size_t i : members) group_[i] = group;
  }
  tell("Note over R0: partition" + std::string(words.size() > 1 ? " " + words[1] : ""));
  return "";
}

std::string Scenario::drop(const Words& words) {
  if (words.size() != 4) return "drop TYPE FROM TO";
  const auto member = [this](const std::string& word, std::optional<std::size_t>& out) {
    if (word == "any") return true;
    const auto value = number(word);
    if (!value || *value >= nodes_.size()) return false;
    out = *value;
    return true;
  };
  Drop rule;
  rule.type = words[1];
  if (!member(words[2], rule.from) || !member(words[3], rule.to)) return "unknown node";
  drops_.push_back(rule);
  return "";
}

// --- expectations --------------------------------------------------------------------------------

std::string Scenario::expect(const Words& words) {
  if (words.size() == 2 && words[1] == "same-chain") {
    for (const auto& node : nodes_) {
      if (node->is_up() && node->height() != checker_->height()) return "heights differ";
    }
    return "";
  }
  if (words.size() < 3) return "expect what?";
  if (words[1] == "down") {
    std::vector<std::size_t> targets;
    if (!parse_nodes(words[2], targets)) return "unknown nodes";
    for (const std::size_t i : targets) {
      if (nodes_[i]->is_up()) return "node " + std::to_string(i) + " is up";
    }
    return "";
  }
  if (words[1] == "evidence") {
    const bool right = number(words[2]) == evidence_;
    return right ? "" : "evidence: " + std::to_string(evidence_);
  }
  if (words[1] == "committed" || words[1] == "waiting") return expect_requests(words);
  return expect_nodes(words);
}

std::string Scenario::expect_requests(const Words& words) {
  for (const std::string& part : split(words[2], ',')) {
    const auto id = number(part);
    if (!id) return "not a request";
    if (checker_->is_committed(*id) != (words[1] == "committed")) {
      return "request " + part + " is " + (words[1] == "committed" ? "not " : "") + "committed";
    }
  }
  return "";
}

std::string Scenario::expect_nodes(const Words& words) {
  std::vector<std::size_t> targets;
  const auto value = words.size() == 4 ? number(words[3]) : std::nullopt;
  if (!value || !parse_nodes(words[2], targets)) return "expect height|view|stable NODES N";
  for (const std::size_t i : targets) {
    const std::string who = "node " + std::to_string(i);
    if (!nodes_[i]->is_up()) return who + " is down";
    const consensus::ReplicaStatus status = nodes_[i]->status();
    const std::uint64_t found = words[1] == "height" ? status.committed
                                : words[1] == "view" ? status.view
                                                     : status.stable;
    if (words[1] != "height" && words[1] != "view" && words[1] != "stable") return "unknown";
    if (found != *value) return who + ": " + words[1] + " is " + std::to_string(found);
  }
  return "";
}

// --- time and messages ---------------------------------------------------------------------------

void Scenario::run(consensus::Millis ms) {
  for (const consensus::Millis end = now_ms_ + ms; now_ms_ < end;) {
    ++now_ms_;
    settle();
    if (now_ms_ % kTickMs != 0) continue;
    for (const auto& node : nodes_) node->tick(now_ms_);
    settle();
  }
}

void Scenario::settle() {
  while (!checker_->failed()) {
    if (!answers_.empty()) {
      auto [instance, answer] = std::move(answers_.front());
      answers_.pop_front();
      nodes_[instance]->answer(answer);
    } else if (!mail_.empty() && mail_.front().at <= now_ms_) {
      const Mail mail = std::move(mail_.front());
      mail_.pop_front();
      nodes_[mail.to]->deliver(mail.from, *mail.bytes);
    } else {
      return;
    }
  }
}

bool Scenario::is_lost(const std::string& type, std::size_t from, std::size_t to) const {
  if (group_[from] != group_[to]) return true;
  return std::any_of(drops_.begin(), drops_.end(), [&](const Drop& rule) {
    return (rule.type == type || rule.type == "any") && rule.from.value_or(from) == from &&
           rule.to.value_or(to) == to;
  });
}

void Scenario::on_send(SimNode& node, const consensus::Send& send) {
  checker_->on_send(node.identity(), *send.bytes);
  const Result<consensus::Message> message = consensus::decode(*send.bytes);
  if (!message) return checker_->fail("undecodable message sent");
  const auto [type, text] = label_of(message.value());
  const std::size_t from = node.instance();
  for (std::size_t to = 0; to < nodes_.size(); ++to) {
    if (to == from || (send.to != consensus::kEveryone && send.to != to)) continue;
    const bool lost = is_lost(type, from, to);
    if (type != "status") {
      tell("R" + std::to_string(from) + (lost ? "--x" : "->>") + "R" + std::to_string(to) + ": " +
           text);
    }
    if (!lost) mail_.push_back({now_ms_ + 1, to, node.identity(), send.bytes});
  }
}

void Scenario::on_answer(SimNode& node, consensus::Event answer) {
  answers_.emplace_back(node.instance(), std::move(answer));
}

void Scenario::on_commit(SimNode& node, const consensus::CommitBlock& commit) {
  tell("Note over R" + std::to_string(node.instance()) + ": committed h" +
       std::to_string(commit.seq));
  checker_->on_commit(node.identity(), commit, node.app().state());
}

void Scenario::on_effects(SimNode& node, const consensus::Effects& effects) {
  if (!effects.halt.empty()) checker_->on_halt(node.identity(), effects.halt);
  evidence_ += effects.evidence.size();
}

bool Scenario::crashes_now(SimNode& node) {
  const auto at = doomed_.find(node.instance());
  if (at == doomed_.end() || --at->second > 0) return false;
  doomed_.erase(at);
  tell("Note over R" + std::to_string(node.instance()) + ": power cut");
  return true;
}

bool Scenario::is_disk_full(SimNode& node) {
  if (!full_disks_.contains(node.instance())) return false;
  tell("Note over R" + std::to_string(node.instance()) + ": disk full, stops");
  return true;
}

void Scenario::tell(const std::string& line) { diagram_.push_back(line); }

std::string Scenario::mermaid() const {
  std::string text = "sequenceDiagram\n";
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    text += "  participant R" + std::to_string(i) + "\n";
  }
  for (const std::string& line : diagram_) text += "  " + line + "\n";
  return text;
}

}  // namespace emr::sim
