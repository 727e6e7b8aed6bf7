#include "ledger/evidence.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/number.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/epochs_json.h"
#include "ledger/limits.h"
#include "quorum/limits.h"
#include "quorum/secp256k1_votes.h"

namespace emr::ledger {

using json::Json;

namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"equivocation", "not_primary",
                                                        "bad_signature"};
/// By VoteType, which begins at 1.
constexpr std::array<std::string_view, 6> kTypeNames = {"prepare",     "commit",      "checkpoint",
                                                        "pre-prepare", "view-change", "new-view"};

Error does_not_hold(std::string message, std::string reason) {
  return fail(Code::kNegative, std::move(message)).with_reason(std::move(reason));
}

template <std::size_t kCount>
std::size_t index_of(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

Json half_json(const Hash32& digest, const quorum::VoteSignature& signature) {
  return {{"digest", to_hex(digest)}, {"signature", to_hex(signature)}};
}

Status read_half(const Json& tree, std::string_view name, Hash32& digest,
                 quorum::VoteSignature& signature) {
  EMR_ASSIGN(const Json* half, json::get_object(tree, name));
  const std::string where = json::join_pointer("", name);
  EMR_TRY(json::refuse_unknown_members(*half, {"digest", "signature"}, where));
  EMR_ASSIGN(digest, json::get_hex32(*half, "digest", where));
  EMR_ASSIGN(const Bytes bytes, json::get_hex(*half, "signature", signature.size(), where));
  std::copy(bytes.begin(), bytes.end(), signature.begin());
  return {};
}

/// Views and heights of a liar may pass 2^53, so they are decimal strings.
Result<std::uint64_t> get_decimal(const Json& tree, std::string_view key) {
  EMR_ASSIGN(const std::string text, json::get_string(tree, key, {.max = 20}));
  Result<std::uint64_t> value = parse_u64(text);
  if (!value) return Error(value.error()).with_pointer(json::join_pointer("", key));
  return value;
}

Status read_place(const Json& tree, Evidence& evidence) {
  EMR_ASSIGN(const std::string message, json::get_string(tree, "message", {.max = 16}));
  const std::size_t type = index_of(kTypeNames, message);
  if (type == kTypeNames.size()) {
    return fail(Code::kData, "unknown kind of message").with_pointer("/message");
  }
  evidence.vote.type = static_cast<quorum::VoteType>(type + 1);
  EMR_ASSIGN(evidence.vote.epoch, get_decimal(tree, "epoch"));
  EMR_ASSIGN(evidence.vote.view, get_decimal(tree, "view"));
  EMR_ASSIGN(evidence.vote.seq, get_decimal(tree, "height"));
  EMR_ASSIGN(const std::uint64_t member,
             json::get_u64(tree, "member", {0, quorum::kMaxValidators - 1}));
  evidence.member = static_cast<quorum::NodeIndex>(member);
  EMR_ASSIGN(evidence.culprit, json::get_string(tree, "culprit", {.max = 64}));
  return {};
}

/// May a correct member sign two different digests for one place of this type? A VIEW-CHANGE is
/// made anew after a restart, with what is known by then, so two of them prove nothing.
bool is_exclusive(quorum::VoteType type) {
  return type != quorum::VoteType::kViewChange && type != quorum::VoteType::kNewView;
}

}  // namespace

std::string_view evidence_kind_name(EvidenceKind kind) noexcept {
  return kKindNames[static_cast<std::size_t>(kind)];
}
std::string_view vote_type_name(quorum::VoteType type) noexcept {
  return kTypeNames[static_cast<std::size_t>(type) - 1];
}

std::string encode_evidence(const Evidence& evidence, const Genesis& genesis) {
  const quorum::Vote& vote = evidence.vote;
  Json tree{{"type", "emr.evidence"},
            {"v", 1},
            {"genesis", to_hex(genesis.hash)},
            {"kind", evidence_kind_name(evidence.kind)},
            {"culprit", evidence.culprit},
            {"member", evidence.member},
            {"message", vote_type_name(vote.type)},
            {"epoch", std::to_string(vote.epoch)},
            {"view", std::to_string(vote.view)},
            {"height", std::to_string(vote.seq)},
            {"proof", evidence.kind != EvidenceKind::kBadSignature},
            {"first", half_json(vote.digest, evidence.signature)},
            {"node", evidence.node},
            {"seen", format_utc(evidence.seen)}};
  if (evidence.kind == EvidenceKind::kEquivocation) {
    tree["second"] = half_json(evidence.second_digest, evidence.second_signature);
  }
  if (!evidence.epochs.empty()) tree["epochs"] = epochs_json(evidence.epochs);
  return json::canonical_checked(tree);
}

Result<Evidence> parse_evidence(std::string_view line, const Genesis& genesis) {
  EMR_ASSIGN(const Json tree, json::parse_object(line, {.max_bytes = kProofBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.evidence"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "genesis", "kind", "culprit", "member", "message", "epoch", "view",
             "height", "proof", "first", "second", "node", "seen", "epochs"}));
  EMR_ASSIGN(const Hash32 chain, json::get_hex32(tree, "genesis"));
  if (chain != genesis.hash) return does_not_hold("evidence is of another chain", "genesis");
  EMR_ASSIGN(const std::string kind, json::get_string(tree, "kind", {.max = 16}));
  const std::size_t index = index_of(kKindNames, kind);
  if (index == kKindNames.size()) {
    return fail(Code::kData, "unknown kind of evidence").with_pointer("/kind");
  }
  Evidence evidence;
  evidence.kind = static_cast<EvidenceKind>(index);
  EMR_ASSIGN(const bool proof, json::get_bool(tree, "proof"));
  if (proof != (evidence.kind != EvidenceKind::kBadSignature)) {
    return fail(Code::kData, "\"proof\" contradicts the kind").with_pointer("/proof");
  }
  EMR_TRY(read_place(tree, evidence));
  EMR_TRY(read_half(tree, "first", evidence.vote.digest, evidence.signature));
  if (evidence.kind == EvidenceKind::kEquivocation) {
    EMR_TRY(read_half(tree, "second", evidence.second_digest, evidence.second_signature));
  }
  EMR_ASSIGN(evidence.node, json::get_string(tree, "node", {.max = 64}));
  EMR_ASSIGN(evidence.seen, json::get_utc(tree, "seen"));
  if (tree.contains("epochs")) {
    EMR_ASSIGN(evidence.epochs, read_epochs(tree));
  }
  return evidence;
}

namespace {

/// The set that voted in the epoch, reached from the genesis.
Result<quorum::ValidatorSet> set_of(const Evidence& evidence, EpochChain& known) {
  EMR_TRY(known.follow(evidence.epochs));
  const quorum::ValidatorSet* set = known.find(evidence.vote.epoch);
  if (set != nullptr && evidence.vote.epoch <= evidence.epochs.size()) return *set;
  return does_not_hold("the line does not lead to the epoch of the vote", "unknown_epoch");
}

Result<Blame> identify(const Evidence& evidence, const Genesis& genesis,
                       const quorum::ValidatorSet& set) {
  if (!set.contains(evidence.member)) {
    return does_not_hold("there is no such member", "unknown_member");
  }
  Blame blame;
  blame.key = set.key(evidence.member);
  for (const Institution& founder : genesis.institutions) {
    if (founder.node.vote_key == blame.key) blame.founder = founder.id;
  }
  if (blame.founder && *blame.founder != evidence.culprit) {
    return does_not_hold("the key belongs to another institution", "culprit");
  }
  return blame;
}

/// Does what was signed break the protocol?
Status check_votes(const Evidence& evidence, const Genesis& genesis,
                   const quorum::ValidatorSet& set) {
  const quorum::Secp256k1Verifier verifier;
  const auto is_signed = [&](const quorum::Vote& vote, const quorum::VoteSignature& signature) {
    return verifier.verify(set.key(evidence.member), quorum::vote_bytes(genesis.hash, vote),
                           signature);
  };
  if (!is_signed(evidence.vote, evidence.signature)) {
    return does_not_hold("the first signature does not verify", "signature");
  }
  if (evidence.kind == EvidenceKind::kNotPrimary) {
    const bool is_proposal = evidence.vote.type == quorum::VoteType::kPrePrepare;
    if (is_proposal && set.primary(evidence.vote.view) != evidence.member) return {};
    return does_not_hold("the member was the primary of this view", "is_primary");
  }
  quorum::Vote second = evidence.vote;
  second.digest = evidence.second_digest;
  if (!is_signed(second, evidence.second_signature)) {
    return does_not_hold("the second signature does not verify", "signature");
  }
  if (second.digest == evidence.vote.digest || !is_exclusive(second.type)) {
    return does_not_hold("a correct member may sign both messages", "no_conflict");
  }
  return {};
}

}  // namespace

Result<Blame> verify_evidence(const Evidence& evidence, const Genesis& genesis) {
  EpochChain chain(genesis);
  return verify_evidence(evidence, chain);
}

Result<Blame> verify_evidence(const Evidence& evidence, EpochChain& known) {
  if (evidence.kind == EvidenceKind::kBadSignature) {
    return does_not_hold(
        "a signature that does not verify proves nothing against its alleged signer", "unproven");
  }
  EMR_ASSIGN(const quorum::ValidatorSet set, set_of(evidence, known));
  EMR_ASSIGN(Blame blame, identify(evidence, known.genesis(), set));
  EMR_TRY(check_votes(evidence, known.genesis(), set));
  return blame;
}

}  // namespace emr::ledger
