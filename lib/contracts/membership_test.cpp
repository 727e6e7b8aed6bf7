// Membership as the ledger decides it: apply, review, observe, validate, rotate,
// leave, expulsion, and the epochs that follow. Every n from 4 to 10.
#include "contracts/membership.h"

#include <doctest/doctest.h>

#include "contracts/keys.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::key_of;
using testing::World;

Json newcomer(std::size_t index) {
  const ledger::Institution one = ledger::testing::make_institution(index);
  return {{"kind", "institution"},
          {"institution", one.id},
          {"uscc", one.uscc},
          {"admin", one.admin.text()},
          {"permission", "read"},
          {"archiveKey", to_hex(one.archive_key)},
          {"voteKey", to_hex(one.node.vote_key)},
          {"transportKey", to_hex(one.node.transport_key)},
          {"boxKey", to_hex(one.node.box_key)},
          {"peer", one.node.peer},
          {"http", one.node.http}};
}

/// Proposes as `who` and approves as the admins of the first members until it is decided.
std::string decide(World& world, const std::string& who, const Json& proposal) {
  const std::string proposed = world.outcome(who, "alliance", "propose", proposal);
  if (proposed != "ok") return proposed;
  const Json approval{{"proposal", to_hex(world.last->txid())},
                      {"institution", proposal["institution"]}};
  const std::size_t needed =
      ledger::quorum_size(static_cast<std::uint32_t>(member_count(world.state)));
  std::string outcome;
  std::size_t count = 0;
  for (const MemberNode& member : member_nodes(world.state)) {
    if (count++ == needed) break;
    outcome = world.outcome(member.id + " admin", "alliance", "approve", approval);
    if (outcome != "ok") return outcome;
  }
  return outcome;
}

std::string admit(World& world, std::size_t index) {
  const std::string id = ledger::testing::institution_id(index);
  const std::string first = decide(world, id + " admin", newcomer(index));
  if (first != "ok") return first;
  return decide(world, id + " admin", {{"kind", "validator"}, {"institution", id}});
}

const EpochRow epoch_now(const World& world) {
  return find_epoch(world.state, current_epoch(world.state)).value();
}

TEST_CASE("membership: from four to ten and back, each n with its quorum, in epochs of one each") {
  World world;
  CHECK(epoch_now(world).set.hash() == ledger::genesis_validators(world.genesis).hash());
  for (std::size_t n = 5; n <= 10; ++n) {
    CAPTURE(n);
    const auto epoch = current_epoch(world.state);
    CHECK(admit(world, n - 1) == "ok");
    const EpochRow row = epoch_now(world);
    CHECK(row.set.epoch() == epoch + 1);
    CHECK(row.set.size() == n);
    CHECK(row.set.quorum() == ledger::quorum_size(static_cast<std::uint32_t>(n)));
    CHECK(row.since == world.app.tip().height + 1);
    CHECK(world.app.validators().hash() == row.set.hash());
  }
  for (std::size_t n = 9; n >= 4; --n) {
    CAPTURE(n);
    const std::string id = ledger::testing::institution_id(n);
    CHECK(world.outcome(id + " admin", "alliance", "leave", {{"institution", id}}) == "ok");
    CHECK(epoch_now(world).set.size() == n);
  }
  CHECK(current_epoch(world.state) == 12);
  CHECK(world.outcome("hosp-d admin", "alliance", "leave", {{"institution", "hosp-d"}}) ==
        "too_few_validators");
}

TEST_CASE("membership: a newcomer can do nothing before the quorum, then reads, then writes") {
  World world;
  world.populate();
  CHECK(world.outcome("hosp-e admin", "alliance", "propose", newcomer(4)) == "ok");
  const std::string id = to_hex(world.last->txid());
  const Json approval{{"proposal", id}, {"institution", "hosp-e"}};
  CHECK(world.outcome("hosp-e admin", "alliance", "approve", approval) == "not_registered");
  CHECK(world.ask("hosp-e admin", {{"kind", "orgs"}})[0]["error"] == "not_registered");
  CHECK(world.ask("hosp-e admin", {{"kind", "proposal"}, {"proposal", id}})[0]["status"] == "open");
  CHECK(world.ask("stranger", {{"kind", "proposal"}, {"proposal", id}})[0]["error"] ==
        "not_found");
  for (const char* admin : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
    CHECK(world.outcome(admin, "alliance", "approve", approval) == "ok");
  }
  CHECK(current_epoch(world.state) == 0);  // an observer changes no quorum
  CHECK(member_nodes(world.state).size() == 5);
  CHECK_FALSE(member_nodes(world.state)[4].validates);
  world.enrol("bot-e", "service", "hosp-e");
  CHECK(world.ask("bot-e", {{"kind", "orgs"}}).size() == 5);
  CHECK(world.outcome("bot-e", "records", "create", World::record_args("e")) ==
        "read_only_institution");
  const Json promotion{{"kind", "validator"}, {"institution", "hosp-e"}};
  CHECK(decide(world, "hosp-e admin", promotion) == "ok");
  CHECK(current_epoch(world.state) == 1);
  CHECK(world.outcome("bot-e", "records", "create", World::record_args("e")) == "ok");
  CHECK(decide(world, "hosp-e admin", promotion) == "has_role");
  CHECK(decide(world, "hosp-a admin", {{"kind", "observer"}, {"institution", "hosp-e"}}) == "ok");
  CHECK(epoch_now(world).set.size() == 4);
}

TEST_CASE("membership: rejected with a reason when no quorum can be for it any more") {
  World world;
  CHECK(world.outcome("hosp-e admin", "alliance", "propose", newcomer(4)) == "ok");
  const std::string id = to_hex(world.last->txid());
  const Json no{{"proposal", id}, {"institution", "hosp-e"}, {"reason", "no-contract"}};
  CHECK(world.outcome("hosp-e admin", "alliance", "reject", no) == "not_registered");
  CHECK(world.outcome("hosp-a admin", "alliance", "reject", no) == "ok");
  CHECK(world.outcome("hosp-a admin", "alliance", "reject", no) == "ok");  // still one vote
  CHECK(world.outcome("hosp-b admin", "alliance", "approve",
                      {{"proposal", id}, {"institution", "hosp-e"}}) == "ok");
  CHECK(world.outcome("hosp-b admin", "alliance", "reject", no) == "ok");  // changes its mind
  const auto rows = world.ask("hosp-e admin", {{"kind", "proposal"}, {"proposal", id}});
  CHECK(rows[0]["status"] == "rejected");
  CHECK(rows[0]["rejections"][1]["reason"] == "no-contract");
  CHECK(rows[0]["approvals"].empty());
  CHECK(world.outcome("hosp-c admin", "alliance", "approve",
                      {{"proposal", id}, {"institution", "hosp-e"}}) == "not_open");
}

TEST_CASE("membership: keys are renewed by their owner alone; nobody takes another's") {
  World world;
  const auto rotate = [&](const char* who, Json args) {
    return world.outcome(who, "alliance", "rotate", std::move(args));
  };
  const std::string fresh = to_hex(key_of("fresh").public_key());
  CHECK(rotate("hosp-b admin", {{"institution", "hosp-a"}, {"voteKey", fresh}}) ==
        "other_institution");
  CHECK(rotate("hosp-a admin", {{"institution", "hosp-a"}, {"voteKey", std::string(66, '0')}}) ==
        "vote_key");
  const std::string taken = to_hex(key_of("hosp-b vote").public_key());
  CHECK(rotate("hosp-a admin", {{"institution", "hosp-a"}, {"voteKey", taken}}) ==
        "duplicate_key");
  CHECK(rotate("hosp-a admin", {{"institution", "hosp-a"}}) == "unchanged");
  CHECK(rotate("hosp-a admin", {{"institution", "hosp-a"}, {"peer", "10.0.0.1:7001"}}) == "ok");
  CHECK(current_epoch(world.state) == 0);  // an address decides nothing
  CHECK(rotate("hosp-a admin", {{"institution", "hosp-a"}, {"voteKey", fresh}}) == "ok");
  CHECK(current_epoch(world.state) == 1);
  CHECK(epoch_now(world).set.find(key_of("fresh").public_key()) == 0);
  CHECK(member_nodes(world.state)[0].peer == "10.0.0.1:7001");
}

TEST_CASE("membership: the expelled lose every right at once; shares and quorum set the limit") {
  World world;
  world.populate();
  const auto expel = [&](const char* id) {
    return decide(world, "hosp-a admin",
                  {{"kind", "expel"}, {"institution", id}, {"reason", "forgery"}});
  };
  CHECK(expel("hosp-d") == "too_few_validators");
  for (std::size_t i = 4; i < 6; ++i) REQUIRE(admit(world, i) == "ok");
  world.enrol("dr-d", "doctor", "hosp-d");
  CHECK(expel("hosp-d") == "ok");
  CHECK(member_count(world.state) == 5);
  CHECK(world.outcome("hosp-d admin", "alliance", "leave", {{"institution", "hosp-d"}}) ==
        "not_member");
  CHECK(world.outcome("dr-d", "permission", "access", World::access_args()) == "not_member");
  CHECK(world.ask("dr-d", {{"kind", "orgs"}})[0]["error"] == "not_member");
  // Three of the four holders of shares are left, and three are needed to open a record.
  CHECK(expel("hosp-c") == "too_few_share_holders");
  CHECK(world.outcome("hosp-c admin", "alliance", "leave", {{"institution", "hosp-c"}}) ==
        "too_few_share_holders");
  CHECK(expel("hosp-e") == "ok");
  const auto rows = world.ask("auditor", {{"kind", "orgs"}});
  REQUIRE(rows.size() == 6);
  CHECK(rows[4]["status"] == "expelled");
  CHECK(rows[4]["reason"] == "forgery");
  // It may apply again, with the credit code it had.
  Json again = newcomer(3);
  again["uscc"] = ledger::testing::credit_code(77);
  again["admin"] = address_of("hosp-d admin");
  CHECK(decide(world, "hosp-d admin", again) == "other_uscc");
  again["uscc"] = ledger::testing::credit_code(3);
  CHECK(decide(world, "hosp-d admin", again) == "ok");
  CHECK(member_count(world.state) == 5);
}

TEST_CASE("membership: whose hospital has left is granted nothing that he asked for before") {
  World world(testing::at_versions(ledger::testing::make_genesis(5), software_versions()));
  world.populate();
  world.run("bot-a", "records", "create", World::record_args());
  CHECK(world.outcome("dr-b", "permission", "request",
                      {{"record", hex_of("record 1")}, {"scope", Json::object()},
                       {"purpose", "TREAT"}, {"until", format_utc(world.now + 86400)}}) == "ok");
  const Json yes{{"request", to_hex(world.last->txid())}, {"patient", hex_of("pat token")},
                 {"doctor", address_of("dr-b")}, {"purpose", "TREAT"}, {"decision", "approve"},
                 {"scope", {{"records", {hex_of("record 1")}}}}};
  CHECK(world.outcome("hosp-b admin", "alliance", "leave", {{"institution", "hosp-b"}}) == "ok");
  CHECK(world.outcome("pat", "permission", "answer", yes) == "not_a_doctor");
}

TEST_CASE("membership: a node renews its own keys, may name them again, and no others'") {
  World world;
  const auto rotate = [&](const char* who, Json args) {
    args["institution"] = "hosp-b";
    return world.outcome(who, "alliance", "rotate", args);
  };
  const auto node = [&] { return member_nodes(world.state)[1]; };
  const ledger::Institution founder = ledger::testing::make_institution(1);
  CHECK(node().name == founder.name);
  CHECK(node().may_write);
  CHECK(node().vote_key == founder.node.vote_key);
  CHECK(node().transport_key == founder.node.transport_key);
  CHECK(node().box_key == founder.node.box_key);
  CHECK(node().peer == founder.node.peer);
  CHECK(node().http == founder.node.http);
  CHECK(rotate("hosp-a admin", {{"peer", "10.0.0.1:1"}}) == "other_institution");
  CHECK(rotate("hosp-b admin", {{"transportKey", to_hex(founder.node.transport_key)},
                                {"peer", "10.0.0.1:1"}}) == "ok");
  CHECK(node().peer == "10.0.0.1:1");
  CHECK(rotate("hosp-b admin", {{"boxKey", to_hex(ledger::testing::make_institution(2)
                                                      .node.box_key)}}) == "duplicate_key");
}

TEST_CASE("membership: one vote a member, the last one; who has left has none") {
  World world(testing::at_versions(ledger::testing::make_genesis(6), software_versions()));
  CHECK(world.outcome("hosp-a admin", "alliance", "propose",
                      {{"kind", "permission"}, {"institution", "hosp-b"},
                       {"permission", "read"}}) == "ok");
  const std::string id = to_hex(world.last->txid());
  const auto vote = [&](const char* who, const char* method) {
    Json args{{"proposal", id}, {"institution", "hosp-b"}};
    if (std::string_view(method) == "reject") args["reason"] = "no";
    return Json::parse(world.run(who, "alliance", method, args).data_json);
  };
  CHECK(vote("hosp-c admin", "reject")["rejections"] == 1);
  CHECK(vote("hosp-c admin", "approve")["approvals"] == 1);  // changed his mind
  CHECK(vote("hosp-d admin", "reject")["rejections"] == 1);
  CHECK(vote("hosp-f admin", "approve")["approvals"] == 2);
  CHECK(world.outcome("hosp-f admin", "alliance", "leave", {{"institution", "hosp-f"}}) == "ok");
  CHECK(vote("hosp-a admin", "approve")["approvals"] == 2);
}

TEST_CASE("membership: which keys of the state a node looks at again when they change") {
  for (const char* key : {"alliance/", "x"}) CHECK_FALSE(is_membership_key(key));
  CHECK(is_membership_key(keys::institution("hosp-a")));
  CHECK(is_membership_key(keys::former_institution("hosp-a")));
  CHECK(is_membership_key(keys::kCurrentEpoch));
  CHECK(is_membership_key(keys::kStorage));
  CHECK_FALSE(is_membership_key(std::string(keys::kStorage) + "x"));
  CHECK_FALSE(is_membership_key(keys::access("hosp-a")));
}

}  // namespace
}  // namespace emr::contracts
