// What this node keeps of other members' faults: in the store, so that it outlives the process, and
// in bounded amounts, so that a liar can neither fill the disk nor push out what shows another's
// guilt. The first message pair of a place is kept, later ones add nothing. Core thread only;
// visit() may be called from any thread with its own snapshot.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/time.h"
#include "consensus/effects.h"
#include "consensus/messages.h"
#include "ledger/evidence.h"
#include "store/store.h"

namespace emr::node {

class EvidenceLog {
 public:
  /// Reads which places are taken already.
  void load(const store::Snapshot& view);
  /// Puts it into the batch; false when it is known or the culprit's share is used up.
  bool add(store::WriteBatch& batch, const consensus::Evidence& evidence, UnixSeconds now);
  /// A message that came by `from`'s own link with a signature that does not verify.
  bool add_unproven(store::WriteBatch& batch, consensus::NodeIndex from,
                    const consensus::VoteMessage& message, UnixSeconds now);

  /// Every kept entry by rising height; `visit` returns false to stop. Names are the caller's.
  static void visit(const store::Snapshot& view,
                    const std::function<bool(ledger::Evidence)>& visit);

 private:
  bool add_entry(store::WriteBatch& batch, const ledger::Evidence& evidence);

  std::set<std::string, std::less<>> keys_;
  std::map<std::pair<bool, consensus::NodeIndex>, std::size_t> counts_;  ///< (proof?, member)
};

}  // namespace emr::node
