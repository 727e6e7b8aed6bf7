// Deregistration: no new data, rules ended, records sealed, and the same work however much
// there is.
#include <doctest/doctest.h>

#include <algorithm>

#include "contracts/access.h"
#include "contracts/accounts.h"
#include "contracts/closing.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::Json;
using testing::World;

const Json kFile{{"patient", hex_of("pat token")}};

struct Leaving {
  World world;
  Leaving() {
    world.populate();
    world.enrol("bot-b", "service", "hosp-b");
    write("bot-a", "record 1");
    write("bot-b", "of b");
  }
  std::string write(const char* who, const char* record) {
    return world.outcome(who, "records", "create", World::record_args(record));
  }
  std::string attest(const char* admin, const char* wallet) {
    return world.outcome(admin, "registration", "attest",
                         {{"patient", hex_of("pat token")}, {"address", address_of(wallet)}});
  }
  std::string grant(const char* who, const char* to, const char* effect = "permit") {
    return world.outcome(who, "permission", "grant",
                         world.grant_args("doctor", address_of(to), effect));
  }
  std::string open(const char* who, const char* record = "record 1") {
    return world.outcome(who, "permission", "access", World::access_args(record));
  }
  std::string leave(const char* who, const Json& args = Json::object()) {
    return world.outcome(who, "registration", "deregister", args);
  }
  std::string apply(const char* who) {
    return world.outcome(who, "registration", "apply",
                         {{"role", "patient"}, {"identity", hex_of("other identity")}});
  }
  static Json done(const char* account, const char* closed) {
    return {{"account", account}, {"closed", {closed}}, {"patient", hex_of("pat token")}};
  }
  Json result() const { return Json::parse(last.data_json); }
  ledger::Receipt last;
};

TEST_CASE("deregister: a file is closed where the wallet's word counts, and the account with it") {
  Leaving t;
  CHECK(t.grant("pat", "dr-b") == "ok");
  CHECK(t.open("dr-b") == "ok");
  t.last = t.world.run("pat", "registration", "deregister", kFile);
  CHECK(t.result() == Leaving::done("closed", "hosp-a"));
  // Sealed for everybody: the reader, the author's colleagues, who wrote it, the patient himself.
  CHECK(t.open("dr-b") == "patient_closed");
  CHECK(t.open("dr-a") == "patient_closed");
  CHECK(t.open("pat") == "not_active");
  // No new data there; at hosp-b the wallet said nothing.
  CHECK(t.write("bot-a", "record 2") == "patient_closed");
  CHECK(t.world.outcome("bot-a", "records", "amend", World::amend_args("record 1", "c2", 1)) ==
        "patient_closed");
  CHECK(t.write("bot-a", "record 1") == "ok");  // unchanged: a nightly import goes on
  CHECK(t.write("bot-b", "record 2") == "ok");
  Json booking{{"institution", "hosp-a"}, {"patient", hex_of("pat token")}, {"slot", hex_of("s")},
               {"month", "2026-12"}};
  CHECK(t.world.outcome("bot-a", "appointment", "book", booking) == "patient_closed");
  // The rule shows its end.
  const auto rules = t.world.ask("auditor", {{"kind", "grants"}, {"patient", hex_of("pat token")}});
  REQUIRE(rules.size() == 1);
  CHECK(rules[0]["status"] == "revoked");
  CHECK(rules[0]["revokedAt"] == format_utc(t.world.now));
}

TEST_CASE("deregister: not even an emergency, nor a rule in trust, opens a closed file") {
  Leaving t;
  CHECK(t.leave("pat", kFile) == "ok");
  Json urgent = kFile;
  urgent["reasonCode"] = "unconscious";
  urgent["minutes"] = 60;
  CHECK(t.world.outcome("dr-b", "permission", "emergency", urgent) == "ok");
  Json args = World::access_args();
  args["purpose"] = "BTG";
  CHECK(t.world.outcome("dr-b", "permission", "access", args) == "patient_closed");
  CHECK(t.grant("hosp-a admin", "dr-b") == "patient_closed");
}

TEST_CASE("deregister: whom f+1 members attested closes everything") {
  Leaving t;
  CHECK(t.attest("hosp-b admin", "pat") == "ok");
  t.last = t.world.run("pat", "registration", "deregister", kFile);
  CHECK(t.result()["closed"] == Json{"*"});
  CHECK(t.write("bot-b", "record 2") == "patient_closed");
  CHECK(t.open("dr-b", "of b") == "patient_closed");
}

TEST_CASE("deregister: a wallet that one other member attested closes nothing of the patient's") {
  Leaving t;
  t.world.enrol("mallory", "patient", "");
  CHECK(t.leave("mallory", kFile) == "not_the_patient");
  CHECK(t.attest("hosp-d admin", "mallory") == "ok");
  t.last = t.world.run("mallory", "registration", "deregister", kFile);
  CHECK(t.result()["closed"] == Json{"hosp-d"});
  CHECK(t.open("dr-a") == "ok");
  CHECK(t.open("pat") == "ok");
  CHECK(t.write("bot-a", "record 2") == "ok");
}

TEST_CASE("deregister: who comes back is attested again; old rules stay ended") {
  Leaving t;
  CHECK(t.grant("pat", "dr-b") == "ok");
  CHECK(t.leave("pat", kFile) == "ok");
  CHECK(t.apply("pat") == "already_applied");  // the address is used up
  t.world.enrol("pat again", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat") == "not_a_patient");
  CHECK(t.attest("hosp-a admin", "pat again") == "ok");
  CHECK(t.write("bot-a", "record 2") == "ok");
  CHECK(t.open("pat again") == "ok");
  CHECK(t.open("dr-a") == "ok");
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.grant("pat again", "dr-b") == "ok");
  CHECK(t.open("dr-b") == "ok");
  // A wallet that is withdrawn later, because it was lost, does not close the file again.
  CHECK(t.world.outcome("hosp-a admin", "registration", "unattest",
                        {{"patient", hex_of("pat token")}, {"address", address_of("pat again")}}) ==
        "ok");
  CHECK(t.write("bot-a", "record 3") == "ok");
  CHECK(t.open("dr-a") == "ok");
}

TEST_CASE("deregister: who left everywhere comes back to one institution, and can leave again") {
  Leaving t;
  CHECK(t.attest("hosp-b admin", "pat") == "ok");
  CHECK(t.leave("pat", kFile) == "ok");
  t.world.enrol("pat again", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat again") == "ok");
  CHECK(t.open("dr-a") == "ok");
  CHECK(t.open("dr-b", "of b") == "patient_closed");
  CHECK(t.leave("pat again", kFile) == "ok");
  CHECK(t.open("dr-a") == "patient_closed");
}

TEST_CASE("deregister: another wallet's rules end with the file, and do not come back with it") {
  Leaving t;
  t.world.enrol("pat2", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat2") == "ok");
  CHECK(t.grant("pat2", "dr-b") == "ok");
  CHECK(t.leave("pat", kFile) == "ok");
  CHECK(t.attest("hosp-a admin", "pat2") == "ok");  // its account is open still
  CHECK(t.open("pat2") == "ok");
  CHECK(t.open("dr-b") == "no_rule");
}

TEST_CASE("deregister: the identity is free for a new account, the sessions are over") {
  Leaving t;
  const Json login{{"sessionKey", address_of("session")},
                   {"boxKey", hex_of("box")},
                   {"until", format_utc(t.world.now + 600)}};
  CHECK(t.world.outcome("dr-a", "registration", "login", login) == "ok");
  CHECK(t.open("dr-a") == "ok");
  const Hash32 access = t.world.last->txid();
  CHECK(t.leave("dr-a") == "ok");
  CHECK_FALSE(find_access(t.world.state, access, t.world.now).ok());
  CHECK(t.world.outcome("dr-a", "permission", "access", World::access_args(), "session") ==
        "not_active");
  CHECK(t.world.ask("dr-a", {{"kind", "orgs"}})[0]["error"] == "not_active");
  CHECK(t.world.ask("dr-a", {{"kind", "identity"}}, "session")[0]["error"] == "not_active");
  const auto rows = t.world.ask("dr-a", {{"kind", "identity"}});
  CHECK(rows[0]["status"] == "closed");
  CHECK_FALSE(rows[0].contains("identity"));
  Json args{{"role", "doctor"}, {"institution", "hosp-b"}, {"identity", hex_of("identity dr-a")}};
  CHECK(t.world.outcome("dr-a elsewhere", "registration", "apply", args) == "ok");
  CHECK(t.world.outcome("hosp-a admin", "registration", "resume",
                        {{"address", address_of("dr-a")}, {"role", "doctor"}}) == "not_suspended");
}

TEST_CASE("deregister: the admin that the alliance knows stays; a guardian keeps his own account") {
  Leaving t;
  CHECK(t.leave("hosp-a admin") == "member_admin");
  CHECK(t.world.outcome("hosp-a admin", "registration", "attest",
                        {{"patient", hex_of("child")}, {"address", address_of("pat")}}) == "ok");
  t.last = t.world.run("pat", "registration", "deregister", {{"patient", hex_of("child")}});
  CHECK(t.result()["account"] == "active");
  CHECK(t.open("pat") == "ok");
  // The account alone: its word ends, the file is not closed.
  CHECK(t.leave("pat") == "ok");
  CHECK(t.open("dr-a") == "ok");
  CHECK(t.write("bot-a", "record 2") == "ok");
}

TEST_CASE("deregister: an institution closes in trust for whom it knows no wallet") {
  Leaving t;
  CHECK(t.leave("hosp-a admin", kFile) == "not_the_patient");  // he has a wallet here
  t.last = t.world.run("hosp-b admin", "registration", "deregister", kFile);
  CHECK(t.result() == Leaving::done("active", "hosp-b"));
  CHECK(t.write("bot-b", "record 2") == "patient_closed");
  CHECK(t.write("bot-a", "record 2") == "ok");
}

TEST_CASE("deregister: no institution locks out a wallet that f+1 members attested") {
  Leaving t;
  CHECK(t.leave("hosp-b admin", kFile) == "ok");  // in trust, while f+1 had not attested it
  CHECK(t.open("pat", "of b") == "patient_closed");
  CHECK(t.attest("hosp-c admin", "pat") == "ok");
  CHECK(t.open("pat", "of b") == "ok");
  CHECK(t.world.ask("pat", {{"kind", "record"}, {"record", hex_of("of b")}})[0]["institution"] ==
        "hosp-b");
  CHECK(t.open("dr-b", "of b") == "patient_closed");  // for others it stays sealed
}

TEST_CASE("deregister: who closes in trust learns nothing of what other institutions hold") {
  Leaving t;
  const Json ask{{"kind", "retained"}, {"patient", hex_of("pat token")}};
  CHECK(t.leave("hosp-b admin", kFile) == "ok");
  const auto rows = t.world.ask("hosp-b admin", ask);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["institution"] == "hosp-b");
}

TEST_CASE("deregister: no file is closed while rules do not know their place") {
  Software versions = software_versions();
  for (ledger::ContractVersion& one : versions) {
    if (one.name == "permission") one.version = 1;
  }
  World world(testing::at_versions(ledger::testing::make_genesis(4), versions));
  world.populate();
  // Otherwise what he grants after he has come back would count as made before he left.
  CHECK(world.outcome("pat", "registration", "deregister", kFile) == "not_in_version");
  CHECK(world.outcome("pat", "registration", "deregister", Json::object()) == "ok");
}

TEST_CASE("deregister: what stays and why is answered to who left, auditors, institutions") {
  Leaving t;
  t.write("bot-a", "record 2");
  const Json ask{{"kind", "retained"}, {"patient", hex_of("pat token")}};
  CHECK(t.leave("pat", kFile) == "ok");
  const auto rows = t.world.ask("pat", ask);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["institution"] == "hosp-a");
  CHECK(rows[0]["records"] == 2);
  CHECK(rows[0]["reason"] == "retention");
  CHECK(rows[1]["institution"] == "hosp-b");
  CHECK(rows[1]["reason"] == "in-use");
  CHECK(t.world.ask("auditor", ask).size() == 2);
  CHECK(t.world.ask("hosp-b admin", ask).size() == 1);
  CHECK(t.world.ask("dr-a", ask).empty());
  t.world.enrol("other", "patient", "");
  CHECK(t.world.ask("other", ask).empty());
}

TEST_CASE("deregister: a file with many rules and records is closed by the same few writes") {
  const auto writes = [](int many) {
    Leaving t;
    for (int i = 0; i < many; ++i) {
      t.write("bot-a", ("more " + std::to_string(i)).c_str());
      t.grant("pat", "dr-b");
    }
    ledger::Overlay overlay(&t.world.state);
    const auto tx = t.world.make_tx("pat", "registration", "deregister", kFile);
    const auto receipt = t.world.executor.execute(
        overlay, *tx, {&t.world.genesis, t.world.app.tip().height + 1, t.world.now, 0});
    CHECK(receipt.status == ledger::ReceiptStatus::kOk);
    return overlay.writes().size();
  };
  CHECK(writes(0) == writes(100));
}

TEST_CASE("deregister: an account that is closed is bound to nobody any more") {
  Leaving t;
  CHECK(has_binding(t.world.state, hex_of("pat token"), "hosp-a"));
  CHECK(t.leave("pat") == "ok");
  CHECK_FALSE(has_binding(t.world.state, hex_of("pat token"), "hosp-a"));
  CHECK(t.grant("hosp-a admin", "dr-b") == "ok");  // the hospital speaks in trust again
}

TEST_CASE("deregister: what one wallet closes leaves the rules of another where they count") {
  Leaving t;
  t.world.enrol("pat-2", "patient", "");
  CHECK(t.attest("hosp-b admin", "pat-2") == "ok");
  CHECK(t.grant("pat-2", "dr-a") == "ok");
  CHECK(t.open("dr-a", "of b") == "ok");
  CHECK(t.leave("pat", kFile) == "ok");
  CHECK(t.open("dr-a", "of b") == "ok");
  const auto status = [&] {
    Json query = kFile;
    query["kind"] = "grants";
    return t.world.ask("auditor", query).back()["status"];
  };
  CHECK(status() == "active");
  // Who comes back rules anew.
  t.world.enrol("pat-3", "patient", "");
  CHECK(t.attest("hosp-a admin", "pat-3") == "ok");
  CHECK(t.grant("pat-3", "dr-b") == "ok");
  CHECK(t.open("dr-b") == "ok");
  for (const Json& row : t.world.ask("pat-3", {{"kind", "grants"}})) {
    CHECK(row["status"] == "active");
  }
}

TEST_CASE("deregister: a colleague's closing in trust ends what was ruled in trust") {
  Leaving t;
  t.world.enrol("admin-c2", "admin", "hosp-c");
  Json rule = t.world.grant_args("doctor", address_of("dr-b"));
  rule["patient"] = hex_of("no wallet");
  CHECK(t.world.outcome("hosp-c admin", "permission", "grant", rule) == "ok");
  const Json file{{"patient", hex_of("no wallet")}};
  CHECK(t.leave("admin-c2", file) == "ok");
  Json query = file;
  query["kind"] = "grants";
  CHECK(t.world.ask("auditor", query)[0]["status"] == "revoked");
}

TEST_CASE("deregister: who closed a file and came back makes rules that the closing did not end") {
  Leaving t;
  CHECK(t.world.outcome("hosp-a admin", "registration", "attest",
                        {{"patient", hex_of("ward")}, {"address", address_of("pat")}}) == "ok");
  CHECK(t.grant("pat", "dr-b") == "ok");
  t.last = t.world.run("pat", "registration", "deregister", kFile);
  CHECK(t.result()["account"] == "active");  // he still has a ward
  CHECK(t.attest("hosp-a admin", "pat") == "ok");
  CHECK(t.open("dr-b") == "no_rule");
  CHECK(t.grant("pat", "dr-b") == "ok");
  CHECK(t.open("dr-b") == "ok");
  std::vector<std::string> status;
  Json query = kFile;
  query["kind"] = "grants";
  for (const Json& row : t.world.ask("auditor", query)) status.push_back(row["status"]);
  std::sort(status.begin(), status.end());
  CHECK(status == std::vector<std::string>{"active", "revoked"});
}

}  // namespace
}  // namespace emr::contracts
