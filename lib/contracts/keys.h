// Where everything stands in the state: one function per key family, so that no contract spells a
// key by hand. Numbers are zero-padded, so that byte order is numeric order. FORMAT.md lists the
// families with their values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/address.h"
#include "ledger/transaction.h"

namespace emr::contracts::keys {

/// `number` in at least `digits` decimal digits.
std::string padded(std::uint64_t number, std::size_t digits);
/// "<time>/<height>/<index>": the place of a transaction in time.
std::string place(UnixSeconds time, std::uint64_t height, std::uint32_t index);

std::string account(const crypto::Address& address);
std::string identity(std::string_view token);
std::string pending(std::string_view institution, const crypto::Address& address);
std::string pending_count(std::string_view institution);
std::string account_approvals(const crypto::Address& address);
std::string closed_patient(std::string_view patient);
std::string session(const crypto::Address& key);
std::string bindings(std::string_view patient);
std::string binding(std::string_view patient, const crypto::Address& wallet,
                    std::string_view institution);
std::string bound_patients(const crypto::Address& wallet);
std::string bound_patient(const crypto::Address& wallet, std::string_view patient,
                          std::string_view institution);

std::string institution(std::string_view id);
std::string former_institution(std::string_view id);
std::string epoch(std::uint64_t epoch);
std::string contract(std::string_view name);
std::string proposal(std::string_view txid);
/// `proposer`: the member's id, or kNewcomer.
std::string open_proposals(std::string_view proposer);
std::string open_proposal(std::string_view proposer, std::string_view txid);

std::string record(std::string_view tag);
std::string record_versions(std::string_view tag);
std::string record_version(std::string_view tag, std::uint64_t version);

std::string run(std::string_view institution, std::string_view id);
std::string run_of_transaction(std::string_view txid);

std::string grants_of(std::string_view patient);
std::string grant(std::string_view patient, std::string_view id);
std::string grant_patient(std::string_view id);
std::string grants_to(std::string_view kind, std::string_view id);
std::string access(std::string_view txid);
std::string emergencies_of(std::string_view patient);
std::string emergency(std::string_view patient, std::string_view id);
std::string emergency_patient(std::string_view id);
/// `token`: the record or the patient that the newest declaration by this account is about.
std::string emergency_right(const crypto::Address& by, std::string_view token);

std::string requests_of(std::string_view patient);
std::string request(std::string_view patient, std::string_view id);
std::string request_patient(std::string_view id);
/// Requests of this doctor that wait for the patient's answer.
std::string waiting_requests(std::string_view patient, const crypto::Address& by);
std::string waiting_request(std::string_view patient, const crypto::Address& by,
                            std::string_view id);

std::string booking(std::string_view id);
std::string booking_count(const crypto::Address& wallet, std::string_view month);
/// Who holds the slot now.
std::string slot(std::string_view institution, std::string_view slot);

std::string replay(const crypto::Address& from, const ledger::Nonce& nonce);
std::string expiry(UnixSeconds time, std::string_view rest);

inline constexpr std::string_view kInstitutions = "alliance/institution/";
inline constexpr std::string_view kFormerInstitutions = "alliance/former/";
inline constexpr std::string_view kCurrentEpoch = "alliance/epoch";
inline constexpr std::string_view kContracts = "alliance/contract/";
inline constexpr std::string_view kCells = "index/count/";
inline constexpr std::string_view kCounting = "index/counting";
inline constexpr std::string_view kStorage = "alliance/storage";
inline constexpr std::string_view kOpenProposals = "alliance/open/";
inline constexpr std::string_view kNewcomer = "-";
inline constexpr std::string_view kAccounts = "registration/account/";
inline constexpr std::string_view kPending = "registration/pending/";
inline constexpr std::string_view kSessions = "registration/session/";
inline constexpr std::string_view kReplay = "replay/";
inline constexpr std::string_view kAudit = "audit/";
inline constexpr std::string_view kExpiry = "expiry/";
/// The value of keys whose presence says everything.
inline constexpr std::string_view kPresent = "true";

}  // namespace emr::contracts::keys
