// What a node asks before it lets key parts or sidecars out: facts of state in typed form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/address.h"
#include "ledger/genesis.h"
#include "ledger/method.h"
#include "ledger/state.h"
#include "ledger/transaction.h"

namespace emr::contracts {

/// One committed version of a record, as far as the ledger knows it.
struct RecordVersion {
  Hash32 record{};
  std::uint64_t version = 0;
  Hash32 content{};
  std::string institution;
  Hash32 patient{};
  Hash32 txid{};  ///< the transaction whose sidecar holds the parts
  std::uint64_t height = 0;
  std::uint64_t index = 0;
  std::vector<std::pair<ledger::Part, Hash32>> commits;
  std::vector<Hash32> handles;
};
/// `version` 0 asks for the newest. kNegative, reason "not_found", when there is none.
Result<RecordVersion> find_record_version(const ledger::StateReader& state, const Hash32& record,
                                          std::uint64_t version);

/// What the transaction stated about a run of de-identification, as JSON. kNegative, reason
/// "not_found", when it stated nothing new.
Result<std::string> find_run(const ledger::StateReader& state, const Hash32& txid);
/// May this subject see what members and auditors see of runs of de-identification?
bool may_see_runs(const ledger::StateReader& state, const crypto::Address& subject);

/// A permitted access transaction: the only permission to release key parts that there is.
struct AccessRight {
  Hash32 txid{};
  crypto::Address from{};
  crypto::Address signer{};  ///< the key that must sign the release request
  Hash32 box_key{};          ///< the only key that parts may be sealed to
  Hash32 record{};
  std::uint64_t version = 0;
  std::vector<ledger::Part> parts;
  UnixSeconds expires = 0;
};
/// kDenied, reason "no_access", when there is none, it has expired, the session has ended or the
/// reader was suspended meanwhile.
Result<AccessRight> find_access(const ledger::StateReader& state, const Hash32& txid,
                                UnixSeconds time);

/// May this subject see the public half of the record (and therefore its sidecar)?
bool may_see_record(const ledger::StateReader& state, const ledger::Genesis& genesis,
                    const crypto::Address& subject, const Hash32& record, UnixSeconds time);

/// May this subject put content blocks: staff (doctor, service, admin) of a writing institution.
bool may_put_content(const ledger::StateReader& state, const crypto::Address& subject);

/// Does `signer` speak for `from` now: the same address or a live session of it?
bool speaks_for(const ledger::StateReader& state, const crypto::Address& signer,
                const crypto::Address& from, UnixSeconds time);

/// The height of the block that used (from, nonce); nullopt when none did, or longer ago than
/// replay keys live.
std::optional<std::uint64_t> nonce_used_at(const ledger::StateReader& state,
                                           const crypto::Address& from, const ledger::Nonce& nonce);

}  // namespace emr::contracts
