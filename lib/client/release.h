// Opening a sealed part: collects key parts from the nodes under a committed access and combines a
// quorum of them. The content key exists only here, at the reader.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/limits.h"
#include "client/pool.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/signing.h"
#include "threshold/envelope.h"

namespace emr::client {

struct ReleaseContext {
  Hash32 access{};                           ///< txid of the committed access
  const crypto::SigningKey* key = nullptr;   ///< the key that signed the access
  const crypto::Secret32* box_secret = nullptr;  ///< of the box key that the access named
  std::chrono::milliseconds patience = kPatience;  ///< with one node's answer
  /// So long nodes are asked again, once one has given a part.
  std::chrono::milliseconds wait = kReleaseWait;
};

struct Released {
  crypto::Secret32 content_key;
  /// Nodes that answered with a false part: the founder's id, or the address that is no founder's.
  std::vector<std::string> misbehaving;
};

/// The genesis' threshold key; kConfig when its parts do not belong together.
Result<threshold::KeySet> genesis_keys(const ledger::Genesis& genesis);

/// Asks a quorum of nodes at once, then the others one by one as replacements; once a node has
/// given a part, those that did not are asked again for a moment: they may be behind. Each part is
/// verified as that of the node that sent it. The envelope must carry `expected`, the label rebuilt
/// from what the ledger says. kDenied when nodes refuse, kTempFail (reason "too_few_parts") when
/// too few give parts; the message says what each node answered.
Result<Released> release_part(Pool& pool, const ReleaseContext& context,
                              const threshold::Envelope& envelope,
                              const threshold::Label& expected, crypto::RandomSource& random);

/// One release request to one node, as it is sent and answered (emr.keypart lines).
Result<std::string> request_release(Node& node, const ReleaseContext& context,
                                    std::vector<threshold::Part> parts,
                                    const ledger::ChainId& chain, std::uint64_t nonce);

}  // namespace emr::client
