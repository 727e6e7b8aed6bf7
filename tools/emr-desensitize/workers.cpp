#include "workers.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "desensitize/detect/own_values.h"
#include "desensitize/json/json_rewriter.h"
#include "files.h"
#include "json/json.h"

namespace emr::tool {
namespace {

using desensitize::FieldTransformer;
using desensitize::Rewriter;
using Json = nlohmann::json;

/// Does anything that proves itself, or a value of the record's own patient, stand in the output?
bool is_clean(std::string_view out, FieldTransformer& with) {
  if (!is_valid_utf8(out)) {
    return true;  // binary or another charset: the format's own rules vouch for it
  }
  std::vector<desensitize::Span> spans;
  with.policy().scanner().scan_check_digits(out, spans);
  using enum desensitize::SpanType;
  for (const desensitize::Span& span : spans) {
    if (span.type == kIdCard || span.type == kPhone || span.type == kBankCard ||
        span.type == kEmail) {
      // A masked e-mail address keeps its domain on purpose.
      const bool masked = span.start > 0 && out[span.start - 1] == '*';
      if (!masked) {
        return false;
      }
    }
  }
  for (const auto& value : with.patient().own_values()) {
    // 张某某 is already what the mask makes of a name.
    const bool named = value.type == kName && !value.text.ends_with("某某");
    if ((named || value.type == kIdCard || value.type == kPhone) &&
        out.find(value.text) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

class TransformingWorker : public Worker {
 public:
  TransformingWorker(std::unique_ptr<FieldTransformer> with, std::unique_ptr<Rewriter> rewriter,
                     bool verify)
      : with_(std::move(with)), rewriter_(std::move(rewriter)), verify_(verify) {}

  Status prologue(std::string_view bytes, std::string& out) override {
    return rewriter_->prologue(bytes, *with_, out);
  }
  Status run(std::string_view record, std::uint64_t, std::string& out) override {
    const std::size_t mark = out.size();
    EMR_TRY(rewriter_->rewrite(record, *with_, out));
    if (verify_ && !is_clean(std::string_view(out).substr(mark), *with_)) {
      negative_ = true;
      return fail(Code::kNegative, "personal data remain in the output of this record")
          .with_reason("residual");
    }
    return {};
  }
  const desensitize::RunReport* report() const override { return &with_->report(); }
  bool negative() const override { return negative_; }

 protected:
  std::unique_ptr<FieldTransformer> with_;
  std::unique_ptr<Rewriter> rewriter_;
  bool verify_;
  bool negative_ = false;
};

class RecordWorker final : public TransformingWorker {
 public:
  RecordWorker(std::unique_ptr<FieldTransformer> with, const Job& job, const SealInputs* seal)
      : TransformingWorker(std::move(with), std::make_unique<desensitize::JsonRewriter>(),
                           job.verify) {
    if (seal != nullptr) {
      if (!seal->attachments_root.empty()) {
        files_ = std::make_unique<AttachmentHasher>(seal->attachments_root);
      }
      sealer_ = std::make_unique<desensitize::RecordSealer>(
          seal->target, seal->institution_key.clone(), seal->linkage_key, random_, files_.get());
    }
  }

  Status run(std::string_view record, std::uint64_t, std::string& out) override {
    while (record.ends_with('\n') || record.ends_with('\r')) {
      record.remove_suffix(1);
    }
    if (record.empty()) {
      return fail(Code::kData, "blank line").with_reason("empty");
    }
    EMR_ASSIGN(const std::string line,
               sealer_ ? sealer_->seal(record, *with_, *rewriter_)
                       : desensitize::public_half(record, *with_, *rewriter_));
    // In a sealed line only the public half is text; ciphertext and tags are random characters.
    if (verify_ && !sealer_ && !is_clean(line, *with_)) {
      negative_ = true;
      return fail(Code::kNegative, "personal data remain in the output of this record")
          .with_reason("residual");
    }
    out.append(line).append("\n");
    return {};
  }

 private:
  cli::SystemRandom random_;
  std::unique_ptr<AttachmentHasher> files_;
  std::unique_ptr<desensitize::RecordSealer> sealer_;
};

/// Goes through the fields as the real run would, and keeps nothing but what it did with them.
class ExplainWorker final : public TransformingWorker {
 public:
  ExplainWorker(std::unique_ptr<FieldTransformer> with, std::unique_ptr<Rewriter> rewriter,
                bool records)
      : TransformingWorker(std::move(with), std::move(rewriter), false), records_(records) {}
  Status prologue(std::string_view bytes, std::string&) override {
    std::string dropped;
    return TransformingWorker::prologue(bytes, dropped);
  }
  Status run(std::string_view record, std::uint64_t line, std::string&) override {
    std::string dropped;
    if (!records_) return TransformingWorker::run(record, line, dropped);
    while (record.ends_with('\n') || record.ends_with('\r')) record.remove_suffix(1);
    EMR_ASSIGN(dropped, desensitize::public_half(record, *with_, *rewriter_));
    return {};
  }

 private:
  bool records_;  ///< emr.record lines: what the real run refuses is refused here
};

std::string_view action_name(desensitize::Action action) {
  switch (action) {
    case desensitize::Action::kKeep: return "keep";
    case desensitize::Action::kReplace: return "replace";
    case desensitize::Action::kNull: return "null";
    case desensitize::Action::kDelete: return "delete";
  }
  return "";
}

std::string place_of(const desensitize::Field& field) {
  if (!field.hl7.empty()) {
    return std::string(field.hl7);
  }
  if (!field.vr.empty()) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string tag = "(";
    for (int shift = 28; shift >= 0; shift -= 4) {
      tag.push_back(kHex[field.dicom_tag >> shift & 0xF]);
      tag.append(shift == 16 ? "," : "");
    }
    return tag + ")";
  }
  return std::string(field.path.empty() ? field.key : field.path);
}

}  // namespace

Result<std::unique_ptr<FieldTransformer>> make_transformer(const Job& job) {
  auto with = std::make_unique<FieldTransformer>(
      job.policy, job.keys == nullptr ? nullptr : job.keys->clone());
  EMR_TRY(with->check_keys());
  return with;
}

Result<std::unique_ptr<Worker>> make_rewriter_worker(const Job& job) {
  EMR_ASSIGN(auto with, make_transformer(job));
  EMR_ASSIGN(auto rewriter, job.format->make_rewriter(job.format_options));
  return std::unique_ptr<Worker>(std::make_unique<TransformingWorker>(
      std::move(with), std::move(rewriter), job.verify));
}

Result<std::unique_ptr<Worker>> make_record_worker(const Job& job, const SealInputs* seal) {
  EMR_ASSIGN(auto with, make_transformer(job));
  return std::unique_ptr<Worker>(std::make_unique<RecordWorker>(std::move(with), job, seal));
}

Result<std::unique_ptr<Worker>> make_explain_worker(const Job& job, ExplainTable& table) {
  EMR_ASSIGN(auto with, make_transformer(job));
  with->set_explain(&table);
  std::unique_ptr<Rewriter> rewriter = std::make_unique<desensitize::JsonRewriter>();
  if (job.format != nullptr) {
    EMR_ASSIGN(rewriter, job.format->make_rewriter(job.format_options));
  }
  return std::unique_ptr<Worker>(std::make_unique<ExplainWorker>(
      std::move(with), std::move(rewriter), job.format == nullptr));
}

void ExplainTable::explain(const desensitize::Field& field, const desensitize::Rule* rule,
                           desensitize::Action action) {
  const std::string where = place_of(field);
  const std::string key = where + '\n' + (rule == nullptr ? "" : rule->id);
  const auto [found, is_new] = index_.emplace(key, rows_.size());
  if (is_new) {
    Row row;
    row.where = where;
    row.field_class = rule == nullptr ? "UNKNOWN" : rule->field_class;
    row.rule = rule == nullptr ? "" : rule->id;
    row.technique = rule == nullptr ? "" : std::string(rule->spec->name);
    row.term = rule == nullptr ? "" : std::string(rule->spec->term);
    rows_.push_back(std::move(row));
  }
  ++rows_[found->second].actions[std::string(action_name(action))];
}

Status ExplainTable::write(cli::LineWriter& output) const {
  for (const Row& row : rows_) {
    Json line = {{"type", "emr.explain"}, {"v", 1},
                 {"field", row.where},    {"class", row.field_class},
                 {"rule", row.rule},      {"technique", row.technique},
                 {"gbt37964", row.term},  {"actions", row.actions}};
    EMR_TRY(output.write(json::canonical_checked(line)));
  }
  return {};
}

}  // namespace emr::tool
