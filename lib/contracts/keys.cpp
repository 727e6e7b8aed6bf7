#include "contracts/keys.h"

#include <initializer_list>

#include "base/hex.h"

namespace emr::contracts::keys {

namespace {

std::string join(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size() + 1;
  std::string key;
  key.reserve(size);
  for (const std::string_view part : parts) {
    if (!key.empty()) key += '/';
    key += part;
  }
  return key;
}

}  // namespace

std::string padded(std::uint64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

std::string place(UnixSeconds time, std::uint64_t height, std::uint32_t index) {
  return join({padded(static_cast<std::uint64_t>(time), 12), padded(height, 12),
               padded(index, 5)});
}

std::string account(const crypto::Address& address) {
  return join({"registration/account", address.text()});
}
std::string identity(std::string_view token) { return join({"registration/identity", token}); }
std::string pending(std::string_view institution, const crypto::Address& address) {
  return join({"registration/pending", institution.empty() ? "-" : institution, address.text()});
}
std::string pending_count(std::string_view institution) {
  return join({"registration/waiting", institution.empty() ? "-" : institution});
}
std::string account_approvals(const crypto::Address& address) {
  return join({"registration/approval", address.text()});
}
std::string closed_patient(std::string_view patient) {
  return join({"registration/closed", patient});
}
std::string session(const crypto::Address& key) {
  return join({"registration/session", key.text()});
}
std::string bindings(std::string_view patient) {
  return join({"registration/binding", patient, ""});
}
std::string binding(std::string_view patient, const crypto::Address& wallet,
                    std::string_view institution) {
  return join({"registration/binding", patient, wallet.text(), institution});
}
std::string bound_patients(const crypto::Address& wallet) {
  return join({"registration/wallet", wallet.text(), ""});
}
std::string bound_patient(const crypto::Address& wallet, std::string_view patient,
                          std::string_view institution) {
  return join({"registration/wallet", wallet.text(), patient, institution});
}

std::string institution(std::string_view id) { return join({"alliance/institution", id}); }
std::string former_institution(std::string_view id) { return join({"alliance/former", id}); }
std::string epoch(std::uint64_t epoch) { return join({"alliance/epochs", padded(epoch, 8)}); }
std::string contract(std::string_view name) { return join({"alliance/contract", name}); }
std::string proposal(std::string_view txid) { return join({"alliance/proposal", txid}); }
std::string open_proposals(std::string_view proposer) {
  return join({"alliance/open", proposer, ""});
}
std::string open_proposal(std::string_view proposer, std::string_view txid) {
  return join({"alliance/open", proposer, txid});
}

std::string record(std::string_view tag) { return join({"records/head", tag}); }
std::string record_versions(std::string_view tag) { return join({"records/version", tag, ""}); }
std::string record_version(std::string_view tag, std::uint64_t version) {
  return join({"records/version", tag, padded(version, 8)});
}

std::string run(std::string_view institution, std::string_view id) {
  return join({"records/run", institution, id});
}

std::string run_of_transaction(std::string_view txid) {
  return join({"records/statement", txid});
}

std::string grants_of(std::string_view patient) { return join({"permission/grant", patient, ""}); }
std::string grant(std::string_view patient, std::string_view id) {
  return join({"permission/grant", patient, id});
}
std::string grant_patient(std::string_view id) { return join({"permission/patient", id}); }
std::string grants_to(std::string_view kind, std::string_view id) {
  return join({"permission/grantee", kind, id, ""});
}
std::string access(std::string_view txid) { return join({"permission/access", txid}); }

std::string emergencies_of(std::string_view patient) {
  return join({"permission/emergency", patient, ""});
}
std::string emergency(std::string_view patient, std::string_view id) {
  return join({"permission/emergency", patient, id});
}
std::string emergency_patient(std::string_view id) { return join({"permission/declared", id}); }
std::string emergency_right(const crypto::Address& by, std::string_view token) {
  return join({"permission/breaking", by.text(), token});
}

std::string requests_of(std::string_view patient) {
  return join({"permission/request", patient, ""});
}
std::string request(std::string_view patient, std::string_view id) {
  return join({"permission/request", patient, id});
}
std::string request_patient(std::string_view id) { return join({"permission/requested", id}); }
std::string waiting_requests(std::string_view patient, const crypto::Address& by) {
  return join({"permission/waiting", patient, by.text(), ""});
}
std::string waiting_request(std::string_view patient, const crypto::Address& by,
                            std::string_view id) {
  return join({"permission/waiting", patient, by.text(), id});
}

std::string booking(std::string_view id) { return join({"appointment/booking", id}); }
std::string booking_count(const crypto::Address& wallet, std::string_view month) {
  return join({"appointment/count", wallet.text(), month});
}
std::string slot(std::string_view institution, std::string_view slot) {
  return join({"appointment/slot", institution, slot});
}

std::string replay(const crypto::Address& from, const ledger::Nonce& nonce) {
  return join({"replay", from.text(), to_hex(nonce)});
}
std::string expiry(UnixSeconds time, std::string_view rest) {
  return join({"expiry", padded(static_cast<std::uint64_t>(time), 12), rest});
}

}  // namespace emr::contracts::keys
