// A Byzantine member: a correct replica whose messages pass through this liar on their way out. It
// drops, delays by replaying, changes single fields (one view or height up or down, another digest,
// a certificate weakened, a selection bent), tells different members different things, and signs
// everything again with its own key, so that only the protocol's rules can catch it (ByzzFuzz,
// OOPSLA'23; field/ledger.md 2.2).
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "consensus/messages.h"
#include "node.h"
#include "random.h"

namespace emr::sim {

/// What all liars of a consortium know together.
struct Conspiracy {
  struct Forgery {
    consensus::View view = 0;
    consensus::Seq seq = 0;
    Hash32 digest{};
    consensus::BlockBytes block;
  };
  std::deque<consensus::Message> history;
  std::deque<quorum::QuorumCert> certificates;
  std::deque<Hash32> digests;
  std::deque<Forgery> forgeries;  ///< valid blocks that no correct primary has proposed
};

class Liar {
 public:
  Liar(const Consortium& consortium, const SimNode& node, Conspiracy& plot,
       std::uint32_t mutate_ppm, Random& random)
      : consortium_(consortium),
        node_(node),
        plot_(plot),
        signer_(*consortium.signers[node.identity()]),
        self_(node.identity()),
        mutate_ppm_(mutate_ppm),
        random_(random) {}

  using Outgoing = std::pair<consensus::NodeIndex, std::shared_ptr<const Bytes>>;
  /// What it says because of something it heard: forged proposals, bodies of forged blocks.
  std::vector<Outgoing> react(consensus::NodeIndex from, const Bytes& bytes);

  /// What really goes to `to` instead of `bytes`: nothing, the same, or something else.
  std::vector<std::shared_ptr<const Bytes>> distort(consensus::NodeIndex to,
                                                    const std::shared_ptr<const Bytes>& bytes);

 private:
  std::vector<std::shared_ptr<const Bytes>> lie(const std::shared_ptr<const Bytes>& bytes);
  consensus::Message mutate(consensus::Message message);
  void change(consensus::PrePrepare& m);
  void change(consensus::VoteMessage& m);
  void change(consensus::ViewChange& m);
  void change(consensus::NewView& m);
  void change(consensus::StatusMessage& m);
  void change(consensus::BlockRequest& m);
  void change(consensus::BlockReply& m);
  void change(consensus::BodyRequest& m);
  void change(consensus::BodyReply& m);
  void change(consensus::StableMessage& m);
  void change(consensus::Probe& m);
  void change(consensus::ProbeReply& m);
  void weaken(quorum::QuorumCert& certificate);
  void fabricate(consensus::ViewChange& m);
  bool forge(consensus::PrePrepare& m);
  void sign(consensus::Message& message);
  consensus::BlockBytes bent_block(const Bytes& bytes);
  std::uint64_t nearby(std::uint64_t value);
  Hash32 other_digest();
  void remember(const consensus::Message& message);

  const Consortium& consortium_;
  const SimNode& node_;
  Conspiracy& plot_;
  const quorum::VoteSigner& signer_;
  const consensus::NodeIndex self_;
  const std::uint32_t mutate_ppm_;
  std::shared_ptr<const Bytes> last_in_;  ///< most lies are the same to everybody
  std::vector<std::shared_ptr<const Bytes>> last_out_;
  Random& random_;
};

}  // namespace emr::sim
