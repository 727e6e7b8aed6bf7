// Reading files, key files, passphrases and a yes or no from the terminal.
#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/hex.h"
#include "cli/files.h"
#include "cli/descriptor.h"
#include "cli/standard_streams.h"

namespace emr::cli {
namespace {

/// Reads at most `size` bytes; -1 on failure.
ssize_t read_some(int fd, char* data, std::size_t size) {
  while (true) {
    const ssize_t got = ::read(fd, data, size);
    if (got >= 0 || errno != EINTR) return got;
  }
}

Error too_large(const std::string& name, std::size_t max) {
  return fail(Code::kData, name + ": the file is larger than " + std::to_string(max) + " bytes")
      .with_reason("too_large");
}

/// Everything up to the end of the file; kData when there is more than `max`.
Result<std::string> read_all(int fd, const std::string& name, std::size_t max) {
  std::string text;
  char block[16384];
  while (true) {
    const ssize_t got = read_some(fd, block, sizeof block);
    if (got < 0) return fail(Code::kIo, name + ": reading failed");
    if (got == 0) return text;
    if (text.size() + static_cast<std::size_t>(got) > max) return too_large(name, max);
    text.append(block, static_cast<std::size_t>(got));
  }
}

/// A secret of at most `max` bytes, read into memory that is never reallocated, so that no copy
/// stays behind. With `one_line` it ends before the first line end.
Result<crypto::SecretBytes> read_secret(int fd, const std::string& name, std::size_t max,
                                        bool one_line) {
  crypto::SecretBytes buffer(max + 1);
  const std::span<std::uint8_t> space = buffer.span();
  std::size_t size = 0;
  std::size_t line_size = std::string_view::npos;
  while (size < space.size() && line_size == std::string_view::npos) {
    // A terminal or pipe may hold more than our line: one byte at a time leaves the rest there.
    const std::size_t want = one_line ? 1 : space.size() - size;
    const ssize_t got = read_some(fd, reinterpret_cast<char*>(space.data() + size), want);
    if (got < 0) return fail(Code::kIo, name + ": reading failed");
    if (got == 0) break;
    if (one_line && space[size] == '\n') line_size = size;
    size += static_cast<std::size_t>(got);
  }
  if (line_size != std::string_view::npos) {
    size = line_size;
    // A file that was written on Windows ends its lines with two characters, and geth takes both.
    if (size > 0 && space[size - 1] == '\r') --size;
  }
  if (size > max) return too_large(name, max);
  return crypto::SecretBytes::copy_of(ByteView(buffer.view()).first(size));
}

Error not_private(const std::string& path, std::string problem) {
  return fail(Code::kDenied, path + ": " + std::move(problem)).with_reason("key_file");
}

Status check_private(int fd, const std::string& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return fail(Code::kIo, path + ": reading failed");
  if (!S_ISREG(info.st_mode)) return not_private(path, "is not a regular file");
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return not_private(path, "belongs to somebody else");
  }
  if ((info.st_mode & 077) != 0) {
    return not_private(path, "others can read or change this key file")
        .with_hint("chmod 600 " + path);
  }
  return {};
}

/// Switches the echo of a terminal off while it lives.
class QuietTerminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {
    quiet_ = tcgetattr(fd, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (quiet_) tcsetattr(fd, TCSAFLUSH, &silent);
  }
  ~QuietTerminal() {
    if (quiet_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  int fd_;
  bool quiet_ = false;
  termios before_{};
};

void say(int fd, std::string_view text) {
  // A prompt that cannot be written is not worth an error: the reading decides.
  const ssize_t ignored = ::write(fd, text.data(), text.size());
  static_cast<void>(ignored);
}

Result<crypto::SecretBytes> ask(int terminal, const std::string& prompt) {
  say(terminal, prompt);
  const QuietTerminal quiet(terminal);
  Result<crypto::SecretBytes> answer = read_secret(terminal, "terminal", kMaxPassphraseBytes, true);
  say(terminal, "\n");
  return answer;
}

Result<crypto::SecretBytes> ask_on_terminal(const PassphraseSource& source) {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0 || source.prompt.empty()) {
    return fail(Code::kUsage, "a passphrase is needed and there is no terminal to ask")
        .with_hint("--passphrase-file FILE or --passphrase-fd N");
  }
  EMR_ASSIGN(crypto::SecretBytes first, ask(terminal.get(), source.prompt));
  if (!source.confirm) return first;
  EMR_ASSIGN(const crypto::SecretBytes second, ask(terminal.get(), "once more: "));
  if (!equal_constant_time(first.view(), second.view())) {
    return fail(Code::kUsage, "the two passphrases differ");
  }
  return first;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max) {
  if (path == "-") {
    if (stream_was_closed(STDIN_FILENO)) return fail(Code::kNoInput, "stdin is closed");
    return read_all(STDIN_FILENO, "stdin", max);
  }
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat info {};
  if (file.get() < 0 || fstat(file.get(), &info) != 0 || S_ISDIR(info.st_mode)) {
    return fail(Code::kNoInput, path + ": the file cannot be opened");
  }
  return read_all(file.get(), path, max);
}

Result<crypto::SecretBytes> read_secret_file(const std::string& path, std::size_t max) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ELOOP) return not_private(path, "is a symbolic link");
  if (file.get() < 0) return fail(Code::kNoInput, path + ": the key file cannot be opened");
  EMR_TRY(check_private(file.get(), path));
  return read_secret(file.get(), path, max, false);
}

Result<crypto::Secret32> read_key_file(const std::string& path) {
  EMR_ASSIGN(const crypto::SecretBytes content, read_secret_file(path));
  std::string_view text = content.text();
  if (text.ends_with('\n')) text.remove_suffix(1);
  Result<Hash32> key = hash_from_hex(text);
  if (!key) {
    return fail(Code::kData, path + ": must be 64 hex digits and a newline").with_reason("key");
  }
  crypto::Secret32 secret(*key);
  crypto::wipe(*key);
  return secret;
}

Result<crypto::SecretBytes> read_passphrase(const PassphraseSource& source) {
  if (!source.file.empty()) {
    const Descriptor file(
        open(source.file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() < 0 && errno == ELOOP) return not_private(source.file, "is a symbolic link");
    if (file.get() < 0) {
      return fail(Code::kNoInput, source.file + ": the passphrase file cannot be opened");
    }
    EMR_TRY(check_private(file.get(), source.file));
    return read_secret(file.get(), source.file, kMaxPassphraseBytes, true);
  }
  if (source.fd >= 0) {
    return read_secret(source.fd, "passphrase descriptor", kMaxPassphraseBytes, true);
  }
  return ask_on_terminal(source);
}

bool confirm_on_terminal(std::string_view question) {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0 || isatty(STDIN_FILENO) == 0) return false;
  say(terminal.get(), std::string(question) + " [y/N] ");
  char answer[64] = {};
  const ssize_t got = read_some(terminal.get(), answer, sizeof answer);
  return got > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

}  // namespace emr::cli
