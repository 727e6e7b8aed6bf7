// A consortium in a test: four hospitals, people with roles, and a chain of one-transaction blocks
// over a map. Every block is executed twice, by a primary and by a backup, which must agree.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/check.h"
#include "contracts/contracts.h"
#include "contracts/methods.h"
#include "contracts/query.h"
#include "json/json.h"
#include "ledger/testing.h"

namespace emr::contracts::testing {

using ledger::testing::hex_of;
using ledger::testing::key_of;
using ledger::testing::kStart;
using json::Json;

inline std::string address_of(std::string_view name) { return key_of(name).address().text(); }

/// Founded at these versions of the contracts.
inline ledger::Genesis at_versions(ledger::Genesis genesis, const Software& versions) {
  genesis.contracts = versions;
  const Status sealed = ledger::seal_genesis(genesis);
  EMR_CHECK(sealed.ok());
  return genesis;
}

class World {
 public:
  /// At the versions of this program, or all contracts at `versions`.
  explicit World(bool last_reads_only = false, std::uint32_t versions = 0)
      : World(at_versions(ledger::testing::make_genesis(4, last_reads_only),
                          versions_of(versions))) {}
  explicit World(ledger::Genesis founding, const Software& software = software_versions())
      : genesis(std::move(founding)),
        chain(genesis.chain()),
        executor(software),
        app(make()) {}

  /// The alliance's rule for readers whom no rule of a patient names; before anything else.
  void use_policy(const char* policy) { genesis.implicit_policy = policy; }

  /// A signed, verified transaction. `signer` "" = the subject itself.
  ledger::VerifiedPtr make_tx(std::string_view from, std::string_view contract,
                              std::string_view method, Json args, std::string_view signer = "") {
    ledger::Core core;
    core.contract = contract;
    core.method = method;
    core.from = key_of(from).address();
    core.nonce[0] = static_cast<std::uint8_t>(++nonce_ >> 8);
    core.nonce[1] = static_cast<std::uint8_t>(nonce_);
    core.valid_until = now + 3600;
    core.args = std::make_shared<const Json>(std::move(args));
    const ledger::MethodSpec* spec = method_table().find(contract, method);
    EMR_CHECK(spec != nullptr);
    for (const ledger::PartSpec& part : spec->parts) {
      if (part.required) core.payload.push_back({part.part, ledger::testing::hash_of("part")});
    }
    auto tx = ledger::make_transaction(std::move(core), method_table());
    if (!tx) std::fprintf(stderr, "%s: arguments do not fit\n", tx.error().pointer.c_str());
    EMR_CHECK(tx.ok());
    const Status done =
        ledger::sign_transaction(*tx, chain, key_of(signer.empty() ? from : signer));
    EMR_CHECK(done.ok());
    auto verified = ledger::verify_transaction(*std::move(tx), chain);
    return *std::move(verified);
  }

  /// Executes one block with these, whether or not a primary would have taken them.
  std::vector<ledger::Receipt> commit(const std::vector<ledger::VerifiedPtr>& txs) {
    ledger::Overlay overlay(&state);
    ledger::BlockContext context{&genesis, app.tip().height + 1, now, 0};
    executor.begin_block(overlay, context);
    std::vector<ledger::Receipt> receipts;
    for (const auto& tx : txs) {
      receipts.push_back(executor.execute(overlay, *tx, context));
      ++context.index;
    }
    executor.end_block(overlay, context);
    const auto writes = overlay.writes();
    ledger::ChainTip tip = app.tip();
    tip.height += 1;
    tip.time = now;
    tip.writes_hash = ledger::chain_writes(tip.writes_hash, writes);
    state.apply(writes);
    app.restore(tip, ledger::StateTree::of(state));
    return receipts;
  }

  ledger::Receipt run(std::string_view from, std::string_view contract, std::string_view method,
                      Json args, std::string_view signer = "") {
    last = make_tx(from, contract, method, std::move(args), signer);
    return commit({last}).front();
  }

  /// "ok", or the reason.
  std::string outcome(std::string_view from, std::string_view contract, std::string_view method,
                      Json args, std::string_view signer = "") {
    const auto receipt = run(from, contract, method, std::move(args), signer);
    return receipt.status == ledger::ReceiptStatus::kOk ? "ok" : receipt.reason;
  }

  /// Proposed by hosp-a, approved by three; the last outcome.
  std::string decide(const Json& proposal) {
    const std::string proposed = outcome("hosp-a admin", "alliance", "propose", proposal);
    if (proposed != "ok") return proposed;
    const Json approval{{"proposal", to_hex(last->txid())}, {"institution", "hosp-a"}};
    std::string approved;
    for (const char* who : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
      approved = outcome(who, "alliance", "approve", approval);
      if (approved != "ok") return approved;
    }
    return approved;
  }

  void enrol(std::string_view name, std::string_view role, std::string_view institution) {
    Json args{{"role", role}, {"identity", hex_of(std::string("identity ") + std::string(name))}};
    if (!institution.empty()) args["institution"] = institution;
    EMR_CHECK(outcome(name, "registration", "apply", args) == "ok");
    const Json decision{{"address", address_of(name)}, {"role", role}};
    const std::string first(institution.empty() ? "hosp-a" : institution);
    EMR_CHECK(outcome(first + " admin", "registration", "approve", decision) == "ok");
    if (role == "auditor" && institution.empty()) {
      EMR_CHECK(outcome("hosp-b admin", "registration", "approve", decision) == "ok");
    }
  }

  /// The usual people. dr-a and dr-a2 work at hosp-a, dr-b at hosp-b, pat is attested at hosp-a.
  void populate() {
    enrol("dr-a", "doctor", "hosp-a");
    enrol("dr-a2", "doctor", "hosp-a");
    enrol("dr-b", "doctor", "hosp-b");
    enrol("bot-a", "service", "hosp-a");
    enrol("pat", "patient", "");
    enrol("auditor", "auditor", "");
    EMR_CHECK(outcome("hosp-a admin", "registration", "attest",
                      {{"patient", hex_of("pat token")}, {"address", address_of("pat")}}) == "ok");
  }

  static Json record_args(std::string_view record = "record 1", std::string_view content = "c1") {
    return {{"record", hex_of(record)},   {"content", hex_of(content)},
            {"patient", hex_of("pat token")}, {"doctor", hex_of("doctor token")},
            {"docType", "C0002"},         {"confidentiality", "N"},
            {"visitType", "1"},           {"month", "2026-11"},
            {"handles", Json::array()},   {"policy", hex_of("policy")}};
  }
  static Json amend_args(std::string_view record, std::string_view content, int base) {
    Json args = record_args(record, content);
    args["baseVersion"] = base;
    args["reasonCode"] = "correction";
    return args;
  }
  static Json run_args(std::string_view output, int records = 12) {
    return {{"output", hex_of(output)}, {"policy", hex_of("policy")}, {"records", records},
            {"rejected", 0},            {"suppressed", 1},            {"grade", "2"}};
  }
  Json grant_args(std::string_view to_kind, std::string_view to_id,
                  std::string_view effect = "permit") const {
    return {{"patient", hex_of("pat token")},
            {"to", {{"kind", to_kind}, {"id", to_id}}},
            {"scope", Json::object()},
            {"purpose", {"TREAT"}},
            {"since", format_utc(now)},
            {"until", format_utc(now + 30 * 86400)},
            {"effect", effect}};
  }
  static Json access_args(std::string_view record = "record 1") {
    return {{"record", hex_of(record)},
            {"parts", {"original"}},
            {"purpose", "TREAT"},
            {"boxKey", hex_of("box")},
            {"minutes", 10}};
  }

  /// Rows of a query, or {{"error", reason}}.
  std::vector<Json> ask(std::string_view from, Json body, std::string_view signer = "",
                        QueryAnswer* whole = nullptr) {
    ledger::SignedQuery query;
    query.from = key_of(from).address();
    query.kind = body["kind"];
    query.query_json = body.dump();
    query.signature.by = key_of(signer.empty() ? from : signer).address();
    const QueryContext context{&state, &genesis, app.tip().height, now};
    const Status allowed = authorise_query(context, query);
    if (!allowed) return {{{"error", allowed.error().reason}}};
    auto answer = answer_query(context, query);
    if (!answer) return {{{"error", answer.error().reason}}};
    if (whole != nullptr) *whole = *answer;
    std::vector<Json> rows;
    for (const std::string& row : answer->rows) {
      rows.push_back(Json::parse(row));
      // Every record of ours says what it is, and in which version.
      CHECK(rows.back().value("type", "").starts_with("emr."));
      CHECK(rows.back().value("v", 0) == 1);
    }
    return rows;
  }

  ledger::Genesis genesis;
  ledger::ChainId chain;
  Contracts executor;
  ledger::MapState state;
  UnixSeconds now = kStart + 10;
  ledger::VerifiedPtr last;
  ledger::Application app;

 private:
  static Software versions_of(std::uint32_t versions) {
    Software all = software_versions();
    for (ledger::ContractVersion& one : all) one.version = versions == 0 ? one.version : versions;
    return all;
  }
  ledger::Application make() {
    auto [writes, tip] = ledger::Application::found(genesis, executor);
    state.apply(writes);
    return ledger::Application(genesis, executor, state, tip);
  }
  unsigned nonce_ = 0;
};

}  // namespace emr::contracts::testing
