// Files as the tools handle them: output that appears complete or not at all, and secrets that are
// read only from files nobody else can read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/limits.h"
#include "crypto/secret.h"

namespace emr::cli {

/// A file that appears at `path` by commit() or not at all: written to a temporary in the same
/// folder (mode 0600 until commit), fsync, rename, fsync of the folder. Destroyed or interrupted by
/// a signal before commit, it leaves nothing behind; what kill -9 left, remove_left_overs finds.
/// A device, a pipe, or the file that stdout or stderr goes to is written directly, as it is.
class AtomicFile {
 public:
  /// `mode` is the final mode, under the umask. kCantCreate when the folder refuses.
  static Result<AtomicFile> create(const std::string& path, unsigned mode = 0644);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  int fd() const noexcept;
  Status write(ByteView bytes);
  Status commit();

 private:
  struct State;
  explicit AtomicFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Removes the temporaries in this folder whose process is gone (nobody holds their lock).
void remove_left_overs(const std::string& folder);
/// The folder that a path names a file in.
std::string folder_of(const std::string& path);

/// Writes a whole file atomically.
Status write_file(const std::string& path, std::string_view content, unsigned mode = 0644);
/// The same with mode 0600, and an existing file is refused (kCantCreate): no key is overwritten.
Status write_new_secret_file(const std::string& path, std::string_view content);
/// Reads a whole regular file of at most `max` bytes; "-" is stdin. kNoInput, kData (too large).
Result<std::string> read_file(const std::string& path, std::size_t max);

/// A key file: regular (no symbolic link), owned by this user or root, mode 0600 or stricter;
/// anything looser is kDenied with a hint ("chmod 600 …").
Result<crypto::SecretBytes> read_secret_file(const std::string& path,
                                             std::size_t max = kMaxSecretBytes);
/// A key file that holds 32 bytes as 64 hex digits and a newline.
Result<crypto::Secret32> read_key_file(const std::string& path);

/// Where a passphrase comes from: file, descriptor or terminal; never argv or environment.
struct PassphraseSource {
  std::string file = {};   ///< --passphrase-file
  int fd = -1;             ///< --passphrase-fd
  std::string prompt = {}; ///< asked on /dev/tty with echo off when neither is given
  bool confirm = false;    ///< ask twice (a new key)
};
/// One line without its newline. kUsage with a hint when there is no source and no terminal.
Result<crypto::SecretBytes> read_passphrase(const PassphraseSource& source);
/// Asks y/N on /dev/tty; false when there is no terminal.
bool confirm_on_terminal(std::string_view question);

}  // namespace emr::cli
