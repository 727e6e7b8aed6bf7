// JSON and FHIR as the registry of formats knows them.
#include "desensitize/formats/fhir.h"
#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {

namespace {

bool recognises_json(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
}

Result<std::unique_ptr<Framer>> make_json_framer(const FormatOptions&) {
  return std::unique_ptr<Framer>(std::make_unique<JsonFramer>());
}
Result<std::unique_ptr<Rewriter>> make_json_rewriter(const FormatOptions&) {
  return std::unique_ptr<Rewriter>(std::make_unique<JsonRewriter>());
}

std::vector<FhirQueryPiece> pieces_of_query(std::string_view type, std::string_view text) {
  return is_fhir_reference(type) ? split_fhir_query(text) : std::vector<FhirQueryPiece>();
}

std::optional<std::string_view> unit_of_number(std::string_view type, std::string_view key) {
  if (key != "value") return std::nullopt;
  if (type == "Age") return "a";
  return type == "decimal" ? std::optional<std::string_view>("") : std::nullopt;
}

bool split_reference(std::string_view type, std::string_view text, std::string_view& before,
                     std::string_view& part, std::string_view& after) {
  if (!is_fhir_reference(type)) {
    return false;
  }
  const FhirReference reference = split_fhir_reference(text);
  before = reference.before;
  part = reference.id;
  after = reference.after;
  return true;
}

std::string join_reference(std::string_view before, std::string_view id, std::string_view after) {
  return join_fhir_reference({before, id, after});
}

Result<std::unique_ptr<Rewriter>> make_fhir_rewriter(const FormatOptions&) {
  return std::unique_ptr<Rewriter>(
      std::make_unique<JsonRewriter>(
          JsonDialect{.type_of = fhir_type_of, .split = split_reference, .join = join_reference,
                      .pieces = pieces_of_query, .unit = unit_of_number, .stays = is_absent_reason,
                      .instead = fhir_stand_in, .people = fhir_people,
                      .objects_only = true, .no_empties = true}));
}

}  // namespace

const FormatSpec& json_format() noexcept {
  static const FormatSpec kSpec{.name = "json",
                                .summary = "JSON Lines or JSON documents of any shape",
                                .default_policy = "strict",
                                .max_record_bytes = kMaxRecordBytes,
                                .parallel = true,
                                .recognises = recognises_json,
                                .make_framer = make_json_framer,
                                .make_rewriter = make_json_rewriter};
  return kSpec;
}

/// A patient's whole history in one Bundle reaches 100 MB. It is held whole, with its output and 40
/// bytes for each member: about five times its size. NDJSON needs one line at a time.
constexpr std::size_t kMaxBundleBytes = kMaxDocumentBytes / 4;

const FormatSpec& fhir_format() noexcept {
  static const FormatSpec kSpec{.name = "fhir",
                                .summary = "FHIR R4: resources, Bundles, bulk NDJSON",
                                .default_policy = "fhir-r4",
                                .max_record_bytes = kMaxBundleBytes,
                                .parallel = true,
                                .recognises = recognises_fhir,
                                .make_framer = make_json_framer,
                                .make_rewriter = make_fhir_rewriter,
                                .too_large_hint =
                                    "a Bundle is held in memory whole: NDJSON, one resource a "
                                    "line, may have any size"};
  return kSpec;
}

}  // namespace emr::desensitize
