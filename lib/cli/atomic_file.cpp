// Output that appears complete or not at all.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/hex.h"
#include "cli/descriptor.h"
#include "cli/files.h"
#include "cli/system_random.h"
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

/// ".emr-unfinished-" and sixteen hex digits: no name that a person gives, because what has it and
/// no living writer is removed.
constexpr std::string_view kTempPrefix = ".emr-unfinished-";
constexpr std::size_t kTempBytes = 8;

std::string temp_name() {
  std::array<std::uint8_t, kTempBytes> random{};
  SystemRandom().fill(random);
  return std::string(kTempPrefix) + to_hex(random);
}

bool is_temp_name(std::string_view name) {
  if (!name.starts_with(kTempPrefix)) return false;
  name.remove_prefix(kTempPrefix.size());
  return name.size() == 2 * kTempBytes &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A file as create_temp makes it, with this name alone.
bool is_temp_file(int fd) {
  struct stat info {};
  return fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1 &&
         info.st_uid == geteuid() && (info.st_mode & 07777) == 0600;
}

/// A temporary that is locked while its process lives. Between its making and its locking another
/// process may take it for a left-over: then there is one more try.
int create_temp(const std::string& folder, std::string& path) {
  constexpr int kTries = 8;
  for (int i = 0; i < kTries; ++i) {
    path = folder + "/" + temp_name();
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0) return fd;
    flock(fd, LOCK_EX);  // where there are no locks, nothing is taken for a left-over either
    struct stat info {};
    if (fstat(fd, &info) == 0 && info.st_nlink > 0) return fd;
    close(fd);
  }
  return -1;
}

bool is_one_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// A descriptor for what is not to be replaced by a file of its name: a device or a pipe, and the
/// file that stdout or stderr goes to (the name may be /dev/stderr, and whoever holds the
/// descriptor would go on writing to a file without a name). -1: it cannot be opened.
int open_as_it_is(const std::string& path, const struct stat& existing) {
  if (!S_ISREG(existing.st_mode)) return open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat info {};
    if (fstat(fd, &info) == 0 && is_one_file(info, existing)) {
      return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
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
  while (const dirent* const entry = readdir(listing.get())) {
    if (!is_temp_name(entry->d_name)) continue;
    const Descriptor file(
        openat(at, entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (is_temp_file(file.get()) && flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      unlinkat(at, entry->d_name, 0);
    }
  }
}

struct AtomicFile::State {
  std::string path;
  std::string temp;  ///< "" when the target is written as it is
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
  if (exists) state->fd = open_as_it_is(path, existing);
  if (state->fd >= 0) return AtomicFile(std::move(state));
  if (exists && !S_ISREG(existing.st_mode)) return cannot_create(path);
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
  // The mode last: killed in between, the file is one that the next run removes.
  if (fsync(file.fd) != 0 || fchmod(file.fd, file.mode) != 0) return io_error();
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
