// The votes of one kind for one place (view, height): at most one per member, the first that came.
// A second one with another digest is equivocation and is handed back as such.
#pragma once

#include <optional>
#include <vector>

#include "consensus/bugs.h"
#include "consensus/types.h"

namespace emr::consensus {

class VoteBook {
 public:
  struct Entry {
    Hash32 digest{};
    quorum::VoteSignature signature{};
  };

  void reset(std::size_t members) {
    entries_.assign(members, std::nullopt);
    voters_ = 0;
  }
  const std::optional<Entry>& of(NodeIndex member) const { return entries_[member]; }
  /// The member must have no vote here yet.
  void add(NodeIndex member, const Hash32& digest, const quorum::VoteSignature& signature) {
    entries_[member] = Entry{digest, signature};
    ++voters_;
  }

  /// Has this digest so many votes? Asked after every event, hence the short way to "no".
  bool has(const Hash32& digest, std::size_t votes) const {
    return voters_ + extra_ >= votes && count(digest) >= votes;
  }
  QuorumCert certificate(const quorum::Vote& vote) const {
    std::vector<quorum::SignedBy> signatures;
    signatures.reserve(entries_.size());
    for (NodeIndex member = 0; member < entries_.size(); ++member) {
      const auto& entry = entries_[member];
      if (entry && (entry->digest == vote.digest || EMR_BUG(kCountAnyDigest))) {
        signatures.emplace_back(member, entry->signature);
      }
    }
    return quorum::make_certificate(vote, signatures);
  }
  /// Only for the injected bug kCountDuplicates.
  void count_again() { ++extra_; }

 private:
  std::size_t count(const Hash32& digest) const {
    std::size_t total = extra_;
    for (const auto& entry : entries_) {
      if (entry && (entry->digest == digest || EMR_BUG(kCountAnyDigest))) ++total;
    }
    return total;
  }

  std::vector<std::optional<Entry>> entries_;
  std::size_t voters_ = 0;
  std::size_t extra_ = 0;
};

}  // namespace emr::consensus
