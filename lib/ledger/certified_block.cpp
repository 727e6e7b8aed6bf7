#include "ledger/certified_block.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/access.h"
#include "ledger/epochs_json.h"
#include "quorum/limits.h"

namespace emr::ledger {

using json::Json;

namespace {

constexpr std::size_t kHeaderHexMax = 2 * 1024;
constexpr std::size_t kCertificateHexMax = 2 * quorum::kMaxCertificateBytes;

Error does_not_hold(std::string message, std::string reason) {
  return fail(Code::kNegative, std::move(message)).with_reason(std::move(reason));
}

}  // namespace

void put_block(Json& tree, const CertifiedBlock& block) {
  tree["header"] = to_hex(encode_header(block.header));
  tree["certificate"] = to_hex(block.certificate);
  if (!block.epochs.empty()) tree["epochs"] = epochs_json(block.epochs);
}

Result<CertifiedBlock> read_block(const Json& tree) {
  CertifiedBlock block;
  EMR_ASSIGN(const std::string header, json::get_string(tree, "header", {.max = kHeaderHexMax}));
  EMR_ASSIGN(const Bytes header_bytes, from_hex(header));
  EMR_ASSIGN(block.header, decode_header(header_bytes));
  EMR_ASSIGN(const std::string certificate,
             json::get_string(tree, "certificate", {.max = kCertificateHexMax}));
  EMR_ASSIGN(block.certificate, from_hex(certificate));
  if (tree.contains("epochs")) {
    EMR_ASSIGN(block.epochs, read_epochs(tree));
  }
  return block;
}

Status verify_block(const CertifiedBlock& block, EpochChain& known) {
  if (block.header.genesis != known.genesis().hash) {
    return does_not_hold("block belongs to another chain", "genesis");
  }
  EMR_TRY(known.follow(block.epochs));
  if (block.epochs.size() != block.header.epoch) {
    return does_not_hold("the epochs do not lead from the genesis to the block", "epoch_chain");
  }
  return known.check(block.header, block.certificate);
}

Json path_json(std::span<const Hash32> path) {
  Json list = Json::array();
  for (const Hash32& hash : path) list.push_back(to_hex(hash));
  return list;
}

Result<std::vector<Hash32>> read_path(const Json& tree, std::string_view key, std::size_t max) {
  EMR_ASSIGN(const Json* list, json::get_array(tree, key, max));
  std::vector<Hash32> path;
  for (const Json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    if (text == nullptr) {
      return fail(Code::kData, "path is not a list of hashes")
          .with_pointer(json::join_pointer("", key));
    }
    EMR_ASSIGN(const Hash32 hash, hash_from_hex(*text));
    path.push_back(hash);
  }
  return path;
}

}  // namespace emr::ledger
