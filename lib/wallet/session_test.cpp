#include "wallet/session.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"

namespace emr::wallet {
namespace {

TEST_CASE("a session file keeps both keys, and nothing unexpected") {
  crypto::SeededRandom random(1);
  const crypto::Address from = crypto::SigningKey::generate(random).address();
  const Hash32 genesis = crypto::sha256(as_bytes("genesis"));
  const Session session = Session::create(from, genesis, 1'800'000'000, random);
  const std::string text(session.encode().text());
  const Result<Session> read = Session::decode(text);
  REQUIRE(read.ok());
  CHECK(read->from == from);
  CHECK(read->genesis == genesis);
  CHECK(read->expires == session.expires);
  CHECK(read->sign_key.address() == session.sign_key.address());
  CHECK(read->box.public_key == session.box.public_key);
  CHECK(read->encode().text() == text);

  std::string extra = text;
  extra.insert(1, "\"extra\":1,");
  CHECK_FALSE(Session::decode(extra).ok());
  std::string other_version = text;
  other_version.replace(other_version.find("\"v\":1"), 5, "\"v\":2");
  CHECK_FALSE(Session::decode(other_version).ok());
  CHECK_FALSE(Session::decode("{}").ok());
  CHECK_FALSE(Session::decode(std::string(10000, ' ')).ok());
}

TEST_CASE("a session is for one ledger and ends on time") {
  crypto::SeededRandom random(2);
  const Hash32 genesis = crypto::sha256(as_bytes("genesis"));
  const Session session = Session::create({}, genesis, 1000, random);
  CHECK(session.check(genesis, 999).ok());
  CHECK(session.check(genesis, 1000).error().reason == "expired");
  CHECK(session.check(crypto::sha256({}), 999).error().reason == "genesis");
}

}  // namespace
}  // namespace emr::wallet
