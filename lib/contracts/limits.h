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
/// An emergency is over after a shift's half: what still is to be read then has time for a rule.
inline constexpr std::uint64_t kEmergencyMinutesMax = 4 * 60;
/// Within this time somebody else must have said whether it was justified.
inline constexpr std::int64_t kReviewSeconds = std::int64_t{72} * 60 * 60;
/// Requests of one doctor that wait for one patient: a patient is asked, not pressed.
inline constexpr std::size_t kWaitingRequestsMax = 8;
/// A request that a patient left unanswered for a month is closed, as proposals are.
inline constexpr std::int64_t kRequestSecondsMax = std::int64_t{30} * 24 * 60 * 60;
/// Records of the patient that one request looks at to learn which institutions it concerns.
inline constexpr std::size_t kRequestScanMax = 256;
/// Appointments that one wallet holds at a time under one stated month: what it can take away from
/// others is bounded. That a slot lies in its month is the hospital's word; the tag hides it.
inline constexpr std::uint64_t kBookingsMax = 32;
/// Applications that wait at one institution: whoever makes keys cannot fill the state with them.
inline constexpr std::size_t kPendingMax = 10'000;
/// Proposals of one member, and of all newcomers together, that wait at one time: strangers who
/// make keys cannot keep members from deciding.
inline constexpr std::size_t kOpenProposalsMax = 16;
/// A proposal that no quorum wanted in a month is closed.
inline constexpr std::int64_t kProposalSecondsMax = std::int64_t{30} * 24 * 60 * 60;
/// Expiry lists that one block clears: more than one block of logins and accesses can add.
inline constexpr std::size_t kExpiriesPerBlock = 2 * 4096;
/// Rules that one signer may have made about one patient. Per signer, so that a wallet attested by
/// a dishonest member cannot use up what the patient needs.
inline constexpr std::size_t kGrantsPerSignerMax = 256;
/// Rules about one patient that one decision reads; past it nothing is permitted.
inline constexpr std::size_t kGrantsPerPatientMax = 16'384;
/// A rule ends after six years at the latest (the accounting period of HIPAA 164.528); renewing is
/// one signature.
inline constexpr std::int64_t kGrantSecondsMax = std::int64_t{6} * 366 * 24 * 60 * 60;
/// Versions of one record.
inline constexpr std::uint64_t kVersionsMax = 10'000;
/// Wallets that one institution attests for one patient (a lost one, its successor, guardians'),
/// and patients that it attests for one wallet. Per institution, for the reason above.
inline constexpr std::size_t kWalletsPerPatientMax = 8;
inline constexpr std::size_t kPatientsPerWalletMax = 64;
/// All attestations of one patient or wallet that one call reads: 64 members times the larger.
inline constexpr std::size_t kBindingsMax = 64 * kPatientsPerWalletMax;
/// Records of one run of de-identification: below 2^53, so that every reader of JSON counts right.
inline constexpr std::uint64_t kRunRecordsMax = 1'000'000'000'000;
/// Contracts that a genesis lists, and the heights that a proposal may name (below 2^53, as above).
inline constexpr std::size_t kContractsMax = 32;
inline constexpr std::uint64_t kHeightMax = 1'000'000'000'000;
inline constexpr std::uint64_t kContractVersionMax = 65'535;
/// Weight of a storage node: a hundred units tell a small hospital's disk from a large one's, and a
/// placement among 64 nodes stays about a millisecond.
inline constexpr std::uint64_t kStorageWeightMax = 100;
/// Copies of an object: members there can be.
inline constexpr std::uint64_t kCopiesMax = 64;
/// Counts below this are told to nobody; whoever asks may want more.
inline constexpr std::uint64_t kCellLeast = 5;
/// Counters that one table may read: about a tenth of a second.
inline constexpr std::size_t kCellsScanMax = 50'000;
/// Rows of one answer, and the default.
inline constexpr std::uint64_t kRowsMax = 1'000;
inline constexpr std::uint64_t kRowsDefault = 100;
/// Index entries that one query may read before it must hand out a cursor.
inline constexpr std::size_t kScanMax = 20'000;
/// Tags of one lookup: a batch of the importer.
inline constexpr std::size_t kLookupTagsMax = 500;

}  // namespace emr::contracts
