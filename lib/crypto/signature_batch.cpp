#include "crypto/signature_batch.h"

#include <algorithm>
#include <map>

#include "crypto/batch_equation.h"

namespace emr::crypto {
namespace {

/// Below this a batch costs as much as its members one by one.
constexpr std::size_t kMembersMin = 8;
/// Where the gain of more members ends: a wrong signature spoils no more than this.
constexpr std::size_t kMembersMax = 128;
/// A key costs a multiplication, and another to learn it from the account's first signature.
constexpr std::size_t kSignaturesOfKeyMin = 3;

bool by_itself(const NamedSignature& named) {
  const Result<Address> signer = recover(named.digest, named.signature);
  return signer && *signer == named.by;
}

using Group = std::vector<NamedSignature*>;

class Batch {
 public:
  explicit Batch(std::span<NamedSignature> signatures)
      : first_(signatures.data()), verdicts_(signatures.size()) {
    std::map<Address, Group> groups;
    for (NamedSignature& named : signatures) groups[named.by].push_back(&named);
    for (const auto& [account, group] : groups) {
      group.size() < kSignaturesOfKeyMin ? verify_singly(group) : gather(group);
    }
  }

  std::vector<bool> verdicts() && {
    for (std::span<const BatchMember> rest = members_; !rest.empty();) {
      const auto some = rest.first(std::min(rest.size(), kMembersMax));
      rest = rest.subspan(some.size());
      const bool together = some.size() >= kMembersMin && equation_holds(some, keys_);
      for (const BatchMember& one : some) verdict(*one.named) = together || by_itself(*one.named);
    }
    return std::move(verdicts_);
  }

 private:
  std::vector<bool>::reference verdict(const NamedSignature& named) {
    return verdicts_[static_cast<std::size_t>(&named - first_)];
  }

  void verify_singly(const Group& group) {
    for (const NamedSignature* named : group) verdict(*named) = by_itself(*named);
  }

  /// The first right signature of an account gives its key; those after it may go together.
  void gather(const Group& group) {
    bool has_key = false;
    for (NamedSignature* named : group) {
      if (has_key) {
        if (check_signature(named->signature)) members_.push_back({named, keys_.size() - 1});
        continue;
      }
      const auto key = recover_key(named->digest, named->signature);
      if (!key || address_of(*key) != named->by) continue;
      has_key = verdict(*named) = true;
      keys_.push_back(*key);
    }
  }

  const NamedSignature* first_;
  std::vector<bool> verdicts_;
  std::vector<BatchMember> members_;
  std::vector<secp256k1_pubkey> keys_;
};

}  // namespace

std::vector<bool> verify_signatures(std::span<NamedSignature> signatures) {
  return Batch(signatures).verdicts();
}

}  // namespace emr::crypto
