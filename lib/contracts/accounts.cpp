#include "contracts/accounts.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "contracts/access.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/members.h"
#include "contracts/stored.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::contracts {

using json::Json;

namespace {

crypto::Address address_of(const Json& text) {
  auto address = crypto::parse_canonical_address(text.get_ref<const std::string&>());
  return *std::move(address);
}

std::string text_of(const Json& tree, const char* key) {
  const auto found = tree.find(key);
  return found == tree.end() ? std::string() : found->get<std::string>();
}

/// Visits the text members of a flat object that this program wrote. Without a tree, because every
/// transaction reads its account more than once.
template <class Take>
void for_each_text(std::string_view text, Take take) {
  json::Tokenizer tokens(text, json::Profile::kStrict);
  std::string_view name;
  for (json::Token token = tokens.next(); token.kind != json::TokenKind::kEnd;
       token = tokens.next()) {
    EMR_CHECK(token.kind != json::TokenKind::kError);
    if (token.kind == json::TokenKind::kKey) name = tokens.content(token);
    if (token.kind == json::TokenKind::kString) take(name, json::unescape(tokens.content(token)));
  }
}

/// The last '/'-separated part of a key.
std::string_view last_part(std::string_view key) { return key.substr(key.rfind('/') + 1); }

}  // namespace

bool Account::is_staff() const {
  return active() && !institution.empty() &&
         (role == "doctor" || role == "service" || role == "admin");
}

std::optional<Account> find_account(const ledger::StateReader& state,
                                    const crypto::Address& address) {
  const auto text = state.get(keys::account(address));
  if (!text) return std::nullopt;
  Account account;
  account.address = address;
  for_each_text(*text, [&](std::string_view name, std::string value) {
    if (name == "role") account.role = std::move(value);
    if (name == "institution") account.institution = std::move(value);
    if (name == "identity") account.identity = std::move(value);
    if (name == "status") account.status = std::move(value);
    if (name == "since") account.since = *parse_utc(value);
    if (name == "decidedBy") account.decided_by = std::move(value);
  });
  return account;
}

std::string account_json(const Account& account) {
  Json tree{{"address", account.address.text()},
            {"role", account.role},
            {"since", format_utc(account.since)},
            {"status", account.status}};
  if (!account.institution.empty()) tree["institution"] = account.institution;
  if (!account.identity.empty()) tree["identity"] = account.identity;
  if (!account.decided_by.empty()) tree["decidedBy"] = account.decided_by;
  return json::canonical_checked(tree);
}

void put_account(ledger::Overlay& state, const Account& account) {
  state.put(keys::account(account.address), account_json(account));
}

std::optional<Session> find_session(const ledger::StateReader& state, const crypto::Address& key) {
  const auto text = state.get(keys::session(key));
  if (!text) return std::nullopt;
  Session session;
  session.key = key;
  for_each_text(*text, [&](std::string_view name, std::string value) {
    if (name == "from") session.from = *crypto::parse_canonical_address(value);
    if (name == "boxKey") session.box_key = std::move(value);
    if (name == "until") session.until = *parse_utc(value);
  });
  return session;
}

void put_session(ledger::Overlay& state, const Session& session) {
  state.put(keys::session(session.key), Members(192)
                                            .text("boxKey", session.box_key)
                                            .text("from", session.from.text())
                                            .text("until", format_utc(session.until))
                                            .take());
}

std::optional<Member> find_member(const ledger::StateReader& state, std::string_view institution) {
  const auto text = state.get(keys::institution(institution));
  if (!text) return std::nullopt;
  const Json tree = load(*text);
  return Member{std::string(institution), address_of(tree["admin"]),
                text_of(tree, "permission") == "write"};
}

std::size_t member_count(const ledger::StateReader& state) {
  return state.scan(keys::kInstitutions, "", ledger::kInstitutionsMax * 16).size();
}

bool is_of_alliance(const ledger::StateReader& state, const Account& account) {
  if (account.institution.empty() || account.role == "patient") return true;
  return state.get(keys::institution(account.institution)).has_value();
}

bool is_bound(const ledger::StateReader& state, std::string_view patient,
              const crypto::Address& wallet, std::string_view institution) {
  if (!institution.empty() && state.get(keys::binding(patient, wallet, institution))) return true;
  std::size_t attesters = 0;  // those who left the alliance have no say in it any more
  for (const std::string& one : attesters_of(state, patient, wallet)) {
    attesters += state.get(keys::institution(one)).has_value() ? 1 : 0;
  }
  return attesters > (member_count(state) - 1) / 3;
}

bool has_binding(const ledger::StateReader& state, std::string_view patient,
                 std::string_view institution) {
  for (const auto& entry : state.scan(keys::bindings(patient), "", kBindingsMax)) {
    if (last_part(entry.key) == institution) return true;
  }
  return false;
}

bool is_attested(const ledger::StateReader& state, std::string_view patient,
                 const crypto::Address& wallet) {
  return !state.scan(keys::binding(patient, wallet, ""), "", 1).empty();
}

std::vector<std::string> attesters_of(const ledger::StateReader& state, std::string_view patient,
                                      const crypto::Address& wallet) {
  std::vector<std::string> institutions;
  for (const auto& entry : state.scan(keys::binding(patient, wallet, ""), "", kBindingsMax)) {
    institutions.emplace_back(last_part(entry.key));
  }
  return institutions;
}

std::vector<std::string> patients_of(const ledger::StateReader& state,
                                     const crypto::Address& wallet) {
  std::vector<std::string> patients;
  const std::string prefix = keys::bound_patients(wallet);
  for (const auto& entry : state.scan(prefix, "", kBindingsMax)) {
    std::string patient = entry.key.substr(prefix.size(), 64);
    if (patients.empty() || patients.back() != patient) patients.push_back(std::move(patient));
  }
  return patients;
}

bool speaks_for(const ledger::StateReader& state, const crypto::Address& signer,
                const crypto::Address& from, UnixSeconds time) {
  if (signer == from) return true;
  const auto session = find_session(state, signer);
  return session && session->from == from && session->until >= time;
}

}  // namespace emr::contracts
