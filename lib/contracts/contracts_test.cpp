// What every transaction passes before a contract sees it: window, replay, subject, role.
#include "contracts/contracts.h"

#include <doctest/doctest.h>

#include "contracts/keys.h"
#include "contracts/testing.h"
#include "crypto/eip712.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

std::string admitted(World& world, const ledger::VerifiedPtr& tx, UnixSeconds time) {
  const Status status = world.executor.admit(
      world.state, *tx, {&world.genesis, world.app.tip().height + 1, time, 0});
  return status.ok() ? "ok" : status.error().reason;
}

TEST_CASE("envelope: a replayed transaction is refused at the door and in a block (R-101)") {
  World world;
  world.populate();
  CHECK(world.outcome("bot-a", "records", "create", World::record_args()) == "ok");
  const auto replayed = world.last;
  CHECK(admitted(world, replayed, world.now) == "replay");
  const auto before = world.state.entries().size();
  CHECK(world.commit({replayed}).front().reason == "replay");
  CHECK(world.state.entries().size() > before);  // the attempt is in the audit
}

TEST_CASE("envelope: twice in one block is once") {
  World world;
  world.populate();
  const auto tx = world.make_tx("bot-a", "records", "create", World::record_args());
  const auto receipts = world.commit({tx, tx});
  CHECK(receipts[0].status == ledger::ReceiptStatus::kOk);
  CHECK(receipts[1].reason == "replay");
}

TEST_CASE("envelope: the validity window is judged by block time") {
  World world;
  world.populate();
  const auto tx = world.make_tx("bot-a", "records", "create", World::record_args());
  CHECK(admitted(world, tx, world.now + 3600) == "ok");
  CHECK(admitted(world, tx, world.now + 3601) == "expired");
  CHECK(admitted(world, tx, world.now - 90000) == "validity_window");
  world.now += 3601;
  CHECK(world.commit({tx}).front().reason == "expired");
}

TEST_CASE("envelope: a replay key outlives validUntil and is then cleared") {
  World world;
  world.populate();
  CHECK(world.outcome("bot-a", "records", "create", World::record_args()) == "ok");
  const std::string key =
      keys::replay(world.last->core().from, world.last->core().nonce);
  CHECK(world.state.get(key).has_value());
  world.now += 24 * 3600;
  world.commit({});
  CHECK(world.state.get(key).has_value());
  world.now += 120;
  world.commit({});
  CHECK_FALSE(world.state.get(key).has_value());
}

TEST_CASE("subject: nobody acts as somebody else (G-1)") {
  World world;
  world.populate();
  // mallory signs "from bot-a"
  CHECK(world.outcome("bot-a", "records", "create", World::record_args(), "mallory") ==
        "not_subject");
  CHECK(admitted(world, world.last, world.now) == "not_subject");
  // and burns no nonce of his victim
  CHECK_FALSE(world.state.get(keys::replay(world.last->core().from, world.last->core().nonce)));
  const auto rows = world.ask("auditor", {{"kind", "audit"}, {"outcome", "denied"}});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["agent"]["id"] == address_of("mallory"));
}

TEST_CASE("session: signs accesses and logout for its wallet, nothing else, until its end") {
  World world;
  world.populate();
  CHECK(world.outcome("bot-a", "records", "create", World::record_args()) == "ok");
  const Json login{{"sessionKey", address_of("session")},
                   {"boxKey", hex_of("box")},
                   {"until", format_utc(world.now + 600)}};
  CHECK(world.outcome("dr-a", "registration", "login", login) == "ok");
  CHECK(world.outcome("dr-a", "permission", "access", World::access_args(), "session") == "ok");
  CHECK(world.outcome("dr-b", "permission", "access", World::access_args(), "session") ==
        "not_subject");
  CHECK(world.outcome("dr-a", "records", "create", World::record_args("r2"), "session") ==
        "not_subject");
  Json other_box = World::access_args();
  other_box["boxKey"] = hex_of("other box");
  CHECK(world.outcome("dr-a", "permission", "access", other_box, "session") == "box_key");
  CHECK(world.outcome("dr-b", "registration", "login", login) == "session_exists");

  world.now += 601;
  CHECK(world.outcome("dr-a", "permission", "access", World::access_args(), "session") ==
        "not_subject");
}

TEST_CASE("session: logout ends it at once") {
  World world;
  world.populate();
  const Json login{{"sessionKey", address_of("session")},
                   {"boxKey", hex_of("box")},
                   {"until", format_utc(world.now + 600)}};
  CHECK(world.outcome("dr-a", "registration", "login", login) == "ok");
  CHECK(world.ask("dr-a", {{"kind", "orgs"}}, "session").size() == 4);
  CHECK(world.outcome("dr-b", "registration", "logout",
                      {{"sessionKey", address_of("session")}}) == "not_found");
  CHECK(world.outcome("dr-a", "registration", "logout", {{"sessionKey", address_of("session")}},
                      "session") == "ok");
  CHECK(world.ask("dr-a", {{"kind", "orgs"}}, "session")[0]["error"] == "not_subject");
}

TEST_CASE("session: leaves nothing behind; the end of an earlier one does not end a later one") {
  World world;
  world.populate();
  const std::string key = "registration/session/" + address_of("session");
  const UnixSeconds first_end = world.now + 600;
  const UnixSeconds second_end = first_end + 600;
  const auto login = [&](UnixSeconds until) {
    return world.outcome("dr-a", "registration", "login",
                         {{"sessionKey", address_of("session")},
                          {"boxKey", hex_of("box")},
                          {"until", format_utc(until)}});
  };
  const auto lists = [&] { return world.state.scan("expiry/", "", 1000).size(); };
  CHECK(login(first_end) == "ok");
  CHECK(world.outcome("dr-a", "registration", "logout",
                      {{"sessionKey", address_of("session")}}) == "ok");
  CHECK(login(second_end) == "ok");
  CHECK(login(second_end) == "session_exists");
  world.now = first_end + 2;
  world.commit({});
  CHECK(world.state.get(key).has_value());
  world.now = second_end + 2;
  world.commit({});
  CHECK_FALSE(world.state.get(key).has_value());
  world.now += 2 * 24 * 60 * 60;
  world.commit({});
  CHECK(lists() == 0);
}

TEST_CASE("session: lives a day at most, and its key is nobody's account") {
  World world;
  world.populate();
  Json login{{"sessionKey", address_of("session")},
             {"boxKey", hex_of("box")},
             {"until", format_utc(world.now + 90000)}};
  CHECK(world.outcome("dr-a", "registration", "login", login) == "session_too_long");
  login["until"] = format_utc(world.now);
  CHECK(world.outcome("dr-a", "registration", "login", login) == "session_expired");
  login["until"] = format_utc(world.now + 60);
  login["sessionKey"] = address_of("dr-b");
  CHECK(world.outcome("dr-a", "registration", "login", login) == "address_is_account");
}

TEST_CASE("determinism: the same transactions on an empty state give the same writes (R-088)") {
  const auto replay = [] {
    World world;
    world.populate();
    world.run("bot-a", "records", "create", World::record_args());
    world.run("pat", "permission", "grant", world.grant_args("doctor", address_of("dr-b")));
    world.run("dr-b", "permission", "access", World::access_args());
    world.run("bot-a", "records", "amend", World::amend_args("record 1", "c2", 1));
    return std::pair{world.app.tip().writes_hash, world.state.entries()};
  };
  const auto first = replay();
  const auto second = replay();
  CHECK(first.first == second.first);
  CHECK(first.second == second.second);
}

TEST_CASE("typed data: every text of every method fits a wallet line and is what it signs") {
  World world;
  for (const ledger::MethodSpec& method : method_table().all()) {
    CAPTURE(method.primary_type);
    CHECK(method.compiled->name() == method.primary_type);
    CHECK(method.texts.size() <= 9);
  }
  const auto tx = world.make_tx("pat", "permission", "grant",
                                world.grant_args("doctor", address_of("dr-b")));
  const std::string text = ledger::typed_data_json(tx->transaction(), world.chain);
  CHECK(crypto::hash_typed_data_text(text)->digest ==
        ledger::signing_digest(tx->transaction(), world.chain));
  const Json message = Json::parse(text)["message"];
  CHECK(message["action"] == "ALLOW 允许 READING 读取病历");
  CHECK(message["records"] == "all 全部");
  for (const auto& [name, value] : message.items()) {
    if (name != "digest") CHECK(value.get<std::string>().size() <= 120);
  }
}

}  // namespace
}  // namespace emr::contracts
