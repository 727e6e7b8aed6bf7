#include "files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace emr::put {
namespace {

Error refused_path() {
  return fail(Code::kData, "attachment path leaves the attachments root or goes through a link")
      .with_reason("path");
}

Error missing_file() {
  return fail(Code::kNoInput, "attachment file cannot be opened").with_reason("missing");
}

/// Opens one component below `folder`, which it takes over and closes.
Result<int> step_into(int folder, const std::string& name, int flags) {
  const int fd = ::openat(folder, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
  const int failure = errno;
  ::close(folder);
  if (fd >= 0) return fd;
  // ELOOP: the file is a link; ENOTDIR: a folder on the way is one (or is a file).
  if (failure == ELOOP || failure == ENOTDIR) return refused_path();
  return missing_file();
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('\0') == std::string_view::npos;
}

}  // namespace

FdSource::~FdSource() {
  if (owned_) ::close(fd_);
}

Result<std::size_t> FdSource::read(std::span<std::uint8_t> buffer) {
  for (;;) {
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return fail(Code::kIo, "reading the input failed");
  }
}

Status FdSource::rewind() {
  if (::lseek(fd_, 0, SEEK_SET) == 0) return {};
  return fail(Code::kIo, "input cannot be read twice");
}

Status FdSink::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Code::kIo, "writing the output failed");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<AttachmentRoot> AttachmentRoot::open(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(Code::kNoInput, "attachments root cannot be opened");
  return AttachmentRoot(fd);
}

AttachmentRoot::~AttachmentRoot() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::unique_ptr<FdSource>> AttachmentRoot::open_file(const std::string& path) const {
  int fd = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return fail(Code::kIo, "too many open files");
  std::string_view rest = path;
  for (;;) {
    const std::size_t slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    if (!is_plain_name(name)) {
      ::close(fd);
      return refused_path();
    }
    const bool is_last = slash == std::string_view::npos;
    // O_NONBLOCK: opening a FIFO must not hang; it is refused just below.
    EMR_ASSIGN(fd, step_into(fd, name, is_last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY));
    if (is_last) break;
    rest.remove_prefix(slash + 1);
  }
  auto source = std::make_unique<FdSource>(fd, true);
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return refused_path();
  return source;
}

}  // namespace emr::put
