// Bytes in and out of the tool: descriptors as streams, and attachments that must lie under one
// folder.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "content/streams.h"

namespace emr::put {

/// Reads a descriptor; closes it when it is owned.
class FdSource final : public content::ByteSource {
 public:
  FdSource(int fd, bool owned) : fd_(fd), owned_(owned) {}
  FdSource(const FdSource&) = delete;
  FdSource& operator=(const FdSource&) = delete;
  ~FdSource() override;

  Result<std::size_t> read(std::span<std::uint8_t> buffer) override;
  /// Back to the first byte (regular files only).
  Status rewind();

 private:
  int fd_;
  bool owned_;
};

/// Writes a descriptor (not owned).
class FdSink final : public content::ByteSink {
 public:
  explicit FdSink(int fd) : fd_(fd) {}
  Status write(ByteView bytes) override;

 private:
  int fd_;
};

/// The folder of --attachments-root. Opens only regular files below it, by relative paths without
/// "..", through no symbolic link: a stream must not be able to make the tool upload /etc/passwd.
class AttachmentRoot {
 public:
  static Result<AttachmentRoot> open(const std::string& folder);
  AttachmentRoot(AttachmentRoot&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  AttachmentRoot& operator=(AttachmentRoot&&) = delete;
  ~AttachmentRoot();

  /// kData (reason "path") for a path that is refused, kNoInput when there is no such file.
  Result<std::unique_ptr<FdSource>> open_file(const std::string& path) const;

 private:
  explicit AttachmentRoot(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace emr::put
