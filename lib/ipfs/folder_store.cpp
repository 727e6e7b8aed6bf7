#include "ipfs/folder_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "content/limits.h"

namespace emr::ipfs {
namespace {

/// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  bool valid() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

Status write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Code::kIo, "block cannot be written to the folder");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Status sync_folder(const std::string& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid() && ::fsync(fd.get()) == 0) return {};
  return fail(Code::kIo, "folder of the content store cannot be synced");
}

}  // namespace

Result<FolderStore> FolderStore::open(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return fail(Code::kCantCreate, "folder of the content store cannot be made");
  }
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return fail(Code::kCantCreate, "content store is not a folder");
  }
  return FolderStore(folder);
}

std::string FolderStore::path_of(const content::Cid& cid) const {
  return folder_ + "/" + content::format_cid(content::to_version_1(cid));
}

// The file has no name until it is complete and on disk (O_TMPFILE): a killed program leaves
// nothing behind.
Status FolderStore::put(const Hash32&, const content::Cid& cid, ByteView block) {
  const std::string path = path_of(cid);
  if (::access(path.c_str(), F_OK) == 0) {
    ++counts_.present;
    return {};
  }
  const Descriptor fd(::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  if (!fd.valid()) return fail(Code::kCantCreate, "block cannot be created in the folder");
  EMR_TRY(write_all(fd.get(), block));
  if (::fsync(fd.get()) != 0) return fail(Code::kIo, "block cannot be written to the folder");
  const std::string unnamed = "/proc/self/fd/" + std::to_string(fd.get());
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0 &&
      errno != EEXIST) {
    return fail(Code::kCantCreate, "block cannot be named in the folder");
  }
  ++counts_.stored;
  return {};
}

Status FolderStore::finish(const content::Cid& root) {
  if (::access(path_of(root).c_str(), F_OK) != 0) {
    return fail(Code::kInternal, "root block was never put");
  }
  return sync_folder(folder_);
}

Result<Bytes> FolderStore::get(const content::Cid& cid) {
  const Descriptor fd(::open(path_of(cid).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) {
    return fail(Code::kNegative, "block is not in the store").with_reason("not_found");
  }
  Bytes block(content::kMaxBlockSize + 1);
  std::size_t filled = 0;
  while (filled < block.size()) {
    const ssize_t got = ::read(fd.get(), block.data() + filled, block.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Code::kIo, "block cannot be read from the folder");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  block.resize(filled);
  EMR_TRY(content::check_block(cid, block));
  return block;
}

}  // namespace emr::ipfs
