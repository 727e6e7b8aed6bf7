// Presence and absence in the authenticated state, from the genesis alone: every key of a state and
// many that are not in it; and whatever is changed about a proof, it fails for the right reason.
#include "ledger/state_proof.h"

#include <doctest/doctest.h>

#include <functional>

#include "ledger/limits.h"
#include "ledger/merkle.h"
#include "ledger/testing.h"

namespace emr::ledger {
namespace {

std::string key_at(std::uint64_t number) {
  return "records/head/" + testing::hex_of("record " + std::to_string(number));
}

struct Checkpoint {
  Genesis genesis = testing::make_genesis();
  MapState state;
  StateTree tree;
  BlockHeader header;

  explicit Checkpoint(std::uint64_t entries) {
    for (std::uint64_t i = 0; i < entries; ++i) {
      state.apply({{key_at(i), "{\"version\":" + std::to_string(i) + "}"}});
    }
    tree = StateTree::of(state);
    header.genesis = genesis.hash;
    header.height = 64;
    header.time = testing::kStart + 64;
    header.next_validators = genesis_validators(genesis).hash();
    header.state_root = tree.root();
  }
  StateProof prove(const std::string& key) const {
    StateProof proof;
    proof.key = key;
    proof.value = state.get(key);
    proof.number = tree.chunk_of(key);
    proof.chunk = tree.chunk(proof.number);
    proof.chunks = tree.starts().size();
    proof.path = merkle_path(tree.leaves(), proof.number);
    proof.header = header;
    proof.certificate = testing::certify(header, genesis, {0, 1, 2});
    return proof;
  }
};

std::string reason_of(const StateProof& proof, const Genesis& genesis) {
  const auto proven = verify_state_proof(proof, genesis);
  return proven ? "" : proven.error().reason;
}

TEST_CASE("state proof: presence and absence of keys, by one line and the genesis") {
  for (const std::uint64_t entries : {0U, 1U, 40U, 700U}) {
    const Checkpoint at(entries);
    const std::uint64_t step = entries / 12 + 1;
    for (std::uint64_t i = 0; i < entries + 8; i += i < entries ? step : 1) {
      const std::string line = encode_state_proof(at.prove(key_at(i)));
      const auto parsed = parse_state_proof(line);
      REQUIRE(parsed.ok());
      CHECK(encode_state_proof(*parsed) == line);
      const auto proven = verify_state_proof(*parsed, at.genesis);
      REQUIRE(proven.ok());
      CHECK(proven->key == key_at(i));
      CHECK(proven->value == at.state.get(key_at(i)));
      CHECK(proven->value.has_value() == (i < entries));
      CHECK(proven->height == 64);
    }
    for (const char* outside : {"a", "records/head/", "zzz"}) {
      CHECK(reason_of(at.prove(outside), at.genesis) == "");
    }
  }
}

TEST_CASE("state proof: whatever is changed, it fails") {
  const Checkpoint at(700);
  struct Case {
    const char* reason;
    std::function<void(StateProof&)> spoil;
  };
  const Case cases[] = {
      {"value", [](StateProof& p) { p.value.reset(); }},  // "it is not there"
      {"value", [](StateProof& p) { *p.value += " "; }},
      {"value", [](StateProof& p) { p.key += "x"; }},  // "it is there"
      {"state_path", [](StateProof& p) { p.chunk.entries.front().second[0] ^= 1; }},
      {"state_path", [](StateProof& p) { p.chunk.entries.pop_back(); }},
      {"chunk", [](StateProof& p) { std::swap(p.chunk.entries[0], p.chunk.entries[1]); }},
      {"range", [](StateProof& p) { p.chunk.stop = p.chunk.start; }},
      {"state_path", [](StateProof& p) { p.chunk.start.pop_back(); }},
      {"state_path", [](StateProof& p) { p.chunk.stop = "zzz"; }},
      {"state_path", [](StateProof& p) { p.chunk.stop.reset(); }},
      {"range", [](StateProof& p) { p.key = "a"; }},
      {"range", [](StateProof& p) { p.key = *p.chunk.stop; }},
      {"state_path", [](StateProof& p) { p.number ^= 1; }},
      {"state_path", [](StateProof& p) { p.chunks += 1; }},
      {"state_path", [](StateProof& p) { p.path.front()[3] ^= 1; }},
      {"state_path", [](StateProof& p) { p.path.pop_back(); }},
      {"state_path", [](StateProof& p) { p.path.push_back({}); }},
      {"state_path", [](StateProof& p) { p.number = p.chunks; }},
      {"certificate", [](StateProof& p) { p.header.state_root[0] ^= 1; }},
      {"certificate", [](StateProof& p) { p.header.height += 1; }},
      {"genesis", [](StateProof& p) { p.header.genesis[0] ^= 1; }},
      {"epoch_chain", [](StateProof& p) { p.header.epoch = 1; }},
      {"no_quorum",
       [&](StateProof& p) { p.certificate = testing::certify(p.header, at.genesis, {0, 1}); }},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    CAPTURE(i);
    // A key in a chunk in the middle, with neighbours on both sides.
    StateProof bad;
    for (std::uint64_t key = 0; bad.chunk.entries.size() < 2 || bad.number == 0; ++key) {
      bad = at.prove(key_at(key));
    }
    REQUIRE(bad.chunk.stop.has_value());
    REQUIRE(reason_of(bad, at.genesis) == "");
    cases[i].spoil(bad);
    CHECK(reason_of(bad, at.genesis) == cases[i].reason);
  }
}

TEST_CASE("state proof: a chunk's own first key is in it, and the next chunk's is not") {
  const Checkpoint at(700);
  const auto& starts = at.tree.starts();
  REQUIRE(starts.size() > 2);
  const StateProof first = at.prove(starts[1]);
  CHECK(first.key == first.chunk.start);
  CHECK(reason_of(first, at.genesis) == "");
  StateProof before = at.prove(starts[1]);
  before.chunk = at.tree.chunk(0);
  before.number = 0;
  before.path = merkle_path(at.tree.leaves(), 0);
  before.value.reset();  // "not there", by the chunk that ends where the key's begins
  CHECK(reason_of(before, at.genesis) == "range");
}

TEST_CASE("state proof: what a key may be") {
  CHECK(is_state_key("a"));
  CHECK(is_state_key("!~"));
  CHECK(is_state_key(std::string(kStateKeyBytesMax, 'k')));
  CHECK_FALSE(is_state_key(""));
  CHECK_FALSE(is_state_key(std::string(kStateKeyBytesMax + 1, 'k')));
  CHECK_FALSE(is_state_key("a b"));
  CHECK_FALSE(is_state_key("a\x7f"));
  CHECK_FALSE(is_state_key("病"));
}

TEST_CASE("state proof: a header that is no checkpoint proves nothing about the state") {
  Checkpoint at(40);
  at.header.state_root = {};
  CHECK(reason_of(at.prove(key_at(1)), at.genesis) == "state_path");
  CHECK(reason_of(at.prove(key_at(41)), at.genesis) == "state_path");
}

TEST_CASE("state proof: bad lines are refused with a pointer, never with a value") {
  const Checkpoint at(40);
  const std::string line = encode_state_proof(at.prove(key_at(1)));
  const auto replaced = [&](std::string_view what, const std::string& by) {
    std::string text = line;
    const std::size_t place = text.find(what);
    REQUIRE(place != std::string::npos);
    return text.replace(place, what.size(), by);
  };
  const std::string bad[] = {
      "", "{}", line.substr(0, line.size() / 2), replaced("\"v\":1", "\"v\":2"),
      replaced("\"v\":1", "\"v\":1,\"x\":1"), replaced("\"chunk\":", "\"chunk\":99"),
      replaced("\"entries\":[[", "\"entries\":[[1,"),
      replaced("\"entries\":[[", "\"entries\":[1,["),
      replaced("\"entries\":[[\"", "\"entries\":[[\"a\"],[\""),
      replaced("\"entries\":[[\"",
               "\"entries\":[[\"a\",\"" + std::string(64, '0') + "\",\"\"],[\""),
      replaced("\"entries\":[[\"", "\"entries\":[[\"" + std::string(kStateKeyBytesMax, 'k')),
      replaced("\"path\":[", "\"path\":[1,"),
      replaced("\"key\":\"", "\"key\":\"\\u0000"), replaced("\"key\":\"", "\"key\":\" "),
      replaced("\"key\":\"", "\"key\":\"" + std::string(kStateKeyBytesMax, 'k')),
  };
  for (const std::string& text : bad) {
    const auto parsed = parse_state_proof(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == Code::kData);
    CHECK(parsed.error().message.find("records/head") == std::string::npos);
  }
  // The longest key is one still.
  const std::string longest(kStateKeyBytesMax, 'k');
  CHECK(parse_state_proof(replaced("\"entries\":[[\"", "\"entries\":[[\"" + longest + "\",\"" +
                                                            std::string(64, '0') + "\"],[\""))
            .ok());
}

}  // namespace
}  // namespace emr::ledger
