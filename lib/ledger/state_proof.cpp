#include "ledger/state_proof.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "ledger/merkle.h"

namespace emr::ledger {

using json::Json;

namespace {

Error does_not_hold(std::string message, std::string reason) {
  return fail(Code::kNegative, std::move(message)).with_reason(std::move(reason));
}

Json entries_json(const ChunkIndex& chunk) {
  Json list = Json::array();
  for (const auto& [key, value] : chunk.entries) list.push_back({key, to_hex(value)});
  return list;
}

Result<std::pair<std::string, Hash32>> read_entry(const Json& pair) {
  const auto* key = pair.is_array() && pair.size() == 2 ? pair[0].get_ptr<const std::string*>()
                                                        : nullptr;
  const auto* hash = key != nullptr ? pair[1].get_ptr<const std::string*>() : nullptr;
  if (hash == nullptr || key->size() > kStateKeyBytesMax) {
    return fail(Code::kData, "not a key with the hash of its value");
  }
  EMR_ASSIGN(const Hash32 value, hash_from_hex(*hash));
  return std::pair(*key, value);
}

Result<ChunkIndex> read_chunk(const Json& tree) {
  ChunkIndex chunk;
  EMR_ASSIGN(chunk.start,
             json::get_string(tree, "start", {.max = kStateKeyBytesMax, .allow_empty = true}));
  EMR_ASSIGN(chunk.stop, json::find_string(tree, "stop", {.max = kStateKeyBytesMax}));
  EMR_ASSIGN(const Json* list, json::get_array(tree, "entries", kChunkEntriesMax));
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto entry = read_entry((*list)[i]);
    if (!entry) return std::move(entry).error().with_pointer(json::join_pointer("/entries", i));
    chunk.entries.push_back(*std::move(entry));
  }
  return chunk;
}

/// Does the chunk say the same about the key as the proof?
bool says_so(const StateProof& proof) {
  const auto& entries = proof.chunk.entries;
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const auto& entry) { return entry.first == proof.key; });
  if (at == entries.end()) return !proof.value.has_value();
  return proof.value && crypto::sha256(as_bytes(*proof.value)) == at->second;
}

}  // namespace

bool is_state_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= kStateKeyBytesMax &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string encode_state_proof(const StateProof& proof) {
  Json tree{{"type", "emr.state-proof"},
            {"v", 1},
            {"key", proof.key},
            {"chunk", proof.number},
            {"chunks", proof.chunks},
            {"start", proof.chunk.start},
            {"entries", entries_json(proof.chunk)},
            {"path", path_json(proof.path)}};
  if (proof.value) tree["value"] = *proof.value;
  if (proof.chunk.stop) tree["stop"] = *proof.chunk.stop;
  put_block(tree, proof);
  return json::canonical_checked(tree);
}

Result<StateProof> parse_state_proof(std::string_view line) {
  EMR_ASSIGN(const Json tree, json::parse_object(line, {.max_bytes = kProofBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.state-proof"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "key", "value", "chunk", "chunks", "start", "stop", "entries", "path",
             "header", "certificate", "epochs"}));
  StateProof proof;
  EMR_ASSIGN(proof.key, json::get_string(tree, "key", {.max = kStateKeyBytesMax}));
  if (!is_state_key(proof.key)) return fail(Code::kData, "not a key").with_pointer("/key");
  EMR_ASSIGN(proof.value, json::find_string(tree, "value",
                                            {.max = kStateValueBytesMax, .allow_empty = true}));
  EMR_ASSIGN(proof.chunks, json::get_u64(tree, "chunks", {1, kStateChunksMax}));
  EMR_ASSIGN(proof.number, json::get_u64(tree, "chunk", {0, proof.chunks - 1}));
  EMR_ASSIGN(proof.chunk, read_chunk(tree));
  EMR_ASSIGN(proof.path, read_path(tree, "path", kStatePathMax));
  EMR_ASSIGN(static_cast<CertifiedBlock&>(proof), read_block(tree));
  return proof;
}

Result<ProvenEntry> verify_state_proof(const StateProof& proof, const Genesis& genesis) {
  EpochChain chain(genesis);
  return verify_state_proof(proof, chain);
}

Result<ProvenEntry> verify_state_proof(const StateProof& proof, EpochChain& known) {
  EMR_TRY(verify_block(proof, known));
  const ChunkIndex& chunk = proof.chunk;
  if (proof.key < chunk.start || (chunk.stop && proof.key >= *chunk.stop)) {
    return does_not_hold("the chunk is not the one that would hold the key", "range");
  }
  const auto leaf = chunk_leaf(chunk);
  if (!leaf) return does_not_hold("no chunk of a state", "chunk");
  const auto root = merkle_root_of_path(*leaf, proof.number, proof.chunks, proof.path);
  if (!root || state_root(proof.chunks, *root) != proof.header.state_root) {
    return does_not_hold("the chunk is not part of the certified state", "state_path");
  }
  if (!says_so(proof)) {
    return does_not_hold("the certified state says otherwise about the key", "value");
  }
  const BlockHeader& header = proof.header;
  return ProvenEntry{proof.key, proof.value, header.height, header.epoch, header.time};
}

}  // namespace emr::ledger
