// File access of the tool: attachments, keys, reading a whole stream.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "crypto/secret.h"
#include "desensitize/record/sealer.h"

namespace emr::tool {

/// Hashes regular files below one folder; symbolic links that lead out of it are refused.
class AttachmentHasher final : public desensitize::FileHasher {
 public:
  explicit AttachmentHasher(std::string root);
  Result<desensitize::FileFacts> hash(const std::string& relative_path) override;

 private:
  std::string root_;
};

/// A key of at least 32 bytes: as hex text, or any other bytes as they are.
Result<crypto::SecretBytes> read_master_key(const std::string& path);
Result<crypto::SecretBytes> read_master_key_fd(int fd);

/// Reads up to text.size() bytes into `text`; 0 at the end.
Result<std::size_t> read_some(int fd, std::string& text);
/// Would read() answer at once, or within `milliseconds`? (the end of the input is an answer too)
bool has_input(int fd, int milliseconds);
/// Calls `sink` with each piece of the input until its end, and `on_wait` (may be null) whenever
/// the next piece is not there yet: what is held back goes out then.
Status read_all(int fd, const std::function<Status(std::string_view)>& sink,
                const std::function<Status()>& on_wait = nullptr);
/// The same with a file.
Status read_all_of(const std::string& path, const std::function<Status(std::string_view)>& sink);

}  // namespace emr::tool
