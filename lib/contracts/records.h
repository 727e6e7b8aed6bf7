// Records as the state holds them: a head per record (what queries and rules need) and one value
// per version (what proofs and releases need). Typed reading and writing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/address.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The value of records/head/<tag>. All hashes in hex, as they are looked up.
struct RecordHead {
  std::string tag;
  std::string institution;
  std::string patient;
  std::string doctor;
  std::string doc_type;
  std::string confidentiality;
  std::string visit_type;
  std::string month;
  std::string content;        ///< tag of the newest version's content
  std::uint64_t version = 0;  ///< the newest
  crypto::Address author{};   ///< who wrote the newest version
  UnixSeconds updated = 0;
};
std::optional<RecordHead> find_record(const ledger::StateReader& state, std::string_view tag);
void put_record(ledger::Overlay& state, const RecordHead& head);
/// One row of an answer.
std::string record_json(const RecordHead& head);

}  // namespace emr::contracts
