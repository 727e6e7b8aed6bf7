#include "twins.h"

namespace emr::sim {

namespace {

constexpr consensus::Millis kTickMs = 25;
constexpr consensus::Millis kRoundMs = 250;
constexpr consensus::Millis kHealMs = 60'000;

consensus::Config twin_config() {
  consensus::Config config;
  config.timeout_ms = 100;
  config.resend_ms = 50;
  config.heartbeat_ms = 75;
  config.checkpoint_interval = 4;
  config.rotation_interval = 0;
  return config;
}

}  // namespace

std::string describe(const TwinSchedule& schedule) {
  std::string text = "first primary " + std::to_string(schedule.first_view) + ", cuts";
  for (const std::uint8_t cut : schedule.cuts) text += " " + std::to_string(cut);
  return text;
}

Twins::Twins(const TwinSchedule& schedule)
    : schedule_(schedule),
      consortium_(4),
      checker_(consortium_.set, consortium_.genesis, *consortium_.verifier) {
  // Instance 0 and instance 4 are the twins: both are member 0.
  for (std::size_t i = 0; i < kTwinInstances; ++i) {
    nodes_.push_back(std::make_unique<SimNode>(
        *this, consortium_, static_cast<consensus::NodeIndex>(i % 4), i, twin_config()));
    nodes_.back()->set_first_view(schedule.first_view);
  }
}

TwinOutcome Twins::run() {
  for (const auto& node : nodes_) node->start(now_ms_);
  for (std::size_t round = 0; round < kTwinRounds; ++round) {
    for (std::size_t i = 1; i < kTwinInstances; ++i) {
      side_[i] = ((schedule_.cuts[round] >> (i - 1)) & 1) != 0;
    }
    consortium_.issued += 2;
    submit(consortium_.issued - 2, consortium_.issued - 1);
    settle();
    pass_time(kRoundMs);
  }
  outcome_.committed_torn = checker_.height();
  side_ = {};
  side_[4] = true;  // the second twin goes away; everybody else is well connected again
  for (consensus::Millis waited = 0; waited < kHealMs && !has_converged(); waited += kRoundMs) {
    for (RequestId id = 0; id < consortium_.issued; ++id) submit(id, id);
    settle();
    pass_time(kRoundMs);
  }
  if (!has_converged()) checker_.fail("no progress after healing");
  outcome_.failure = checker_.failure();
  outcome_.committed = checker_.height();
  return outcome_;
}

/// The twins hear of different requests first, so that they propose different blocks.
void Twins::submit(RequestId first_twin, RequestId second_twin) {
  for (std::size_t i = 0; i < kTwinInstances; ++i) {
    nodes_[i]->submit(i == 4 ? second_twin : first_twin);
    if (i != 0 && i != 4) nodes_[i]->submit(second_twin);
  }
}

void Twins::pass_time(consensus::Millis ms) {
  for (const consensus::Millis end = now_ms_ + ms; now_ms_ < end;) {
    now_ms_ += kTickMs;
    for (const auto& node : nodes_) {
      node->tick(now_ms_);
      settle();
    }
  }
}

void Twins::settle() {
  while ((!mail_.empty() || !answers_.empty()) && !checker_.failed()) {
    if (!answers_.empty()) {
      auto [instance, answer] = std::move(answers_.front());
      answers_.pop_front();
      nodes_[instance]->answer(answer);
      continue;
    }
    const Mail mail = std::move(mail_.front());
    mail_.pop_front();
    nodes_[mail.to]->deliver(mail.from, *mail.bytes);
  }
}

void Twins::on_send(SimNode& node, const consensus::Send& send) {
  if (!is_twin(node)) checker_.on_send(node.identity(), *send.bytes);
  for (std::size_t to = 0; to < kTwinInstances; ++to) {
    const bool meant = send.to == consensus::kEveryone || nodes_[to]->identity() == send.to;
    if (!meant || nodes_[to]->identity() == node.identity()) continue;
    if (side_[to] == side_[node.instance()]) mail_.push_back({to, node.identity(), send.bytes});
  }
}

void Twins::on_answer(SimNode& node, consensus::Event answer) {
  answers_.emplace_back(node.instance(), std::move(answer));
}

void Twins::on_commit(SimNode& node, const consensus::CommitBlock& commit) {
  if (!is_twin(node)) checker_.on_commit(node.identity(), commit, node.app().state());
}

void Twins::on_effects(SimNode& node, const consensus::Effects& effects) {
  if (!is_twin(node) && !effects.halt.empty()) checker_.on_halt(node.identity(), effects.halt);
  if (is_twin(node)) return;
  outcome_.evidence += effects.evidence.size();
  for (const consensus::Evidence& one : effects.evidence) {
    if (one.culprit != 0) checker_.fail("evidence against a correct member");
  }
}

bool Twins::has_converged() const {
  for (RequestId id = 0; id < consortium_.issued; ++id) {
    if (!checker_.is_committed(id)) return false;
  }
  for (std::size_t i = 1; i < 4; ++i) {
    if (nodes_[i]->height() != checker_.height()) return false;
  }
  return true;
}

}  // namespace emr::sim
