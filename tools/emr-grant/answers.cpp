// approve and deny: a request's line of emr-query requests -> the arguments of permission.answer.
#include <ctime>

#include <nlohmann/json.hpp>

#include "common/argument_source.h"
#include "emr_grant.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::grant {
namespace {

using nlohmann::json;

/// A request as the input tells it, and the line that told it.
struct Asked {
  json row;
  std::uint64_t line = 0;
};

/// The line's request if it is the one that is looked for; other lines are of other queries.
Result<std::optional<json>> request_in(const cli::Line& line, const std::string& id) {
  if (line.fault) return *line.fault;
  EMR_ASSIGN(json row, emr::json::parse_object(line.text));
  EMR_ASSIGN(const std::string type, emr::json::get_string(row, "type", {.max = 64}));
  if (type != "emr.request") return std::optional<json>();
  EMR_ASSIGN(const std::string named, emr::json::get_string(row, "id", {.max = 64}));
  if (named != id) return std::optional<json>();
  return std::optional<json>(std::move(row));
}

Status look_at(const cli::Line& line, const std::string& id, std::optional<Asked>& found) {
  EMR_ASSIGN(std::optional<json> row, request_in(line, id));
  if (!row) return {};
  if (found && found->row != *row) {
    return fail(Code::kData, "an earlier line tells this request otherwise")
        .with_reason("conflict")
        .with_hint("ask the nodes again: emr-query requests");
  }
  if (!found) found = Asked{*std::move(row), line.number};
  return {};
}

/// Read to its end, so that who writes the lines does not lose his reader.
Result<Asked> find_request(cli::Context& context) {
  const std::string& id = context.text("REQUEST");
  EMR_ASSIGN(cli::LineReader* const input, context.input());
  std::optional<Asked> found;
  for (;;) {
    EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
    if (!line) break;
    if (Status looked = look_at(*line, id, found); !looked) {
      EMR_TRY(context.errors().failed(line->number, std::move(looked).error()));
    }
  }
  if (found) return *std::move(found);
  return fail(Code::kData, "the input has no request with this id")
      .with_hint("emr-query requests --status pending writes the lines of requests");
}

/// What the ledger would refuse, said before a patient has signed it.
Status check_pending(const json& row) {
  EMR_ASSIGN(const auto status, emr::json::find_string(row, "status", {.max = 16}));
  if (!status || *status == "pending") return {};
  return fail(Code::kNegative, "the request waits for no answer any more")
      .with_pointer("/status")
      .with_reason("not_pending")
      .with_hint("a rule is ended by revoke; the doctor may ask again");
}

Result<json> answer_to(const json& row, const std::string& id, const char* decision) {
  EMR_TRY(check_pending(row));
  json args{{"request", id}, {"decision", decision}};
  for (const char* name : {"patient", "purpose", "scope"}) {
    EMR_ASSIGN(const json* const member, emr::json::get_member(row, name));
    args[name] = *member;
  }
  EMR_ASSIGN(const json* const doctor, emr::json::get_member(row, "by"));
  args["doctor"] = *doctor;
  return args;
}

/// --for and --until, which may shorten what was asked for.
Status add_end(const cli::Context& context, const json& row, json& args) {
  if (!context.given("for") && !context.given("until")) return {};
  const UnixSeconds now = std::time(nullptr);
  EMR_ASSIGN(const UnixSeconds until, end_of_rule(context, now, now));
  EMR_ASSIGN(const auto wished, emr::json::find_utc(row, "until"));
  if (wished && until > *wished) {
    return fail(Code::kData, "the rule would last longer than was asked for")
        .with_reason("wider_than_request")
        .with_hint("a shorter time, or neither --for nor --until: then it lasts as was asked for");
  }
  args["until"] = format_utc(until);
  return {};
}

Result<ledger::Transaction> transaction_for(cli::Context& context, const Asked& asked,
                                            const char* decision) {
  EMR_ASSIGN(json args, answer_to(asked.row, context.text("REQUEST"), decision));
  const bool yes = std::string_view(decision) == "approve";
  if (yes) EMR_TRY(add_end(context, asked.row, args));
  return tools::at_source(make_unsigned(context, "permission", "answer", std::move(args)),
                          {{"", ""},
                           {"/doctor", "/by"},
                           {"/request", "REQUEST"},
                           {"/until", yes && context.given("for") ? "--for" : "--until"}});
}

Status answer(cli::Context& context, const char* decision) {
  EMR_ASSIGN(const Asked asked, find_request(context));
  Result<ledger::Transaction> tx = transaction_for(context, asked, decision);
  if (tx) return write_transaction(context, *std::move(tx));
  Error error = std::move(tx).error();
  if (!error.pointer.empty()) error.line = asked.line;
  return error;
}

Status approve(cli::Context& context) { return answer(context, "approve"); }

Status deny(cli::Context& context) { return answer(context, "deny"); }

cli::PositionalSpec request_id() {
  return {.name = "REQUEST", .help = "the request: its transaction id", .required = true};
}

}  // namespace

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
