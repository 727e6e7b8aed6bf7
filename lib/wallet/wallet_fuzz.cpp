// Readers of wallet files: no input may do more than fail. Keystores are read without unlocking,
// because a key derivation per input would fuzz scrypt.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "wallet/keystore.h"
#include "wallet/mnemonic.h"
#include "wallet/session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  const ByteView input(data, size);
  const auto address = wallet::keystore_address(as_text(input));
  static_cast<void>(address.ok());
  if (const auto session = wallet::Session::decode(as_text(input))) {
    EMR_CHECK(wallet::Session::decode(session->encode().text()).ok());
  }
  if (const auto mnemonic = wallet::parse_mnemonic(input)) {
    EMR_CHECK(wallet::parse_mnemonic(mnemonic->phrase.view()).ok());
  }
  const auto path = wallet::parse_path(as_text(input));
  static_cast<void>(path.ok());
  return 0;
}
