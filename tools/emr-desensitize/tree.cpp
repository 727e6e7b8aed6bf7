#include "tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/hex.h"
#include "cli/files.h"
#include "crypto/hash.h"
#include "desensitize/detect/fold.h"
#include "desensitize/formats/dicom_file.h"
#include "desensitize/techniques/token_text.h"
#include "files.h"
#include "job.h"
#include "json/json.h"

namespace emr::tool {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kHeadBytes = 4096;
/// Numbers that a notice about what was passed over names.
constexpr std::size_t kNamedEntries = 10;
/// What the numbers of entries count: told beside them, because a name itself may tell the patient.
constexpr std::string_view kOrder =
    "entries are numbered as find . -mindepth 1 | LC_ALL=C sort lists them in the folder";

/// An extension says what a file is. Any other end of a name may be a patient's ("scan.Wang").
constexpr std::array<std::string_view, 15> kExtensions = {
    "cda", "csv", "dat", "dcm", "fhir", "gz",  "hl7", "ima",
    "json", "jsonl", "ndjson", "text", "tsv", "txt", "xml"};

bool is_extension(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return std::find(kExtensions.begin(), kExtensions.end(), small) != kExtensions.end();
}

/// The keyed name of one component. File IDs of DICOM media are capitals; ISO 9660 may have added a
/// version (";1") to them.
std::string new_name(const desensitize::KeyRing& keys, std::string name) {
  if (name == "DICOMDIR") {
    return name;
  }
  if (name.ends_with(";1")) {
    name.resize(name.size() - 2);
  }
  std::string extension;
  const std::size_t dot = name.rfind('.');
  if (dot != std::string::npos && dot > 0 && is_extension(std::string_view(name).substr(dot + 1))) {
    extension = name.substr(dot);
    name.resize(dot);
  }
  for (char& c : name) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  const std::string token = desensitize::one_way_token(
      keys.mac("FILE", "token", desensitize::fold_identifier(name)));
  return desensitize::dicom_file_id(token) + extension;
}

class File {
 public:
  explicit File(const fs::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

enum class EntryType { kFile, kFolder, kClosedFolder, kLink, kOther };

/// One line of that list.
struct Entry {
  std::string path;  ///< below the folder
  EntryType type = EntryType::kOther;
};

EntryType type_of(const fs::directory_entry& entry) {
  std::error_code fault;
  return entry.is_symlink(fault)        ? EntryType::kLink
         : entry.is_directory(fault)    ? EntryType::kFolder
         : entry.is_regular_file(fault) ? EntryType::kFile
                                        : EntryType::kOther;
}

/// Everything below `root`, in the order of kOrder. A folder that cannot be read is an entry too.
std::vector<Entry> list(const fs::path& root) {
  std::vector<Entry> entries = {{"", EntryType::kFolder}};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].type != EntryType::kFolder) continue;
    const fs::path folder = root / entries[i].path;
    std::error_code fault;
    auto entry = fs::directory_iterator(folder, fault);
    for (; !fault && entry != fs::directory_iterator(); entry.increment(fault)) {
      const std::string path = entry->path().lexically_relative(root).string();
      entries.push_back({path, type_of(*entry)});
    }
    if (fault) entries[i].type = EntryType::kClosedFolder;
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return entries;  // the root itself comes first: the others count from 1
}

/// One run over a folder.
class Tree {
 public:
  Tree(cli::Context& context, std::shared_ptr<const desensitize::KeyRing> keys, fs::path from,
       fs::path to)
      : context_(context),
        keys_(std::move(keys)),
        from_(std::move(from)),
        to_(std::move(to)),
        output_(STDOUT_FILENO) {}

  Status run() {
    const std::vector<Entry> entries = list(from_);
    context_.errors().count("entry", "entries", std::string(kOrder));
    for (number_ = 0; number_ < entries.size(); ++number_) {
      Status done = take(entries[number_]);
      if (!done) EMR_TRY(failed(std::move(done).error()));
    }
    tell_passed_over();
    EMR_TRY(write_reports());
    return output_.finish();
  }

 private:
  struct Kind {
    InputKind input;
    Job job;
    std::optional<desensitize::RunReport> report;
    std::vector<std::string> input_digests;
    std::vector<std::string> output_digests;
  };

  Status take(const Entry& entry) {
    switch (entry.type) {
      case EntryType::kFolder: return {};
      case EntryType::kClosedFolder:
        return fail(Code::kNoInput, "the folder cannot be read").with_reason("folder");
      case EntryType::kLink: passed_over_["symbolic link"].push_back(number_); return {};
      case EntryType::kOther: passed_over_["special file"].push_back(number_); return {};
      case EntryType::kFile: break;
    }
    return rewrite(entry.path);
  }

  /// Old names may tell a patient: an entry goes by its number, also in the rejects.
  Status failed(Error error) {
    error.entry = number_;
    Status outcome = context_.errors().failed(number_, std::move(error));
    if (outcome) return {};
    Error last = std::move(outcome).error();
    if (last.entry) last.hint += (last.hint.empty() ? "" : "; ") + std::string(kOrder);
    return last;
  }

  void tell_passed_over() {
    for (const auto& [what, numbers] : passed_over_) {
      std::string text = "passed over: " + std::to_string(numbers.size()) + " " + what +
                         (numbers.size() == 1 ? ", entry" : "s, entries");
      for (std::size_t i = 0; i < std::min(numbers.size(), kNamedEntries); ++i) {
        text += (i == 0 ? " " : ", ") + std::to_string(numbers[i]);
      }
      if (numbers.size() > kNamedEntries) text += ", …";
      context_.reporter().notice(text);
    }
    if (!passed_over_.empty()) context_.reporter().notice(std::string(kOrder));
  }

  fs::path new_path(const fs::path& relative) const {
    fs::path result;
    for (const fs::path& part : relative) {
      result /= new_name(*keys_, part.string());
    }
    return result;
  }

  /// The job of the format that the file begins with; policies are compiled once per format.
  Result<Kind*> kind_of(std::string_view head) {
    EMR_ASSIGN(const InputKind input, choose_input(context_, head));
    const std::string name = input.record ? "record" : std::string(input.format->name);
    const auto known = kinds_.find(name);
    if (known != kinds_.end()) {
      return &known->second;
    }
    EMR_ASSIGN(Job job, load_job(context_, input));
    Kind& kind = kinds_[name];
    kind.input = input;
    kind.job = std::move(job);
    kind.report.emplace(*kind.job.policy);
    return &kind;
  }

  Status rewrite(const fs::path& relative) {
    const File file(from_ / relative);
    if (file.fd() < 0) {
      return fail(Code::kNoInput, "cannot be opened").with_reason("open");
    }
    std::string head(kHeadBytes, '\0');
    EMR_ASSIGN(const std::size_t size, read_some(file.fd(), head));
    head.resize(size);
    if (size == 0) {
      passed_over_["empty file"].push_back(number_);
      return {};
    }
    EMR_ASSIGN(Kind* const kind, kind_of(head));
    const fs::path target = new_path(relative);
    if (!written_.insert(target).second) {
      return fail(Code::kData, "another file has the same new name")
          .with_reason("same_name")
          .with_hint("names that differ in capitals alone are one name on DICOM media: rename one");
    }
    const std::string folder = (to_ / target).parent_path().string();
    if (folders_.insert(folder).second) {
      std::error_code fault;
      fs::create_directories(folder, fault);
      cli::remove_left_overs(folder);
    }
    EMR_ASSIGN(cli::AtomicFile out, cli::AtomicFile::create((to_ / target).string(), 0600));
    cli::LineWriter writer(out.fd());
    EMR_ASSIGN(const std::uint64_t bytes, pump(*kind, file.fd(), head, writer));
    if (bytes == 0) {
      passed_over_["file without a record left"].push_back(number_);
      return {};
    }
    EMR_TRY(writer.finish());
    EMR_TRY(out.commit());
    const Json line = {{"type", "emr.file"},
                       {"v", 1},
                       {"entry", number_},
                       {"file", target.string()},
                       {"format", kind->input.record ? "record" : kind->input.format->name},
                       {"bytes", bytes}};
    return output_.write(json::canonical_checked(line));
  }

  /// One bad record spoils its file: half a file is worse than none.
  Result<std::uint64_t> pump(Kind& kind, int fd, const std::string& head,
                             cli::LineWriter& writer) {
    PipelineSetup setup;
    const desensitize::FormatSpec& format =
        kind.input.record ? *desensitize::find_format("json") : *kind.input.format;
    EMR_ASSIGN(setup.framer, format.make_framer(kind.job.format_options));
    EMR_ASSIGN(setup.decoder, make_decoder(context_, &format));
    setup.max_record_bytes = format.max_record_bytes;
    setup.too_large_hint = format.too_large_hint;
    setup.hash_streams = context_.given("report");
    setup.output = &writer;
    setup.errors = &context_.errors();
    setup.make_worker = [&] {
      return kind.input.record ? make_record_worker(kind.job, nullptr)
                               : make_rewriter_worker(kind.job);
    };
    cli::ErrorPolicy stop(false, [](const Error&) {});
    setup.errors = &stop;
    EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
    EMR_TRY(pipeline->feed(head));
    EMR_TRY(read_all(fd, [&](std::string_view bytes) { return pipeline->feed(bytes); }));
    EMR_TRY(pipeline->finish());
    desensitize::RunReport& total = *kind.report;
    for (const auto& worker : pipeline->workers()) {
      total.merge(*worker->report());
    }
    total.records += pipeline->records();
    total.bytes_in += pipeline->bytes_in();
    total.bytes_out += pipeline->bytes_out();
    if (context_.given("report")) {
      kind.input_digests.push_back(to_hex(pipeline->input_digest()));
      if (pipeline->bytes_out() > 0) {
        kind.output_digests.push_back(to_hex(pipeline->output_digest()));
      }
    }
    return pipeline->bytes_out();
  }

  /// SHA-256 of what `sha256sum FILES | cut -d' ' -f1 | sort` writes: the files, not their names.
  static std::string digest_of(std::vector<std::string> digests) {
    std::sort(digests.begin(), digests.end());
    std::string text;
    for (const std::string& digest : digests) text += digest + "\n";
    return to_hex(crypto::sha256(as_bytes(text)));
  }

  /// One audit line per format, as each has a policy of its own.
  Status write_reports() {
    if (!context_.given("report")) {
      return {};
    }
    std::string lines;
    for (const auto& [name, kind] : kinds_) {
      const Json extra = {{"tool", std::string("emr-desensitize ") + EMR_VERSION},
                          {"format", name},
                          {"profile", context_.text("profile")},
                          {"key", keys_->id()},
                          {"input", digest_of(kind.input_digests)},
                          {"output", digest_of(kind.output_digests)},
                          {"status", "pseudonymised: still personal data"}};
      lines += kind.report->to_json(*kind.job.policy, json::canonical_checked(extra)) + "\n";
    }
    return cli::write_file(context_.text("report"), lines);
  }

  cli::Context& context_;
  std::shared_ptr<const desensitize::KeyRing> keys_;
  fs::path from_;
  fs::path to_;
  cli::LineWriter output_;
  std::uint64_t number_ = 0;  ///< of the entry at hand
  std::map<std::string, std::vector<std::uint64_t>> passed_over_;
  std::map<std::string, Kind> kinds_;
  std::set<fs::path> written_;
  std::set<std::string> folders_;
};

}  // namespace

Status desensitize_tree(cli::Context& context) {
  const std::string& input = context.text("INPUT");
  const std::string& target = context.text("output-dir");
  std::error_code fault;
  if (input.empty() || target.empty() || !fs::is_directory(input, fault)) {
    return cli::Context::usage("--tree needs a folder as INPUT and --output-dir DIR");
  }
  if (context.given("seal-to") || context.given("map")) {
    return cli::Context::usage("--tree writes files; --seal-to and --map write records");
  }
  fs::create_directories(target, fault);
  const fs::path from = fs::canonical(input, fault);
  const fs::path to = fs::canonical(target, fault);
  if (fault) {
    return fail(Code::kCantCreate, "the output folder cannot be made");
  }
  if (to.string().starts_with(from.string() + "/") || to == from) {
    return cli::Context::usage("--output-dir must not lie inside the input folder");
  }
  EMR_ASSIGN(auto keys, load_keys(context));
  if (keys == nullptr) {
    return fail(Code::kDenied, "the new names of files are keyed and there is no key")
        .with_reason("no_key")
        .with_hint("give --key-file FILE (32 bytes or more, mode 0600)");
  }
  return Tree(context, std::move(keys), from, to).run();
}

}  // namespace emr::tool
