// Key parts from nodes that are behind, refuse, lie or say nothing: the record opens when a quorum
// of honest parts exists, whoever lies is named, and otherwise the error says what each said.
#include "client/release.h"

#include <doctest/doctest.h>

#include <ctime>
#include <mutex>
#include <set>

#include "client/testing.h"
#include "crypto/box.h"
#include "ledger/query.h"
#include "threshold/dealer.h"
#include "threshold/keypart.h"

namespace emr::client {
namespace {

using testing::FakeNode;
using testing::key_of;
using threshold::Part;

constexpr std::size_t kMembers = 4;
constexpr std::string_view kText = "a record";

/// How one node answers a request for its key part.
enum class Manner {
  kHonest,
  kBehind,          ///< "not yet", twice, then its part
  kRefuses,         ///< never has the access
  kForges,          ///< a part that was made with another share
  kForgesAsFirst,   ///< the same under the first member's index
  kOthersPart,      ///< the first member's part, as it is
  kOthersAsOwn,     ///< the first member's part under its own name
  kOtherAccess,     ///< its part under another access
  kOtherPartOfTwo,  ///< its part of the manifest
  kBrokenBox,       ///< a box that does not open
  kGarbage,
  kEmpty,
  kFails,           ///< HTTP 500
  kNever,           ///< accepts the request and says nothing
};

/// Four members on loopback that hold a dealt key, and one sealed record.
class Consortium {
 public:
  /// The genesis gives another address of the member `moved`.
  explicit Consortium(std::vector<Manner> manners, std::size_t moved = kMembers)
      : manners_(std::move(manners)), dealing_(deal()), genesis_(ledger::testing::make_genesis()) {
    for (std::size_t i = 0; i < kMembers; ++i) {
      nodes_.push_back(std::make_unique<FakeNode>(
          [this, i](const http::ServerRequest& request) { return answer(i, request); }));
      if (i != moved) genesis_.institutions[i].node.http = nodes_[i]->url();
    }
    genesis_.threshold.quorum = dealing_.keys.quorum();
    genesis_.threshold.group_key = dealing_.keys.group_key().bytes;
    for (std::size_t i = 0; i < kMembers; ++i) {
      genesis_.threshold.verification_keys[i] = dealing_.keys.verification_keys()[i].bytes;
    }
    REQUIRE(ledger::seal_genesis(genesis_).ok());
    label = {genesis_.hash, "hosp-a", ledger::testing::hash_of("record"),
              ledger::testing::hash_of("content"), Part::kOriginal};
    auto sealed = threshold::seal(as_bytes(kText), label,
                                  threshold::FixedBase(dealing_.keys.group_key()),
                                  dealing_.keys.key_id(), archive_.public_key, random_);
    REQUIRE(sealed.ok());
    envelope_ = *std::move(sealed);
  }

  Result<Released> open(std::vector<std::string> urls = {}) {
    auto pool = Pool::make({std::move(urls), ""}, genesis_);
    REQUIRE(pool.ok());
    const auto reader = key_of("session");
    ReleaseContext context{access_, &reader, &session_.secret};
    context.patience = std::chrono::milliseconds(1'500);  // but for kNever all answer at once
    context.wait = std::chrono::milliseconds(wait_ms);
    return release_part(*pool, context, envelope_, label, random_);
  }
  /// "" when the record opened to its text.
  std::string outcome() {
    auto released = open();
    if (!released) return released.error().reason;
    auto text = threshold::open_with_key(envelope_, released->content_key);
    return text && text->text() == kText ? "" : "wrong key";
  }
  std::string url(std::size_t member) const { return nodes_[member]->url(); }
  int asked(std::size_t member) const { return nodes_[member]->requests; }

  threshold::Label label;  ///< what the ledger says
  int wait_ms = 60'000;  ///< no honest part keeps anybody waiting; less where too few come

 private:
  static threshold::Dealing deal() {
    crypto::SeededRandom random{7};
    auto dealing = threshold::deal(3, kMembers, random);
    REQUIRE(dealing.ok());
    return *std::move(dealing);
  }

  http::ServerResponse answer(std::size_t i, const http::ServerRequest& request) {
    const std::scoped_lock lock(mutex_);
    if (request.path == "/v1/status") {
      return {200, "application/json",
              R"({"node":")" + genesis_.institutions[i].id + R"(","genesis":")" +
                  to_hex(genesis_.hash) + "\"}",
              {}};
    }
    const std::string line = request.body.substr(0, request.body.find('\n'));
    const auto asked =
        ledger::parse_release(line, genesis_.institutions[i].id,
                              static_cast<UnixSeconds>(std::time(nullptr)), genesis_.chain());
    EMR_CHECK(asked.ok());
    CHECK(asked->access == access_);
    CHECK(asked->parts == std::vector<ledger::Part>{ledger::Part::kOriginal});
    CHECK(nonces_.insert(asked->nonce).second);
    return said(i, manners_[i]);
  }

  http::ServerResponse said(std::size_t i, Manner manner) {
    const auto no = [](unsigned status, const char* reason) {
      return http::ServerResponse{status, "application/json",
                                  std::string(R"({"reason":")") + reason + "\"}", {}};
    };
    switch (manner) {
      case Manner::kBehind:
        return behind_[i]++ < 2 ? no(403, "no_access") : said(i, Manner::kHonest);
      case Manner::kRefuses: return no(403, "no_access");
      case Manner::kFails: return no(500, "io");
      case Manner::kGarbage: return testing::lines("{\"type\":\"emr.keypart\",\n\x01");
      case Manner::kEmpty: return testing::lines("");
      case Manner::kNever: return {0, "", "", {}};
      default: return testing::lines(part(i, manner).to_json().dump() + "\n");
    }
  }

  threshold::KeyPart part(std::size_t i, Manner manner) {
    const std::string& id = genesis_.institutions[i].id;
    const Hash32 other = ledger::testing::hash_of("another access");
    switch (manner) {
      case Manner::kForges: return made(id, forged(i));
      case Manner::kForgesAsFirst: return made(id, forged(0));
      case Manner::kOthersPart: return made(genesis_.institutions[0].id, dealing_.shares[0]);
      case Manner::kOthersAsOwn: return made(id, dealing_.shares[0]);
      case Manner::kOtherAccess: return made(id, dealing_.shares[i], other);
      case Manner::kOtherPartOfTwo: {
        auto one = made(id, dealing_.shares[i]);
        one.part = Part::kManifest;
        return one;
      }
      case Manner::kBrokenBox: {
        auto one = made(id, dealing_.shares[i]);
        one.box[60] ^= 1;
        return one;
      }
      default: return made(id, dealing_.shares[i]);
    }
  }
  /// The index of one share with the secret of none.
  threshold::KeyShare forged(std::size_t i) {
    threshold::KeyShare share = dealing_.shares[i];
    share.secret = threshold::Scalar::random(nodes_random_);
    return share;
  }
  threshold::KeyPart made(const std::string& id, const threshold::KeyShare& share,
                          const std::optional<Hash32>& access = {}) {
    const auto checked = threshold::check_envelope(envelope_, dealing_.keys, label);
    EMR_CHECK(checked.ok());
    auto one = threshold::make_key_part(share, *checked, id, access.value_or(access_),
                                        Part::kOriginal, session_.public_key, nodes_random_);
    EMR_CHECK(one.ok());
    return *std::move(one);
  }

  std::vector<Manner> manners_;
  std::mutex mutex_;  ///< four servers answer side by side
  crypto::SeededRandom random_{3};        ///< the reader's
  crypto::SeededRandom nodes_random_{4};  ///< under the mutex
  threshold::Dealing dealing_;
  ledger::Genesis genesis_;
  crypto::BoxKeyPair session_ = crypto::generate_box_keys(random_);
  crypto::BoxKeyPair archive_ = crypto::generate_box_keys(random_);
  Hash32 access_ = ledger::testing::hash_of("access");
  threshold::Envelope envelope_;
  std::array<int, kMembers> behind_{};
  std::set<std::uint64_t> nonces_;  ///< each request has its own
  std::vector<std::unique_ptr<FakeNode>> nodes_;  ///< last: they stop before what they use goes
};

using enum Manner;
constexpr Manner kLies[] = {kForges,      kForgesAsFirst,  kOthersPart, kOthersAsOwn,
                            kOtherAccess, kOtherPartOfTwo, kBrokenBox,  kGarbage,
                            kEmpty};

TEST_CASE("release: three honest members are enough, and nobody else is asked") {
  Consortium t({kHonest, kHonest, kHonest, kHonest});
  CHECK(t.outcome() == "");
  CHECK(t.asked(3) == 0);
}

TEST_CASE("release: whatever one member lies, the record opens, and it is named") {
  for (const Manner lie : kLies) {
    for (const std::size_t place : {1U, 2U}) {
      CAPTURE(static_cast<int>(lie));
      CAPTURE(place);
      std::vector<Manner> manners(kMembers, kHonest);
      manners[place] = lie;
      Consortium t(manners);
      CHECK(t.outcome() == "");
      const auto released = t.open();
      REQUIRE(released.ok());
      CHECK(released->misbehaving ==
            std::vector<std::string>{ledger::testing::institution_id(place)});
    }
  }
}

// A part under another's index was taken for that member's: it accused the honest one, and stood in
// its place.
TEST_CASE("release: a false part under another's index accuses its sender and displaces nobody") {
  Consortium t({kHonest, kForgesAsFirst, kHonest, kHonest});
  auto released = t.open({t.url(1), t.url(0), t.url(2), t.url(3)});
  REQUIRE(released.ok());
  CHECK(released->misbehaving == std::vector<std::string>{"hosp-b"});
}

TEST_CASE("release: who is no founder by its address is named by it, not by what it calls itself") {
  Consortium t({kHonest, kForges, kHonest, kHonest}, 1);
  const auto released = t.open({t.url(1), t.url(0), t.url(2), t.url(3)});
  REQUIRE(released.ok());
  CHECK(released->misbehaving == std::vector<std::string>{t.url(1)});
}

TEST_CASE("release: nodes that are behind are asked again until a quorum has given") {
  Consortium t({kHonest, kBehind, kBehind, kRefuses});
  CHECK(t.outcome() == "");
  CHECK(t.asked(0) == 1);  // who has given is left alone
  CHECK(t.asked(1) == 3);
}

// A node that says nothing used up the wait for one that was behind.
TEST_CASE("release: one that says nothing is waited for once, beside one that is behind") {
  Consortium t({kHonest, kNever, kBehind, kHonest});
  CHECK(t.outcome() == "");
  CHECK(t.asked(1) == 1);
  CHECK(t.asked(2) == 3);
}

TEST_CASE("release: one member at two addresses has one part") {
  Consortium t({kHonest, kHonest, kHonest, kHonest});
  t.wait_ms = 0;
  CHECK(t.open({t.url(0), t.url(0), t.url(1)}).error().reason == "too_few_parts");
  CHECK(t.open({t.url(0), t.url(0), t.url(1), t.url(2)}).ok());
}

TEST_CASE("release: too few parts is 75, and says what each node answered") {
  Consortium t({kHonest, kForges, kRefuses, kFails});
  t.wait_ms = 0;
  const auto released = t.open();
  REQUIRE_FALSE(released.ok());
  CHECK(released.error().code == Code::kTempFail);
  CHECK(released.error().reason == "too_few_parts");
  CHECK(released.error().message ==
        "fewer than a quorum of nodes gave key parts: hosp-a gave one, hosp-b false_part, "
        "hosp-c no_access, hosp-d io");
}

TEST_CASE("release: nodes that all refuse are 77 at once; a false part is none that was given") {
  Consortium refuses({kRefuses, kForges, kRefuses, kGarbage});
  const auto released = refuses.open();
  REQUIRE_FALSE(released.ok());
  CHECK(released.error().code == Code::kDenied);
  CHECK(released.error().reason == "no_access");
  CHECK(released.error().message.ends_with(
      ": hosp-a no_access, hosp-b false_part, hosp-c no_access, hosp-d false_part"));
  for (std::size_t i = 0; i < kMembers; ++i) CHECK(refuses.asked(i) == 1);
  Consortium dead({kFails, kFails, kFails, kFails});
  CHECK(dead.open().error().code == Code::kTempFail);
}

TEST_CASE("release: a genesis whose threshold key does not hold together is no configuration") {
  CHECK(genesis_keys(testing::genesis()).error().code == Code::kConfig);
}

TEST_CASE("release: an envelope under another label is refused before anybody is asked") {
  Consortium t({kHonest, kHonest, kHonest, kHonest});
  t.label.record = ledger::testing::hash_of("another record");
  CHECK(t.open().error().reason == "label");
  CHECK(t.asked(0) == 0);
}

}  // namespace
}  // namespace emr::client
