#include "tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
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
/// An extension says what a file is; a longer one is a part of its name.
constexpr std::size_t kMaxExtension = 5;

bool is_extension(std::string_view text) {
  return !text.empty() && text.size() <= kMaxExtension &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
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
    EMR_TRY(list());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      Status done = rewrite(files_[i]);
      if (!done) {
        // Old names may name a patient: the message counts files in the order of their paths.
        Error error = std::move(done).error();
        error.message = "file " + std::to_string(i + 1) + ": " + error.message;
        EMR_TRY(context_.errors().failed(i + 1, std::move(error)));
      }
    }
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

  Status list() {
    std::error_code fault;
    auto entry = fs::recursive_directory_iterator(from_, fault);
    for (; !fault && entry != fs::recursive_directory_iterator(); entry.increment(fault)) {
      if (entry->is_regular_file(fault) && !entry->is_symlink(fault)) {
        files_.push_back(entry->path().lexically_relative(from_));
      }
    }
    if (fault) {
      return fail(Code::kNoInput, "the folder cannot be read");
    }
    std::sort(files_.begin(), files_.end());
    return {};
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
      return fail(Code::kNoInput, "cannot be opened");
    }
    std::string head(kHeadBytes, '\0');
    EMR_ASSIGN(const std::size_t size, read_some(file.fd(), head));
    head.resize(size);
    EMR_ASSIGN(Kind* const kind, kind_of(head));
    const fs::path target = new_path(relative);
    if (!written_.insert(target).second) {
      return fail(Code::kCantCreate, "two files have one new name");
    }
    std::error_code fault;
    fs::create_directories((to_ / target).parent_path(), fault);
    EMR_ASSIGN(cli::AtomicFile out, cli::AtomicFile::create((to_ / target).string()));
    cli::LineWriter writer(out.fd());
    EMR_ASSIGN(const std::uint64_t bytes, pump(*kind, file.fd(), head, writer));
    if (bytes == 0) {
      return {};  // empty, or every record was suppressed: there is no file
    }
    EMR_TRY(writer.finish());
    EMR_TRY(out.commit());
    const Json line = {{"type", "emr.file"},
                       {"v", 1},
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
    setup.max_record_bytes = format.max_record_bytes;
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
  std::vector<fs::path> files_;
  std::map<std::string, Kind> kinds_;
  std::set<fs::path> written_;
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
