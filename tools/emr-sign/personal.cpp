// personal_sign: the whole input is one message, signed byte for byte. A last newline belongs to
// it, and text that looks like hex is text.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/eip191.h"
#include "emr_sign.h"

namespace emr::sign {
namespace {

// A message is read by a person in a wallet's window.
constexpr std::size_t kMaxMessageBytes = 1024 * 1024;

Result<Bytes> read_message(cli::Context& context) {
  EMR_ASSIGN(const int fd, context.input_fd());
  Bytes message;
  std::array<std::uint8_t, 16384> block;
  while (true) {
    const ssize_t size = read(fd, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail(Code::kIo, "reading failed");
    if (size == 0) return message;
    append(message, ByteView(block).first(static_cast<std::size_t>(size)));
    if (message.size() > kMaxMessageBytes) {
      return fail(Code::kData, "the message is larger than 1 MiB").with_reason("limit");
    }
  }
}

Result<Hash32> digest_of(cli::Context& context) {
  EMR_ASSIGN(const Bytes message, read_message(context));
  return crypto::personal_message_digest(message);
}

}  // namespace

cli::OptionSpec personal_option() {
  return {.name = "personal",
          .kind = cli::Kind::kFlag,
          .help = "the whole input is one message for personal_sign (EIP-191), byte for byte",
          .group = "Signing",
          .configurable = false};
}

Status sign_personal(cli::Context& context) {
  EMR_ASSIGN(const crypto::SigningKey key, unlock_key(context));
  EMR_ASSIGN(const Hash32 digest, digest_of(context));
  const crypto::Signature signature = key.sign(digest);
  return write_line(context, {{"type", "emr.signature"},
                              {"v", 1},
                              {"suite", "secp256k1-keccak256"},
                              {"scheme", "personal_sign"},
                              {"address", key.address().text()},
                              {"digest", to_hex_0x(digest)},
                              {"signature", to_hex_0x(signature)},
                              {"compact", to_hex_0x(crypto::to_eip2098(signature))}});
}

Status digest_personal(cli::Context& context) {
  EMR_ASSIGN(const Hash32 digest, digest_of(context));
  return write_line(context, {{"type", "emr.digest"},
                              {"v", 1},
                              {"scheme", "personal_sign"},
                              {"digest", to_hex_0x(digest)}});
}

Status judge_personal(cli::Context& context, const crypto::Address& expected,
                      const std::string& signature, nlohmann::json& verdict) {
  verdict["expected"] = expected.text();
  EMR_ASSIGN(const Hash32 digest, digest_of(context));
  verdict["digest"] = to_hex_0x(digest);
  EMR_ASSIGN(const crypto::Signature parsed, signature_from(signature));
  EMR_ASSIGN(const crypto::Address signer, crypto::recover(digest, parsed));
  verdict["by"] = signer.text();
  return crypto::verify(digest, parsed, expected);
}

}  // namespace emr::sign
