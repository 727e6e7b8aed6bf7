// A Byzantine member as a real process: a correct node with this liar between it and its links. It
// knows the member's vote key, so everything it says is signed as a member would sign it; nothing
// of it is in a program that ships.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "consensus/messages.h"
#include "crypto/random.h"
#include "crypto/signing.h"
#include "net/mesh.h"
#include "node/frames.h"
#include "quorum/secp256k1_votes.h"

namespace emr::byzantine {

enum class Kind : std::uint8_t {
  kHonest,
  kSilent,      ///< hears everything, says nothing
  kSlow,        ///< proposes just before the others lose patience
  kEquivocate,  ///< two signed proposals for one place, a different one first to each member
  kEmpty,       ///< proposes perfectly valid blocks without a transaction
  kForge,       ///< votes with broken signatures, for digests of air, in other members' names
  kFlood,       ///< garbage, replays, and requests with false signatures, as fast as the link goes
  kWithhold,    ///< keeps its clients' requests to itself and proposes them without their sidecars
  kCensor,      ///< does not hear the requests of one institution's administrator
  kHugeViews,   ///< votes, view changes and new views from the end of time
  kGreedy,      ///< asks everybody for blocks that it has, a thousand times for each frame it says
};
std::optional<Kind> kind_from_name(std::string_view name);

struct LiarOptions {
  Kind kind = Kind::kHonest;
  Hash32 genesis{};
  net::PeerIndex self = 0;
  std::uint64_t timeout_ms = 0;  ///< the patience of the others
  std::string censored;          ///< address whose requests it does not hear
};

class Liar {
 public:
  using Frames = std::vector<node::Frame>;

  Liar(LiarOptions options, crypto::SigningKey vote);
  /// What goes to `to` instead of this frame. On the mesh's I/O thread.
  Frames say(net::PeerIndex to, net::Lane lane, const node::Frame& frame);
  bool hear(net::PeerIndex from, Bytes& frame);

 private:
  Frames lie(net::PeerIndex to, const node::Frame& frame, consensus::Message message);
  void delay(const node::Frame& frame);
  Frames two_proposals(net::PeerIndex to, const node::Frame& frame,
                       const consensus::PrePrepare& proposal);
  Frames empty_proposal(const node::Frame& frame, consensus::PrePrepare proposal);
  Frames forged_votes(net::PeerIndex to, const consensus::VoteMessage& vote);
  Frames far_views(const node::Frame& frame, const consensus::Message& message);
  Frames flood(const node::Frame& frame);
  Frames greed(const node::Frame& frame) const;
  void learn(const consensus::Message& message);
  std::uint64_t number();
  void sign(consensus::Message& message) const;
  node::Frame framed(consensus::Message message) const;

  LiarOptions options_;
  quorum::Secp256k1Signer signer_;
  crypto::SeededRandom random_;
  node::Frame delayed_;
  std::map<consensus::Seq, Hash32> writes_;  ///< writes hashes of the last proposals
  std::vector<node::RequestItem> heard_;
};

}  // namespace emr::byzantine
