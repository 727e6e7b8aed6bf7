#include "files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "cli/descriptor.h"
#include "cli/files.h"
#include "crypto/hash.h"
#include "desensitize/limits.h"

namespace emr::tool {
namespace {

/// As a batch of the pipeline: see there.
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

using cli::Descriptor;

struct FreeMalloc {
  void operator()(char* text) const { std::free(text); }
};

/// The path with every link followed; "" when it does not exist.
std::string real_path(const std::string& path) {
  const std::unique_ptr<char, FreeMalloc> resolved(::realpath(path.c_str(), nullptr));
  return resolved ? std::string(resolved.get()) : std::string();
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// A keystore, a session or PEM: text that no 32 random bytes look like.
bool is_other_key(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  text.remove_prefix(first);
  const auto printable = [](char c) { return (c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r'); };
  return text.starts_with("-----BEGIN ") ||
         (text.starts_with('{') && std::all_of(text.begin(), text.end(), printable));
}

Result<crypto::SecretBytes> decode_key(crypto::SecretBytes raw) {
  std::string_view text = raw.text();
  if (is_other_key(text)) {
    return fail(Code::kDenied, "the key file is a keystore, a session or PEM, no key of pseudonyms")
        .with_reason("other_key")
        .with_hint("the pseudonyms have a key of their own: 32 random bytes or 64 hex digits, "
                   "mode 0600");
  }
  while (text.ends_with('\n') || text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  if (text.size() < 2 * desensitize::kMinKeyBytes || text.size() % 2 != 0 || !is_hex(text)) {
    return raw;
  }
  EMR_ASSIGN(Bytes bytes, from_hex(text));
  return crypto::SecretBytes(std::move(bytes));
}

}  // namespace

AttachmentHasher::AttachmentHasher(std::string root) : root_(real_path(root)) {}

Result<desensitize::FileFacts> AttachmentHasher::hash(const std::string& relative_path) {
  const std::string path = real_path(root_ + "/" + relative_path);
  if (root_.empty() || path.empty()) {
    return fail(Code::kNoInput, "attachment does not exist").with_reason("attachment");
  }
  if (!path.starts_with(root_ + "/")) {
    return fail(Code::kDenied, "attachment lies outside the attachments root")
        .with_reason("attachment");
  }
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(Code::kNoInput, "attachment is not a readable file").with_reason("attachment");
  }
  crypto::Sha256 digest;
  desensitize::FileFacts result;
  EMR_TRY(read_all(file.get(), [&](std::string_view bytes) -> Status {
    digest.update(bytes);
    result.size += bytes.size();
    return {};
  }));
  result.sha256 = digest.finish();
  return result;
}

Result<crypto::SecretBytes> read_master_key(const std::string& path) {
  EMR_ASSIGN(crypto::SecretBytes raw, cli::read_secret_file(path, desensitize::kMaxKeyBytes));
  return decode_key(std::move(raw));
}

Result<crypto::SecretBytes> read_master_key_fd(int fd) {
  Bytes bytes;
  EMR_TRY(read_all(fd, [&](std::string_view piece) -> Status {
    if (bytes.size() + piece.size() > desensitize::kMaxKeyBytes) {
      return fail(Code::kData, "the key is too long");
    }
    append(bytes, piece);
    return {};
  }));
  return decode_key(crypto::SecretBytes(std::move(bytes)));
}

Result<std::size_t> read_some(int fd, std::string& text) {
  for (;;) {
    const ssize_t size = ::read(fd, text.data(), text.size());
    if (size >= 0) {
      return static_cast<std::size_t>(size);
    }
    if (errno != EINTR) {
      return fail(Code::kIo, "reading the input failed");
    }
  }
}

bool has_input(int fd, int milliseconds) {
  pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
  const int answer = ::poll(&asked, 1, milliseconds);
  return answer > 0 || (answer < 0 && errno != EINTR);  // read() says what is wrong with it
}

Status read_all(int fd, const std::function<Status(std::string_view)>& sink,
                const std::function<Status()>& on_wait) {
  std::vector<char> buffer(kReadBytes);
  for (;;) {
    if (on_wait && !has_input(fd, 0)) {
      EMR_TRY(on_wait());
    }
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      return fail(Code::kIo, "reading the input failed");
    }
    if (size == 0) {
      return {};
    }
    EMR_TRY(sink({buffer.data(), static_cast<std::size_t>(size)}));
  }
}

Status read_all_of(const std::string& path, const std::function<Status(std::string_view)>& sink) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    return fail(Code::kNoInput, "cannot open " + path);
  }
  return read_all(file.get(), sink);
}

}  // namespace emr::tool
