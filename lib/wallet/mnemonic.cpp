#include "wallet/mnemonic.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/check.h"
#include "base/number.h"
#include "base/utf8.h"
#include "crypto/hash.h"
#include "wallet/limits.h"
#include "wallet/unicode.h"
#include "wallet/words.h"

namespace emr::wallet {
namespace {

using crypto::SecretBytes;

constexpr std::size_t kSeedBytes = 64;
constexpr int kSeedRounds = 2048;
constexpr std::uint32_t kHardened = 0x80000000;
constexpr std::size_t kBitsPerWord = 11;

Error bad_phrase(std::string message) {
  return fail(Code::kData, std::move(message)).with_reason("mnemonic");
}

using Index = std::map<std::string_view, std::uint32_t>;

Index make_index(std::string_view list) {
  Index index;
  while (!list.empty()) {
    const std::size_t newline = list.find('\n');
    index.emplace(list.substr(0, newline), static_cast<std::uint32_t>(index.size()));
    list.remove_prefix(newline + 1);
  }
  return index;
}

const Index& english() {
  static const Index index = make_index(english_words());
  return index;
}

const Index& chinese() {
  static const Index index = make_index(chinese_words());
  return index;
}

// After NFKD most of Unicode's spaces are U+0020 already.
bool is_space(char32_t c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x1680 || c == 0x2028 ||
         c == 0x2029 || c == 0x3000;
}

// Words as views into `text`; a Chinese character is a word of its own.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t start = 0;
  const auto flush = [&](std::size_t stop) {
    if (stop > start) words.push_back(text.substr(start, stop - start));
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t before = at;
    const char32_t c = next_code_point(text, at);
    const bool ideograph = c >= 0x3400 && c <= 0x9fff;
    if (!is_space(c) && !ideograph) continue;
    flush(before);
    start = ideograph ? before : at;
    if (ideograph) {
      flush(at);
      start = at;
    }
  }
  flush(text.size());
  return words;
}

struct Numbers {
  std::vector<std::uint32_t> values;
  std::vector<std::string_view> words;  ///< in the list's own memory
};

// nullopt-like failure is reported as the 1-based position of the first unknown word.
Result<Numbers> look_up(const std::vector<std::string_view>& words, const Index& index) {
  Numbers numbers;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto found = index.find(words[i]);
    if (found == index.end()) {
      return bad_phrase("word " + std::to_string(i + 1) + " of the phrase is not in the list");
    }
    numbers.values.push_back(found->second);
    numbers.words.push_back(found->first);
  }
  return numbers;
}

// The bits of the words are the entropy and, behind it, one checksum bit for every 32 of it.
Result<SecretBytes> check_entropy(const std::vector<std::uint32_t>& numbers) {
  const std::size_t checksum_bits = numbers.size() * kBitsPerWord / 33;
  const std::size_t entropy_bytes = checksum_bits * 4;
  SecretBytes bits(entropy_bytes + 1);
  std::size_t at = 0;
  for (const std::uint32_t number : numbers) {
    for (std::size_t bit = kBitsPerWord; bit-- > 0; ++at) {
      if ((number >> bit & 1) != 0) {
        bits.span()[at / 8] |= static_cast<std::uint8_t>(0x80 >> (at % 8));
      }
    }
  }
  const ByteView entropy = bits.view().first(entropy_bytes);
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - checksum_bits));
  if ((crypto::sha256(entropy)[0] & mask) != bits.view()[entropy_bytes]) {
    return bad_phrase("the checksum of the phrase is wrong: a word is wrong or out of place");
  }
  return SecretBytes::copy_of(entropy);
}

SecretBytes join(const std::vector<std::string_view>& words) {
  std::size_t size = words.size() - 1;
  for (const std::string_view word : words) size += word.size();
  SecretBytes joined(size);
  auto out = joined.span().begin();
  for (const std::string_view word : words) {
    if (out != joined.span().begin()) *out++ = ' ';
    out = std::copy(word.begin(), word.end(), out);
  }
  return joined;
}

void lower_ascii(std::span<std::uint8_t> text) noexcept {
  for (std::uint8_t& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<std::uint8_t>(c - 'A' + 'a');
  }
}

SecretBytes hmac_sha512(ByteView key, std::initializer_list<ByteView> parts) {
  Bytes data;
  data.reserve(128);  // never grows: BIP-32 feeds at most 37 bytes, a seed 64
  for (const ByteView part : parts) append(data, part);
  SecretBytes digest(64);
  unsigned size = 0;
  EMR_CHECK(HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()), data.data(), data.size(),
                 digest.span().data(), &size) != nullptr);
  crypto::wipe(data);
  return digest;
}

ExtendedKey split_digest(const SecretBytes& digest) {
  return {*crypto::Secret32::from_bytes(digest.view().first(32)),
          *crypto::Secret32::from_bytes(digest.view().last(32))};
}

Result<ExtendedKey> derive_child(const ExtendedKey& parent, std::uint32_t step) {
  const std::array<std::uint8_t, 4> number = {
      static_cast<std::uint8_t>(step >> 24), static_cast<std::uint8_t>(step >> 16),
      static_cast<std::uint8_t>(step >> 8), static_cast<std::uint8_t>(step)};
  static constexpr std::array<std::uint8_t, 1> kZero = {0};
  EMR_ASSIGN(const crypto::SigningKey key, crypto::SigningKey::from_secret(parent.key.clone()));
  const SecretBytes digest =
      (step & kHardened) != 0
          ? hmac_sha512(parent.chain_code.view(), {kZero, parent.key.view(), number})
          : hmac_sha512(parent.chain_code.view(), {key.public_key(), number});
  ExtendedKey child = split_digest(digest);
  EMR_ASSIGN(child.key, crypto::add_secrets(parent.key, child.key.view()));
  return child;
}

}  // namespace

Result<Mnemonic> parse_mnemonic(ByteView text) {
  if (text.size() > kMaxMnemonicBytes) return bad_phrase("the phrase is too long");
  EMR_ASSIGN(SecretBytes normal, normalize(text, Form::kNfkd));
  lower_ascii(normal.span());
  const std::vector<std::string_view> words = split(normal.text());
  if (words.size() < 12 || words.size() > 24 || words.size() % 3 != 0) {
    return bad_phrase("a phrase has 12, 15, 18, 21 or 24 words");
  }
  const bool is_english = words.front().front() >= 'a' && words.front().front() <= 'z';
  EMR_ASSIGN(Numbers numbers, look_up(words, is_english ? english() : chinese()));
  EMR_ASSIGN(SecretBytes entropy, check_entropy(numbers.values));
  Mnemonic mnemonic{join(numbers.words), std::move(entropy)};
  std::fill(numbers.values.begin(), numbers.values.end(), 0U);
  return mnemonic;
}

Result<SecretBytes> mnemonic_seed(const Mnemonic& mnemonic, ByteView passphrase) {
  EMR_ASSIGN(const SecretBytes normal, normalize(passphrase, Form::kNfkd));
  static constexpr std::string_view kPrefix = "mnemonic";
  SecretBytes salt(kPrefix.size() + normal.size());
  std::copy(kPrefix.begin(), kPrefix.end(), salt.span().begin());
  std::copy(normal.view().begin(), normal.view().end(), salt.span().begin() + kPrefix.size());
  SecretBytes seed(kSeedBytes);
  EMR_CHECK(PKCS5_PBKDF2_HMAC(mnemonic.phrase.text().data(),
                              static_cast<int>(mnemonic.phrase.size()), salt.view().data(),
                              static_cast<int>(salt.size()), kSeedRounds, EVP_sha512(),
                              static_cast<int>(kSeedBytes), seed.span().data()) == 1);
  return seed;
}

Result<std::vector<std::uint32_t>> parse_path(std::string_view path) {
  const auto malformed = [] {
    return fail(Code::kUsage, "a derivation path looks like m/44'/60'/0'/0/0").with_reason("path");
  };
  if (path.empty() || path.front() != 'm') return malformed();
  path.remove_prefix(1);
  std::vector<std::uint32_t> steps;
  while (!path.empty()) {
    if (path.front() != '/' || steps.size() == kMaxPathSteps) return malformed();
    path.remove_prefix(1);
    std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    const bool hardened = !step.empty() && step.back() == '\'';
    if (hardened) step.remove_suffix(1);
    const Result<std::uint64_t> number = parse_u64(step, kHardened - 1);
    if (!number) return malformed();
    steps.push_back(static_cast<std::uint32_t>(*number) | (hardened ? kHardened : 0));
  }
  return steps;
}

Result<ExtendedKey> derive_extended(ByteView seed, const std::vector<std::uint32_t>& path) {
  if (seed.size() < 16 || seed.size() > 64) {
    return fail(Code::kData, "a seed has 16 to 64 bytes").with_reason("seed");
  }
  ExtendedKey key = split_digest(hmac_sha512(as_bytes("Bitcoin seed"), {seed}));
  for (const std::uint32_t step : path) {
    EMR_ASSIGN(key, derive_child(key, step));
  }
  return key;
}

Result<crypto::SigningKey> derive_account(const Mnemonic& mnemonic, ByteView passphrase,
                                          std::string_view path) {
  EMR_ASSIGN(const std::vector<std::uint32_t> steps, parse_path(path));
  EMR_ASSIGN(const SecretBytes seed, mnemonic_seed(mnemonic, passphrase));
  EMR_ASSIGN(ExtendedKey key, derive_extended(seed.view(), steps));
  return crypto::SigningKey::from_secret(std::move(key.key));
}

}  // namespace emr::wallet
