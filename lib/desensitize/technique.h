// One way of making a value harmless. Each lives in its own file under techniques/ and appears in
// technique_catalogue(). A technique is immutable after creation and shared by all threads; what
// belongs to a record comes in the Scope.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "desensitize/foretold.h"
#include "desensitize/keyring.h"
#include "desensitize/patient.h"
#include "desensitize/value.h"

namespace emr::desensitize {

/// Treats the finds in a free text; implemented by FieldTransformer.
class TextRedactor {
 public:
  virtual ~TextRedactor() = default;
  /// Replaces `out` by the treated text; false when nothing was found.
  virtual Result<bool> redact(std::string_view text, std::string& out) = 0;
  /// The first pass over a record: `redact` will meet this text, whose bytes outlive the record.
  virtual void foretell_text(std::string_view) {}
};

/// What a technique may look at beside the value.
struct Scope {
  std::string_view field_class;             ///< domain of the keys: "NAME", "ID_CARD", ...
  const KeyRing* keys = nullptr;            ///< null when the run has no key
  const PatientContext* patient = nullptr;  ///< null outside a record
  TextRedactor* redactor = nullptr;         ///< null inside free text (no recursion)
  Foretold* foretold = nullptr;             ///< what `foretell` said of this record's values
  /// Where a technique may keep the key of its rule for the rest of the run; null: nowhere.
  const crypto::ShortHmac** kept_key = nullptr;
  int this_year = 0;                        ///< ages are counted to it; 0: unknown
  bool in_chinese = false;                  ///< a find in a text with Chinese characters
};

class Technique {
 public:
  virtual ~Technique() = default;
  /// Fills `out`. A value that the technique cannot understand (a date that is no date) must not
  /// pass: the technique falls back to deletion or says kData; the message never quotes the value.
  virtual Status apply(const Value& value, const Scope& scope, Outcome& out) const = 0;
  /// Behind the first pass over a record: `apply` will meet this value. May have a keyed hash made
  /// that depends on nothing but the value, the key and the patient, or a text scanned with others;
  /// the bytes of the value outlive the record.
  virtual void foretell(const Value&, const Scope&, Foretold&) const {}
  /// Does `foretell` do anything?
  virtual bool foretells() const noexcept { return false; }
  /// Undoes `apply` where the key allows it; `out` stays kKeep where it does not.
  virtual Status restore(const Value&, const Scope&, Outcome&) const { return {}; }
};

/// What a technique looks at before it decides.
enum class Reach : std::uint8_t {
  kValue,
  kRecord,  ///< its rule is tried before the rule that treats the value, and may end the record
  kTable,   ///< needs all rows at once: an option of --k, no rule of a policy
};

/// What a technique can be asked at creation.
struct TechniqueSpec {
  std::string_view name;       ///< "mask"
  std::string_view term;       ///< the term of GB/T 37964-2019, Chinese and English
  std::string_view summary;    ///< one line for --list-techniques
  bool keyed = false;          ///< needs a KeyRing
  bool reversible = false;     ///< --restore can undo it (date-shift: see FieldTransformer)
  bool whole = false;          ///< acts on objects and arrays as a whole (delete, null, keep)
  Result<std::unique_ptr<Technique>> (*make)(const nlohmann::json& arguments);
  Reach reach = Reach::kValue;
  /// Arguments that the "dates" of the policy give where the rule does not.
  std::array<std::string_view, 2> from_dates{};
};

std::span<const TechniqueSpec> technique_catalogue() noexcept;
/// nullptr when there is no such technique.
const TechniqueSpec* find_technique(std::string_view name) noexcept;

}  // namespace emr::desensitize
