// request: options -> the arguments of permission.request.
#include <ctime>

#include <nlohmann/json.hpp>

#include "emr_grant.h"

namespace emr::grant {
namespace {

using cli::Kind;
using nlohmann::json;

/// A list that is absent means "all", as in a rule.
json wished_scope(const cli::Context& context) {
  json scope = json::object();
  if (!context.list("records").empty()) scope["records"] = context.list("records");
  if (!context.list("doc-types").empty()) scope["docTypes"] = context.list("doc-types");
  if (!context.list("institutions").empty()) scope["institutions"] = context.list("institutions");
  return scope;
}

Status request(cli::Context& context) {
  if (context.given("record") == context.given("patient")) {
    return cli::Context::usage("give either --record or --patient");
  }
  if (context.given("record") && !context.list("records").empty()) {
    return cli::Context::usage("--records narrows --patient, and --record is one already");
  }
  const UnixSeconds now = std::time(nullptr);
  EMR_ASSIGN(const UnixSeconds until, end_of_rule(context, now, now));
  json args{{"scope", wished_scope(context)},
            {"purpose", context.text("purpose")},
            {"until", format_utc(until)}};
  for (const char* name : {"record", "patient"}) {
    if (context.given(name)) args[name] = context.text(name);
  }
  return write_unsigned(context, "permission", "request", std::move(args));
}

std::vector<cli::OptionSpec> request_options() {
  return {{.name = "patient",
           .value = "TOKEN",
           .help = "whose records: all of them, or what the scope leaves",
           .group = "Request"},
          {.name = "record", .value = "TAG", .help = "only this record", .group = "Request"},
          {.name = "records",
           .value = "TAG",
           .help = "with --patient, only these records",
           .group = "Request",
           .repeatable = true},
          {.name = "doc-types",
           .value = "CODE",
           .help = "only documents of this class",
           .group = "Request",
           .repeatable = true},
          {.name = "institutions",
           .value = "ID",
           .help = "only records that this institution wrote",
           .group = "Request",
           .repeatable = true},
          {.name = "purpose",
           .kind = Kind::kChoice,
           .help = "purpose of use (HL7 PurposeOfUse)",
           .group = "Request",
           .preset = "TREAT",
           .choices = {"TREAT", "HPAYMT", "HOPERAT", "HRESCH"}}};
}

}  // namespace

cli::VerbSpec request_verb() {
  return {.name = "request",
          .summary = "ask a patient for a rule",
          .description =
              "Writes one unsigned transaction for a doctor. Once committed it waits for the "
              "patient (or, for one without a wallet, for the admin of the institution that wrote "
              "the records) and opens nothing; it ends by itself after 30 days. The transaction's "
              "id is the request's. emr-query requests lists requests with their answers; who may "
              "not wait declares an emergency (break-glass).",
          .streams = cli::Streams::kOutput,
          .options = with_transaction(with_end(request_options(), "how long to read")),
          .examples = {{"one record, for a month",
                        piped("emr-grant request --from 0x… --record TAG --purpose TREAT "
                              "--for 30d")}},
          .handler = request};
}

}  // namespace emr::grant
