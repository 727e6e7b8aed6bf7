// request, approve and deny: options -> the arguments of permission.request and permission.answer.
#include <ctime>

#include <nlohmann/json.hpp>

#include "emr_grant.h"
#include "json/json.h"

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

/// The arguments of an answer to REQUEST, out of its line in the input.
Result<json> answer_to(cli::Context& context, const char* decision) {
  const std::string& id = context.text("REQUEST");
  EMR_ASSIGN(cli::LineReader* const input, context.input());
  for (;;) {
    EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
    if (!line) break;
    if (line->fault) return *line->fault;
    EMR_ASSIGN(const json row, emr::json::parse_object(line->text));
    if (row.value("type", "") != "emr.request" || row.value("id", "") != id) continue;
    json args{{"request", id}, {"decision", decision}};
    for (const char* name : {"patient", "purpose", "scope"}) args[name] = row.value(name, json());
    args["doctor"] = row.value("by", json());
    return args;
  }
  return fail(Code::kData, "the input has no request with this id")
      .with_hint("emr-query requests --status pending writes the lines of requests");
}

Status approve(cli::Context& context) {
  EMR_ASSIGN(json args, answer_to(context, "approve"));
  if (context.given("for") || context.given("until")) {
    const UnixSeconds now = std::time(nullptr);
    EMR_ASSIGN(const UnixSeconds until, end_of_rule(context, now, now));
    args["until"] = format_utc(until);
  }
  return write_unsigned(context, "permission", "answer", std::move(args));
}

Status deny(cli::Context& context) {
  EMR_ASSIGN(json args, answer_to(context, "deny"));
  return write_unsigned(context, "permission", "answer", std::move(args));
}

std::vector<cli::OptionSpec> with_end(std::vector<cli::OptionSpec> options, const char* meaning) {
  options.push_back({.name = "for",
                     .kind = Kind::kDuration,
                     .help = std::string(meaning) + ", from now: 30d",
                     .group = "Request",
                     .min = 60});
  options.push_back({.name = "until",
                     .value = "TIME",
                     .help = std::string(meaning) + ", to this time, UTC",
                     .group = "Request"});
  return options;
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

cli::PositionalSpec request_id() {
  return {.name = "REQUEST", .help = "the request: its transaction id", .required = true};
}

std::string piped(const std::string& command) {
  return command +
         " | emr-sign -k me.json --genesis genesis.json | emr-tx submit --genesis genesis.json "
         "--node URL";
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

cli::VerbSpec approve_verb() {
  return {.name = "approve",
          .summary = "say yes to a request: write the rule that it asks for",
          .description =
              "Reads the lines of emr-query requests and writes one unsigned transaction. Once "
              "committed, the doctor who asked may read what he asked for, to the end that he "
              "asked for or an earlier one; revoke ends it like every rule. The wallet shows who "
              "asks, for what and why, and an answer that says something else than the request is "
              "refused, so that no node can pass one off for another.",
          .streams = cli::Streams::kFilter,
          .positionals = {request_id()},
          .options = with_transaction(with_end({}, "a shorter time than was asked for")),
          .examples = {{"yes, for a week",
                        piped("emr-query requests --status pending --genesis genesis.json "
                              "--session me.session | emr-grant approve --from 0x… REQUEST "
                              "--for 7d")}},
          .handler = approve};
}

cli::VerbSpec deny_verb() {
  return {.name = "deny",
          .summary = "say no to a request",
          .description =
              "Reads the lines of emr-query requests and writes one unsigned transaction. The "
              "request is over, the doctor sees it in emr-query requests, and the answer stays in "
              "the audit. To forbid what was not asked for: give --deny.",
          .streams = cli::Streams::kFilter,
          .positionals = {request_id()},
          .options = with_transaction({}),
          .examples = {{"no", piped("emr-query requests --status pending --genesis genesis.json "
                                    "--session me.session | emr-grant deny --from 0x… REQUEST")}},
          .handler = deny};
}

}  // namespace emr::grant
