// A policy: an ordered list of rules, the treatment of unknown fields, and what to do with finds in
// free text. Compiled once from JSON, then immutable and shared by all threads. The first rule that
// matches wins. A rule that names an object also covers everything below it.
//
// JSON form (emr.policy v1):
//   {"type":"emr.policy","v":1,"id":"paper","extends":"ws445"?,"unknown":"drop|keep|scan|fail",
//    "rules":[{"id":"…","class":"NAME","technique":"mask","args":{…},
//              "match":{"path":…,"key":…,"de":…,"fhirType":…,"hl7":…,"dicom":…,"vr":…,"kind":…,
//                       "detector":…,"shape":…},
//              "purposes":["research"]?,"patient":1?}],
//    "freeText":{"detectors":{"DATE":{"technique":"date-shift"},…},"default":{…},"ownValues":true,
//                "byPurpose":{"treatment":{"DATE":{"technique":"keep"}}}},
//    "over":{"hl7v2":{…}}?,"rest":[…]?}         rules over those of a format: policy/layers.h
// Each member of "match" is one text or a list (any of them); the members together must all match.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "desensitize/policy/shape.h"
#include "desensitize/scanner.h"
#include "desensitize/technique.h"
#include "desensitize/value.h"

namespace emr::desensitize {

/// What happens to a field that no rule matches, and to a JSON member whose name tells a person
/// (policy/member_names.h). Every unmatched string that stays is searched for
/// check-digit identifiers whatever this says.
enum class Unknown : std::uint8_t { kDrop, kKeep, kScan, kFail };

/// Decides whether a rule applies. Patterns are normalised when compiled: keys are compared without
/// case, '_', '-' and blanks; paths take '*' for one key and '**' for any number of keys.
struct Match {
  std::vector<std::string> paths;
  std::vector<std::string> keys;        ///< may begin or stop with '*'
  std::vector<std::string> codes;
  std::vector<std::string> fhir_types;
  std::vector<std::string> hl7;         ///< "PID-5" also covers "PID-5.1"; "Z*" a segment class
  struct Tag {
    std::uint32_t value = 0;
    std::uint32_t mask = 0xFFFFFFFF;    ///< "50xx,xxxx" masks the x digits out
    bool odd_group = false;             ///< "private"
  };
  std::vector<Tag> tags;
  std::vector<std::string> vrs;
  std::vector<ValueKind> kinds;
  std::vector<SpanType> detectors;      ///< the whole value is one find of such a type
  std::vector<Shape> shapes;            ///< the value has one of them, and no proven identifier

  /// Everything but `detectors` and `shapes`, which need the value.
  bool accepts(const Field& field) const;
  bool looks_at_value() const noexcept { return !detectors.empty() || !shapes.empty(); }
};

struct Rule {
  std::string id;
  std::string field_class;              ///< "NAME": key domain and heading in --explain
  std::optional<SpanType> own_type;     ///< values to be searched in the record's free text
  int patient_rank = 0;                 ///< 1.. when the value identifies the patient
  Match match;
  const TechniqueSpec* spec = nullptr;
  std::unique_ptr<Technique> technique;
  std::uint32_t index = 0;              ///< position, for counting
};

/// The rules that can apply to one field: zero or more that look at the value (detectors, shapes,
/// record suppression), then at most one that always applies. Formats may cache it per path.
struct Decision {
  std::vector<const Rule*> conditional;
  const Rule* rule = nullptr;           ///< null: the field is unknown
};

class Policy {
 public:
  /// Compiles policy text. `purpose` selects rules that name purposes ("" selects those without).
  /// `format` is the policy of the format (FormatSpec::default_policy) that this one is laid over
  /// where it says so.
  static Result<std::shared_ptr<const Policy>> parse(std::string_view text,
                                                     std::string_view purpose = "",
                                                     std::string_view format = "");
  /// A built-in policy by name (paper, strict, gbt37964, ws445, ...; see preset_text).
  static Result<std::shared_ptr<const Policy>> preset(std::string_view name,
                                                      std::string_view purpose = "",
                                                      std::string_view format = "");
  ~Policy();
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  const std::string& id() const noexcept { return id_; }
  /// SHA-256 over the canonical JSON of the resolved policy and the purpose, hex.
  const std::string& hash() const noexcept { return hash_; }
  Unknown unknown() const noexcept { return unknown_; }
  /// Does any rule need a key?
  bool needs_key() const noexcept { return needs_key_; }

  std::span<const Rule> rules() const noexcept { return rules_; }
  /// The treatment of a find in free text; never null (the default replaces it by its type).
  const Rule& text_rule(SpanType type) const noexcept;
  const TextScanner& scanner() const noexcept { return scanner_; }
  bool search_own_values() const noexcept { return own_values_; }
  int max_shift_days() const noexcept { return max_shift_days_; }
  bool shift_whole_weeks() const noexcept { return shift_whole_weeks_; }

  /// The first matching rules. `inherited` is the decision of the enclosing object (its rules cover
  /// what lies below); pass nullptr at the top and in flat formats.
  Decision decide(const Field& field, const Decision* inherited = nullptr) const;

 private:
  friend class PolicyCompiler;
  Policy();

  std::string id_;
  std::string hash_;
  Unknown unknown_ = Unknown::kDrop;
  bool needs_key_ = false;
  bool own_values_ = true;
  bool shift_whole_weeks_ = false;
  int max_shift_days_ = 0;
  std::vector<Rule> rules_;
  std::vector<Rule> text_rules_;  ///< one per SpanType
  TextScanner scanner_;
};

struct Preset {
  std::string_view name;
  std::string_view text;  ///< JSON
};
/// All shift dates alike (maxShiftDays 365), so that one patient's dates move by the same number of
/// days in every format.
std::span<const Preset> policy_presets() noexcept;
/// The JSON of a preset. "dicom-basic+retain-uids+clean-descriptors" adds options of PS3.15 E.3.
/// kConfig, reason "no_preset", when no preset has this name.
Result<std::string> preset_text(std::string_view name);

}  // namespace emr::desensitize
