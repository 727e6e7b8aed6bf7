#include "sealed.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "common/argument_source.h"
#include "contracts/methods.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::tx {

using json::Json;

Result<ledger::Core> make_core(const Draft& draft, const std::string& contract,
                               const std::string& method, Json args,
                               crypto::RandomSource& random) {
  ledger::Core core;
  core.contract = contract;
  core.method = method;
  core.from = draft.from;
  core.valid_until = draft.valid_until;
  core.args = std::make_shared<const Json>(std::move(args));
  random.fill(core.nonce);
  return core;
}

Status add_part(ledger::TransactionLine& line, ledger::Core& core, ledger::Part part,
                const Json& value, crypto::RandomSource& random) {
  EMR_ASSIGN(std::string text, json::canonical(value));
  auto [sidecar, commit] = ledger::commit_part(part, std::move(text), random);
  line.sidecar.parts.push_back(std::move(sidecar));
  core.payload.push_back(commit);
  return {};
}

namespace {

std::string other_members(const Draft& draft, const Json& input) {
  Json other{{"line", draft.line}};
  const Json* visit = json::find_member(input, "visit");
  if (visit != nullptr && visit->is_string()) other["visit"] = *visit;
  return json::canonical_checked(other);
}

/// Copies a member of `from` to `args` under another name; its form is judged by the schema.
Status copy(const Json& from, const char* name, std::string_view where, Json& args,
            const char* to) {
  EMR_ASSIGN(const Json* value, json::get_member(from, name, where));
  args[to] = *value;
  return {};
}

Result<Json> record_args(const Json& sealed) {
  EMR_ASSIGN(const Json* tags, json::get_object(sealed, "tags"));
  EMR_ASSIGN(const Json* index, json::get_object(sealed, "index"));
  EMR_ASSIGN(const Json* policy, json::get_object(sealed, "policy"));
  Json args;
  for (const char* name : {"record", "content", "patient", "doctor"}) {
    EMR_TRY(copy(*tags, name, "/tags", args, name));
  }
  for (const char* name : {"docType", "confidentiality", "visitType", "month"}) {
    EMR_TRY(copy(*index, name, "/index", args, name));
  }
  EMR_TRY(copy(*policy, "hash", "/policy", args, "policy"));
  args["handles"] = Json::array();
  EMR_ASSIGN(const Json* attachments, json::find_object(sealed, "attachments"));
  if (attachments != nullptr) {
    EMR_TRY(copy(*attachments, "handles", "/attachments", args, "handles"));
  }
  return args;
}

/// The inverse of record_args.
Result<ledger::Transaction> at_record(Result<ledger::Transaction> made) {
  return tools::at_source(std::move(made), {{"/record", "/tags/record"},
                                            {"/content", "/tags/content"},
                                            {"/patient", "/tags/patient"},
                                            {"/doctor", "/tags/doctor"},
                                            {"/docType", "/index/docType"},
                                            {"/confidentiality", "/index/confidentiality"},
                                            {"/visitType", "/index/visitType"},
                                            {"/month", "/index/month"},
                                            {"/policy", "/policy/hash"},
                                            {"/handles", "/attachments/handles"},
                                            {"/reasonCode", "--reason-code"}});
}

Status add_parts(ledger::TransactionLine& line, ledger::Core& core, const Json& sealed,
                 crypto::RandomSource& random) {
  EMR_ASSIGN(const Json* open, json::get_object(sealed, "public"));
  EMR_TRY(add_part(line, core, ledger::Part::kPublic, *open, random));
  EMR_ASSIGN(const Json* original, json::get_object(sealed, "sealed"));
  EMR_TRY(add_part(line, core, ledger::Part::kOriginal, *original, random));
  EMR_ASSIGN(const Json* attachments, json::find_object(sealed, "attachments"));
  if (attachments == nullptr) return {};
  EMR_ASSIGN(const Json* manifest, json::get_object(*attachments, "manifest", "/attachments"));
  return add_part(line, core, ledger::Part::kManifest, *manifest, random);
}

Status refuse_local(const Json& sealed) {
  if (json::find_member(sealed, "local") == nullptr) return {};
  return fail(Code::kData, "the record still names local files")
      .with_pointer("/local")
      .with_reason("local")
      .with_hint("pass it through emr-ipfs-put first");
}

}  // namespace

Result<ledger::TransactionLine> build_plain(const Draft& draft, const std::string& contract,
                                            const std::string& method, Json args,
                                            crypto::RandomSource& random) {
  ledger::TransactionLine line;
  EMR_ASSIGN(ledger::Core core, make_core(draft, contract, method, std::move(args), random));
  EMR_ASSIGN(line.transaction,
             tools::at_source(ledger::make_transaction(std::move(core), contracts::method_table()),
                              {{"", ""}}));
  line.other_json = other_members(draft, Json::object());
  return line;
}

Result<ledger::TransactionLine> build_sealed(const Draft& draft, const Json& sealed,
                                             std::uint64_t base_version,
                                             crypto::RandomSource& random) {
  EMR_TRY(json::expect_type(sealed, "emr.sealed"));
  EMR_TRY(refuse_local(sealed));
  EMR_ASSIGN(Json args, record_args(sealed));
  if (base_version != 0) {
    args["baseVersion"] = base_version;
    args["reasonCode"] = draft.reason_code;
  }
  ledger::TransactionLine line;
  EMR_ASSIGN(ledger::Core core, make_core(draft, "records", base_version == 0 ? "create" : "amend",
                                          std::move(args), random));
  EMR_TRY(add_parts(line, core, sealed, random));
  auto made = ledger::make_transaction(std::move(core), contracts::method_table());
  EMR_ASSIGN(line.transaction, at_record(std::move(made)));
  line.other_json = other_members(draft, sealed);
  return line;
}

}  // namespace emr::tx
