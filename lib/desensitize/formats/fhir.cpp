#include "desensitize/formats/fhir.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "desensitize/clean_words.h"
#include "json/tokenizer.h"

namespace emr::desensitize {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

/// Objects (and arrays of them) whose type follows from the key wherever they stand. Sorted.
constexpr std::array<Row, 70> kObjects{{
    {"abatementAge", "Age"},
    {"abatementPeriod", "Period"},
    {"address", "Address"},
    {"answer", "BackboneElement"},
    {"billablePeriod", "Period"},
    {"biologicalSourceEvent", "Identifier"},
    {"birthPlace", "Address"},
    {"code", "CodeableConcept"},
    {"coding", "Coding"},
    {"collectedPeriod", "Period"},
    {"contact", "BackboneElement"},
    {"contained", "Resource"},
    {"content", "Attachment"},
    {"context", "BackboneElement"},
    {"deceasedAge", "Age"},
    {"effectivePeriod", "Period"},
    {"effectiveTiming", "Timing"},
    {"extension", "Extension"},
    {"hospitalization", "BackboneElement"},
    {"identifier", "Identifier"},
    {"image", "Attachment"},
    {"link", "Link"},
    {"masterIdentifier", "Identifier"},
    {"meta", "Meta"},
    {"modifierExtension", "Extension"},
    {"name", "HumanName"},
    {"note", "Annotation"},
    {"occurrencePeriod", "Period"},
    {"onsetAge", "Age"},
    {"onsetPeriod", "Period"},
    {"parameter", "Parameter"},
    {"part", "Parameter"},
    {"performedAge", "Age"},
    {"performedPeriod", "Period"},
    {"period", "Period"},
    {"photo", "Attachment"},
    {"policyHolder", "Reference"},
    {"position", "Position"},
    {"preAdmissionIdentifier", "Identifier"},
    {"presentedForm", "Attachment"},
    {"reference", "Identifier"},  // Claim.related.reference; R5's CodeableReference has no value
    {"repeat", "TimingRepeat"},
    {"request", "BundleRequest"},
    {"requisition", "Identifier"},
    {"resource", "Resource"},
    {"response", "BundleResponse"},
    {"section", "Section"},
    {"security", "Coding"},
    {"servicedPeriod", "Period"},
    {"signature", "Signature"},
    {"tag", "Coding"},
    {"telecom", "ContactPoint"},
    {"text", "Narrative"},
    {"timing", "Timing"},
    {"timingPeriod", "Period"},
    {"udiCarrier", "UdiCarrier"},
    {"validityPeriod", "Period"},
    {"valueAddress", "Address"},
    {"valueAge", "Age"},
    {"valueAnnotation", "Annotation"},
    {"valueAttachment", "Attachment"},
    {"valueCodeableConcept", "CodeableConcept"},
    {"valueCoding", "Coding"},
    {"valueContactPoint", "ContactPoint"},
    {"valueHumanName", "HumanName"},
    {"valueIdentifier", "Identifier"},
    {"valuePeriod", "Period"},
    {"valueReference", "Reference"},
    {"valueSampledData", "SampledData"},
    {"valueSignature", "Signature"},
}};

/// Texts that are dates although their key does not say so. Sorted.
constexpr std::array<Row, 34> kDates{{
    {"assertedDate", "dateTime"},
    {"authored", "dateTime"},
    {"authoredOn", "dateTime"},
    {"birthDate", "date"},
    {"created", "dateTime"},
    {"date", "dateTime"},
    {"dateAsserted", "dateTime"},
    {"dateWritten", "dateTime"},
    {"deathDate", "date"},
    {"end", "dateTime"},
    {"event", "dateTime"},
    {"expirationDate", "date"},
    {"expires", "dateTime"},
    {"expiry", "dateTime"},
    {"ifModifiedSince", "instant"},
    {"indexed", "instant"},
    {"issued", "instant"},
    {"lastModified", "instant"},
    {"lastOccurrence", "dateTime"},
    {"lastUpdated", "instant"},
    {"manufactureDate", "dateTime"},
    {"occurred", "dateTime"},
    {"onset", "dateTime"},
    {"publicationDate", "date"},
    {"receivedTime", "dateTime"},
    {"recorded", "instant"},
    {"recordedDate", "dateTime"},
    {"sent", "dateTime"},
    {"start", "dateTime"},
    {"started", "dateTime"},
    {"statusDate", "dateTime"},
    {"time", "dateTime"},
    {"timestamp", "instant"},
    {"when", "instant"},
}};

constexpr std::string_view kTypes[] = {
#include "desensitize/formats/fhir_types.inc"
};

static_assert(std::is_sorted(std::begin(kTypes), std::end(kTypes)));
static_assert(std::is_sorted(kObjects.begin(), kObjects.end()));
static_assert(std::is_sorted(kDates.begin(), kDates.end()));

template <std::size_t N>
std::string_view find_row(const std::array<Row, N>& rows, std::string_view key) noexcept {
  const auto before = [](const Row& row, std::string_view wanted) { return row.first < wanted; };
  const auto found = std::lower_bound(rows.begin(), rows.end(), key, before);
  return found != rows.end() && found->first == key ? found->second : std::string_view();
}

/// A date of a resource itself, an instant in some of them (Slot.start, DocumentReference.date).
bool is_instant(std::string_view key) noexcept {
  return key == "date" || key == "start" || key == "end";
}

bool is_resource(std::string_view parent) noexcept {
  return parent.empty() || parent == "Resource";
}

std::string_view object_type(std::string_view parent, std::string_view key) noexcept {
  if (parent == "Section" && key == "text") return "SectionText";  // has to stay (cmp-1)
  if (const std::string_view type = find_row(kObjects, key); !type.empty()) return type;
  if (key == "attachment" || key.ends_with("Attachment")) return "Attachment";
  if (parent == "Identifier" && key == "assigner") return "Reference";
  if (key.ends_with("Period")) return "Period";
  if (key.ends_with("Address")) return "Address";
  if (key.ends_with("CodeableConcept")) return "CodeableConcept";
  if (key.ends_with("Reference")) return "Reference";
  if (key.ends_with("Identifier")) return "Identifier";
  if (key.ends_with("Quantity")) return "Quantity";
  if (key.ends_with("Age")) return "Age";
  return "BackboneElement";
}

std::string_view text_type(std::string_view parent, std::string_view key) noexcept {
  if (key == "id") return is_resource(parent) ? "id" : "elementId";
  if (key == "reference") return "reference";
  if (key == "display") return parent == "Coding" ? "string" : "referenceDisplay";
  if (key == "fullUrl") return "fullUrl";
  if (parent == "BundleRequest" && (key == "url" || key == "ifNoneExist")) return "requestUrl";
  if (parent == "BundleResponse" && key == "location") return "requestUrl";
  if (key == "div") return parent == "SectionText" ? "sectionDiv" : "xhtml";
  if (parent == "SampledData" && key == "data") return "samples";
  if (key == "data" || key == "hash" || key == "query" || key == "carrierAIDC" ||
      key.ends_with("Base64Binary")) {
    return "base64Binary";
  }
  if (key == "uid") return "uid";
  if (key == "questionnaire") return "url";
  if (key == "url" && (parent == "Attachment" || parent == "Link" || is_resource(parent))) {
    return "url";
  }
  if (parent == "ContactPoint" && key == "value") return "ContactPoint.value";
  if (parent == "Identifier" && key == "value") return "Identifier.value";
  if (is_resource(parent) && is_instant(key)) return "instant";
  if (key.ends_with("DateTime")) return "dateTime";
  if (key.ends_with("Instant")) return "instant";
  if (key.ends_with("Date")) return "date";
  if (const std::string_view type = find_row(kDates, key); !type.empty()) return type;
  if (key == "text" || key == "comment" || key == "description" || key == "conclusion" ||
      key == "patientInstruction" || key == "title" || key == "valueString" ||
      key == "valueMarkdown") {
    return "markdown";
  }
  if (key == "name" && parent == "Parameter") return "code";
  if (key == "name" || key == "alias") return "name";
  return "string";
}

}  // namespace

bool recognises_fhir(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const std::size_t start = head.find_first_not_of(" \t\r\n");
  if (start == head.npos || (head[start] != '{' && head[start] != '[')) return false;
  return head.find("\"resourceType\"") != head.npos;
}

std::string_view fhir_type_of(std::string_view parent, std::string_view key,
                              ValueKind kind) noexcept {
  if (key.starts_with('_') && (kind == ValueKind::kObject || kind == ValueKind::kArray)) {
    return "Extension";  // "_birthDate" holds the extensions of birthDate
  }
  switch (kind) {
    case ValueKind::kObject:
    case ValueKind::kArray: return object_type(parent, key);
    case ValueKind::kString: return text_type(parent, key);
    case ValueKind::kNumber: return parent == "Age" ? "Age" : "decimal";
    case ValueKind::kBool: return "boolean";
    case ValueKind::kNull: return "";
  }
  return "";
}

namespace {

/// What may stand behind an id, or alone: "/_history/3", "/$everything", "|4.0.1". With more digits
/// than that it could be an id itself.
bool is_plain_tail(std::string_view text) noexcept {
  constexpr std::ptrdiff_t kMostDigits = 5;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_plain = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' || c == '/' ||
           c == '$' || c == '|';
  };
  return std::all_of(text.begin(), text.end(), is_plain) &&
         std::count_if(text.begin(), text.end(), is_digit) <= kMostDigits;
}

/// Behind the first name of a type, because what follows the id may have one too:
/// "Patient/12/Observation". A URL without any ends in its id; anything else is one.
std::size_t id_start(std::string_view text) noexcept {
  for (std::size_t at = 0, stop; (stop = text.find('/', at)) != text.npos; at = stop + 1) {
    if (is_fhir_type_name(text.substr(at, stop - at))) return stop + 1;
  }
  const bool url = text.starts_with("http://") || text.starts_with("https://");
  const std::string_view path = text.substr(0, std::min(text.find("/_history/"), text.find("/$")));
  return url ? path.rfind('/') + 1 : 0;
}

}  // namespace

bool is_fhir_reference(std::string_view type) noexcept {
  return type == "reference" || type == "fullUrl" || type == "requestUrl";
}

bool is_fhir_type_name(std::string_view text) noexcept {
  return std::binary_search(std::begin(kTypes), std::end(kTypes), text);
}

FhirReference split_fhir_reference(std::string_view text) noexcept {
  for (const std::string_view urn : {"urn:uuid:", "urn:oid:"}) {
    if (text.starts_with(urn)) return {urn, text.substr(urn.size()), {}};
  }
  if (text.empty()) return {};
  if (text.starts_with('#')) return {text.substr(0, 1), text.substr(1), {}};
  if (const std::size_t query = text.find('?'); query != text.npos) {
    const FhirReference path = split_fhir_reference(text.substr(0, query));
    if (!path.id.empty() && !is_fhir_type_name(path.id)) {
      return {path.before, path.id, text.substr(path.before.size() + path.id.size())};
    }
    return {text.substr(0, query + 1), text.substr(query + 1), {}};
  }
  if (text.find('=') != text.npos) return {{}, text, {}};  // ifNoneExist: a query by itself
  const bool operation = text.starts_with('$') && is_plain_tail(text);
  if (operation || is_fhir_type_name(text)) return {text, {}, {}};
  const std::size_t start = id_start(text);
  if (start == 0) return {{}, text, {}};
  std::size_t stop = std::min(text.find_first_of("/|", start), text.size());
  if (!is_plain_tail(text.substr(stop))) stop = text.size();
  return {text.substr(0, start), text.substr(start, stop - start), text.substr(stop)};
}

std::string join_fhir_reference(const FhirReference& reference) {
  const bool urn = reference.before == "urn:uuid:" || reference.before == "urn:oid:";
  const std::string_view kind = is_oid(reference.id) ? "urn:oid:" : "urn:uuid:";
  return std::string(urn ? kind : reference.before).append(reference.id).append(reference.after);
}

std::string_view fhir_stand_in(std::string_view type) {
  constexpr std::string_view kMasked =
      R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason",)"
      R"("valueCode":"masked"}]})";
  return type == "Attachment" ? kMasked : std::string_view();
}

bool is_absent_reason(std::string_view json) {
  constexpr std::array<std::string_view, 12> kCodes = {
      "unknown",   "asked-unknown",  "temp-unknown", "not-asked", "asked-declined", "masked",
      "not-applicable", "unsupported", "as-text", "error", "not-performed", "not-permitted"};
  if (json.find(kAbsentReason) == json.npos) return false;
  json::Tokenizer tokens(json, json::Profile::kForeign);
  std::string_view key;
  for (json::Token token = tokens.next();; token = tokens.next()) {
    switch (token.kind) {
      case json::TokenKind::kEnd: return true;
      case json::TokenKind::kKey: key = tokens.content(token); break;
      case json::TokenKind::kString: {
        const std::string_view text = tokens.content(token);
        const bool code = key == "valueCode" &&
                          std::find(kCodes.begin(), kCodes.end(), text) != kCodes.end();
        if (!code && !(key == "url" && text == kAbsentReason)) return false;
        break;
      }
      case json::TokenKind::kObjectStart:
      case json::TokenKind::kObjectStop:
      case json::TokenKind::kArrayStart:
      case json::TokenKind::kArrayStop:
      case json::TokenKind::kNull: break;
      default: return false;
    }
    if (!key.empty() && key != "extension" && key != "url" && key != "valueCode") return false;
  }
}

}  // namespace emr::desensitize
