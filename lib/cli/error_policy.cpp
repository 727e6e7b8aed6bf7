// What happens with a bad line of a stream.
#include <utility>

#include "cli/error_json.h"
#include "cli/files.h"
#include "cli/lines.h"

namespace emr::cli {
namespace {

/// Only a fault of the line itself, or of a file that it names, may be skipped; when the disk is
/// full or the node is gone, the next line would fare no better.
bool belongs_to_one_line(Code code) noexcept {
  return code == Code::kData || code == Code::kUsage || code == Code::kNegative ||
         code == Code::kDenied || code == Code::kNoInput;
}

}  // namespace

struct ErrorPolicy::Rejects {
  AtomicFile file;
};

ErrorPolicy::ErrorPolicy(bool skip, Sink sink) : skip_(skip), sink_(std::move(sink)) {}
ErrorPolicy::~ErrorPolicy() = default;

Status ErrorPolicy::open_rejects(const std::string& path) {
  EMR_ASSIGN(AtomicFile file, AtomicFile::create(path, 0600));
  rejects_ = std::make_unique<Rejects>(Rejects{std::move(file)});
  return {};
}

void ErrorPolicy::count(std::string unit, std::string units, std::string hint) {
  unit_ = std::move(unit);
  units_ = std::move(units);
  hint_ = std::move(hint);
}

Status ErrorPolicy::failed(std::uint64_t line, Error error) {
  if (!error.line && !error.entry) error.line = line;
  if (error.reason == "truncated" && error.hint.empty()) {
    error.hint = "a line is one whole JSON document; jq -c . makes lines of printed ones";
  }
  if (!skip_ || !belongs_to_one_line(error.code)) return error;
  ++skipped_;
  if (rejects_ != nullptr) {
    EMR_TRY(rejects_->file.write(as_bytes(reject_json(error) + "\n")));
  }
  if (sink_) sink_(error);
  return {};
}

Status ErrorPolicy::finish() {
  if (rejects_ != nullptr) {
    EMR_TRY(rejects_->file.commit());
    rejects_.reset();
  }
  if (skipped_ == 0) return {};
  const std::string were = skipped_ == 1 ? " " + unit_ + " was" : " " + units_ + " were";
  return fail(Code::kPartial, std::to_string(skipped_) + were + " skipped").with_hint(hint_);
}

}  // namespace emr::cli
