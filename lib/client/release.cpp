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

/// What is asked of every node, and how an answer is judged.
struct Question {
  const ReleaseContext& context;
  const ledger::Genesis& genesis;
  const threshold::KeySet& keys;
  const threshold::CheckedCiphertext& checked;
  threshold::Part part;
  ledger::ChainId chain;
  Bytes binding;  ///< what the proofs of the parts are bound to
};

/// The founder whose address the genesis gives, or the address: elsewhere a node may say any name.
std::string name_of(const ledger::Genesis& genesis, const std::string& url) {
  for (const ledger::Institution& one : genesis.institutions) {
    if (one.node.http == url) return one.id;
  }
  return url;
}

/// An answer that no honest node gives: no key part, another's, or one whose proof is false.
Error false_part() {
  return fail(Code::kProtocol, "the node answered with a false key part").with_reason("false_part");
}

/// The part in a node's answer. It is judged by who sent it: a false part under another's index
/// must neither accuse that member nor stand in its place.
Result<threshold::PartialDecryption> read_part(std::string body, const std::string& node,
                                               const Question& question) {
  if (body.ends_with('\n')) body.pop_back();
  const Result<Json> tree = json::parse_object(body);
  if (!tree) return false_part();
  const auto key_part = threshold::KeyPart::from_json(*tree);
  const auto place = question.genesis.index_of(node);
  const bool is_own = key_part && key_part->access == question.context.access &&
                      key_part->part == question.part && key_part->node == node && place &&
                      key_part->index == *place + 1;
  if (!is_own) return false_part();
  auto partial = threshold::open_key_part(*key_part, *question.context.box_secret);
  if (!partial || !verify_partial(question.keys, question.checked, *partial, question.binding)) {
    return false_part();
  }
  return partial;
}

Result<threshold::PartialDecryption> fetch_part(Node& node, const Question& question,
                                                std::uint64_t nonce) {
  EMR_ASSIGN(std::string body, request_release(node, question.context, {question.part},
                                               question.chain, nonce));
  EMR_ASSIGN(const std::string id, node.id());
  return read_part(std::move(body), id, question);
}

/// The parts that nodes have given, and what each of them answered last.
class Collection {
 public:
  Collection(Pool& pool, Question question)
      : pool_(pool), question_(std::move(question)), said_(pool.size()), lied_(pool.size()) {}

  /// Those of the nodes [first, last) that gave none, side by side; each has its own connection.
  void ask(std::size_t first, std::size_t last, crypto::RandomSource& random) {
    std::vector<std::optional<Result<threshold::PartialDecryption>>> answers(last - first);
    std::vector<std::thread> threads;
    for (std::size_t i = first; i < last; ++i) {
      if (said_[i] == kGave || said_[i] == kTimeout) continue;
      threads.emplace_back([&, i, nonce = random_u64(random)] {
        answers[i - first] = fetch_part(pool_.at(i), question_, nonce);
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = first; i < last; ++i) {
      if (answers[i - first]) note(i, *answers[i - first]);
    }
  }

  /// The content key, when enough nodes have given their parts.
  std::optional<Released> combined() const {
    if (partials_.size() < question_.keys.quorum()) return std::nullopt;
    auto key = threshold::combine(question_.keys, question_.checked, partials_, question_.binding);
    if (!key) return std::nullopt;  // one member at two addresses
    Released released{std::move(key->content_key), {}};
    for (std::size_t i = 0; i < lied_.size(); ++i) {
      if (lied_[i]) released.misbehaving.push_back(name(i));
    }
    return released;
  }

  bool has_parts() const noexcept { return !partials_.empty(); }

  /// Why there is no key, with what each node answered last.
  Error failure() const {
    std::string list;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      list += (i == 0 ? ": " : ", ") + name(i) + " " + said_[i];
    }
    if (denied_ && partials_.empty()) {
      return fail(Code::kDenied,
                  "nodes refuse key parts: there is no committed, valid access" + list)
          .with_reason("no_access");
    }
    return fail(Code::kTempFail, "fewer than a quorum of nodes gave key parts" + list)
        .with_reason("too_few_parts")
        .with_hint("name more nodes with --node, or try again");
  }

 private:
  static constexpr const char* kGave = "gave one";
  static constexpr const char* kTimeout = "timeout";  ///< is not waited for a second time

  void note(std::size_t node, const Result<threshold::PartialDecryption>& answer) {
    if (answer) {
      said_[node] = kGave;
      partials_.push_back(*answer);
      return;
    }
    const Error& error = answer.error();
    said_[node] = error.reason.empty() ? std::string(code_name(error.code)) : error.reason;
    lied_[node] = lied_[node] || error.reason == false_part().reason;
    denied_ = denied_ || error.code == Code::kDenied;
  }

  std::string name(std::size_t node) const {
    return name_of(question_.genesis, pool_.at(node).url());
  }

  Pool& pool_;
  Question question_;
  std::vector<std::string> said_;  ///< by place in the pool; a word
  std::vector<bool> lied_;
  bool denied_ = false;
  std::vector<threshold::PartialDecryption> partials_;  ///< each verified
};

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
  EMR_ASSIGN(http::ClientResponse response, node.post("/v1/release", line, context.patience));
  return std::move(response.body);
}

Result<Released> release_part(Pool& pool, const ReleaseContext& context,
                              const threshold::Envelope& envelope,
                              const threshold::Label& expected, crypto::RandomSource& random) {
  EMR_ASSIGN(const threshold::KeySet keys, genesis_keys(pool.genesis()));
  EMR_ASSIGN(const threshold::CheckedCiphertext checked,
             threshold::check_envelope(envelope, keys, expected));
  Collection parts(pool, {context, pool.genesis(), keys, checked, expected.part,
                          pool.genesis().chain(),
                          threshold::release_context(context.access, expected.part)});
  for (std::size_t asked = 0; asked < pool.size();) {
    const std::size_t more = asked == 0 ? std::min<std::size_t>(keys.quorum(), pool.size()) : 1;
    parts.ask(asked, asked + more, random);
    asked += more;
    if (auto released = parts.combined()) return *std::move(released);
  }
  // Where one node has the access, it is committed: one that has not is a moment behind.
  const auto stop = std::chrono::steady_clock::now() + context.wait;
  while (parts.has_parts() && std::chrono::steady_clock::now() < stop) {
    std::this_thread::sleep_for(kReleasePause);
    parts.ask(0, pool.size(), random);
    if (auto released = parts.combined()) return *std::move(released);
  }
  return parts.failure();
}

}  // namespace emr::client
