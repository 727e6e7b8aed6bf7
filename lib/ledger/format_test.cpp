// The worked example of FORMAT.md, byte for byte: every quoted value of section 11 is computed here
// and looked for in the document, so neither can change alone.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ledger/application.h"
#include "ledger/merkle.h"
#include "ledger/proof.h"
#include "ledger/receipt_list.h"
#include "ledger/query.h"
#include "ledger/state_proof.h"
#include "ledger/state_tree.h"
#include "ledger/testing.h"

namespace emr::ledger {
namespace {

std::string document() {
  std::ifstream file(EMR_SOURCE_DIR "/lib/ledger/FORMAT.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void quoted(const std::string& text, const char* what, const std::string& value) {
  CAPTURE(std::string(what));
  CAPTURE(value);
  CHECK(text.find(value) != std::string::npos);
}

/// One real method, registration.logout, with a public part added for the example's sake.
const MethodTable& example_methods() {
  static const MethodTable table({{.contract = "registration",
                                   .method = "logout",
                                   .primary_type = "RegistrationLogout",
                                   .action = "LOG OUT 退出登录",
                                   .args = {{.name = "sessionKey", .kind = ArgKind::kAddress}},
                                   .texts = {{"session", "{sessionKey}"}},
                                   .parts = {{Part::kPublic, false}},
                                   .roles = {"any"},
                                   .by_session = true}});
  return table;
}

const ChainId& example_chain() {
  static const ChainId chain = make_chain_id("example", testing::hash_of("example genesis"));
  return chain;
}

Transaction example_transaction() {
  Core core;
  core.contract = "registration";
  core.method = "logout";
  core.from = testing::key_of("example wallet").address();
  for (std::size_t i = 0; i < core.nonce.size(); ++i) core.nonce[i] = static_cast<std::uint8_t>(i);
  core.valid_until = testing::kStart + 3600;
  core.args = std::make_shared<const nlohmann::json>(
      nlohmann::json{{"sessionKey", testing::key_of("example session").address().text()}});
  const Hash32 salt = testing::hash_of("example salt");
  core.payload = {{Part::kPublic, part_commitment(salt, R"({"sex":"2"})")}};
  auto tx = make_transaction(std::move(core), example_methods());
  REQUIRE(tx.ok());
  REQUIRE(sign_transaction(*tx, example_chain(), testing::key_of("example wallet")).ok());
  return *std::move(tx);
}

TEST_CASE("FORMAT.md: the worked example of a transaction, a block and a query") {
  const std::string text = document();
  REQUIRE_FALSE(text.empty());
  const Transaction tx = example_transaction();
  quoted(text, "core", tx.core_json);
  quoted(text, "txid", to_hex(tx.txid));
  quoted(text, "domain separator", to_hex(example_chain().domain_separator));
  quoted(text, "type", tx.method->compiled->encoded());
  quoted(text, "digest", to_hex(signing_digest(tx, example_chain())));
  quoted(text, "entry", encode_entry(tx));

  const std::string receipt = encode_receipt({tx.txid, ReceiptStatus::kOk, "", "{}"});
  quoted(text, "receipt", receipt);
  const std::vector<StateWrite> writes{{"registration/session/x", std::nullopt}, {"k", "true"}};
  quoted(text, "writes", to_hex(chain_writes(example_chain().genesis, writes)));

  BlockHeader header;
  header.genesis = example_chain().genesis;
  header.height = 1;
  header.first_view = 2;
  header.previous = example_chain().genesis;
  header.tx_root = entries_root({encode_entry(tx)});
  header.receipt_root = receipts_root({receipt});
  header.writes_hash = chain_writes(example_chain().genesis, writes);
  header.time = testing::kStart;
  header.proposer = 3;
  header.next_validators = testing::hash_of("example validators");
  quoted(text, "tx root", to_hex(header.tx_root));
  quoted(text, "receipt root", to_hex(header.receipt_root));
  quoted(text, "header", to_hex(encode_header(header)));
  quoted(text, "block hash", to_hex(block_hash(header)));
  CHECK(encode_header(header).size() == 263);
  const Bytes certificate = testing::certify_by(
      header, example_chain().genesis,
      {{0, "example vote 0"}, {1, "example vote 1"}, {2, "example vote 2"}});
  quoted(text, "receipts of the block",
         encode_receipt_list(make_receipt_list(header, {receipt}, certificate)));

  EpochLink link{header, {}, {}};
  for (const char number : std::string_view("1234")) {
    link.next.push_back(testing::key_of(std::string("example vote ") + number).public_key());
  }
  link.header.next_validators = quorum::ValidatorSet::make(1, link.next).value().hash();
  link.certificate = testing::certify_by(
      link.header, example_chain().genesis,
      {{0, "example vote 0"}, {1, "example vote 1"}, {2, "example vote 2"}});
  quoted(text, "end of an epoch", to_hex(encode_link(link)));

  SignedQuery query;
  query.from = tx.core.from;
  query.node = "hosp-a";
  query.nonce = 1;
  query.expires = testing::kStart + 60;
  query.query_json = R"({"kind":"orgs"})";
  REQUIRE(sign_query(query, example_chain(), testing::key_of("example session")).ok());
  quoted(text, "query", encode_query(query));
}

TEST_CASE("FORMAT.md: the worked example of an authenticated state") {
  const std::string text = document();
  MapState state;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"}) {
    state.apply({{std::string("example/") + name, "\"" + std::string(name) + "\""}});
  }
  const StateTree tree = StateTree::of(state);
  std::string starts;
  for (const std::string& start : tree.starts()) starts += "[" + start + "]";
  quoted(text, "chunk starts", starts);
  for (const Hash32& leaf : tree.leaves()) quoted(text, "leaf", to_hex(leaf));
  quoted(text, "state root", to_hex(tree.root()));
  const ChunkIndex last = tree.chunk(tree.starts().size() - 1);
  StateChunk chunk{last.start, last.stop, {}};
  for (const auto& [key, value] : last.entries) chunk.entries.push_back({key, *state.get(key)});
  quoted(text, "chunk", to_hex(encode_chunk(chunk)));

  StateProof proof;
  proof.header.genesis = testing::hash_of("example genesis");
  proof.header.height = 64;
  proof.header.time = testing::kStart;
  proof.header.next_validators = testing::hash_of("example validators");
  proof.header.state_root = tree.root();
  proof.certificate =
      testing::certify_by(proof.header, proof.header.genesis,
                          {{0, "example vote 0"}, {1, "example vote 1"}, {2, "example vote 2"}});
  proof.chunk = last;
  proof.chunks = tree.starts().size();
  proof.number = proof.chunks - 1;
  proof.path = merkle_path(tree.leaves(), proof.number);
  proof.key = "example/l";
  proof.value = state.get(proof.key);
  std::string line = encode_state_proof(proof);
  quoted(text, "proof of presence", line);
  proof.key = "example/ll";
  proof.value.reset();
  line.replace(line.find("example/l\",\"path"), 9, "example/ll");
  line.erase(line.find(",\"value"), line.size() - 1 - line.find(",\"value"));
  CHECK(encode_state_proof(proof) == line);
}

}  // namespace
}  // namespace emr::ledger
