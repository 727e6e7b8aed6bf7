// FF1 format-preserving encryption, NIST SP 800-38G section 6.2, AES-256 (AES-128 and AES-192 for
// the test vectors). Pure; an object may be used by one thread at a time. FF3-1 is not here: the
// 2025 draft of revision 1 removed it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::desensitize {

class Ff1 {
 public:
  /// Key of 16, 24 or 32 bytes; radix 2..65536.
  static Result<Ff1> create(ByteView key, std::uint32_t radix);
  Ff1(Ff1&&) noexcept;
  Ff1& operator=(Ff1&&) noexcept;
  ~Ff1();

  /// Numerals 0..radix-1. kUsage when radix^length is below kMinFpeDomain or too long.
  Result<std::vector<std::uint16_t>> encrypt(ByteView tweak,
                                             const std::vector<std::uint16_t>& numerals) const;
  Result<std::vector<std::uint16_t>> decrypt(ByteView tweak,
                                             const std::vector<std::uint16_t>& numerals) const;

 private:
  struct Impl;
  explicit Ff1(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace emr::desensitize
