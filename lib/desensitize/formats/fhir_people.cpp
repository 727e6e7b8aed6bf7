#include "desensitize/formats/fhir_people.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "desensitize/detect/fold.h"
#include "desensitize/formats/fhir.h"
#include "desensitize/formats/fhir_query.h"
#include "desensitize/limits.h"
#include "json/tokenizer.h"

namespace emr::desensitize {
namespace {

using json::Token;
using json::TokenKind;

constexpr json::Limits kLimits{kMaxDocumentBytes, kMaxDepth, true};

/// References that say whom a resource is about. "individual" is a practitioner as well.
constexpr std::array<std::string_view, 6> kSubjects = {"subject",     "patient", "beneficiary",
                                                       "deliverFor",  "for",     "individual"};
constexpr std::array<std::string_view, 2> kEncounters = {"encounter", "context"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

struct Reference {
  std::string holder;      ///< "subject"
  std::string text;        ///< "Patient/12"
  std::string identifier;  ///< of a logical reference
};

/// What one entry (or the whole document) says about its patient.
struct Part {
  std::size_t start = 0;
  std::size_t stop = 0;
  std::string url;                            ///< id in the entry's fullUrl
  std::string type;                           ///< of the entry's resource
  std::string id;
  std::vector<std::string> patients;          ///< Patient resources: their ids
  std::vector<std::string> numbers;           ///< and identifiers
  std::map<std::string, std::string> locals;  ///< contained patients: "p1" -> identifier
  std::vector<Reference> references;
};

/// One pass over the tokens: lists the parts.
class Reader {
 public:
  explicit Reader(std::string_view record)
      : tokens_(record, json::Profile::kForeign, kLimits) {
    parts_.emplace_back();
    parts_[0].stop = record.size();
  }

  std::vector<Part> take() {
    for (Token token = tokens_.next();; token = tokens_.next()) {
      switch (token.kind) {
        case TokenKind::kError:
        case TokenKind::kEnd: return std::move(parts_);
        case TokenKind::kKey: key_ = text_of(token); break;
        case TokenKind::kObjectStart: open(token, true); break;
        case TokenKind::kArrayStart: open(token, false); break;
        case TokenKind::kObjectStop:
        case TokenKind::kArrayStop: close(token); break;
        case TokenKind::kString: string(token); break;
        default: break;
      }
    }
  }

 private:
  struct Level {
    bool is_object = false;
    std::string holder;      ///< key of the member, or of the array that it stands in
    std::string type;        ///< resourceType
    std::string id;
    std::string reference;
    std::vector<std::string> identifiers;
    std::size_t references = 0;  ///< of the part, when the level began
    bool begins_part = false;
  };

  static std::string first_of(const Level& level) {
    return level.identifiers.empty() ? std::string() : level.identifiers.front();
  }
  std::string text_of(const Token& token) {
    return json::unescape(tokens_.content(token));
  }
  /// The object around the level on top; nullptr for the root.
  Level* around() {
    for (std::size_t i = levels_.size() - 1; i-- > 0;) {
      if (levels_[i].is_object) return &levels_[i];
    }
    return nullptr;
  }

  void open(const Token& token, bool is_object) {
    Level level;
    level.is_object = is_object;
    const bool in_array = !levels_.empty() && !levels_.back().is_object;
    level.holder = in_array ? levels_.back().holder : key_;
    if (is_object && in_array && levels_.size() == 2 && level.holder == "entry") {
      level.begins_part = true;
      part_ = parts_.size();
      parts_.emplace_back().start = token.start;
    }
    level.references = part().references.size();
    levels_.push_back(std::move(level));
  }

  void string(const Token& token) {
    if (levels_.empty() || !levels_.back().is_object) return;
    Level& level = levels_.back();
    if (key_ == "resourceType") level.type = text_of(token);
    if (key_ == "id") level.id = text_of(token);
    if (key_ == "reference") level.reference = text_of(token);
    if (key_ == "fullUrl" && level.begins_part) {
      part().url = split_fhir_reference(text_of(token)).id;
    }
    Level* const outer = around();
    if (key_ == "value" && level.holder == "identifier" && outer != nullptr) {
      outer->identifiers.push_back(text_of(token));
    }
  }

  void close(const Token& token) {
    const Level level = std::move(levels_.back());
    levels_.pop_back();
    if (!level.type.empty()) resource(level);
    const bool logical = level.is_object && level.reference.empty() && level.type.empty() &&
                         !level.identifiers.empty() && contains(kSubjects, level.holder);
    if (!level.reference.empty() || logical) {
      part().references.push_back({level.holder, level.reference, first_of(level)});
    }
    if (!level.begins_part) return;
    part().stop = token.stop;
    part_ = 0;
  }

  /// A resource is known as one when it ends: resourceType may be its last member.
  void resource(const Level& level) {
    if (level.holder == "contained") {
      if (level.type == "Patient") part().locals[level.id] = first_of(level);
    } else if (level.type != "Bundle") {
      part().type = level.type;
      part().id = level.id;
    }
    if (level.type != "Patient") return;
    part().references.resize(level.references);  // links to what else he is known as, his doctors
    if (level.holder != "contained") {
      part().patients.push_back(level.id.empty() ? part().url : level.id);
      part().numbers = level.identifiers;
    }
  }

  Part& part() { return parts_[part_]; }

  json::Tokenizer tokens_;
  std::vector<Level> levels_;
  std::vector<Part> parts_;
  std::string key_;
  std::size_t part_ = 0;  ///< index of the part around
};

/// Who is who in the whole document, and then whose each part is.
class People {
 public:
  explicit People(std::vector<Part> parts) : parts_(std::move(parts)) {
    for (std::size_t i = 0; i < parts_.size(); ++i) list(i);
  }

  std::vector<FhirPerson> take() {
    std::vector<FhirPerson> people;
    std::set<std::string> known;
    for (const Part& part : parts_) {
      people.push_back({part.start, part.stop, own_patient(part)});
      if (people.back().identity.empty()) people.back().identity = patient_of_encounter(part);
      known.insert(people.back().identity);
    }
    known.erase("");
    if (known.size() != 1 || several_) return people;
    for (FhirPerson& person : people) person.identity = *known.begin();
    return people;
  }

 private:
  void list(std::size_t index) {
    const Part& part = parts_[index];
    for (const std::string& id : part.patients) patients_.emplace(id, id);
    if (part.patients.size() == 1 && !part.url.empty()) {
      patients_.emplace(part.url, part.patients.front());
    }
    for (const std::string& number : part.numbers) {
      const auto [known, is_new] = numbers_.emplace(fold_identifier(number), part.patients.back());
      if (!is_new && known->second != part.patients.back()) known->second = kUnknown;
    }
    if (part.patients.empty() && !part.type.empty()) {
      if (!part.url.empty()) others_.insert(part.url);
      if (part.type == "Encounter") {
        encounters_.emplace(part.id, index);
        encounters_.emplace(part.url, index);
      }
    }
  }

  /// The patient that a reference names: "" for none, kUnknown for one that cannot be told.
  std::string resolve(const Part& part, const Reference& reference, bool is_subject) const {
    if (reference.text.empty()) return holder_of(reference.identifier);
    if (reference.text.starts_with('#')) {
      const auto local = part.locals.find(reference.text.substr(1));
      if (local == part.locals.end()) return "";
      return local->second.empty() ? std::string(kUnknown) : local->second;
    }
    const FhirReference cut = split_fhir_reference(reference.text);
    if (cut.before.ends_with("Patient?")) {
      const std::string number = percent_decoded(cut.id);  // "identifier=system|12"
      return holder_of(number.substr(number.rfind('|') + 1));
    }
    const std::string id(cut.id);
    const auto known = patients_.find(id);
    if (cut.before.ends_with("Patient/")) return known == patients_.end() ? id : known->second;
    const bool typed = cut.before.ends_with('/') || cut.before.ends_with('?');
    if (typed || others_.contains(id)) return "";
    if (known != patients_.end()) return known->second;
    return is_subject && reference.holder != "individual" ? id : "";
  }

  /// Whose number is this? It stands for a patient who is not in the document.
  std::string holder_of(const std::string& number) const {
    const auto known = numbers_.find(fold_identifier(number));
    return known == numbers_.end() ? number : known->second;
  }

  /// The one patient among the references that are, or are not, about the resource's subject.
  std::string one_of(const Part& part, bool subjects) {
    std::set<std::string> found;
    for (const Reference& reference : part.references) {
      if (contains(kSubjects, reference.holder) != subjects) continue;
      found.insert(resolve(part, reference, subjects));
    }
    found.erase("");
    return chosen(found);
  }
  std::string chosen(const std::set<std::string>& found) {
    const bool unclear = found.size() > 1 || found.contains(std::string(kUnknown));
    several_ = several_ || unclear;
    return found.empty() ? std::string() : unclear ? std::string(kUnknown) : *found.begin();
  }

  std::string own_patient(const Part& part) {
    std::string patient = chosen({part.patients.begin(), part.patients.end()});
    if (patient.empty()) patient = one_of(part, true);
    if (patient.empty()) patient = one_of(part, false);
    return patient == kUnknown ? std::string() : patient;
  }

  std::string patient_of_encounter(const Part& part) {
    for (const Reference& reference : part.references) {
      if (!contains(kEncounters, reference.holder)) continue;
      const auto found = encounters_.find(std::string(split_fhir_reference(reference.text).id));
      if (found != encounters_.end()) return own_patient(parts_[found->second]);
    }
    return {};
  }

  static constexpr std::string_view kUnknown = "?";
  std::vector<Part> parts_;
  std::map<std::string, std::string> patients_;      ///< id, or id in the fullUrl -> id
  std::map<std::string, std::string> numbers_;       ///< identifier, folded -> id
  std::map<std::string, std::size_t> encounters_;
  std::set<std::string> others_;                     ///< ids in fullUrls of other resources
  bool several_ = false;  ///< a part of two patients: the document is not about one
};

}  // namespace

std::vector<FhirPerson> fhir_people(std::string_view record) {
  return People(Reader(record).take()).take();
}

}  // namespace emr::desensitize
