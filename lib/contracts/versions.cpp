#include "contracts/versions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/stored.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

std::string at_version(std::string_view contract, std::uint64_t version) {
  return "version " + std::to_string(version) + " of the contract " + std::string(contract);
}

void put_periods(ledger::Overlay& state, const std::string& contract,
                 const std::vector<ContractPeriod>& periods) {
  Json versions = Json::array();
  for (const ContractPeriod& one : periods) {
    Json entry{{"version", one.version}, {"since", one.since}};
    if (!one.proposal.empty()) entry["proposal"] = one.proposal;
    versions.push_back(std::move(entry));
  }
  state.put(keys::contract(contract),
            json::canonical_checked(Json{{"name", contract}, {"versions", std::move(versions)}}));
}

/// What a transaction would vote for: null when it is about no version.
Json voted_upgrade(const ledger::StateReader& state, const ledger::Core& core) {
  if (core.contract != "alliance") return nullptr;
  Json proposal;
  if (core.method == "propose") {
    proposal = *core.args;
  } else if (core.method == "approve") {
    const auto text = state.get(keys::proposal((*core.args)["proposal"].get<std::string>()));
    if (text) proposal = load(*text);
  }
  const bool is_upgrade = proposal.is_object() && proposal["kind"] == "contract" &&
                          proposal.contains("contract") && proposal.contains("version");
  return is_upgrade ? proposal : Json(nullptr);
}

}  // namespace

const Software& software_versions() {
  static const Software newest{
      {"alliance", 2},   {"appointment", 2}, {"index", 2},
      {"permission", 2}, {"records", 1},     {"registration", 2}};
  return newest;
}

std::uint32_t known_version(const Software& software, std::string_view contract) {
  for (const ledger::ContractVersion& one : software) {
    if (one.name == contract) return one.version;
  }
  return 0;
}

std::vector<ContractPeriod> contract_periods(const ledger::StateReader& state,
                                             std::string_view contract) {
  const auto text = state.get(keys::contract(contract));
  if (!text) return {{}};
  std::vector<ContractPeriod> periods;
  const Json row = load(*text);
  for (const Json& one : row["versions"]) {
    periods.push_back({one["version"], one["since"], one.value("proposal", "")});
  }
  return periods;
}

ContractPeriod active_period(const ledger::StateReader& state, std::string_view contract,
                             std::uint64_t height) {
  ContractPeriod active;
  for (ContractPeriod& one : contract_periods(state, contract)) {
    if (one.since <= height) active = std::move(one);
  }
  return active;
}

std::uint32_t active_version(const ledger::StateReader& state, std::string_view contract,
                             std::uint64_t height) {
  return active_period(state, contract, height).version;
}

bool is_version_key(std::string_view key) noexcept { return key.starts_with(keys::kContracts); }

Status check_in_version(const ledger::StateReader& state, const ledger::MethodSpec& method,
                        std::uint64_t height) {
  if (method.since <= 1) return {};
  const std::uint32_t active = active_version(state, method.contract, height);
  if (active >= method.since) return {};
  return fail(Code::kData, "the method needs " + at_version(method.contract, method.since) +
                               ", and the consortium is at version " + std::to_string(active))
      .with_reason("not_in_version")
      .with_hint("a quorum of the members can raise it: alliance.propose, kind contract");
}

Status check_software(const ledger::StateReader& state, const Software& software,
                      std::uint64_t height) {
  for (const auto& entry : state.scan(keys::kContracts, "", kContractsMax)) {
    const std::string name = entry.key.substr(keys::kContracts.size());
    const ContractPeriod active = active_period(state, name, height);
    const std::uint32_t known = known_version(software, name);
    if (active.version <= known) continue;
    return fail(Code::kConfig, at_version(name, active.version) + " holds from height " +
                                   std::to_string(active.since) + " on, and this software runs " +
                                   (known == 0 ? "none" : "version " + std::to_string(known)))
        .with_reason("software_too_old")
        .with_hint("install a release that knows it and start again; the data are kept");
  }
  return {};
}

Status check_vote_on_version(const ledger::StateReader& state, const Software& software,
                             const ledger::Core& core) {
  const Json proposal = voted_upgrade(state, core);
  if (proposal.is_null()) return {};
  const std::string contract = proposal["contract"];
  const std::uint64_t wanted = proposal["version"];
  const std::uint32_t known = known_version(software, contract);
  if (wanted <= known) return {};
  return fail(Code::kData, "this node's software does not know " + at_version(contract, wanted) +
                               "; it runs version " + std::to_string(known))
      .with_reason("unknown_version")
      .with_hint("upgrade the software of your own node before you vote for what it must run");
}

void found_versions(ledger::Overlay& state, const ledger::Genesis& genesis) {
  for (const ledger::ContractVersion& one : genesis.contracts) {
    put_periods(state, one.name, {{one.version, 0, ""}});
  }
}

Outcome check_upgrade(const Call& call, const Json& proposal) {
  if (!proposal.contains("contract") || !proposal.contains("version")) {
    return failed("argument_missing");
  }
  const std::uint32_t active = active_version(
      call.state, proposal["contract"].get<std::string>(), call.block.height);
  if (proposal["version"] < active) return failed("downgrade");
  return proposal["version"] == active ? failed("version_is_active") : done();
}

/// From the height that was asked for, and never before the next block: a block has one set of
/// rules. What was decided before and has not begun is replaced, so a date can be moved.
Outcome schedule_upgrade(Call& call, const Json& proposal) {
  const std::string contract = proposal["contract"];
  std::vector<ContractPeriod> periods = contract_periods(call.state, contract);
  std::erase_if(periods, [&](const ContractPeriod& one) { return one.since > call.block.height; });
  const std::uint64_t since =
      std::max(proposal.value("height", std::uint64_t{0}), call.block.height + 1);
  periods.push_back({proposal["version"], since, proposal["id"]});
  put_periods(call.state, contract, periods);
  return done({{"contract", contract}, {"version", proposal["version"]}, {"since", since}});
}

}  // namespace emr::contracts
