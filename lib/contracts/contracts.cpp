#include "contracts/contracts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/audit.h"
#include "contracts/cells.h"
#include "contracts/expiry.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/members.h"
#include "contracts/membership.h"
#include "contracts/methods.h"
#include "contracts/outcome.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::contracts {

using json::Json;
using ledger::BlockContext;
using ledger::Overlay;
using ledger::StateReader;
using ledger::VerifiedTransaction;

namespace {

bool open_to(const ledger::MethodSpec& method, std::string_view role) {
  return std::find(method.roles.begin(), method.roles.end(), role) != method.roles.end();
}

/// The role gate of the method table. When an institution leaves, its people lose every right.
Outcome check_role(const StateReader& state, const ledger::MethodSpec& method,
                   const std::optional<Account>& account) {
  if (open_to(method, "anyone")) return done();
  if (!account) return denied("not_registered");
  if (!account->active()) return denied("not_active");
  if (!is_of_alliance(state, *account)) return denied("not_member");
  if (open_to(method, "any") || open_to(method, account->role)) return done();
  return denied("role");
}

/// What must hold before anything else: window, replay, subject. These outcomes burn no nonce.
/// `replay` is the transaction's key.
Outcome check_envelope(const StateReader& state, const VerifiedTransaction& tx,
                       const std::string& replay, UnixSeconds time) {
  const ledger::Core& core = tx.core();
  if (core.valid_until < time) return failed("expired");
  if (core.valid_until > time + kReplaySeconds) return failed("validity_window");
  if (state.get(replay)) return failed("replay");
  if (tx.signer() == core.from) return done();
  const bool session = tx.method().by_session && speaks_for(state, tx.signer(), core.from, time);
  return session ? done() : denied("not_subject");
}

Outcome dispatch(Call& call) {
  const std::string& contract = call.tx.core().contract;
  if (contract == "registration") return apply_registration(call);
  if (contract == "alliance") return apply_alliance(call);
  if (contract == "records") return apply_records(call);
  if (contract == "permission") return apply_permission(call);
  EMR_CHECK(contract == "appointment");
  return apply_appointment(call);
}

/// The contract on an overlay of its own, which is kept only when the outcome is ok.
Outcome run(Overlay& state, const VerifiedTransaction& tx, const BlockContext& block,
            const std::optional<Account>& account, AuditFacts& facts) {
  Overlay child(&state);
  Call call{child, tx, block, account, facts};
  Outcome outcome = dispatch(call);
  if (outcome.status == ledger::ReceiptStatus::kOk) state.absorb(std::move(child));
  return outcome;
}

bool burns_nonce(const Outcome& outcome) {
  return outcome.reason != "expired" && outcome.reason != "validity_window" &&
         outcome.reason != "replay" && outcome.reason != "not_subject";
}

}  // namespace

std::optional<std::uint64_t> nonce_used_at(const StateReader& state, const crypto::Address& from,
                                           const ledger::Nonce& nonce) {
  const auto value = state.get(keys::replay(from, nonce));
  if (!value) return std::nullopt;
  const auto tree = json::parse_object(*value);
  const auto height = tree ? json::get_u64(*tree, "height") : Result<std::uint64_t>(tree.error());
  return height ? std::optional(*height) : std::nullopt;
}

namespace {

Json institution_value(const ledger::Institution& one, std::size_t replica) {
  return {{"id", one.id},
          {"name", one.name},
          {"uscc", one.uscc},
          {"admin", one.admin.text()},
          {"archiveKey", to_hex(one.archive_key)},
          {"permission", one.permission == ledger::NodePermission::kWrite ? "write" : "read"},
          {"replica", replica},
          {"since", 0},
          {"status", "member"},
          {"node",
           {{"role", "validator"},
            {"voteKey", to_hex(one.node.vote_key)},
            {"transportKey", to_hex(one.node.transport_key)},
            {"boxKey", to_hex(one.node.box_key)},
            {"peer", one.node.peer},
            {"http", one.node.http}}}};
}

}  // namespace

const ledger::MethodTable& Contracts::methods() const { return method_table(); }

void Contracts::found(Overlay& state, const ledger::Genesis& genesis) const {
  for (std::size_t i = 0; i < genesis.institutions.size(); ++i) {
    const ledger::Institution& one = genesis.institutions[i];
    state.put(keys::institution(one.id), json::canonical_checked(institution_value(one, i)));
    put_account(state, {one.admin, "admin", one.id, "", "active", genesis.time, ""});
  }
  found_epoch(state, genesis);
  found_versions(state, genesis);
  begin_counting(state, 0);
}

quorum::ValidatorSet Contracts::validators(const StateReader& state,
                                           const ledger::Genesis& genesis) const {
  auto row = find_epoch(state, current_epoch(state));
  return row ? std::move(row->set) : ledger::genesis_validators(genesis);
}

void Contracts::begin_block(Overlay& state, const BlockContext& block) const {
  clear_expired(state, block);
  begin_counting(state, block.height);
}

void Contracts::end_block(Overlay& state, const BlockContext& block) const {
  list_expiries(state, block);
}

ledger::Receipt Contracts::execute(Overlay& state, const VerifiedTransaction& tx,
                                   const BlockContext& block) const {
  AuditFacts facts;
  const auto account = find_account(state, tx.core().from);
  std::string replay = keys::replay(tx.core().from, tx.core().nonce);
  Outcome outcome = check_envelope(state, tx, replay, block.time);
  if (outcome.status == ledger::ReceiptStatus::kOk &&
      !check_in_version(state, tx.method(), block.height)) {
    outcome = failed("not_in_version");
  }
  if (outcome.status == ledger::ReceiptStatus::kOk) {
    outcome = check_role(state, tx.method(), account);
  }
  if (outcome.status == ledger::ReceiptStatus::kOk) {
    outcome = run(state, tx, block, account, facts);
  }
  if (burns_nonce(outcome)) {
    state.put(std::move(replay), replay_mark(block.height) +
                                     "\"index\":" + std::to_string(block.index) + "}");
  }
  write_audit(state, tx, block, account, facts, outcome);
  return {tx.txid(), outcome.status, outcome.reason, outcome.data_json};
}

Status Contracts::runs(const StateReader& state, std::uint64_t height) const {
  return check_software(state, software_, height);
}

Status Contracts::has_method(const StateReader& state, const ledger::MethodSpec& method,
                             std::uint64_t height) const {
  return check_in_version(state, method, height);
}

Status Contracts::admit(const StateReader& state, const VerifiedTransaction& tx,
                        const BlockContext& block) const {
  EMR_TRY(check_in_version(state, tx.method(), block.height));
  Outcome outcome =
      check_envelope(state, tx, keys::replay(tx.core().from, tx.core().nonce), block.time);
  if (outcome.status == ledger::ReceiptStatus::kOk && !open_to(tx.method(), "anyone")) {
    const auto account = find_account(state, tx.core().from);
    if (!account) outcome = denied("not_registered");
    else if (!account->active()) outcome = denied("not_active");
    else if (!is_of_alliance(state, *account)) outcome = denied("not_member");
  }
  if (outcome.status == ledger::ReceiptStatus::kOk) return {};
  const bool is_denied = outcome.status == ledger::ReceiptStatus::kDenied;
  return fail(is_denied ? Code::kDenied : Code::kData,
              is_denied ? "the account may not do this" : "transaction cannot be accepted now")
      .with_reason(outcome.reason);
}

}  // namespace emr::contracts
