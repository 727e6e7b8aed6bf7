#include "run_line.h"

#include <nlohmann/json.hpp>

#include "common/argument_source.h"
#include "contracts/methods.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::tx {

using json::Json;

namespace {

constexpr json::TextRule kWord{.max = 128, .allow_empty = true};

/// {"name": count, …}
Status check_counts(const Json& line, const char* name) {
  EMR_ASSIGN(const Json* counts, json::get_object(line, name));
  for (const auto& [word, count] : counts->items()) {
    if (count.is_number_unsigned() && word.size() <= kWord.max) continue;
    return fail(Code::kData, "must be a count")
        .with_pointer(std::string("/") + name)
        .with_reason("count");
  }
  return {};
}

Status check_line(const Json& line) {
  EMR_TRY(json::expect_type(line, "emr.desensitization"));
  EMR_TRY(json::refuse_unknown_members(
      line, {"type", "v", "policy", "records", "rejected", "bytesIn", "bytesOut", "unknownFields",
             "suppressed", "grade", "rules", "techniques", "dataKinds", "finds", "tool", "format",
             "input", "output", "profile", "status", "key"}));
  EMR_ASSIGN(const Json* policy, json::get_object(line, "policy"));
  EMR_TRY(json::refuse_unknown_members(*policy, {"id", "hash"}, "/policy"));
  EMR_TRY(json::get_string(*policy, "id", kWord, "/policy"));
  EMR_TRY(json::get_hex32(line, "input"));
  for (const char* name : {"bytesIn", "bytesOut", "unknownFields"}) {
    EMR_TRY(json::get_u64(line, name));
  }
  for (const char* name : {"rules", "techniques", "dataKinds", "finds"}) {
    EMR_TRY(check_counts(line, name));
  }
  for (const char* name : {"tool", "format", "profile", "status"}) {
    EMR_TRY(json::find_string(line, name, kWord));
  }
  return {};
}

Result<Json> run_args(const Json& line) {
  EMR_ASSIGN(const Json* policy, json::get_object(line, "policy"));
  EMR_ASSIGN(const Json* hash, json::get_member(*policy, "hash", "/policy"));
  Json args{{"policy", *hash}};
  for (const char* name : {"output", "records", "rejected", "suppressed"}) {
    EMR_ASSIGN(const Json* value, json::get_member(line, name));
    args[name] = *value;
  }
  EMR_ASSIGN(const std::uint64_t grade, json::get_u64(line, "grade", {1, 4}));
  args["grade"] = std::to_string(grade);
  const Json* key = json::find_member(line, "key");
  if (key != nullptr) args["key"] = *key;
  return args;
}

}  // namespace

Result<ledger::TransactionLine> build_run(const Draft& draft, const Json& line,
                                          crypto::RandomSource& random) {
  EMR_TRY(check_line(line));
  EMR_ASSIGN(Json args, run_args(line));
  ledger::TransactionLine built;
  EMR_ASSIGN(ledger::Core core,
             make_core(draft, "records", "desensitize", std::move(args), random));
  EMR_TRY(add_part(built, core, ledger::Part::kPublic, line, random));
  EMR_ASSIGN(built.transaction,
             tools::at_source(ledger::make_transaction(std::move(core), contracts::method_table()),
                              {{"", ""}, {"/policy", "/policy/hash"}}));
  built.other_json = json::canonical_checked(Json{{"line", draft.line}});
  return built;
}

}  // namespace emr::tx
