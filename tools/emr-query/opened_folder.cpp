#include "opened_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/hex.h"
#include "cli/files.h"
#include "content/limits.h"
#include "content/reader.h"
#include "crypto/hash.h"

namespace emr::query {
namespace {

Error cannot_create(const char* why) {
  return fail(Code::kCantCreate, why).with_hint("a record is opened into a new or empty directory");
}

/// Writes to a file and hashes what passes.
class HashingFile final : public content::ByteSink {
 public:
  explicit HashingFile(cli::AtomicFile& file) : file_(file) {}
  Status write(ByteView bytes) override {
    hash_.update(bytes);
    return file_.write(bytes);
  }
  Hash32 digest() noexcept { return hash_.finish(); }

 private:
  cli::AtomicFile& file_;
  crypto::Sha256 hash_;
};

/// The names of a folder are on disk.
Status sync_folder(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // Some file systems refuse to sync a folder (EINVAL).
  const bool synced = fd >= 0 && (::fsync(fd) == 0 || errno == EINVAL);
  if (fd >= 0) ::close(fd);
  return synced ? Status() : fail(Code::kIo, "the output directory cannot be synced");
}

enum class Likeness : std::uint8_t { kSame, kOther, kMissing };

/// How the file that may be there is like the one that was written now.
Result<Likeness> compare_files(const std::string& written, const std::string& there) {
  std::error_code error;
  if (!std::filesystem::exists(there, error)) {
    return error ? Result<Likeness>(fail(Code::kIo, "the output directory cannot be read"))
                 : Result<Likeness>(Likeness::kMissing);
  }
  std::ifstream first(written, std::ios::binary);
  std::ifstream second(there, std::ios::binary);
  if (!first || !second) return fail(Code::kIo, "the output directory cannot be read");
  std::array<char, 1 << 16> one{};
  std::array<char, 1 << 16> other{};
  while (first && second) {
    first.read(one.data(), one.size());
    second.read(other.data(), other.size());
    const auto size = static_cast<std::size_t>(first.gcount());
    const bool same = first.gcount() == second.gcount() &&
                      std::equal(one.begin(), one.begin() + size, other.begin());
    if (!same) return Likeness::kOther;
  }
  return Likeness::kSame;
}

/// A name is somebody else's text: only a plain file name may become one here.
bool is_plain(const std::string& name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

}  // namespace

Status make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return cannot_create("the output directory cannot be created");
}

Result<OpenedFolder> OpenedFolder::claim(const std::string& path) {
  const bool made = ::mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return cannot_create("the output directory cannot be created");
  OpenedFolder folder(path, made);
  std::error_code error;
  const bool empty = std::filesystem::is_empty(path, error);
  if (error || !std::filesystem::is_directory(path, error)) {
    return cannot_create("the output directory cannot be read");
  }
  if (!empty) return cannot_create("the output directory is not empty");
  if (!made && ::chmod(path.c_str(), 0700) != 0) {
    return cannot_create("the output directory cannot be closed to others");
  }
  // Found out before anything irrevocable is done for the sake of what will be written.
  EMR_TRY(cli::AtomicFile::create(path + "/record.json", 0600));
  return folder;
}

Result<OpenedFolder> OpenedFolder::claim_unnamed(const std::string& parent) {
  std::string path = parent + "/.opening-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {  // of mode 0700
    return cannot_create("the output directory cannot be written to");
  }
  return OpenedFolder(std::move(path), true);
}

OpenedFolder::OpenedFolder(OpenedFolder&& other) noexcept
    : path_(std::exchange(other.path_, "")),
      made_(other.made_),
      kept_(other.kept_),
      files_(std::move(other.files_)),
      names_(std::move(other.names_)) {}

OpenedFolder::~OpenedFolder() {
  if (path_.empty()) return;
  if (!kept_) {
    for (const std::string& file : files_) ::unlink(file.c_str());
  }
  // Only what is empty can be removed in this way.
  ::rmdir((path_ + "/attachments").c_str());
  if (made_) ::rmdir(path_.c_str());
}

Status OpenedFolder::write(const std::string& name, ByteView text) {
  const std::string path = path_ + "/" + name;
  EMR_ASSIGN(cli::AtomicFile file, cli::AtomicFile::create(path, 0600));
  EMR_TRY(file.write(text));
  EMR_TRY(file.commit());
  files_.push_back(path);
  return {};
}

Status OpenedFolder::keep_as(const std::string& path) {
  if (::rename(path_.c_str(), path.c_str()) != 0) {
    return cannot_create("the record's directory cannot be made");
  }
  path_.clear();
  return sync_folder(std::filesystem::path(path).parent_path());
}

Result<bool> OpenedFolder::add_to(const std::string& path) {
  std::vector<std::string> lacking;
  for (const std::string& file : files_) {
    const std::string name = file.substr(path_.size());
    EMR_ASSIGN(const Likeness likeness, compare_files(file, path + name));
    if (likeness == Likeness::kMissing) lacking.push_back(name);
    if (likeness == Likeness::kOther) {
      return fail(Code::kNegative, "this version of the record lies there with other content")
          .with_reason("conflict")
          .with_hint("open it into another directory, and compare");
    }
  }
  for (const std::string& name : lacking) {
    const std::string target = path + name;
    EMR_TRY(make_private_folder(std::filesystem::path(target).parent_path()));
    if (::rename((path_ + name).c_str(), target.c_str()) != 0) {
      return cannot_create("the record's directory cannot be completed");
    }
    EMR_TRY(sync_folder(std::filesystem::path(target).parent_path()));
  }
  return !lacking.empty();
}

std::string OpenedFolder::plain_name(const content::ManifestObject& object) {
  for (const std::string& name : {object.name, object.id + "-" + object.name, object.id}) {
    if (is_plain(name) && names_.insert(name).second) return name;
  }
  return "attachment-" + to_hex(object.sha256);
}

Status OpenedFolder::fetch(const content::ManifestObject& object, content::BlockSource& blocks) {
  const std::string folder = path_ + "/attachments";
  EMR_TRY(make_private_folder(folder));
  EMR_ASSIGN(content::FileReader reader,
             content::FileReader::open(object.cid, blocks, 2 * content::kMaxObjectSize));
  const std::string path = folder + "/" + plain_name(object);
  EMR_ASSIGN(cli::AtomicFile file, cli::AtomicFile::create(path, 0600));
  HashingFile sink(file);
  EMR_TRY(content::open_blob_range(reader, object.access, 0, object.size, sink));
  if (sink.digest() != object.sha256) {
    return fail(Code::kData, "an attachment is not what its manifest says").with_reason("sha256");
  }
  EMR_TRY(file.commit());
  files_.push_back(path);
  return {};
}

}  // namespace emr::query
