// Whose word counts, where nothing is proven. f members may lie, so that what f + 1 of them say is
// said by an honest one too. A member is a founder, by the address that the genesis gives it or,
// for any other address, by the name that its node gives: there a liar may give another's name, so
// that addresses are the caller's to choose well. One institution has one voice. Values.
#pragma once

#include <chrono>
#include <cstddef>
#include <set>
#include <string>

#include "client/limits.h"
#include "client/pool.h"
#include "ledger/genesis.h"

namespace emr::client {

/// f + 1 of the founders.
std::size_t honest_among(const ledger::Genesis& genesis);

/// The founder whose word that of the pool's current node is, or "" when it is nobody's. kConfig
/// (reason "genesis") when the node is of another ledger.
Result<std::string> speaker(Pool& pool, std::chrono::milliseconds timeout = kPatience);

/// The nodes of a pool that said the same.
class Voices {
 public:
  void add(std::size_t node, const std::string& member) {
    nodes_.insert(node);
    if (!member.empty()) members_.insert(member);
  }
  /// f + 1 members; or every node that there is to ask, when those are fewer.
  bool are_enough(const Pool& pool) const {
    return members_.size() >= honest_among(pool.genesis()) || nodes_.size() == pool.size();
  }

 private:
  std::set<std::size_t> nodes_;
  std::set<std::string> members_;
};

}  // namespace emr::client
