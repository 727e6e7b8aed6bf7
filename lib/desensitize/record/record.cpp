#include "desensitize/record/record.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "json/access.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;
using json::get_string;
using json::join_pointer;

/// Attachments of one visit; the transaction core of a record carries one handle each.
constexpr std::size_t kMaxAttachments = 64;
constexpr std::size_t kMaxListItems = 4096;

Error bad(std::string message, std::string pointer, std::string reason) {
  return fail(Code::kData, std::move(message))
      .with_pointer(std::move(pointer))
      .with_reason(std::move(reason));
}

/// An optional object of texts: each known member is a text of at most `max` bytes.
Status check_texts(const Json& tree, std::initializer_list<std::string_view> names,
                   std::string_view where, std::size_t max) {
  for (const std::string_view name : names) {
    const Json* member = json::find_member(tree, name);
    if (member != nullptr && !member->is_null()) {
      EMR_TRY(get_string(tree, name, {.max = max, .allow_empty = true}, where));
    }
  }
  return {};
}

/// A list whose items are objects with exactly these members.
Status check_list(const Json& record, std::string_view name,
                  std::initializer_list<std::string_view> members) {
  EMR_ASSIGN(const Json* list, json::find_array(record, name, kMaxListItems));
  if (list == nullptr) {
    return {};
  }
  const std::string where = join_pointer("", name);
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!(*list)[i].is_object()) {
      return bad("item must be an object", join_pointer(where, i), "kind");
    }
    EMR_TRY(json::refuse_unknown_members((*list)[i], members, join_pointer(where, i)));
  }
  return {};
}

Status read_patient(const Json& record, RecordFacts& facts) {
  EMR_ASSIGN(const Json* patient, json::get_object(record, "patient"));
  EMR_TRY(json::refuse_unknown_members(*patient,
                                       {"localId", "identifiers", "name", "sex", "birthDate",
                                        "phone", "address", "guardian"},
                                       "/patient"));
  EMR_ASSIGN(facts.patient_local_id, get_string(*patient, "localId", {.max = 64}, "/patient"));
  EMR_TRY(check_texts(*patient, {"name", "sex", "birthDate", "phone", "address"}, "/patient", 800));
  EMR_ASSIGN(const Json* list,
             json::find_array(*patient, "identifiers", kMaxListItems, "/patient"));
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const std::string where = join_pointer("/patient/identifiers", i);
    const Json& item = (*list)[i];
    if (!item.is_object()) {
      return bad("item must be an object", where, "kind");
    }
    EMR_TRY(json::refuse_unknown_members(item, {"type", "system", "value"}, where));
    EMR_ASSIGN(const std::string type, get_string(item, "type", {.max = 16}, where));
    EMR_ASSIGN(const std::string value, get_string(item, "value", {.max = 120}, where));
    if (type == "01" && facts.patient_id_number.empty()) {
      facts.patient_id_number = value;
    }
  }
  return {};
}

Status read_visit(const Json& record, RecordFacts& facts) {
  EMR_ASSIGN(const Json* visit, json::get_object(record, "visit"));
  EMR_TRY(json::refuse_unknown_members(
      *visit, {"id", "type", "start", "finish", "dept", "registrationId", "first"}, "/visit"));
  EMR_ASSIGN(facts.visit_id, get_string(*visit, "id", {.max = 64}, "/visit"));
  EMR_ASSIGN(facts.visit_type, json::get_choice(*visit, "type", {"1", "2", "3", "9"}, "/visit"));
  EMR_ASSIGN(const UnixSeconds start, json::get_utc(*visit, "start", "/visit"));
  facts.month = format_utc(start).substr(0, 7);
  return check_texts(*visit, {"finish", "dept", "registrationId"}, "/visit", 200);
}

/// A path that stays below the attachments root, whatever the file system does.
bool is_safe_path(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) {
    return false;
  }
  while (!path.empty()) {
    const std::size_t stop = std::min(path.find('/'), path.size());
    if (path.substr(0, stop) == "..") {
      return false;
    }
    path.remove_prefix(std::min(stop + 1, path.size()));
  }
  return true;
}

Status read_attachments(const Json& record, RecordFacts& facts) {
  EMR_ASSIGN(const Json* list, json::find_array(record, "attachments", kMaxAttachments));
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const std::string where = join_pointer("/attachments", i);
    const Json& item = (*list)[i];
    if (!item.is_object()) {
      return bad("item must be an object", where, "kind");
    }
    EMR_TRY(json::refuse_unknown_members(
        item, {"id", "kind", "title", "mimeType", "path", "size", "sha256", "locator"}, where));
    RecordAttachment attachment;
    EMR_ASSIGN(attachment.id, get_string(item, "id", {.max = 64}, where));
    EMR_ASSIGN(attachment.mime_type, get_string(item, "mimeType", {.max = 64}, where));
    EMR_ASSIGN(attachment.path, get_string(item, "path", {.max = 1024}, where));
    if (!is_safe_path(attachment.path)) {
      return bad("path must be relative and stay below the root", where + "/path", "path");
    }
    EMR_ASSIGN(const auto kind, json::find_string(item, "kind", {.max = 32}, where));
    EMR_ASSIGN(const auto title, json::find_string(item, "title", {.max = 400}, where));
    attachment.kind = kind.value_or("other");
    attachment.name =
        title.value_or(attachment.path.substr(attachment.path.find_last_of('/') + 1));
    for (const RecordAttachment& other : facts.attachments) {
      if (other.id == attachment.id) {
        return bad("two attachments have the same id", where + "/id", "duplicate_id");
      }
    }
    facts.attachments.push_back(std::move(attachment));
  }
  return {};
}

Status check_rest(const Json& record) {
  EMR_TRY(check_list(record, "diagnosis", {"code", "system", "name"}));
  EMR_TRY(check_list(record, "progressNotes", {"id", "kind", "time", "doctorId", "text"}));
  EMR_TRY(check_list(record, "observations", {"code", "system", "name", "value", "unit", "time"}));
  EMR_ASSIGN(const Json* history, json::find_object(record, "history"));
  if (history != nullptr) {
    EMR_TRY(json::refuse_unknown_members(
        *history,
        {"chiefComplaint", "presentIllness", "pastIllness", "allergyFlag", "allergy", "family",
         "personal"},
        "/history"));
  }
  return {};
}

}  // namespace

Result<RecordFacts> read_record(const Json& record) {
  RecordFacts facts;
  EMR_TRY(json::expect_type(record, "emr.record", 1));
  EMR_TRY(json::refuse_unknown_members(
      record, {"type",    "v",        "recordId",    "version",     "replaces",      "status",
               "amendReason", "lang", "docType",     "confidentiality", "sensitivity", "org",
               "patient", "visit",    "author",      "recorded",    "history",       "diagnosis",
               "progressNotes", "observations", "attachments", "source", "ext"}));
  EMR_ASSIGN(const Json* type, json::get_object(record, "docType"));
  EMR_ASSIGN(facts.document_type, get_string(*type, "code", {.max = 16}, "/docType"));
  EMR_ASSIGN(const Json* organisation, json::get_object(record, "org"));
  EMR_ASSIGN(facts.organisation, get_string(*organisation, "id", {.max = 64}, "/org"));
  facts.confidentiality = "N";
  if (json::find_member(record, "confidentiality") != nullptr) {
    EMR_ASSIGN(facts.confidentiality, json::get_choice(record, "confidentiality", {"N", "R", "V"}));
  }
  EMR_TRY(read_patient(record, facts));
  EMR_TRY(read_visit(record, facts));
  EMR_ASSIGN(const Json* author, json::get_object(record, "author"));
  EMR_ASSIGN(facts.doctor_id, get_string(*author, "doctorId", {.max = 64}, "/author"));
  EMR_TRY(check_rest(record));
  EMR_TRY(read_attachments(record, facts));
  return facts;
}

}  // namespace emr::desensitize
