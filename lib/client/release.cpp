#include "client/release.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "client/limits.h"
#include "json/json.h"
#include "ledger/query.h"
#include "threshold/keypart.h"

namespace emr::client {

using json::Json;

namespace {

ledger::Part ledger_part(threshold::Part part) {
  return part == threshold::Part::kOriginal ? ledger::Part::kOriginal : ledger::Part::kManifest;
}

std::uint64_t random_u64(crypto::RandomSource& random) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : random.bytes(8)) number = number << 8 | byte;
  return number;
}

/// One node's part, decrypted. Its proof is checked when the parts are combined.
Result<threshold::PartialDecryption> fetch_part(Node& node, const ReleaseContext& context,
                                                threshold::Part part,
                                                const ledger::ChainId& chain,
                                                std::uint64_t nonce) {
  EMR_ASSIGN(std::string body, request_release(node, context, {part}, chain, nonce));
  if (body.ends_with('\n')) body.pop_back();
  EMR_ASSIGN(const Json tree, json::parse_object(body));
  EMR_ASSIGN(const threshold::KeyPart key_part, threshold::KeyPart::from_json(tree));
  EMR_ASSIGN(const std::string id, node.id());
  if (key_part.access != context.access || key_part.part != part || key_part.node != id) {
    return fail(Code::kProtocol, "the node answered with another key part").with_reason("keypart");
  }
  return threshold::open_key_part(key_part, *context.box_secret);
}

/// The parts that nodes have given, and who is still to give one.
class Collection {
 public:
  Collection(Pool& pool, const ReleaseContext& context, threshold::Part part,
             const ledger::ChainId& chain)
      : pool_(pool), context_(context), part_(part), chain_(chain), gave_(pool.size()) {}

  /// Those of the nodes [first, last) that gave none, side by side; each has its own connection.
  void ask(std::size_t first, std::size_t last, crypto::RandomSource& random) {
    std::vector<std::optional<Result<threshold::PartialDecryption>>> answers(last - first);
    std::vector<std::thread> threads;
    for (std::size_t i = first; i < last; ++i) {
      if (gave_[i]) continue;
      threads.emplace_back([&, i, nonce = random_u64(random)] {
        answers[i - first] = fetch_part(pool_.at(i), context_, part_, chain_, nonce);
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = first; i < last; ++i) {
      const auto& answer = answers[i - first];
      if (!answer) continue;
      gave_[i] = answer->ok();
      if (*answer) partials.push_back(**answer);
      else denied += answer->error().code == Code::kDenied ? 1 : 0;
    }
  }

  std::vector<threshold::PartialDecryption> partials;
  std::size_t denied = 0;

 private:
  Pool& pool_;
  const ReleaseContext& context_;
  threshold::Part part_;
  const ledger::ChainId& chain_;
  std::vector<bool> gave_;  ///< by place in the pool
};

std::vector<std::string> names_of(const ledger::Genesis& genesis,
                                  const std::vector<std::uint32_t>& indices) {
  std::vector<std::string> names;
  for (const std::uint32_t index : indices) {
    const bool known = index >= 1 && index <= genesis.institutions.size();
    names.push_back(known ? genesis.institutions[index - 1].id : "share " + std::to_string(index));
  }
  return names;
}

}  // namespace

Result<threshold::KeySet> genesis_keys(const ledger::Genesis& genesis) {
  const ledger::ThresholdKey& key = genesis.threshold;
  auto keys = threshold::KeySet::decode(key.quorum, key.group_key, key.verification_keys);
  if (!keys) {
    Error error = std::move(keys).error();
    error.code = Code::kConfig;
    return error;
  }
  return keys;
}

Result<std::string> request_release(Node& node, const ReleaseContext& context,
                                    std::vector<threshold::Part> parts,
                                    const ledger::ChainId& chain, std::uint64_t nonce) {
  ledger::ReleaseRequest request;
  request.access = context.access;
  EMR_ASSIGN(request.node, node.id());
  for (const threshold::Part part : parts) request.parts.push_back(ledger_part(part));
  request.nonce = nonce;
  request.expires = static_cast<UnixSeconds>(std::time(nullptr)) + kRequestSeconds;
  EMR_TRY(ledger::sign_release(request, chain, *context.key));
  const std::string line = ledger::encode_release(request) + "\n";
  EMR_ASSIGN(http::ClientResponse response, node.post("/v1/release", line, kPatience));
  return std::move(response.body);
}

Result<Released> release_part(Pool& pool, const ReleaseContext& context,
                              const threshold::Envelope& envelope,
                              const threshold::Label& expected, crypto::RandomSource& random) {
  EMR_ASSIGN(const threshold::KeySet keys, genesis_keys(pool.genesis()));
  EMR_ASSIGN(const threshold::CheckedCiphertext checked,
             threshold::check_envelope(envelope, keys, expected));
  const Bytes binding = threshold::release_context(context.access, expected.part);
  const ledger::ChainId chain = pool.genesis().chain();
  Collection parts(pool, context, expected.part, chain);
  const auto combined = [&]() -> std::optional<Released> {
    if (parts.partials.size() < keys.quorum()) return std::nullopt;
    auto key = threshold::combine(keys, checked, parts.partials, binding);
    if (!key) return std::nullopt;  // a forged part among them: one more node
    return Released{std::move(key->content_key), names_of(pool.genesis(), key->rejected)};
  };
  for (std::size_t asked = 0; asked < pool.size();) {
    const std::size_t more = asked == 0 ? std::min<std::size_t>(keys.quorum(), pool.size()) : 1;
    parts.ask(asked, asked + more, random);
    asked += more;
    if (auto released = combined()) return *std::move(released);
  }
  // Where one node has the access, it is committed: one that has not is a moment behind.
  const auto stop = std::chrono::steady_clock::now() + kReleaseWait;
  while (!parts.partials.empty() && std::chrono::steady_clock::now() < stop) {
    std::this_thread::sleep_for(kReleasePause);
    parts.ask(0, pool.size(), random);
    if (auto released = combined()) return *std::move(released);
  }
  if (parts.denied > 0 && parts.partials.empty()) {
    return fail(Code::kDenied, "nodes refuse key parts: there is no committed, valid access")
        .with_reason("no_access");
  }
  return fail(Code::kTempFail, "fewer than a quorum of nodes gave key parts")
      .with_reason("too_few_parts")
      .with_hint("name more nodes with --node, or try again");
}

}  // namespace emr::client
