#include "desensitize/techniques/ff1.h"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <utility>

#include "desensitize/limits.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kBlock = 16;
constexpr int kRounds = 10;
using Block = std::array<std::uint8_t, kBlock>;
using Numerals = std::vector<std::uint16_t>;

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct NumberFree {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
struct NumberContextFree {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, NumberFree>;

Number make_number() {
  Number number(BN_new());
  EMR_CHECK(number != nullptr);
  return number;
}

const EVP_CIPHER* cipher_for(std::size_t key_bytes) {
  return key_bytes == 16   ? EVP_aes_128_ecb()
         : key_bytes == 24 ? EVP_aes_192_ecb()
         : key_bytes == 32 ? EVP_aes_256_ecb()
                           : nullptr;
}

void put_u32(std::uint8_t* at, std::size_t value) {
  for (int i = 0; i < 4; ++i) {
    at[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  }
}

}  // namespace

struct Ff1::Impl {
  std::unique_ptr<EVP_CIPHER_CTX, CipherFree> aes{EVP_CIPHER_CTX_new()};
  std::unique_ptr<BN_CTX, NumberContextFree> numbers{BN_CTX_new()};
  std::uint32_t radix = 10;

  Block encrypt_block(const Block& input) const {
    Block output;
    int size = 0;
    EMR_CHECK(EVP_EncryptUpdate(aes.get(), output.data(), &size, input.data(), kBlock) == 1);
    return output;
  }

  /// CBC-MAC over whole blocks (PRF of the standard).
  Block prf(ByteView bytes) const {
    Block state{};
    for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
      for (std::size_t i = 0; i < kBlock; ++i) {
        state[i] ^= bytes[at + i];
      }
      state = encrypt_block(state);
    }
    return state;
  }

  Number value_of(const Numerals& numerals) const {
    Number number = make_number();
    BN_zero(number.get());
    for (const std::uint16_t numeral : numerals) {
      EMR_CHECK(BN_mul_word(number.get(), radix) == 1 && BN_add_word(number.get(), numeral) == 1);
    }
    return number;
  }
  Numerals numerals_of(const BIGNUM* value, std::size_t length) const {
    Number rest = make_number();
    EMR_CHECK(BN_copy(rest.get(), value) != nullptr);
    Numerals numerals(length);
    for (std::size_t i = length; i-- > 0;) {
      numerals[i] = static_cast<std::uint16_t>(BN_div_word(rest.get(), radix));
    }
    return numerals;
  }

  Bytes fixed_bytes(const BIGNUM* number, std::size_t size) const {
    Bytes bytes(size);
    EMR_CHECK(BN_bn2binpad(number, bytes.data(), static_cast<int>(size)) >= 0);
    return bytes;
  }

  Status check(const Numerals& numerals) const {
    const double bits = static_cast<double>(numerals.size()) * std::log2(radix);
    if (numerals.size() < 2 || bits < std::log2(static_cast<double>(kMinFpeDomain)) - 1e-9) {
      return fail(Code::kUsage, "format-preserving encryption needs a domain of a million values")
          .with_reason("small_domain")
          .with_hint("use token or encrypt for short codes");
    }
    if (numerals.size() > kMaxFpeDigits) {
      return fail(Code::kUsage, "value is too long for format-preserving encryption")
          .with_reason("long_value");
    }
    return {};
  }

  /// Step 5 of the algorithm: P.
  Block header(std::size_t length, std::size_t left, std::size_t tweak) const {
    Block block{1, 2, 1, 0, 0, 0, 10, static_cast<std::uint8_t>(left & 0xFF)};
    block[3] = static_cast<std::uint8_t>(radix >> 16);
    block[4] = static_cast<std::uint8_t>(radix >> 8);
    block[5] = static_cast<std::uint8_t>(radix);
    put_u32(&block[8], length);
    put_u32(&block[12], tweak);
    return block;
  }

  /// Steps 6.i to 6.iv: y of one round.
  Number round_value(const Block& head, ByteView tweak, int round, const Numerals& half,
                     std::size_t b, std::size_t d) const {
    Bytes input(head.begin(), head.end());
    append(input, tweak);
    const std::size_t rest = (tweak.size() + b + 1) % kBlock;
    input.insert(input.end(), (kBlock - rest) % kBlock, 0);
    input.push_back(static_cast<std::uint8_t>(round));
    append(input, fixed_bytes(value_of(half).get(), b));
    const Block r = prf(input);
    Bytes s(r.begin(), r.end());
    for (std::size_t j = 1; s.size() < d; ++j) {
      Block counter = r;
      Block index{};
      put_u32(&index[12], j);
      for (std::size_t i = 0; i < kBlock; ++i) {
        counter[i] ^= index[i];
      }
      append(s, encrypt_block(counter));
    }
    Number y = make_number();
    EMR_CHECK(BN_bin2bn(s.data(), static_cast<int>(d), y.get()) != nullptr);
    return y;
  }

  Numerals run(ByteView tweak, const Numerals& numerals, bool encrypting) const {
    const std::size_t n = numerals.size();
    const std::size_t u = n / 2;
    const std::size_t v = n - u;
    const auto b = static_cast<std::size_t>(
        std::ceil(std::ceil(static_cast<double>(v) * std::log2(radix)) / 8));
    const std::size_t d = 4 * ((b + 3) / 4) + 4;
    Numerals a(numerals.begin(), numerals.begin() + static_cast<std::ptrdiff_t>(u));
    Numerals c(numerals.begin() + static_cast<std::ptrdiff_t>(u), numerals.end());
    const Block head = header(n, u, tweak.size());
    for (int step = 0; step < kRounds; ++step) {
      const int round = encrypting ? step : kRounds - 1 - step;
      const std::size_t m = round % 2 == 0 ? u : v;
      const Numerals& fixed = encrypting ? c : a;
      const Number y = round_value(head, tweak, round, fixed, b, d);
      mix(encrypting ? a : c, y.get(), m, encrypting);
      std::swap(a, c);
    }
    a.insert(a.end(), c.begin(), c.end());
    return a;
  }

  /// half = (half ± y) mod radix^m.
  void mix(Numerals& half, const BIGNUM* y, std::size_t m, bool add) const {
    Number modulus = make_number();
    BN_one(modulus.get());
    for (std::size_t i = 0; i < m; ++i) {
      EMR_CHECK(BN_mul_word(modulus.get(), radix) == 1);
    }
    const Number value = value_of(half);
    Number mixed = make_number();
    const int done = add ? BN_mod_add(mixed.get(), value.get(), y, modulus.get(), numbers.get())
                         : BN_mod_sub(mixed.get(), value.get(), y, modulus.get(), numbers.get());
    EMR_CHECK(done == 1);
    half = numerals_of(mixed.get(), m);
  }
};

Ff1::Ff1(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ff1::Ff1(Ff1&&) noexcept = default;
Ff1& Ff1::operator=(Ff1&&) noexcept = default;
Ff1::~Ff1() = default;

Result<Ff1> Ff1::create(ByteView key, std::uint32_t radix) {
  const EVP_CIPHER* cipher = cipher_for(key.size());
  if (cipher == nullptr || radix < 2 || radix > 65536) {
    return fail(Code::kUsage, "FF1 takes a key of 16, 24 or 32 bytes and a radix of 2..65536");
  }
  auto impl = std::make_unique<Impl>();
  impl->radix = radix;
  EMR_CHECK(impl->aes != nullptr && impl->numbers != nullptr);
  EMR_CHECK(EVP_EncryptInit_ex(impl->aes.get(), cipher, nullptr, key.data(), nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(impl->aes.get(), 0);
  return Ff1(std::move(impl));
}

Result<Numerals> Ff1::encrypt(ByteView tweak, const Numerals& numerals) const {
  EMR_TRY(impl_->check(numerals));
  return impl_->run(tweak, numerals, true);
}

Result<Numerals> Ff1::decrypt(ByteView tweak, const Numerals& numerals) const {
  EMR_TRY(impl_->check(numerals));
  return impl_->run(tweak, numerals, false);
}

}  // namespace emr::desensitize
