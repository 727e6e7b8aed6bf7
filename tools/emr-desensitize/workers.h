// The workers of the pipeline: rewriting records of any format, sealing emr.record lines, checking
// that text is clean, finding spans, restoring tokens, explaining.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cli/context.h"
#include "cli/system_random.h"
#include "desensitize/classify.h"
#include "desensitize/record/sealer.h"
#include "pipeline.h"

namespace emr::tool {

/// What the options say, loaded once and shared by all workers.
struct Job {
  const desensitize::FormatSpec* format = nullptr;  ///< null for emr.record
  desensitize::FormatOptions format_options;
  std::shared_ptr<const desensitize::Policy> policy;
  std::shared_ptr<const desensitize::KeyRing> keys;
  bool verify = false;
  std::shared_ptr<const desensitize::Identities> identities;
  bool restore = false;  ///< undo instead of do
};

/// A transformer of its own for one worker. Fails when a needed key is missing.
Result<std::unique_ptr<desensitize::FieldTransformer>> make_transformer(const Job& job);

Result<std::unique_ptr<Worker>> make_rewriter_worker(const Job& job);

/// Everything that sealing needs; secrets are loaded by the caller.
struct SealInputs {
  desensitize::SealTarget target;
  crypto::Secret32 institution_key;
  crypto::Secret32 linkage_key;
  std::string attachments_root;
};
Result<std::unique_ptr<Worker>> make_record_worker(const Job& job, const SealInputs* seal);

/// --check: a finding line for each record that is not clean.
Result<std::unique_ptr<Worker>> make_check_worker(const Job& job);
/// --detect: {"id","text"} -> {"id","spans":[…]}.
Result<std::unique_ptr<Worker>> make_detect_worker(desensitize::ScanOptions options,
                                                   bool show_values);
/// --restore: tokens back to values; `json` escapes what is put in.
Result<std::unique_ptr<Worker>> make_restore_worker(
    std::shared_ptr<const desensitize::KeyRing> keys, bool json);

/// Collects what happened to each field.
class ExplainTable final : public desensitize::ExplainSink {
 public:
  void explain(const desensitize::Field& field, const desensitize::Rule* rule,
               const desensitize::Value& value, desensitize::Action action) override;
  /// One JSON line per field, in the order in which they came.
  Status write(cli::LineWriter& output) const;
  /// The same for --classify, and a last line with the level of GB/T 39725 before and after.
  Status write_classes(cli::LineWriter& output) const;

 private:
  struct Row {
    std::string where;
    std::string field_class;
    std::string rule;
    std::string technique;
    std::string term;
    std::string kind;
    std::map<std::string, std::uint64_t> actions;
  };
  std::vector<Row> rows_;
  std::map<std::string, std::size_t> index_;
  desensitize::LevelMeter level_;
};
Result<std::unique_ptr<Worker>> make_explain_worker(const Job& job, ExplainTable& table);

}  // namespace emr::tool
