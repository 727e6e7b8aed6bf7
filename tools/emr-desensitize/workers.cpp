#include "workers.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "desensitize/json/json_rewriter.h"
#include "files.h"
#include "inspect.h"
#include "json/json.h"

namespace emr::tool {
namespace {

using desensitize::FieldTransformer;
using desensitize::Rewriter;
using Json = nlohmann::json;

Error residual() {
  return fail(Code::kNegative, "personal data remain in the output of this record")
      .with_reason("residual");
}

class TransformingWorker : public Worker {
 public:
  /// `inspector` (may be null) reads what was written.
  TransformingWorker(std::unique_ptr<FieldTransformer> with, std::unique_ptr<Rewriter> rewriter,
                     std::unique_ptr<Inspector> inspector)
      : with_(std::move(with)),
        rewriter_(std::move(rewriter)),
        inspector_(std::move(inspector)) {
    if (inspector_ == nullptr) return;
    kept_ = std::make_unique<KeptTexts>(with_->patient());
    with_->set_explain(kept_.get());
  }

  Status prologue(std::string_view bytes, std::string& out) override {
    const std::size_t mark = out.size();
    EMR_TRY(rewriter_->prologue(bytes, *with_, out));
    return inspector_ == nullptr ? Status()
                                 : inspector_->prologue(std::string_view(out).substr(mark));
  }
  Status run(std::string_view record, std::uint64_t, std::string& out) override {
    const std::size_t mark = out.size();
    if (kept_ != nullptr) kept_->clear();
    EMR_TRY(rewriter_->rewrite(record, *with_, out));
    if (with_->suppressed()) {
      out.resize(mark);
      with_->report().count_suppressed();
      return {};
    }
    return verify(std::string_view(out).substr(mark));
  }
  void expect(std::span<const std::string_view> records) override {
    rewriter_->expect(records, *with_);
  }
  const desensitize::RunReport* report() const override { return &with_->report(); }
  bool negative() const override { return negative_; }

 protected:
  Status verify(std::string_view written) {
    if (inspector_ == nullptr) {
      return {};
    }
    EMR_ASSIGN(const auto* finds, inspector_->inspect(written, &with_->patient(), kept_.get()));
    if (finds->empty()) {
      return {};
    }
    negative_ = true;
    return residual().with_pointer(finds->begin()->first);
  }

  std::unique_ptr<FieldTransformer> with_;
  std::unique_ptr<Rewriter> rewriter_;
  std::unique_ptr<Inspector> inspector_;
  std::unique_ptr<KeptTexts> kept_;
  bool negative_ = false;
};

class RecordWorker final : public TransformingWorker {
 public:
  RecordWorker(std::unique_ptr<FieldTransformer> with, std::unique_ptr<Inspector> inspector,
               const SealInputs* seal)
      : TransformingWorker(std::move(with), std::make_unique<desensitize::JsonRewriter>(),
                           std::move(inspector)) {
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
    if (kept_ != nullptr) kept_->clear();
    EMR_ASSIGN(const std::string line,
               sealer_ ? sealer_->seal(record, *with_, *rewriter_)
                       : desensitize::public_half(record, *with_, *rewriter_));
    if (with_->suppressed()) {
      with_->report().count_suppressed();
      return {};
    }
    EMR_TRY(sealer_ && inspector_ ? verify_sealed(line) : verify(line));
    out.append(line).append("\n");
    return {};
  }
  /// What is rewritten are parts of these records.
  void expect(std::span<const std::string_view>) override {}

 private:
  /// In a sealed line only the public half is text; ciphertext and tags are random characters.
  Status verify_sealed(std::string_view line) {
    EMR_ASSIGN(const Json sealed, json::parse_object(line));
    EMR_ASSIGN(const std::string open_half, json::write(sealed["public"]));
    return verify(open_half);
  }

  cli::SystemRandom random_;
  std::unique_ptr<AttachmentHasher> files_;
  std::unique_ptr<desensitize::RecordSealer> sealer_;
};

/// Goes through the fields as the real run would, and keeps nothing but what it did with them.
class ExplainWorker final : public TransformingWorker {
 public:
  ExplainWorker(std::unique_ptr<FieldTransformer> with, std::unique_ptr<Rewriter> rewriter,
                bool records)
      : TransformingWorker(std::move(with), std::move(rewriter), nullptr), records_(records) {}
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

/// The second reader of a run with --verify; null without.
Result<std::unique_ptr<Inspector>> make_inspector(const Job& job) {
  if (!job.verify) {
    return std::unique_ptr<Inspector>();
  }
  const desensitize::FormatSpec& format =
      job.format == nullptr ? *desensitize::find_format("json") : *job.format;
  return Inspector::create(format, job.format_options, Depth::kProven);
}

int this_year() {
  using std::chrono::floor;
  const std::chrono::year_month_day today(
      floor<std::chrono::days>(std::chrono::system_clock::now()));
  return static_cast<int>(today.year());
}

}  // namespace

Result<std::unique_ptr<FieldTransformer>> make_transformer(const Job& job) {
  auto with = std::make_unique<FieldTransformer>(
      job.policy, job.keys == nullptr ? nullptr : job.keys->clone());
  EMR_TRY(with->check_keys());
  with->set_identities(job.identities);
  with->set_this_year(this_year());
  if (job.restore) {
    with->restore_values();
  }
  return with;
}

Result<std::unique_ptr<Worker>> make_rewriter_worker(const Job& job) {
  EMR_ASSIGN(auto with, make_transformer(job));
  EMR_ASSIGN(auto rewriter, job.format->make_rewriter(job.format_options));
  EMR_ASSIGN(auto inspector, make_inspector(job));
  return std::unique_ptr<Worker>(std::make_unique<TransformingWorker>(
      std::move(with), std::move(rewriter), std::move(inspector)));
}

Result<std::unique_ptr<Worker>> make_record_worker(const Job& job, const SealInputs* seal) {
  EMR_ASSIGN(auto with, make_transformer(job));
  EMR_ASSIGN(auto inspector, make_inspector(job));
  return std::unique_ptr<Worker>(
      std::make_unique<RecordWorker>(std::move(with), std::move(inspector), seal));
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
                           const desensitize::Value& value, desensitize::Action action) {
  level_.see(rule, value.text, action);
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
    row.kind = rule == nullptr ? "unknown" : std::string(data_kind(*rule, field));
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

Status ExplainTable::write_classes(cli::LineWriter& output) const {
  for (const Row& row : rows_) {
    Json line = {{"type", "emr.classification"}, {"v", 1},
                 {"field", row.where},           {"kind", row.kind},
                 {"class", row.field_class},     {"technique", row.technique},
                 {"gbt37964", row.term},
                 {"gbt39725", desensitize::health_data_class(row.field_class)}};
    EMR_TRY(output.write(json::canonical_checked(line)));
  }
  const Json levels = {{"type", "emr.classification-level"},
                       {"v", 1},
                       {"before", level_.level_before()},
                       {"after", level_.level_after()}};
  return output.write(json::canonical_checked(levels));
}

}  // namespace emr::tool
