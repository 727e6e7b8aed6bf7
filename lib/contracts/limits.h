// Limits of the contracts, each with its reason. All of them are consensus rules: changing one
// changes what a block leads to, so it needs a new contract version in the genesis.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::contracts {

/// A session outlives a long shift and no more.
inline constexpr std::int64_t kSessionSecondsMax = 24 * 60 * 60;
/// The window in which an access may be turned into key parts.
inline constexpr std::uint64_t kAccessMinutesMax = 60;
/// Applications that wait at one institution: whoever makes keys cannot fill the state with them.
inline constexpr std::size_t kPendingMax = 10'000;
/// Proposals that wait for a quorum at one time; people read them.
inline constexpr std::size_t kOpenProposalsMax = 64;
/// Expiry lists that one block clears; each holds at most one block's keys.
inline constexpr std::size_t kExpiriesPerBlock = 64;
/// Rules of one patient that one decision reads. More than that is refused when granting.
inline constexpr std::size_t kGrantsPerPatientMax = 512;
/// A rule ends after six years at the latest (the accounting period of HIPAA 164.528); renewing is
/// one signature.
inline constexpr std::int64_t kGrantSecondsMax = std::int64_t{6} * 366 * 24 * 60 * 60;
/// Versions of one record.
inline constexpr std::uint64_t kVersionsMax = 10'000;
/// Wallets attested for one patient (a lost one, its successor, a guardian's).
inline constexpr std::size_t kBindingsPerPatientMax = 64;
/// Rows of one answer, and the default.
inline constexpr std::uint64_t kRowsMax = 1'000;
inline constexpr std::uint64_t kRowsDefault = 100;
/// Index entries that one query may read before it must hand out a cursor.
inline constexpr std::size_t kScanMax = 20'000;
/// Tags of one lookup: a batch of the importer.
inline constexpr std::size_t kLookupTagsMax = 500;

}  // namespace emr::contracts
