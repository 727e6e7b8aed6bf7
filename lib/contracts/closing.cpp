#include "contracts/closing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "contracts/keys.h"
#include "contracts/stored.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

Closing closing_from(const Json& tree) {
  Closing closing;
  closing.institution = tree["institution"];
  auto by = crypto::parse_canonical_address(tree["by"].get_ref<const std::string&>());
  closing.by = *by;
  auto at = parse_utc(tree["at"].get_ref<const std::string&>());
  closing.at = *at;
  closing.height = tree["height"];
  closing.index = tree["index"];
  closing.returned = tree.value("returned", false);
  return closing;
}

Json closing_tree(const Closing& closing) {
  Json tree{{"at", format_utc(closing.at)},
            {"by", closing.by.text()},
            {"height", closing.height},
            {"index", closing.index},
            {"institution", closing.institution}};
  if (closing.returned) tree["returned"] = true;
  return tree;
}

/// What holds for this institution: the latest word, and of one act that about itself.
std::optional<Closing> find_closing(const ledger::StateReader& state, std::string_view patient,
                                    std::string_view institution) {
  const auto rank = [](const Closing& one) {
    return std::tuple(one.height, one.index, one.institution != "*");
  };
  std::optional<Closing> newest;
  for (const Closing& one : closings_of(state, patient)) {
    if (one.covers(institution) && (!newest || rank(*newest) < rank(one))) newest = one;
  }
  return newest;
}

}  // namespace

bool Closing::ends(const Rule& rule) const {
  return std::tie(rule.height, rule.index) < std::tie(height, index);
}

std::vector<Closing> closings_of(const ledger::StateReader& state, std::string_view patient) {
  std::vector<Closing> closings;
  const auto text = state.get(keys::closed_patient(patient));
  if (!text) return closings;
  for (const Json& one : load(*text)) closings.push_back(closing_from(one));
  return closings;
}

void put_closings(ledger::Overlay& state, std::string_view patient,
                  const std::vector<Closing>& added) {
  std::vector<Closing> all = closings_of(state, patient);
  for (const Closing& one : added) {
    std::erase_if(all, [&](const Closing& old) { return old.institution == one.institution; });
    all.push_back(one);
  }
  Json list = Json::array();
  for (const Closing& one : all) list.push_back(closing_tree(one));
  state.put(keys::closed_patient(patient), json::canonical_checked(list));
}

void put_return(ledger::Overlay& state, std::string_view patient, std::string_view institution) {
  auto closing = find_closing(state, patient, institution);
  if (!closing || closing->returned) return;
  closing->institution = institution;
  closing->returned = true;
  put_closings(state, patient, {*closing});
}

bool is_closed(const ledger::StateReader& state, std::string_view patient,
               std::string_view institution) {
  const auto closing = find_closing(state, patient, institution);
  return closing && !closing->returned;
}

bool is_ended(const ledger::StateReader& state, const Rule& rule, std::string_view institution) {
  const std::vector<Closing> closings = closings_of(state, rule.patient);
  return std::any_of(closings.begin(), closings.end(), [&](const Closing& closing) {
    return closing.covers(institution) && closing.ends(rule);
  });
}

UnixSeconds ended_at(const ledger::StateReader& state, const Rule& rule) {
  for (const Closing& closing : closings_of(state, rule.patient)) {
    const bool whole = rule.in_trust_by.empty()
                           ? closing.institution == "*" || closing.by == rule.by
                           : closing.covers(rule.in_trust_by);
    if (whole && closing.ends(rule)) return closing.at;
  }
  return 0;
}

}  // namespace emr::contracts
