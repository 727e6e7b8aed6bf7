// 病历管理合约, the record management contract: create and amend. Idempotent by the two tags: the
// same record with the same content is "unchanged" however often it is sent; other content needs
// amend with the version it is based on, so that nobody overwrites what he has not seen. Statements
// about runs of de-identification are in runs.cpp.
#include "contracts/records.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/cells.h"
#include "contracts/closing.h"
#include "contracts/index.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/outcome.h"
#include "contracts/runs.h"
#include "contracts/stored.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

Hash32 hash_of(const Json& text) {
  auto hash = hash_from_hex(text.get_ref<const std::string&>());
  return *hash;
}

RecordHead head_from_args(const Call& call) {
  const Json& args = call.args();
  RecordHead head;
  head.tag = args["record"];
  head.institution = call.account->institution;
  head.patient = args["patient"];
  head.doctor = args["doctor"];
  head.doc_type = args["docType"];
  head.confidentiality = args["confidentiality"];
  head.visit_type = args["visitType"];
  head.month = args["month"];
  head.content = args["content"];
  head.author = call.from();
  head.updated = call.block.time;
  return head;
}

void put_version(Call& call, const RecordHead& head) {
  Json commits = Json::object();
  for (const ledger::PayloadCommit& commit : call.tx.core().payload) {
    commits[std::string(ledger::part_name(commit.part))] = to_hex(commit.commit);
  }
  Json version{{"author", head.author.text()},
               {"commits", std::move(commits)},
               {"content", head.content},
               {"handles", call.args()["handles"]},
               {"height", call.block.height},
               {"index", call.block.index},
               {"policy", call.args()["policy"]},
               {"time", format_utc(call.block.time)},
               {"txid", to_hex(call.tx.txid())},
               {"version", head.version}};
  if (call.args().contains("reasonCode")) version["reasonCode"] = call.args()["reasonCode"];
  call.state.put(keys::record_version(head.tag, head.version), json::canonical_checked(version));
}

Outcome unchanged(const RecordHead& head) {
  return done({{"outcome", "unchanged"}, {"version", head.version}});
}

Outcome store(Call& call, const RecordHead& head, const RecordHead* before, const char* outcome) {
  if (is_closed(call.state, head.patient, head.institution)) return failed("patient_closed");
  call.audit.version = head.version;
  count_record(call.state, head, before);
  put_record(call.state, head);
  put_version(call, head);
  index_record(call.state, head, before);
  return done({{"outcome", outcome}, {"version", head.version}});
}

/// A writer belongs to an institution that may write; a record belongs to the one that wrote it.
Outcome check_writer(const Call& call, const std::optional<RecordHead>& existing) {
  const auto member = find_member(call.state, call.account->institution);
  if (!member) return denied("unknown_institution");
  if (!member->may_write) return denied("read_only_institution");
  if (existing && existing->institution != call.account->institution) return denied("not_author");
  return done();
}

Outcome create(Call& call, const std::optional<RecordHead>& existing, RecordHead head) {
  if (existing) {
    if (existing->content == head.content) return unchanged(*existing);
    return failed("conflict", {{"version", existing->version}});
  }
  head.version = 1;
  return store(call, head, nullptr, "created");
}

Outcome amend(Call& call, const std::optional<RecordHead>& existing, RecordHead head) {
  if (!existing) return failed("not_found");
  if (existing->content == head.content) return unchanged(*existing);
  if (call.args()["baseVersion"] != existing->version) {
    return failed("conflict", {{"version", existing->version}});
  }
  if (existing->patient != head.patient || existing->doc_type != head.doc_type) {
    return failed("immutable_field");
  }
  if (existing->version == kVersionsMax) return failed("too_many_versions");
  head.version = existing->version + 1;
  return store(call, head, &*existing, "amended");
}

}  // namespace

Outcome apply_records(Call& call) {
  if (call.tx.core().method == "desensitize") return apply_run(call);
  RecordHead head = head_from_args(call);
  call.audit.patient = head.patient;
  call.audit.record = head.tag;
  call.audit.record_institution = head.institution;
  const auto existing = find_record(call.state, head.tag);
  if (existing) call.audit.record_institution = existing->institution;
  Outcome allowed = check_writer(call, existing);
  if (allowed.status != ledger::ReceiptStatus::kOk) return allowed;
  const std::string& method = call.tx.core().method;
  if (method == "create") return create(call, existing, std::move(head));
  EMR_CHECK(method == "amend");
  return amend(call, existing, std::move(head));
}

std::optional<RecordHead> find_record(const ledger::StateReader& state, std::string_view tag) {
  const auto text = state.get(keys::record(tag));
  if (!text) return std::nullopt;
  const Json tree = load(*text);
  RecordHead head;
  head.tag = tag;
  head.institution = tree["institution"];
  head.patient = tree["patient"];
  head.doctor = tree["doctor"];
  head.doc_type = tree["docType"];
  head.confidentiality = tree["confidentiality"];
  head.visit_type = tree["visitType"];
  head.month = tree["month"];
  head.content = tree["content"];
  head.version = tree["version"];
  auto author = crypto::parse_canonical_address(tree["author"].get<std::string>());
  head.author = *author;
  auto updated = parse_utc(tree["updated"].get<std::string>());
  head.updated = *updated;
  return head;
}

std::string record_json(const RecordHead& head) {
  return json::canonical_checked(Json{{"author", head.author.text()},
                                      {"confidentiality", head.confidentiality},
                                      {"content", head.content},
                                      {"docType", head.doc_type},
                                      {"doctor", head.doctor},
                                      {"institution", head.institution},
                                      {"month", head.month},
                                      {"patient", head.patient},
                                      {"record", head.tag},
                                      {"updated", format_utc(head.updated)},
                                      {"version", head.version},
                                      {"visitType", head.visit_type}});
}

void put_record(ledger::Overlay& state, const RecordHead& head) {
  state.put(keys::record(head.tag), record_json(head));
}

Result<RecordVersion> find_record_version(const ledger::StateReader& state, const Hash32& record,
                                          std::uint64_t version) {
  const std::string tag = to_hex(record);
  const auto head = find_record(state, tag);
  const auto text =
      head ? state.get(keys::record_version(tag, version == 0 ? head->version : version))
           : std::nullopt;
  if (!text) {
    return fail(Code::kNegative, "record or version is not on the ledger").with_reason("not_found");
  }
  const Json tree = load(*text);
  RecordVersion found;
  found.record = record;
  found.version = tree["version"];
  found.content = hash_of(tree["content"]);
  found.institution = head->institution;
  found.patient = hash_of(Json(head->patient));
  found.txid = hash_of(tree["txid"]);
  found.height = tree["height"];
  found.index = tree["index"];
  for (const auto& [name, commit] : tree["commits"].items()) {
    EMR_ASSIGN(const ledger::Part part, ledger::part_from_name(name));
    found.commits.emplace_back(part, hash_of(commit));
  }
  for (const Json& handle : tree["handles"]) found.handles.push_back(hash_of(handle));
  return found;
}

}  // namespace emr::contracts
