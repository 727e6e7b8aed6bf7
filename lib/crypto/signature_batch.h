// Many signatures at once: was each made by the account that it names? The answers are those of
// recover(), for about a third of its price where an account signed several of them, as the
// imports of a hospital do. A batch of n signatures of one key holds if one sum of points is zero,
// each weighted by a number that is drawn from a hash of all of them (Bellare, Garay and Rabin
// 1998; the weights as in BIP 340): a wrong one passes with probability 2^-128. Where the sum is
// not zero, each is recovered by itself. Pure, any thread.
#pragma once

#include <span>
#include <vector>

#include "crypto/signing.h"

namespace emr::crypto {

struct NamedSignature {
  Hash32 digest{};
  Signature signature{};  ///< r ‖ s ‖ v, of any value
  Address by{};           ///< who is said to have signed
  Hash32 point_y{};       ///< what is said to be the y of its point R, whose x is r; zero: nothing
};

/// In the order of `signatures`. Those that went together know their point_y then; with it, whoever
/// verifies them next computes no square root. Verdicts do not depend on it.
std::vector<bool> verify_signatures(std::span<NamedSignature> signatures);

}  // namespace emr::crypto
