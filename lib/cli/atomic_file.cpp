// Output that appears complete or not at all.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "cli/descriptor.h"
#include "cli/files.h"
#include "cli/temp_files.h"

namespace emr::cli {
namespace {

Error cannot_create(const std::string& path) {
  return fail(Code::kCantCreate, path + ": the file cannot be created");
}

mode_t current_umask() {
  const mode_t mask = umask(077);
  umask(mask);
  return mask;
}

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

constexpr std::string_view kTempName = ".emr-XXXXXX";

/// A temporary that is locked while its process lives. Between its making and its locking another
/// process may take it for a left-over: then there is one more try.
int create_temp(const std::string& folder, std::string& path) {
  constexpr int kTries = 8;
  for (int i = 0; i < kTries; ++i) {
    path = folder + "/" + std::string(kTempName);
    const int fd = mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) return fd;
    flock(fd, LOCK_EX);  // where there are no locks, nothing is taken for a left-over either
    struct stat info {};
    if (fstat(fd, &info) == 0 && info.st_nlink > 0) return fd;
    close(fd);
  }
  return -1;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void remove_left_overs(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
  if (listing == nullptr) return;
  const int at = dirfd(listing.get());
  const std::size_t fixed = kTempName.find('X');
  while (const dirent* const entry = readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() != kTempName.size() || !name.starts_with(kTempName.substr(0, fixed))) continue;
    const Descriptor file(
        openat(at, entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    const bool ours = file.get() >= 0 && fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) &&
                      info.st_uid == geteuid();
    if (ours && flock(file.get(), LOCK_EX | LOCK_NB) == 0) unlinkat(at, entry->d_name, 0);
  }
}

struct AtomicFile::State {
  std::string path;
  std::string temp;  ///< "" when the target is a device or pipe and is written directly
  mode_t mode = 0644;
  int fd = -1;
  int slot = -1;

  ~State() {
    if (fd >= 0) close(fd);
    if (!temp.empty()) unlink(temp.c_str());
    forget_temp_file(slot);
  }
};

AtomicFile::AtomicFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;
AtomicFile::~AtomicFile() = default;

Result<AtomicFile> AtomicFile::create(const std::string& path, unsigned mode) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->mode = static_cast<mode_t>(mode) & ~current_umask();
  struct stat existing {};
  const bool exists = stat(path.c_str(), &existing) == 0;
  if (exists && S_ISDIR(existing.st_mode)) return cannot_create(path);
  if (exists && !S_ISREG(existing.st_mode)) {
    state->fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (state->fd < 0) return cannot_create(path);
    return AtomicFile(std::move(state));
  }
  if (exists) state->mode = existing.st_mode & 07777 & static_cast<mode_t>(mode | 0600U);
  std::string temp;
  state->fd = create_temp(folder_of(path), temp);
  if (state->fd < 0) return cannot_create(path);
  state->temp = temp;
  state->slot = remember_temp_file(temp);
  return AtomicFile(std::move(state));
}

int AtomicFile::fd() const noexcept { return state_->fd; }

Status AtomicFile::write(ByteView bytes) {
  if (write_all(state_->fd, bytes)) return {};
  return fail(Code::kIo, state_->path + ": writing failed");
}

Status AtomicFile::commit() {
  State& file = *state_;
  const auto io_error = [&] { return fail(Code::kIo, file.path + ": writing failed"); };
  if (file.temp.empty()) {
    const int closed = close(file.fd);
    file.fd = -1;
    return closed == 0 ? Status() : io_error();
  }
  if (fchmod(file.fd, file.mode) != 0 || fsync(file.fd) != 0) return io_error();
  const Descriptor lock(dup(file.fd));  // until the temporary has its name
  const int closed = close(file.fd);
  file.fd = -1;
  if (closed != 0) return io_error();
  if (rename(file.temp.c_str(), file.path.c_str()) != 0) return cannot_create(file.path);
  file.temp.clear();
  const int folder = open(folder_of(file.path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return io_error();
  // Some file systems refuse to sync a folder (EINVAL); the rename itself has happened.
  const bool synced = fsync(folder) == 0 || errno == EINVAL;
  close(folder);
  return synced ? Status() : io_error();
}

Status write_file(const std::string& path, std::string_view content, unsigned mode) {
  EMR_ASSIGN(AtomicFile file, AtomicFile::create(path, mode));
  EMR_TRY(file.write(as_bytes(content)));
  return file.commit();
}

Status write_new_secret_file(const std::string& path, std::string_view content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 && errno == EEXIST) {
    return fail(Code::kCantCreate, path + ": the file exists and is not overwritten")
        .with_hint("move the old key away first");
  }
  if (fd < 0) return cannot_create(path);
  const int slot = remember_temp_file(path);
  const bool written = write_all(fd, as_bytes(content)) && fsync(fd) == 0;
  const bool done = close(fd) == 0 && written;
  if (!done) unlink(path.c_str());
  forget_temp_file(slot);
  return done ? Status() : fail(Code::kIo, path + ": writing failed");
}

}  // namespace emr::cli
