// The worked examples of FORMAT.md, byte for byte: each message is made here and looked for in the
// document, so neither can change alone.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/hex.h"
#include "consensus/messages.h"

namespace emr::consensus {
namespace {

using quorum::Vote;
using quorum::VoteSignature;
using quorum::VoteType;

/// The document without any white space, since long bytes are broken over lines there.
std::string document() {
  std::ifstream file(EMR_SOURCE_DIR "/lib/consensus/FORMAT.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::string all = text.str();
  std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
  return all;
}

VoteSignature signature_of(std::uint8_t byte) {
  VoteSignature signature{};
  signature.fill(byte);
  return signature;
}

Hash32 digest() {
  Hash32 value{};
  value.fill(0xab);
  return value;
}

QuorumCert certificate(VoteType type, View view, Seq seq) {
  const std::vector<quorum::SignedBy> signatures = {
      {0, signature_of(0xc0)}, {1, signature_of(0xc1)}, {3, signature_of(0xc3)}};
  return quorum::make_certificate({type, 0, view, seq, digest()}, signatures);
}

ViewChange view_change(NodeIndex member) {
  ViewChange message;
  message.view = 1;
  message.sender = member;
  message.signature = signature_of(0xcd);
  return message;
}

NewView new_view() {
  NewView message;
  message.view = 1;
  message.sender = 1;
  message.view_changes = {view_change(0), view_change(1), view_change(3)};
  message.selection = encode(Selection{});
  message.signature = signature_of(0xcd);
  return message;
}

TEST_CASE("format: every consensus message is as its worked example says") {
  const std::string text = document();
  const auto block = std::make_shared<const Bytes>(to_bytes("block"));
  const VoteMessage commit{{VoteType::kCommit, 0, 3, 17, digest()}, 2, signature_of(0xcd)};
  const std::vector<Message> messages = {PrePrepare{0, 3, 17, 2, signature_of(0xcd), block},
                                         commit,
                                         new_view(),
                                         StatusMessage{0, 3, true, 16, 0},
                                         BlockRequest{5, 20},
                                         BlockReply{certificate(VoteType::kCommit, 3, 17), block},
                                         BodyRequest{17, digest()},
                                         BodyReply{block},
                                         StableMessage{certificate(VoteType::kCheckpoint, 0, 16)}};
  for (const Message& message : messages) {
    const Bytes bytes = encode(message);
    CAPTURE(to_hex(bytes));
    CHECK(text.find(to_hex(bytes)) != std::string::npos);
    CHECK(decode(bytes).ok());
  }
  CHECK(text.find(to_hex(content_digest(new_view()))) != std::string::npos);
  // Evidence holds the commit of the example without version and type.
  const Bytes half = encode_signed_vote(commit);
  CHECK(half.size() == 122);
  CHECK(to_hex(encode(Message(commit))).substr(4) == to_hex(half));
  CHECK(decode_signed_vote(half).value().vote == commit.vote);
}

}  // namespace
}  // namespace emr::consensus
