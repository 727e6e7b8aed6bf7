#include "quorum/certificate.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace emr::quorum {

namespace {

Error refused(const char* message, const char* reason) {
  return fail(Code::kProtocol, message).with_reason(reason);
}

bool is_certificate_type(std::uint8_t type) noexcept {
  return type == static_cast<std::uint8_t>(VoteType::kPrepare) ||
         type == static_cast<std::uint8_t>(VoteType::kCommit) ||
         type == static_cast<std::uint8_t>(VoteType::kCheckpoint);
}

}  // namespace

QuorumCert make_certificate(const Vote& vote, std::span<const SignedBy> signatures) {
  std::vector<SignedBy> sorted(signatures.begin(), signatures.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const SignedBy& a, const SignedBy& b) { return a.first < b.first; });
  QuorumCert certificate{vote, 0, {}};
  certificate.signatures.reserve(sorted.size());
  for (const auto& [signer, signature] : sorted) {
    EMR_CHECK(signer < kMaxValidators);
    const std::uint64_t bit = std::uint64_t{1} << signer;
    EMR_CHECK((certificate.signers & bit) == 0);
    certificate.signers |= bit;
    certificate.signatures.push_back(signature);
  }
  return certificate;
}

void encode(WireWriter& writer, const QuorumCert& certificate) {
  const Vote& vote = certificate.vote;
  writer.u64(vote.epoch).u8(static_cast<std::uint8_t>(vote.type)).u64(vote.view).u64(vote.seq);
  writer.raw(vote.digest).u64(certificate.signers);
  for (const VoteSignature& signature : certificate.signatures) writer.raw(signature);
}

std::size_t encoded_size(const QuorumCert& certificate) {
  return 8 + 1 + 8 + 8 + 32 + 8 + certificate.signatures.size() * sizeof(VoteSignature);
}

Bytes encode(const QuorumCert& certificate) {
  WireWriter writer(encoded_size(certificate));
  encode(writer, certificate);
  return std::move(writer).take();
}

QuorumCert decode_certificate(WireReader& reader) {
  QuorumCert certificate;
  certificate.vote.epoch = reader.u64();
  const std::uint8_t type = reader.u8();
  if (!is_certificate_type(type)) reader.reject();
  certificate.vote.type = static_cast<VoteType>(type);
  certificate.vote.view = reader.u64();
  certificate.vote.seq = reader.u64();
  certificate.vote.digest = reader.hash();
  certificate.signers = reader.u64();
  const auto count = static_cast<std::size_t>(std::popcount(certificate.signers));
  const ByteView signatures = reader.raw(count * sizeof(VoteSignature));
  if (reader.failed()) return certificate;
  certificate.signatures.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const ByteView one = signatures.subspan(i * sizeof(VoteSignature), sizeof(VoteSignature));
    std::copy(one.begin(), one.end(), certificate.signatures[i].begin());
  }
  return certificate;
}

Result<QuorumCert> decode_certificate(ByteView bytes) {
  WireReader reader(bytes);
  QuorumCert certificate = decode_certificate(reader);
  EMR_TRY(reader.finish());
  return certificate;
}

Status verify(const QuorumCert& certificate, const ValidatorSet& set, const Hash32& genesis,
              const VoteVerifier& verifier) {
  if (certificate.vote.epoch != set.epoch()) {
    return refused("the certificate is of another epoch", "wrong_epoch");
  }
  if (set.size() < 64 && (certificate.signers >> set.size()) != 0) {
    return refused("the certificate names a signer outside the set", "unknown_signer");
  }
  const auto count = static_cast<std::size_t>(std::popcount(certificate.signers));
  if (count < set.quorum() || count != certificate.signatures.size()) {
    return refused("the certificate has too few signatures", "no_quorum");
  }
  const VoteBytes message = vote_bytes(genesis, certificate.vote);
  std::uint64_t rest = certificate.signers;
  for (const VoteSignature& signature : certificate.signatures) {
    const auto signer = static_cast<NodeIndex>(std::countr_zero(rest));
    rest &= rest - 1;
    if (!verifier.verify(set.key(signer), message, signature)) {
      return refused("a signature of the certificate is not valid", "bad_signature");
    }
  }
  return {};
}

}  // namespace emr::quorum
