// Goal: every message has exactly one encoding, the decoder takes nothing else, and the bytes are
// those of FORMAT.md. Method: round trips, every truncation, single flipped structure bytes.
#include <doctest/doctest.h>

#include "base/hex.h"
#include "consensus/limits.h"
#include "consensus/test_bench.h"

using namespace emr;
using namespace emr::consensus;
using namespace emr::consensus::test;

namespace {

std::vector<Message> samples(const Bench& bench) {
  const BlockBytes block = bench.block(1, 0);
  const Hash32 digest = Bench::digest(block);
  const QuorumCert prepared = bench.certificate(VoteType::kPrepare, 0, 1, digest);
  const QuorumCert committed = bench.certificate(VoteType::kCommit, 0, 1, digest);
  return {bench.pre_prepare(0, 0, 1, block),
          bench.vote(2, VoteType::kPrepare, 0, 1, digest),
          bench.view_change(1, 1, prepared),
          bench.new_view(1, {bench.view_change(0, 1), bench.view_change(1, 1, prepared),
                             bench.view_change(3, 1)}),
          StatusMessage{0, 1, true, 7, 4},
          BlockRequest{5, 20},
          BlockReply{committed, block},
          BodyRequest{1, digest},
          BodyReply{block},
          StableMessage{bench.certificate(VoteType::kCheckpoint, 0, 4, digest)}};
}

}  // namespace

TEST_CASE("every message survives encoding and decoding, byte for byte") {
  const Bench bench(3);
  for (const Message& message : samples(bench)) {
    CAPTURE(message.index());
    const Bytes bytes = encode(message);
    const auto decoded = decode(bytes);
    REQUIRE(decoded.ok());
    CHECK(decoded.value().index() == message.index());
    CHECK(encode(decoded.value()) == bytes);
  }
}

TEST_CASE("no truncated and no longer message is accepted") {
  const Bench bench(3);
  for (const Message& message : samples(bench)) {
    CAPTURE(message.index());
    Bytes bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CHECK_FALSE(decode(ByteView(bytes).first(size)).ok());
    }
    bytes.push_back(0);
    CHECK_FALSE(decode(bytes).ok());
  }
}

TEST_CASE("unknown versions, types, votes, members and flags are refused") {
  const Bench bench(3);
  const std::vector<Message> all = samples(bench);
  const auto with_byte = [](const Message& message, std::size_t at, std::uint8_t value) {
    Bytes bytes = encode(message);
    bytes.at(at) = value;
    return decode(bytes).ok();
  };
  CHECK_FALSE(with_byte(all[1], 0, 2));  // format version
  CHECK_FALSE(with_byte(all[1], 1, 0));  // message type
  CHECK_FALSE(with_byte(all[1], 1, 11));
  CHECK_FALSE(with_byte(all[1], 10, 4));       // vote type: PRE-PREPARE is no vote message
  CHECK_FALSE(with_byte(all[1], 2 + 57, 64));  // sender beyond the largest set
  CHECK_FALSE(with_byte(all[2], 2 + 25, 2));   // flag
  CHECK_FALSE(with_byte(all[4], 2 + 16, 2));   // flag
}

TEST_CASE("a VIEW-CHANGE cannot claim what its certificates do not say") {
  const Bench bench(3);
  const Hash32 digest{};
  const auto decodes = [](const ViewChange& message) { return decode(encode(message)).ok(); };
  ViewChange good = bench.view_change(1, 2, bench.certificate(VoteType::kPrepare, 1, 1, digest));
  CHECK(decodes(good));
  ViewChange bad = good;
  bad.prepared = bench.certificate(VoteType::kCommit, 1, 1, digest);  // another kind of vote
  CHECK_FALSE(decodes(bad));
  bad.prepared = bench.certificate(VoteType::kPrepare, 2, 1, digest);  // not an earlier view
  CHECK_FALSE(decodes(bad));
  bad.prepared = bench.certificate(VoteType::kPrepare, 1, 2, digest);  // not the next height
  CHECK_FALSE(decodes(bad));
  bad = good;
  bad.committed = 1;  // without a certificate
  bad.prepared.reset();
  CHECK_FALSE(decodes(bad));
  bad.commit_certificate = bench.certificate(VoteType::kCommit, 0, 1, digest);
  CHECK(decodes(bad));
  bad.committed = 2;
  CHECK_FALSE(decodes(bad));
}

TEST_CASE("a NEW-VIEW lists distinct members in rising order") {
  const Bench bench(3);
  CHECK(decode(encode(bench.new_view(1, {bench.view_change(0, 1), bench.view_change(2, 1)}))).ok());
  CHECK_FALSE(
      decode(encode(bench.new_view(1, {bench.view_change(2, 1), bench.view_change(0, 1)}))).ok());
  CHECK_FALSE(
      decode(encode(bench.new_view(1, {bench.view_change(2, 1), bench.view_change(2, 1)}))).ok());
}

TEST_CASE("block requests are bounded") {
  CHECK(decode(encode(BlockRequest{1, kSyncWindow})).ok());
  CHECK_FALSE(decode(encode(BlockRequest{0, 1})).ok());
  CHECK_FALSE(decode(encode(BlockRequest{3, 2})).ok());
  CHECK_FALSE(decode(encode(BlockRequest{1, kSyncWindow + 1})).ok());
}

TEST_CASE("the worked example of FORMAT.md") {
  Hash32 digest{};
  digest.fill(0xab);
  VoteMessage message;
  message.vote = {VoteType::kCommit, 0, 3, 17, digest};
  message.sender = 2;
  message.signature.fill(0xcd);
  CHECK(to_hex(encode(message)) ==
        "0102"
        "0000000000000000"
        "02"
        "0000000000000003"
        "0000000000000011"
        "abababababababababababababababababababababababababababababababab"
        "02"
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd");
  CHECK(to_hex(encode(Selection{16, digest, 2})) ==
        "0000000000000010"
        "01"
        "0000000000000002"
        "abababababababababababababababababababababababababababababababab");
  ViewChange change{0, 1, 3, 0, std::nullopt, std::nullopt, {}};
  CHECK(to_hex(encode(change)).substr(0, 58) ==
        "0103"
        "0000000000000000"
        "0000000000000001"
        "03"
        "0000000000000000"
        "00"
        "00");
  CHECK(to_hex(content_digest(change)) ==
        "01abf17756e8b9c5eda5a671abc100adea8f46e77942f3fd6f9e3516f28e5f4e");
}
