// A consortium of four real nodes in one process: what commits, what is released to whom, what
// content and sidecars do when a member was away.
#include "node/node.h"

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <doctest/doctest.h>

#include "base/time.h"
#include "content/transfer.h"
#include "ledger/proof.h"
#include "ledger/receipt_list.h"
#include "node/frames.h"
#include "node/testing.h"
#include "threshold/keypart.h"

namespace emr::node {
namespace {

using namespace testing;

Json record_args(std::string_view name) {
  return {{"record", hex_of(std::string(name) + " record")},
          {"content", hex_of(std::string(name) + " content")},
          {"patient", hex_of("patient")},
          {"doctor", hex_of("doctor")},
          {"docType", "C0002"},
          {"confidentiality", "N"},
          {"visitType", "1"},
          {"month", "2026-11"},
          {"handles", Json::array()},
          {"policy", hex_of("policy")}};
}

constexpr std::string_view kPlaintext = "the sealed original";

/// The envelope of a record of hosp-a.
Json envelope(Consortium& net, std::string_view name) {
  const threshold::Label label{net.genesis.hash, "hosp-a", hash_of(std::string(name) + " record"),
                               hash_of(std::string(name) + " content"), threshold::Part::kOriginal};
  const auto archive = crypto::generate_box_keys(net.random);
  auto sealed = threshold::seal(as_bytes(kPlaintext), label, net.dealing->keys.group_key(),
                                net.dealing->keys.key_id(), archive.public_key, net.random);
  REQUIRE(sealed.ok());
  return sealed->to_json();
}

/// An approved doctor of the institution whose node is `node`.
void admit_doctor(Consortium& net, std::size_t node, std::string_view who) {
  const std::string id = institution_id(node);
  const Json applied = net.submit(
      node, who, "registration.apply",
      {{"role", "doctor"}, {"institution", id}, {"identity", hex_of(std::string(who) + " id")}});
  REQUIRE(applied.at("receipt").at("status") == "ok");
  const Json approved = net.submit(node, id + " admin", "registration.approve",
                                   {{"address", key_of(who).address().text()}, {"role", "doctor"}});
  REQUIRE(approved.at("receipt").at("status") == "ok");
}

Json create_record(Consortium& net, std::size_t node, std::string_view name,
                   std::string_view author = "hosp-a admin") {
  return net.submit(
      node, author, "records.create", record_args(name),
      {{ledger::Part::kPublic, {{"visit", "x"}}}, {ledger::Part::kOriginal, envelope(net, name)}});
}

Hash32 txid_of(const Json& line) {
  return hash_from_hex(line.at("txid").get<std::string>()).value();
}

TEST_CASE("node: a request to one node commits at all, with a proof that holds (R-011, R-061)") {
  Consortium net;
  net.start_all();
  const Json line = create_record(net, 2, "one");
  REQUIRE(line.at("state") == "committed");
  CHECK(line.at("receipt").at("status") == "ok");
  const std::string id = line.at("txid");
  for (std::size_t i = 0; i < 4; ++i) {
    const auto answer = net.call(i, "GET", "/v1/tx/" + id + "?wait=10&proof=1");
    const Json mine = Json::parse(answer.body);
    CHECK(mine.at("height") == line.at("height"));
    if (!mine.contains("proof")) continue;  // it was still on its way and came by waiting
    const auto proof = ledger::parse_proof(json::canonical_checked(mine.at("proof")));
    REQUIRE(proof.ok());
    const auto proven = ledger::verify_proof(*proof, net.genesis, contracts::method_table());
    REQUIRE(proven.ok());
    CHECK(to_hex(proven->txid) == id);

    const Json shared =
        Json::parse(net.call(i, "GET", "/v1/tx/" + id + "?proof=block").body).at("proof");
    const auto list = ledger::parse_receipt_list(json::canonical_checked(shared));
    REQUIRE(list.ok());
    ledger::EpochChain known(net.genesis);
    CHECK(ledger::verify_receipt_list(*list, known).ok());
    CHECK(ledger::holds_receipt(*list, proven->index, proven->receipt));
  }
}

TEST_CASE("node: what does not verify is refused at the door, line by line (R-025, R-070, R-101)") {
  Consortium net;
  net.start_all();
  const std::string good =
      net.make_line("new doctor", "registration.apply",
                    {{"role", "doctor"}, {"institution", "hosp-a"}, {"identity", hex_of("d")}});
  std::string forged = good;
  forged.replace(forged.find("hosp-a"), 6, "hosp-b");
  const auto answer = net.call(0, "POST", "/v1/tx?wait=30",
                               as_bytes(forged + "\nnot json\n" + good + "\n" + good + "\n"));
  std::vector<Json> lines;
  for (std::size_t at = 0, stop = 0; (stop = answer.body.find('\n', at)) != std::string::npos;
       at = stop + 1) {
    lines.push_back(Json::parse(answer.body.substr(at, stop - at)));
  }
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("reason") == "bad_signature");
  CHECK(lines[1].at("state") == "refused");
  CHECK(lines[2].at("state") == "committed");
  CHECK(lines[3] == lines[2]);  // the same transaction twice: one commit, one receipt
}

TEST_CASE("node: no key part without a committed access; with one, any quorum opens (R-008)") {
  Consortium net;
  net.start_all();
  admit_doctor(net, 0, "doctor");
  const Json created = create_record(net, 0, "open", "doctor");
  REQUIRE(created.at("receipt").at("status") == "ok");
  const auto box = crypto::generate_box_keys(net.random);
  const std::string until = format_utc(std::time(nullptr) + 3600);
  const Json login = net.submit(0, "doctor", "registration.login",
                                {{"sessionKey", key_of("session").address().text()},
                                 {"boxKey", to_hex(box.public_key)},
                                 {"until", until}});
  REQUIRE(login.at("receipt").at("status") == "ok");

  // Before the access: nobody, not even the author, by whatever transaction id.
  for (const Hash32& id : {txid_of(created), txid_of(login), hash_of("nothing")}) {
    const auto refused = net.release(0, id, "session");
    CHECK(refused.status == 403);
    CHECK(Json::parse(refused.body).at("reason") == "no_access");
  }

  const Json access = net.submit(0, "doctor", "permission.access",
                                 {{"record", hex_of("open record")},
                                  {"version", 1},
                                  {"parts", {"original"}},
                                  {"purpose", "TREAT"},
                                  {"boxKey", to_hex(box.public_key)},
                                  {"minutes", 10}},
                                 {}, "session");
  REQUIRE(access.at("receipt").at("status") == "ok");
  const Hash32 id = txid_of(access);
  CHECK(net.release(0, id, "somebody else").status == 403);

  std::vector<threshold::PartialDecryption> partials;
  for (std::size_t i = 1; i < 4; ++i) {  // without the author's own node
    REQUIRE(net.call(i, "GET", "/v1/tx/" + to_hex(id) + "?wait=10").body.find("committed") !=
            std::string::npos);
    // A node whose links came up late may still be fetching the sidecar (503, try again).
    http::ClientResponse released;
    REQUIRE(Consortium::within_ten_seconds([&] {
      released = net.release(i, id, "session");
      return released.status == 200;
    }));
    const auto part = threshold::KeyPart::from_json(Json::parse(released.body));
    REQUIRE(part.ok());
    const auto partial = threshold::open_key_part(*part, box.secret);
    REQUIRE(partial.ok());
    partials.push_back(*partial);
  }
  // The reader gets the envelope from the sidecar of any node.
  const auto answer =
      net.query(3, "hosp-a admin", {{"kind", "sidecar"}, {"record", hex_of("open record")}});
  REQUIRE(answer.status == 200);
  const Json row = Json::parse(answer.body.substr(0, answer.body.find('\n')));
  Json sealed;
  for (const Json& part : row.at("parts")) {
    if (part.at("part") == "original") sealed = part.at("value");
  }
  const auto parsed = threshold::Envelope::from_json(sealed);
  REQUIRE(parsed.ok());
  const auto checked = threshold::check(net.dealing->keys.group_key(), parsed->consortium,
                                        as_bytes(parsed->label.canonical()));
  REQUIRE(checked.ok());
  const auto combined =
      threshold::combine(net.dealing->keys, *checked, partials,
                         threshold::release_context(id, threshold::Part::kOriginal));
  REQUIRE(combined.ok());
  CHECK(combined->rejected.empty());
  const auto plain = threshold::open_with_key(*parsed, combined->content_key);
  REQUIRE(plain.ok());
  CHECK(plain->text() == kPlaintext);
}

TEST_CASE("node: a copied ciphertext gets no key part (labels are rebuilt from state)") {
  Consortium net;
  net.start_all();
  REQUIRE(create_record(net, 0, "victim").at("receipt").at("status") == "ok");
  admit_doctor(net, 1, "thief");
  // A doctor of hosp-b writes a record with hosp-a's envelope in it, and then opens "his" record.
  const Json copied = net.submit(1, "thief", "records.create", record_args("thief"),
                                 {{ledger::Part::kPublic, {{"visit", "x"}}},
                                  {ledger::Part::kOriginal, envelope(net, "victim")}});
  REQUIRE(copied.at("receipt").at("status") == "ok");
  const auto box = crypto::generate_box_keys(net.random);
  REQUIRE(net.submit(1, "thief", "registration.login",
                     {{"sessionKey", key_of("thief session").address().text()},
                      {"boxKey", to_hex(box.public_key)},
                      {"until", format_utc(std::time(nullptr) + 3600)}})
              .at("receipt")
              .at("status") == "ok");
  const Json access = net.submit(1, "thief", "permission.access",
                                 {{"record", hex_of("thief record")},
                                  {"version", 1},
                                  {"parts", {"original"}},
                                  {"purpose", "TREAT"},
                                  {"boxKey", to_hex(box.public_key)},
                                  {"minutes", 10}},
                                 {}, "thief session");
  REQUIRE(access.at("receipt").at("status") == "ok");
  const auto refused = net.release(1, txid_of(access), "thief session");
  CHECK(refused.status >= 400);
  CHECK(refused.body.find("emr.keypart") == std::string::npos);
}

TEST_CASE("node: queries need a registered signer, are for one node and good once (R-090)") {
  Consortium net;
  net.start_all();
  CHECK(net.query(0, "stranger", {{"kind", "orgs"}}).status == 403);
  const std::string line = net.sign_query(0, "hosp-a admin", {{"kind", "orgs"}});
  CHECK(net.call(1, "POST", "/v1/query", as_bytes(line)).status == 403);
  const auto first = net.call(0, "POST", "/v1/query", as_bytes(line));
  CHECK(first.status == 200);
  CHECK(first.body.find("\"type\":\"emr.end\"") != std::string::npos);
  const auto again = net.call(0, "POST", "/v1/query", as_bytes(line));
  CHECK(again.status == 403);
  CHECK(Json::parse(again.body).at("reason") == "replay");
  CHECK(net.call(0, "GET", "/v1/nothing").status == 404);
  CHECK(net.call(0, "GET", "/v1/query").status == 405);
}

/// GET of a block at a node.
http::ClientResponse get_block(Consortium& net, std::size_t node, const content::Cid& cid) {
  const std::string auth = to_base64(as_bytes(net.sign_query(
      node, "hosp-b admin", {{"kind", "block"}, {"cid", content::format_cid(cid)}})));
  return net.call(node, "GET", "/v1/content/" + content::format_cid(cid), {},
                  {{"X-Emr-Auth", auth}});
}

TEST_CASE("node: a block put to one node is at every node, also at one that was away (R-095)") {
  Consortium net;
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  const Bytes block = to_bytes("a sealed block");
  const content::Cid cid = content::cid_of_block(block, content::Codec::kRaw);
  Bytes body;
  content::append_block_frame(body, hash_of("blinding"), cid, block);
  const auto put = [&](std::string_view who, ByteView bytes, ByteView signed_for) {
    const std::string digest = to_hex(crypto::sha256(signed_for));
    const std::string line = net.sign_query(0, who, {{"kind", "put"}, {"digest", digest}});
    return net.call(0, "POST", "/v1/content", bytes, {{"X-Emr-Auth", to_base64(as_bytes(line))}});
  };
  CHECK(net.call(0, "POST", "/v1/content", body).status == 403);
  CHECK(put("stranger", body, body).status == 403);
  Bytes changed = body;
  changed.back() ^= 1;
  CHECK(put("hosp-a admin", changed, body).status == 403);     // signed for another body
  CHECK(put("hosp-a admin", changed, changed).status == 400);  // not the block of its CID
  const auto stored = put("hosp-a admin", body, body);
  REQUIRE(stored.status == 200);
  CHECK(Json::parse(stored.body).at("stored") == 1);
  CHECK(Json::parse(put("hosp-a admin", body, body).body).at("present") == 1);
  CHECK(Consortium::within_ten_seconds(
      [&] { return get_block(net, 2, cid).body == as_text(block); }));
  net.start(3);
  CHECK(Consortium::within_ten_seconds(
      [&] { return get_block(net, 3, cid).body == as_text(block); }));
  const content::Cid absent = content::cid_of_block(to_bytes("absent"), content::Codec::kRaw);
  CHECK(get_block(net, 0, absent).status == 404);
}

TEST_CASE("node: a node that was away gets blocks and sidecars of that time (R-015, R-063)") {
  Consortium net;
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  REQUIRE(create_record(net, 0, "away").at("receipt").at("status") == "ok");
  net.start(3);
  CHECK(Consortium::within_ten_seconds([&] {
    const Json status = Json::parse(net.nodes[3]->status());
    return status.at("height") == 1 && status.at("missingSidecars") == 0;
  }));
  CHECK(Consortium::within_ten_seconds([&] {
    return net.query(3, "hosp-a admin", {{"kind", "sidecar"}, {"record", hex_of("away record")}})
               .status == 200;
  }));
  CHECK(Json::parse(net.nodes[3]->status()).at("tip") ==
        Json::parse(net.nodes[0]->status()).at("tip"));
}

TEST_CASE("node: a member that leaves the primary out gets no primary blamed (R-062)") {
  Consortium net;
  const std::size_t primary = net.genesis.primary_index();
  const std::size_t liar = (primary + 1) % 4;
  net.taps[liar].out = [primary](net::PeerIndex to, net::Lane, const Frame& frame) {
    const bool kept = to == primary && frame_kind(*frame).ok() &&
                      *frame_kind(*frame) == FrameKind::kRequests;
    return kept ? std::vector<Frame>{} : std::vector<Frame>{frame};
  };
  net.start_all();
  const auto view = [&] {
    return Json::parse(net.call(primary, "GET", "/v1/status").body).at("view").get<int>();
  };
  const int before = view();
  const Json request = {{"role", "doctor"}, {"institution", "hosp-a"}, {"identity", hex_of("new")}};
  const Json done = net.submit(liar, "new", "registration.apply", request);
  CHECK(done.at("state") == "committed");
  CHECK(view() == before);
}

TEST_CASE("node: without a quorum requests stay pending and the status says why (R-005)") {
  Consortium net;
  net.start(0);
  const std::string line =
      net.make_line("new doctor", "registration.apply",
                    {{"role", "doctor"}, {"institution", "hosp-a"}, {"identity", hex_of("d")}});
  const auto answer = net.call(0, "POST", "/v1/tx?wait=1", as_bytes(line));
  CHECK(Json::parse(answer.body).at("state") == "pending");
  const Json status = Json::parse(net.call(0, "GET", "/v1/status").body);
  CHECK(status.at("ready") == false);
  CHECK(status.at("reason").get<std::string>().starts_with("no_quorum"));
  CHECK(status.at("mempool") == 1);
  CHECK(net.call(0, "GET", "/metrics").body.find("emr_ready 0") != std::string::npos);
  for (std::size_t i = 1; i < 4; ++i) net.start(i);
  const Json later = Json::parse(
      net.call(1, "GET",
               "/v1/tx/" + Json::parse(answer.body).at("txid").get<std::string>() + "?wait=20")
          .body);
  CHECK(later.at("state") == "committed");
}

}  // namespace
}  // namespace emr::node
