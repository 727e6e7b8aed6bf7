// Looks for identifiers in a record of any format, field by field, as its format reads it: escapes
// decoded, character sets converted, DICOM elements of every depth. For --check (is it clean?) and
// --verify (did anything remain in what was just written?). One object per thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "desensitize/format.h"
#include "treated.h"

namespace emr::tool {

enum class Depth {
  kEverything,  ///< every detector
  kProven,      ///< check digits, phones, e-mail; and the patient's own values
};

/// Finds by kind ("NAME": 2).
using Finds = std::map<std::string, std::uint64_t>;

/// What the policy's rules keep knowingly: the words of names that stand in kept texts ("Primary"
/// in the display of a code, where a doctor is called Primary). Such a word in such a text is no
/// residue; whole names, numbers and whatever proves itself still are.
class KeptTexts final : public desensitize::ExplainSink {
 public:
  explicit KeptTexts(const desensitize::PatientContext& own) : own_(own) {}
  void clear();
  void explain(const desensitize::Field& field, const desensitize::Rule* rule,
               const desensitize::Value& value, desensitize::Action action) override;
  bool holds(std::string_view text) const { return texts_.contains(text); }
  bool has_word(std::string_view word) const { return words_.contains(word); }

 private:
  const desensitize::PatientContext& own_;
  std::set<std::string, std::less<>> texts_;
  std::set<std::string, std::less<>> words_;
};

/// Does a find of this type prove itself, so that it is none by chance?
bool proves_itself(desensitize::SpanType type);

/// A "phone number" whose dots are those of an object identifier, which is the whole text.
bool is_part_of_oid(desensitize::SpanType type, std::string_view text);

/// A policy that keeps every field, so that a sink sees what passes.
Result<std::shared_ptr<const desensitize::Policy>> look_policy();

class Inspector {
 public:
  /// `format` is "json" for emr.record lines. What `treated` (may be null) left behind is no find
  /// unless it proves itself.
  static Result<std::unique_ptr<Inspector>> create(const desensitize::FormatSpec& format,
                                                   desensitize::FormatOptions options, Depth depth,
                                                   std::unique_ptr<Treated> treated = nullptr);
  ~Inspector();
  Inspector(const Inspector&) = delete;
  Inspector& operator=(const Inspector&) = delete;

  /// The CSV header row.
  Status prologue(std::string_view bytes);
  /// Finds by place ("PID-5.1", "(0010,0010)", "/patient/name"); the result lives until the next
  /// call. `own` (may be null) holds values that must not stand in the record, but for what `kept`
  /// (may be null) has seen.
  Result<const std::map<std::string, Finds>*> inspect(std::string_view record,
                                                      const desensitize::PatientContext* own,
                                                      const KeptTexts* kept = nullptr);

 private:
  class Sink;
  Inspector(std::unique_ptr<desensitize::FieldTransformer> with,
            std::unique_ptr<desensitize::Rewriter> rewriter, std::unique_ptr<Sink> sink, bool raw);

  std::unique_ptr<Sink> sink_;
  std::unique_ptr<desensitize::FieldTransformer> with_;
  std::unique_ptr<desensitize::Rewriter> rewriter_;
  bool raw_;
  std::string dropped_;
};

/// "PID-5.1", "(0010,0010)" or "patient.name".
std::string place_of(const desensitize::Field& field);

}  // namespace emr::tool
