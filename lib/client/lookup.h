// What the ledger knows of records before they are sent: the question that makes a nightly import
// idempotent. Its answer decides that a record is NOT sent, so one node's word is not enough: a
// record is there when f + 1 members say the same of it (voices.h), one of which is honest. What
// one node calls absent is sent, and the contract looks again; that costs work and loses nothing.
// The same holds for what the nodes do not agree on. One thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/pool.h"
#include "client/query_client.h"

namespace emr::client {

struct Tags {
  Hash32 record{};
  Hash32 content{};
};

enum class RecordState : std::uint8_t { kAbsent, kUnchanged, kChanged };

struct KnownRecord {
  RecordState state = RecordState::kAbsent;
  std::uint64_t version = 0;  ///< the newest on the ledger; 0 when absent
  friend auto operator<=>(const KnownRecord&, const KnownRecord&) = default;
};

class Lookup {
 public:
  /// Genesis, credential and random must outlive it. When fewer than f + 1 nodes are named that the
  /// genesis knows, those of the genesis are asked too.
  static Result<Lookup> make(PoolOptions nodes, const ledger::Genesis& genesis,
                             const Credential& credential, crypto::RandomSource& random,
                             std::chrono::milliseconds timeout);

  /// For each pair of tags what is known. An error when no node answers: kDenied when one of them
  /// says no, kConfig when one is of another ledger. Each question of some records has the timeout
  /// for itself.
  Result<std::vector<KnownRecord>> ask(const std::vector<Tags>& tags);
  /// Records so far that a node called known and f + 1 members did not: taken for absent.
  std::uint64_t undecided() const noexcept { return undecided_; }

 private:
  class Poll;
  Lookup(Pool pool, const Credential& credential, crypto::RandomSource& random,
         std::chrono::milliseconds timeout)
      : pool_(std::move(pool)),
        credential_(&credential),
        random_(&random),
        timeout_(timeout),
        rest_until_(pool_.size()) {}

  Result<std::vector<KnownRecord>> ask_some(std::span<const Tags> tags);
  Status ask_node(std::chrono::milliseconds timeout, Poll& poll);
  void note_failure(std::size_t index, std::chrono::steady_clock::duration spent);

  Pool pool_;
  const Credential* credential_;
  crypto::RandomSource* random_;
  std::chrono::milliseconds timeout_;
  /// A node that did not answer is left alone until then: node by node.
  std::vector<std::chrono::steady_clock::time_point> rest_until_;
  std::uint64_t undecided_ = 0;
};

}  // namespace emr::client
