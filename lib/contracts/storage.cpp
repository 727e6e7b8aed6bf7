#include "contracts/storage.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/membership.h"
#include "contracts/stored.h"
#include "contracts/versions.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

/// f of this many members.
std::size_t faulty_of(std::size_t members) { return members == 0 ? 0 : (members - 1) / 3; }

std::size_t taking(const StorageRing& ring) {
  return static_cast<std::size_t>(std::count_if(
      ring.nodes.begin(), ring.nodes.end(), [](const auto& node) { return node.weight > 0; }));
}

/// As many as were decided on, and one more than may lie, however many members came since; 0 = all
/// that take objects.
std::size_t wanted_copies(const StorageRing& ring, std::size_t usable) {
  if (ring.copies == 0) return usable;
  return std::min(std::max(ring.copies, faulty_of(ring.nodes.size()) + 1), usable);
}

}  // namespace

bool StorageRing::operator==(const StorageRing& other) const {
  return copies == other.copies &&
         std::equal(nodes.begin(), nodes.end(), other.nodes.begin(), other.nodes.end(),
                    [](const auto& a, const auto& b) {
                      return a.id == b.id && a.weight == b.weight;
                    });
}

StorageRing storage_ring(const ledger::StateReader& state) {
  StorageRing ring;
  for (const MemberNode& member : member_nodes(state)) {
    ring.nodes.push_back({member.id, member.id, member.weight, false});
  }
  const auto text = state.get(std::string(keys::kStorage));
  if (text) ring.copies = load(*text)["copies"];
  return ring;
}

std::vector<std::string> holders_of(const StorageRing& ring, ByteView handle) {
  std::vector<std::string> holders;
  const std::size_t usable = taking(ring);
  if (usable == 0) {  // somebody must keep it
    for (const auto& node : ring.nodes) holders.push_back(node.id);
    return holders;
  }
  const auto chosen = placement::place(handle, ring.nodes, wanted_copies(ring, usable));
  EMR_CHECK(chosen.ok());  // so many take objects, and ids and weights are the contract's
  for (const std::size_t index : *chosen) holders.push_back(ring.nodes[index].id);
  return holders;
}

bool keeps_all(const StorageRing& ring, std::string_view node) {
  const std::size_t usable = taking(ring);
  if (wanted_copies(ring, usable) < usable) return false;
  return std::any_of(ring.nodes.begin(), ring.nodes.end(), [&](const auto& one) {
    return one.id == node && (one.weight > 0 || usable == 0);
  });
}

bool all_keep_all(const StorageRing& ring) {
  return std::all_of(ring.nodes.begin(), ring.nodes.end(),
                     [&](const auto& one) { return keeps_all(ring, one.id); });
}

bool is_holder(const StorageRing& ring, ByteView handle, std::string_view node) {
  if (keeps_all(ring, node)) return true;
  const auto own = std::find_if(ring.nodes.begin(), ring.nodes.end(),
                                [&](const auto& one) { return one.id == node; });
  if (own == ring.nodes.end() || own->weight == 0) return false;
  const std::vector<std::string> holders = holders_of(ring, handle);
  return std::find(holders.begin(), holders.end(), node) != holders.end();
}

/// As many nodes must go on taking objects as a record's opening needs nodes: then any quorum that
/// can be reached has f+1 of those that keep everything.
Outcome set_weight(Call& call) {
  const Json& args = call.args();
  const std::string institution = args["institution"];
  if (institution != call.account->institution) return denied("other_institution");
  Json row = load(*call.state.get(keys::institution(institution)));
  if (row["node"].value("weight", 1) == args["weight"]) return failed("unchanged");
  row["node"]["weight"] = args["weight"];
  call.state.put(keys::institution(institution), json::canonical_checked(row));
  const StorageRing ring = storage_ring(call.state);
  const auto members = static_cast<std::uint32_t>(ring.nodes.size());
  if (args["weight"] == 0 && taking(ring) < ledger::quorum_size(members)) {
    return failed("too_few_storage_nodes");
  }
  return done({{"institution", institution}, {"weight", args["weight"]}});
}

/// f members may lose or withhold what they keep.
Outcome check_copies(const Call& call, const Json& proposal) {
  if (active_version(call.state, "alliance", call.block.height) < 2) {
    return failed("not_in_version");
  }
  if (!proposal.contains("copies")) return failed("argument_missing");
  const std::size_t copies = proposal["copies"];
  const bool enough = copies == 0 || copies > faulty_of(member_count(call.state));
  return enough ? done() : failed("too_few_copies");
}

Outcome set_copies(Call& call, const Json& proposal) {
  call.state.put(std::string(keys::kStorage),
                 json::canonical_checked(
                     Json{{"copies", proposal["copies"]}, {"proposal", proposal["id"]}}));
  return done({{"copies", proposal["copies"]}});
}

}  // namespace emr::contracts
