// One story through every contract, byte for byte: after each of its blocks the chain of everything
// written must be the one that stands here. Nodes of two releases execute the same blocks; the one
// that wrote another byte would stop with another writes hash. So who changes what a contract
// writes raises its version (versions.h) and lets the old rules write what they wrote; until the
// first release has shipped, the hashes may be put down anew: the failing lines say them.
#include <doctest/doctest.h>

#include <array>

#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

constexpr UnixSeconds kHour = 3600;
constexpr UnixSeconds kDay = 24 * kHour;

/// Each step is the second transaction of its block, so that a place is more than a height.
class Story {
 public:
  World world;

  /// Returns the step's transaction id; its line is "name outcome hash".
  std::string step(std::string_view name, std::string_view who, std::string_view contract,
                   std::string_view method, Json args, std::string_view signer = "") {
    world.now += 7;
    const auto before = world.make_tx("dr-a2", "registration", "logout",
                                      {{"sessionKey", address_of("no session")}});
    const auto tx = world.make_tx(who, contract, method, std::move(args), signer);
    const ledger::Receipt receipt = world.commit({before, tx}).back();
    const bool ok = receipt.status == ledger::ReceiptStatus::kOk;
    lines.push_back(std::string(name) + " " + (ok ? "ok" : receipt.reason) + " " + hash(receipt));
    return to_hex(tx->txid());
  }
  void wait(std::string_view name, UnixSeconds seconds) {
    world.now += seconds;
    world.commit({});
    lines.push_back(std::string(name) + " ok " + hash({}));
  }

  std::vector<std::string> lines;

 private:
  /// Of all that was written so far and of the receipt.
  std::string hash(const ledger::Receipt& receipt) const {
    return to_hex(crypto::sha256(as_bytes(to_hex(world.app.tip().writes_hash) +
                                          ledger::encode_receipt(receipt))))
        .substr(0, 12);
  }
};

void tell_accounts(Story& t) {
  const std::string registration = "registration";
  t.world.enrol("dr-a", "doctor", "hosp-a");
  t.world.enrol("dr-a2", "doctor", "hosp-a");
  t.world.enrol("dr-b", "doctor", "hosp-b");
  t.world.enrol("bot-a", "service", "hosp-a");
  t.world.enrol("pat", "patient", "");
  t.world.enrol("auditor", "auditor", "");
  for (const char* name : {"leaver", "reject me"}) {
    t.step("apply", name, registration, "apply",
           {{"role", "doctor"}, {"institution", "hosp-a"}, {"identity", hex_of(name)}});
  }
  t.step("approve", "hosp-a admin", registration, "approve",
         {{"address", address_of("leaver")}, {"role", "doctor"}});
  t.step("reject", "hosp-a admin", registration, "reject",
         {{"address", address_of("reject me")}, {"reason", "unknown"}});
  t.step("suspend", "hosp-a admin", registration, "suspend",
         {{"address", address_of("leaver")}, {"reason", "left"}});
  t.step("resume", "hosp-a admin", registration, "resume",
         {{"address", address_of("leaver")}, {"role", "doctor"}});
  t.step("attest", "hosp-a admin", registration, "attest",
         {{"patient", hex_of("pat token")}, {"address", address_of("pat")}});
  t.step("attest-b", "hosp-b admin", registration, "attest",
         {{"patient", hex_of("pat token")}, {"address", address_of("pat")}});
  t.step("unattest", "hosp-b admin", registration, "unattest",
         {{"patient", hex_of("pat token")}, {"address", address_of("pat")}});
  t.step("login", "dr-b", registration, "login",
         {{"sessionKey", address_of("dr-b session")}, {"boxKey", hex_of("box")},
          {"until", format_utc(t.world.now + kHour)}});
  t.step("login-a", "dr-a", registration, "login",
         {{"sessionKey", address_of("dr-a session")}, {"boxKey", hex_of("box")},
          {"until", format_utc(t.world.now + kHour)}});
  t.step("logout", "dr-a", registration, "logout", {{"sessionKey", address_of("dr-a session")}},
         "dr-a session");
  t.step("close-own", "leaver", registration, "deregister", Json::object());
}

void tell_records(Story& t) {
  t.step("create", "bot-a", "records", "create", World::record_args());
  Json restricted = World::record_args("restricted", "r1");
  restricted["confidentiality"] = "V";
  restricted["handles"] = {hex_of("handle 1"), hex_of("handle 2")};
  t.step("restricted", "dr-a", "records", "create", restricted);
  t.step("again", "bot-a", "records", "create", World::record_args());
  t.step("conflict", "bot-a", "records", "create", World::record_args("record 1", "other"));
  Json amended = World::amend_args("record 1", "c2", 1);
  amended["month"] = "2026-12";
  amended["doctor"] = hex_of("another doctor");
  t.step("amend", "bot-a", "records", "amend", amended);
  t.step("run", "bot-a", "records", "desensitize", World::run_args("out"));
}

void tell_rights(Story& t) {
  const auto open = [](const char* purpose, const char* record = "record 1") {
    Json args = World::access_args(record);
    args["purpose"] = purpose;
    return args;
  };
  t.step("no-rule", "dr-b", "permission", "access", open("TREAT"));
  const std::string rule = t.step("grant", "pat", "permission", "grant",
                                  t.world.grant_args("doctor", address_of("dr-b")));
  t.step("access", "dr-b", "permission", "access", open("TREAT"), "dr-b session");
  t.step("own", "dr-a", "permission", "access", open("TREAT", "restricted"));
  t.step("deny", "pat", "permission", "grant",
         t.world.grant_args("institution", "hosp-c", "deny"));
  t.step("revoke", "pat", "permission", "revoke", {{"grant", rule}});
  t.step("in-trust", "hosp-c admin", "permission", "grant",
         [&] {
           Json args = t.world.grant_args("role", "doctor");
           args["patient"] = hex_of("no wallet");
           args["scope"] = {{"docTypes", {"C0002"}}, {"institutions", {"hosp-c"}}};
           return args;
         }());
  const std::string urgent = t.step("emergency", "dr-b", "permission", "emergency",
                                    {{"patient", hex_of("pat token")},
                                     {"reasonCode", "unconscious"}, {"minutes", 60}});
  t.step("emergency-r", "dr-b", "permission", "emergency",
         {{"record", hex_of("restricted")}, {"reasonCode", "disaster"}, {"minutes", 240}});
  t.step("btg", "dr-b", "permission", "access", open("BTG"));
  t.step("review", "hosp-b admin", "permission", "review",
         {{"emergency", urgent}, {"outcome", "justified"}});
  t.step("last-word", "auditor", "permission", "review",
         {{"emergency", urgent}, {"outcome", "unjustified"}});
}

void tell_requests(Story& t) {
  const auto wish = [&](Json about) {
    about["scope"] = Json::object();
    about["purpose"] = "TREAT";
    about["until"] = format_utc(t.world.now + 30 * kDay);
    return about;
  };
  const std::string first = t.step("request", "dr-b", "permission", "request",
                                   wish({{"record", hex_of("record 1")}}));
  const std::string second = t.step("request-p", "dr-b", "permission", "request",
                                    wish({{"patient", hex_of("pat token")}}));
  const auto answer = [&](const std::string& id, Json scope, const char* decision) {
    return Json{{"request", id},          {"patient", hex_of("pat token")},
                {"purpose", "TREAT"},     {"doctor", address_of("dr-b")},
                {"scope", std::move(scope)}, {"decision", decision}};
  };
  Json yes = answer(first, {{"records", {hex_of("record 1")}}}, "approve");
  yes["until"] = format_utc(t.world.now + 10 * kDay);
  t.step("yes", "pat", "permission", "answer", yes);
  t.step("no", "pat", "permission", "answer", answer(second, Json::object(), "deny"));
}

void tell_appointments(Story& t) {
  const auto slot = [](const char* name, const char* where = "hosp-b") {
    return Json{{"institution", where}, {"patient", hex_of("pat token")}, {"slot", hex_of(name)},
                {"month", "2026-12"}};
  };
  const std::string first = t.step("book", "pat", "appointment", "book", slot("slot 1"));
  t.step("book-2", "pat", "appointment", "book", slot("slot 2"));
  t.step("in-trust", "bot-a", "appointment", "book", slot("slot 1", "hosp-a"));
  t.step("cancel", "pat", "appointment", "cancel", {{"booking", first}});
}

void tell_alliance(Story& t) {
  const auto decide = [&](const char* name, Json proposal) {
    const std::string where = proposal["institution"];
    const std::string id = t.step(name, "hosp-a admin", "alliance", "propose", std::move(proposal));
    for (const char* who : {"hosp-a admin", "hosp-b admin", "hosp-c admin"}) {
      t.step("vote", who, "alliance", "approve", {{"proposal", id}, {"institution", where}});
    }
  };
  decide("copies", {{"kind", "copies"}, {"institution", "hosp-a"}, {"copies", 3}});
  t.step("weight", "hosp-b admin", "alliance", "weight",
         {{"institution", "hosp-b"}, {"weight", 5}});
  t.step("rotate", "hosp-c admin", "alliance", "rotate",
         {{"institution", "hosp-c"}, {"transportKey", hex_of("new transport")},
          {"voteKey", to_hex(testing::key_of("new vote").public_key())},
          {"peer", "10.0.0.3:7"}});
  decide("read-only", {{"kind", "permission"}, {"institution", "hosp-d"}, {"permission", "read"}});
  decide("admin", {{"kind", "admin"}, {"institution", "hosp-d"}, {"admin", address_of("new d")}});
  decide("contract", {{"kind", "contract"}, {"institution", "hosp-a"}, {"contract", "records"},
                      {"version", 2}, {"height", 500}});
  const ledger::Institution one = ledger::testing::make_institution(4);
  decide("newcomer", {{"kind", "institution"}, {"institution", one.id}, {"uscc", one.uscc},
                      {"admin", one.admin.text()}, {"permission", "read"},
                      {"archiveKey", to_hex(one.archive_key)},
                      {"voteKey", to_hex(one.node.vote_key)},
                      {"transportKey", to_hex(one.node.transport_key)},
                      {"boxKey", to_hex(one.node.box_key)}, {"peer", one.node.peer},
                      {"http", one.node.http}});
  const std::string id = t.step("expel", "hosp-b admin", "alliance", "propose",
                                {{"kind", "expel"}, {"institution", "hosp-e"}, {"reason", "R1"}});
  for (const char* who : {"hosp-a admin", "hosp-c admin"}) {
    t.step("against", who, "alliance", "reject",
           {{"proposal", id}, {"institution", "hosp-e"}, {"reason", "no"}});
  }
  decide("validator", {{"kind", "validator"}, {"institution", "hosp-e"}});
  t.step("leave", "hosp-e admin", "alliance", "leave",
         {{"institution", "hosp-e"}, {"reason", "merged"}});
}

Story told() {
  Story t;
  tell_accounts(t);
  tell_records(t);
  tell_rights(t);
  tell_requests(t);
  tell_appointments(t);
  tell_alliance(t);
  return t;
}

void compare(const std::vector<std::string>& lines, const std::vector<std::string>& expected) {
  for (std::size_t i = 0; i < std::max(lines.size(), expected.size()); ++i) {
    const std::string line = i < lines.size() ? lines[i] : "";
    CHECK_MESSAGE((i < expected.size() && line == expected[i]), i << ": \"" << line << "\"");
  }
}

TEST_CASE("story: what the contracts write is fixed, byte for byte (R-066)") {
  Story t = told();
  t.wait("day", kDay + kHour);
  t.step("close-file", "pat", "registration", "deregister", {{"patient", hex_of("pat token")}});
  t.wait("month", 40 * kDay);
  t.wait("empty", 7);
  const std::vector<std::string> expected{
      "apply ok 2ad28d7e60a4", "apply ok fc2222c71840", "approve ok e8b48e32302b",
      "reject ok 87d63238a58b", "suspend ok d89273ba278d", "resume ok c4d1b5871fa0",
      "attest ok 3a09f197a824", "attest-b ok 64330d003674", "unattest ok 36c893bfe190",
      "login ok 8bca4e3f950a", "login-a ok 733a27ce5eeb", "logout ok 86f60e5e2ac7",
      "close-own ok b059a2c9f241", "create ok 622085f4cb8c", "restricted ok 6012a77d4fa0",
      "again ok 6c19467a7276", "conflict conflict 182195beb5e5", "amend ok 0df5dedefb00",
      "run ok c7984a756dd4", "no-rule no_rule 4a800adb84bd", "grant ok 19a1f585cfe7",
      "access ok f4806b52c735", "own ok 79647dc76349", "deny ok 7092cc5637ab",
      "revoke ok 777fd6812c27", "in-trust ok 0ae239d5bd3a", "emergency ok 4b8172cb0bd1",
      "emergency-r ok f3ff96bec1df", "btg ok 2613547398b0", "review ok e85ac0d3ef6e",
      "last-word ok d09445938ddc", "request ok a2cb8e69cbef", "request-p ok a3bef8b7bed6",
      "yes ok 2db6e51703b6", "no ok 0095b9ba5dab", "book ok 64e682ef0070",
      "book-2 ok dc1b45da71a4", "in-trust ok 89ef2add8777", "cancel ok feb7fdc40dc3",
      "copies ok fec4b76d9ed7", "vote ok 4532b56879c7", "vote ok 57195a182668",
      "vote ok 66bd8a90b83d", "weight ok 1b48013c2a4a", "rotate ok 7df3c10a6b22",
      "read-only ok 7ec3cf825d5f", "vote ok 86cf76ea9b85", "vote ok f5c09eb33609",
      "vote ok 1288134444d0", "admin ok 3880b2220739", "vote ok 5fff8480ff52",
      "vote ok 38224130b531", "vote ok f71e38af2d36", "contract ok 495d4d96c5b4",
      "vote ok 294592e3285e", "vote ok efb4dc764217", "vote ok 66cea142cc9e",
      "newcomer ok ef313eb61eee", "vote ok 8a64f6baffd2", "vote ok d29d98708fe2",
      "vote ok 745954a9f63c", "expel ok fac111f7dc61", "against ok 7d80a9babd9d",
      "against ok d185c789691c", "validator ok 0b8ebf4e8fc4", "vote ok 167087ac4b23",
      "vote ok f1110cfcaaec", "vote ok 8020f3584b43", "leave ok 93f63269e50f",
      "day ok 17d003aad01b", "close-file ok 4e58381c357d", "month ok 93ca38081103",
      "empty ok 9cba642a507a",
  };
  compare(t.lines, expected);
}

/// "3:1f2e", the number of rows and a hash of them, or why there are none.
std::string seen(World& world, const char* who, const Json& question) {
  const std::vector<Json> rows = world.ask(who, question);
  if (rows.size() == 1 && rows.front().contains("error")) return rows.front()["error"];
  std::string text;
  for (const Json& row : rows) text += row.dump() + "\n";
  return std::to_string(rows.size()) + ":" + to_hex(crypto::sha256(as_bytes(text))).substr(0, 4);
}

TEST_CASE("story: who sees which rows, byte for byte: other programs read them (R-084)") {
  Story t = told();
  const Json record{{"record", hex_of("record 1")}};
  const Json patient{{"patient", hex_of("pat token")}};
  const auto tag = [](const char* name, const char* content) {
    return Json{{"record", hex_of(name)}, {"content", hex_of(content)}};
  };
  const std::vector<std::pair<const char*, Json>> questions{
      {"record", record},
      {"record", {{"record", hex_of("restricted")}}},
      {"records", patient},
      {"records", {{"institution", "hosp-a"}, {"month", "2026-12"}}},
      {"records", {{"doctor", hex_of("doctor token")}}},
      {"history", record},
      {"lookup", {{"tags", {tag("record 1", "c2"), tag("restricted", "other"), tag("x", "x")}}}},
      {"grants", Json::object()},
      {"grants", patient},
      {"grants", {{"grantee", address_of("dr-b")}}},
      {"check", {{"record", hex_of("record 1")}, {"grantee", address_of("dr-b")},
                 {"purpose", "TREAT"}}},
      {"audit", Json::object()},
      {"audit", {{"action", "access"}}},
      {"audit", {{"patient", hex_of("pat token")}, {"outcome", "denied"}}},
      {"identity", {{"address", address_of("dr-b")}}},
      {"accounts", Json::object()},
      {"accounts", {{"institution", "hosp-a"}, {"role", "doctor"}}},
      {"orgs", Json::object()},
      {"pending", Json::object()},
      {"contracts", Json::object()},
      {"ring", Json::object()},
      {"ring", {{"key", hex_of("handle 1")}}},
      {"runs", Json::object()},
      {"stats", {{"by", {"institution", "confidentiality"}}}},
      {"emergencies", Json::object()},
      {"emergencies", {{"unreviewed", true}}},
      {"requests", Json::object()},
      {"requests", {{"status", "approved"}}},
      {"appointments", Json::object()},
      {"appointments", {{"slot", hex_of("slot 1")}, {"institution", "hosp-b"}}},
      {"retained", patient},
  };
  const std::array people{"pat",     "dr-a",         "dr-b",        "bot-a",
                          "auditor", "hosp-a admin", "hosp-c admin"};
  std::vector<std::string> lines;
  for (const auto& [kind, filter] : questions) {
    Json question = filter;
    question["kind"] = kind;
    std::string line = kind;
    for (const char* who : people) line += " " + seen(t.world, who, question);
    lines.push_back(line);
  }
  // pat, dr-a, dr-b, bot-a, auditor, hosp-a's admin, hosp-c's admin
  const std::vector<std::string> expected{
      "record 1:5cee 1:5cee 1:5cee 1:5cee 1:5cee 1:5cee not_found",
      "record 1:ecb6 1:ecb6 1:ecb6 1:ecb6 1:ecb6 1:ecb6 not_found",
      "records 2:57cb 2:57cb 2:57cb 2:57cb 2:57cb 2:57cb 0:e3b0",
      "records 1:8a8d 1:8a8d 1:8a8d 1:8a8d 1:8a8d 1:8a8d 0:e3b0",
      "records 1:fe48 1:fe48 1:fe48 1:fe48 1:fe48 1:fe48 0:e3b0",
      "history 2:7c8b 2:7c8b 2:7c8b 2:7c8b 2:7c8b 2:7c8b not_found",
      "lookup role 3:c4e8 3:7a5a 3:c4e8 role 3:c4e8 3:7a5a",
      "grants 5:1068 0:e3b0 4:82a2 0:e3b0 0:e3b0 0:e3b0 0:e3b0",
      "grants 5:1068 0:e3b0 4:05c5 0:e3b0 5:1068 0:e3b0 1:e988",
      "grants 4:82a2 0:e3b0 4:82a2 0:e3b0 4:82a2 0:e3b0 0:e3b0",
      "check 1:f388 not_found 1:f388 not_found 1:f388 1:f388 not_found",
      "audit 27:c3f6 5:bc01 9:ba82 7:383c 100:3490 100:97a2 9:eb35",
      "audit 4:b05a 1:7b33 3:1860 0:e3b0 4:b05a 4:b05a 0:e3b0",
      "audit 1:027a 0:e3b0 1:027a 0:e3b0 1:027a 1:027a 0:e3b0",
      "identity 1:7a65 1:7a65 1:ce8a 1:7a65 1:20b6 1:20b6 1:20b6",
      "accounts role role role role 14:4e94 14:4e94 14:4e94",
      "accounts role role role role 4:79a3 4:79a3 4:79a3",
      "orgs 5:019e 5:019e 5:019e 5:019e 5:019e 5:019e 5:019e",
      "pending role role role role 1:67fc 1:67fc 1:67fc",
      "contracts 6:8cf6 6:8cf6 6:8cf6 6:8cf6 6:8cf6 6:8cf6 6:8cf6",
      "ring 4:68d2 4:68d2 4:68d2 4:68d2 4:68d2 4:68d2 4:68d2",
      "ring 3:5820 3:5820 3:5820 3:5820 3:5820 3:5820 3:5820",
      "runs role 1:531e 1:531e 1:531e 1:531e 1:531e 1:531e",
      "stats role role role role 3:0e5c 3:0e5c 3:0e5c",
      "emergencies 2:c41c 0:e3b0 2:c41c 0:e3b0 2:c41c 1:d299 0:e3b0",
      "emergencies 1:d299 0:e3b0 1:d299 0:e3b0 1:d299 1:d299 0:e3b0",
      "requests 2:d0a2 0:e3b0 2:ba28 0:e3b0 2:ba28 2:ba28 0:e3b0",
      "requests 1:33e4 0:e3b0 1:33e4 0:e3b0 1:33e4 1:33e4 0:e3b0",
      "appointments 3:388d 1:a1d9 2:673b 1:a1d9 no_index 1:a1d9 0:e3b0",
      "appointments 1:6d6e 0:e3b0 1:6d6e 0:e3b0 1:6d6e 0:e3b0 0:e3b0",
      "retained 1:c96f 0:e3b0 0:e3b0 0:e3b0 1:c96f 1:c96f 0:e3b0",
  };
  compare(lines, expected);
}

}  // namespace
}  // namespace emr::contracts
