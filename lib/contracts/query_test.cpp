// Queries: who may see what (default deny), which index is used and how far it is read (R-032,
// R-094), pages that add up, audit rows.
#include "contracts/query.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "contracts/access.h"
#include "contracts/limits.h"
#include "contracts/testing.h"

namespace emr::contracts {
namespace {

using testing::address_of;
using testing::hex_of;
using testing::key_of;
using testing::Json;
using testing::World;

/// Two hospitals with records of two patients, in two months.
struct Library {
  World world;
  Library() {
    world.populate();
    world.enrol("bot-b", "service", "hosp-b");
    for (int i = 0; i < 6; ++i) {
      Json args = World::record_args("a" + std::to_string(i), "c");
      if (i >= 4) args["patient"] = hex_of("other patient");
      if (i % 2 == 1) args["month"] = "2026-10";
      if (i == 0) args["docType"] = "C0001";
      CHECK(world.outcome("bot-a", "records", "create", args) == "ok");
    }
    CHECK(world.outcome("bot-b", "records", "create", World::record_args("b0", "c")) == "ok");
  }
  std::size_t count(const char* who, Json query) {
    query["kind"] = "records";
    const auto rows = world.ask(who, query);
    return rows.size() == 1 && rows[0].contains("error") ? 999 : rows.size();
  }
};

TEST_CASE("records: each asker sees what the rules let him know of, and nothing else") {
  Library t;
  const Json of_patient{{"patient", hex_of("pat token")}};
  CHECK(t.count("pat", of_patient) == 4);         // attested at hosp-a only
  CHECK(t.count("dr-a", of_patient) == 4);        // own institution
  CHECK(t.count("dr-b", of_patient) == 1);        // own institution
  CHECK(t.count("auditor", of_patient) == 5);     // of the consortium
  CHECK(t.count("hosp-c admin", of_patient) == 0);
  CHECK(t.count("stranger", of_patient) == 999);  // not registered
  CHECK(t.count("pat", {{"patient", hex_of("other patient")}}) == 0);
  CHECK(t.world.outcome("pat", "permission", "grant",
                        t.world.grant_args("doctor", address_of("dr-b"))) == "ok");
  CHECK(t.count("dr-b", of_patient) == 5);
}

TEST_CASE("records: by hospital and month, without a scan, and only through an index (R-032)") {
  Library t;
  CHECK(t.count("dr-a", {{"institution", "hosp-a"}}) == 6);
  CHECK(t.count("dr-a", {{"institution", "hosp-a"}, {"month", "2026-10"}}) == 3);
  CHECK(t.count("auditor", {{"month", "2026-11"}}) == 4);
  CHECK(t.count("dr-a", {{"doctor", hex_of("doctor token")}}) == 6);
  CHECK(t.count("pat", Json::object()) == 4);  // a patient needs to name nothing
  CHECK(t.world.ask("dr-a", {{"kind", "records"}, {"docType", "C0001"}})[0]["error"] ==
        "no_index");
  QueryAnswer answer;
  t.world.ask("dr-a", {{"kind", "records"}, {"institution", "hosp-a"}, {"docType", "C0001"}}, "",
              &answer);
  CHECK(answer.explain.index == "institution");
  CHECK(answer.explain.candidates == 6);
  CHECK(answer.explain.scanned == answer.explain.candidates);
  CHECK(answer.explain.returned == 1);
}

TEST_CASE("records: pages add up to the whole, without doubles, whatever their size") {
  Library t;
  for (const char* index : {"institution", "month"}) {
    for (const int limit : {1, 2, 3, 7}) {
      std::set<std::string> seen;
      Json query{{"kind", "records"}, {"limit", limit}};
      query[index] = index == std::string_view("month") ? "2026-11" : "hosp-a";
      const std::size_t expected = index == std::string_view("month") ? 4 : 6;
      for (int page = 0; page < 20; ++page) {
        QueryAnswer answer;
        for (const Json& row : t.world.ask("auditor", query, "", &answer)) {
          CHECK(seen.insert(row["record"]).second);
        }
        CHECK(answer.rows.size() <= static_cast<std::size_t>(limit));
        if (answer.next.empty()) break;
        query["after"] = answer.next;
      }
      CHECK(seen.size() == expected);
    }
  }
}

TEST_CASE("grants: by reader, whether that is a doctor, an institution or a role") {
  Library t;
  const std::pair<std::string, std::string> readers[] = {
      {"doctor", address_of("dr-b")}, {"institution", "hosp-b"}, {"role", "doctor"}};
  for (const auto& [kind, id] : readers) {
    CHECK(t.world.outcome("pat", "permission", "grant", t.world.grant_args(kind, id)) == "ok");
  }
  for (const auto& [kind, id] : readers) {
    const std::string named = kind == "role" ? "role:" + id : id;
    const auto rows = t.world.ask("auditor", {{"kind", "grants"}, {"grantee", named}});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0]["to"] == Json{{"kind", kind}, {"id", id}});
  }
}

TEST_CASE("pages: a cursor of another list, or a part of one, is an error and no empty rest") {
  Library t;
  Json query{{"kind", "records"}, {"institution", "hosp-a"}, {"limit", 2}};
  QueryAnswer first;
  t.world.ask("auditor", query, "", &first);
  REQUIRE_FALSE(first.next.empty());
  const auto error_of = [&](Json asked, const std::string& cursor) {
    asked["after"] = cursor;
    const auto rows = t.world.ask("auditor", std::move(asked));
    return rows.size() == 1 ? rows[0].value("error", "") : "";
  };
  CHECK(error_of(query, "zz") == "cursor");
  CHECK(error_of(query, "a") == "cursor");
  CHECK(error_of({{"kind", "records"}, {"institution", "hosp-b"}}, first.next) == "cursor");
  CHECK(error_of({{"kind", "audit"}}, first.next) == "cursor");
  CHECK(error_of({{"kind", "accounts"}}, first.next) == "cursor");
  CHECK(error_of(query, first.next).empty());
}

TEST_CASE("queries: a word that no row can have is an error and no empty answer") {
  Library t;
  const auto refused = [&](Json query) {
    const auto rows = t.world.ask("auditor", std::move(query));
    return rows.size() == 1 && rows[0].contains("error");
  };
  CHECK(refused({{"kind", "accounts"}, {"status", "actve"}}));
  CHECK(refused({{"kind", "accounts"}, {"role", "docter"}}));
  for (const char* who : {"patient", "doctor"}) {
    CHECK(refused({{"kind", "records"}, {who, "zz"}}));
    CHECK(refused({{"kind", "records"}, {who, std::string(64, 'A')}}));
  }
  for (const char* month : {"2026-13", "26-11", "2026-1", "2026/11", ""}) {
    CAPTURE(month);
    CHECK(refused({{"kind", "records"}, {"institution", "hosp-a"}, {"month", month}}));
    CHECK(refused({{"kind", "appointments"}, {"institution", "hosp-a"}, {"month", month}}));
    CHECK(refused({{"kind", "stats"}, {"by", {"docType"}}, {"month", month}}));
  }
}

TEST_CASE("accounts: for admins and auditors only; by role, institution and status (R-024)") {
  Library t;
  const auto count = [&](const char* who, Json query) {
    query["kind"] = "accounts";
    const auto rows = t.world.ask(who, query);
    return rows.size() == 1 && rows[0].contains("error") ? 999 : rows.size();
  };
  const std::size_t all = count("auditor", Json::object());
  CHECK(all > 6);
  CHECK(count("hosp-a admin", Json::object()) == all);
  CHECK(count("auditor", {{"role", "service"}, {"institution", "hosp-b"}}) == 1);
  CHECK(count("auditor", {{"status", "suspended"}}) == 0);
  CHECK(t.world.outcome("dr-b", "registration", "deregister", Json::object()) == "ok");
  CHECK(count("auditor", {{"status", "closed"}}) == 1);
  for (const char* who : {"pat", "dr-a", "bot-a", "stranger"}) CHECK(count(who, {}) == 999);
  CHECK(t.world.ask("auditor", {{"kind", "accounts"}, {"roles", "x"}})[0].contains("error"));
}

TEST_CASE("record and history: one that does not exist looks like one that may not be known") {
  Library t;
  const auto error = [&](const char* who, const char* record) {
    const auto rows = t.world.ask(who, {{"kind", "record"}, {"record", hex_of(record)}});
    return rows[0].value("error", "ok");
  };
  CHECK(error("dr-a", "a0") == "ok");
  CHECK(error("dr-b", "a0") == "not_found");
  CHECK(error("dr-b", "never written") == "not_found");
  CHECK(t.world.ask("dr-b", {{"kind", "history"}, {"record", hex_of("a0")}})[0]["error"] ==
        "not_found");
}

TEST_CASE("lookup: tells writers about their own institution's records only") {
  Library t;
  const auto state = [&](const char* who, const char* record, const char* content) {
    const Json tags = Json::array({{{"record", hex_of(record)}, {"content", hex_of(content)}}});
    return t.world.ask(who, {{"kind", "lookup"}, {"tags", tags}})[0].value("state", "error");
  };
  CHECK(state("bot-a", "a0", "c") == "unchanged");
  CHECK(state("bot-a", "a0", "new") == "changed");
  CHECK(state("bot-a", "b0", "c") == "absent");
  CHECK(state("bot-a", "none", "c") == "absent");
  CHECK(state("pat", "a0", "c") == "error");
  CHECK(state("auditor", "a0", "c") == "error");
}

TEST_CASE("grants and check: patient, reader and auditor see a rule; the contract decides") {
  Library t;
  CHECK(t.world.outcome("pat", "permission", "grant",
                        t.world.grant_args("doctor", address_of("dr-b"))) == "ok");
  const std::string id = to_hex(t.world.last->txid());
  const Json by_patient{{"kind", "grants"}, {"patient", hex_of("pat token")}};
  t.world.enrol("auditor-b", "auditor", "hosp-b");
  CHECK(t.world.ask("auditor-b", by_patient).size() == 1);  // as in the audit and the blocks
  CHECK(t.world.ask("pat", {{"kind", "grants"}}).size() == 1);
  CHECK(t.world.ask("pat", by_patient)[0]["status"] == "active");
  CHECK(t.world.ask("dr-b", {{"kind", "grants"}}).size() == 1);
  CHECK(t.world.ask("auditor", by_patient).size() == 1);
  CHECK(t.world.ask("dr-a", by_patient).empty());
  CHECK(t.world.ask("hosp-b admin", by_patient).empty());

  const Json check{{"kind", "check"}, {"record", hex_of("a0")}, {"purpose", "TREAT"}};
  CHECK(t.world.ask("dr-b", check)[0]["grant"] == id);
  Json about = check;
  about["grantee"] = address_of("dr-b");
  CHECK(t.world.ask("pat", about)[0]["decision"] == "permit");
  CHECK(t.world.ask("dr-a", about)[0]["error"] == "not_found");  // not his to know
  CHECK(t.world.outcome("pat", "permission", "revoke", {{"grant", id}}) == "ok");
  CHECK(t.world.ask("pat", about)[0]["reason"] == "no_rule");
  CHECK(t.world.ask("pat", by_patient)[0]["status"] == "revoked");
}

TEST_CASE("check: about more records than one answer holds is refused, not answered in part") {
  Library t;
  const Json check{
      {"kind", "check"}, {"patient", hex_of("pat token")}, {"purpose", "TREAT"}};
  CHECK(t.world.ask("pat", check)[0]["decision"] == "permit");
  for (std::size_t i = 0; i <= kRowsMax; ++i) {
    t.world.run("bot-a", "records", "create", World::record_args("more " + std::to_string(i)));
  }
  CHECK(t.world.ask("pat", check)[0]["error"] == "too_many");
}

TEST_CASE("audit: every transaction leaves an entry, denials too, and each asker sees his part") {
  Library t;
  CHECK(t.world.outcome("dr-b", "permission", "access", World::access_args("a0")) == "no_rule");
  const Json accesses{{"kind", "audit"}, {"action", "access"}};
  const auto rows = t.world.ask("auditor", accesses);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["decision"] == "deny");
  CHECK(rows[0]["reason"] == "no_rule");
  CHECK(rows[0]["agent"]["id"] == address_of("dr-b"));
  CHECK(rows[0]["agent"]["institution"] == "hosp-b");
  CHECK(rows[0]["recordInstitution"] == "hosp-a");
  CHECK(t.world.ask("pat", accesses).size() == 1);
  CHECK(t.world.ask("dr-b", accesses).size() == 1);          // his own act
  CHECK(t.world.ask("hosp-a admin", accesses).size() == 1);  // its record
  CHECK(t.world.ask("hosp-b admin", accesses).size() == 1);  // its doctor
  CHECK(t.world.ask("hosp-c admin", accesses).empty());
  CHECK(t.world.ask("dr-a", accesses).empty());
  Json whole{{"kind", "audit"}, {"limit", 1000}};
  CHECK(t.world.ask("auditor", whole).size() == t.world.app.tip().height);  // one per block here
}

TEST_CASE("audit: a period is found by its start, not by reading everything before it") {
  Library t;
  const UnixSeconds before = t.world.now;
  t.world.now += 1000;
  CHECK(t.world.outcome("pat", "permission", "access", World::access_args("a0")) == "ok");
  QueryAnswer answer;
  const auto rows = t.world.ask(
      "auditor", {{"kind", "audit"}, {"since", format_utc(before + 1)}}, "", &answer);
  CHECK(rows.size() == 1);
  CHECK(answer.explain.scanned == 1);
  CHECK(t.world.ask("auditor", {{"kind", "audit"}, {"until", format_utc(before)}}).empty());
  const auto own = t.world.ask("pat", {{"kind", "audit"}, {"since", format_utc(before + 1)}});
  CHECK(own.size() == 1);
}

TEST_CASE("node kinds: blocks and exports are for auditors and admins, content for writers") {
  Library t;
  const auto allowed = [&](const char* who, const char* kind) {
    ledger::SignedQuery query;
    query.from = key_of(who).address();
    query.kind = kind;
    query.signature.by = query.from;
    const QueryContext context{&t.world.state, &t.world.genesis, 1, t.world.now};
    return authorise_query(context, query).ok();
  };
  for (const char* kind : {"blocks", "export"}) {
    CHECK(allowed("auditor", kind));
    CHECK(allowed("hosp-a admin", kind));
    CHECK_FALSE(allowed("dr-a", kind));
    CHECK_FALSE(allowed("pat", kind));
  }
  CHECK(allowed("bot-a", "put"));
  CHECK_FALSE(allowed("pat", "put"));
  CHECK_FALSE(allowed("auditor", "put"));
  CHECK_FALSE(allowed("stranger", "nodes"));
  CHECK_FALSE(allowed("dr-a", "whatever"));
}

TEST_CASE("malformed queries are refused with a pointer") {
  Library t;
  const auto reason = [&](const Json& query) {
    return t.world.ask("dr-a", query)[0].value("error", "ok");
  };
  CHECK(reason({{"kind", "record"}, {"record", "zz"}}) != "ok");
  CHECK(reason({{"kind", "records"}, {"institution", "hosp-a"}, {"limit", 0}}) != "ok");
  CHECK(reason({{"kind", "records"}, {"institution", "hosp-a"}, {"limit", 100000}}) != "ok");
  CHECK(reason({{"kind", "records"}, {"institution", "hosp-a"}, {"colour", "red"}}) ==
        "unknown_member");
}

}  // namespace
}  // namespace emr::contracts
