// give and revoke: options -> the arguments of permission.grant and permission.revoke.
#include <ctime>

#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "cli/system_random.h"
#include "common/argument_source.h"
#include "contracts/limits.h"
#include "contracts/methods.h"
#include "crypto/address.h"
#include "emr_grant.h"
#include "ledger/transaction.h"

namespace emr::grant {
namespace {

using cli::Kind;
using nlohmann::json;

/// "doctor:0x…", "institution:hosp-c", "role:doctor".
Result<json> grantee(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return fail(Code::kUsage, "--to must be KIND:ID")
        .with_hint("doctor:0x…, institution:ID or role:NAME");
  }
  std::string id(text.substr(colon + 1));
  if (text.substr(0, colon) == "doctor") {
    const Result<crypto::Address> address = crypto::parse_address(id);
    if (!address) return fail(Code::kData, "--to: " + address.error().message);
    id = address->text();
  }
  return json{{"kind", text.substr(0, colon)}, {"id", std::move(id)}};
}

/// The scope names only what it narrows; a list that is absent means "all".
Result<json> scope(const cli::Context& context) {
  json object = json::object();
  const std::vector<std::string>& records = context.list("records");
  if (records.empty()) {
    return fail(Code::kUsage, "--records must name record tags, or '*' for all of the patient's")
        .with_hint("what is not needed should not be granted");
  }
  if (records != std::vector<std::string>{"*"}) object["records"] = records;
  if (!context.list("doc-types").empty()) object["docTypes"] = context.list("doc-types");
  if (!context.list("institutions").empty()) object["institutions"] = context.list("institutions");
  return object;
}

Status give(cli::Context& context) {
  const UnixSeconds now = std::time(nullptr);
  UnixSeconds since = now;
  if (context.given("since")) {
    EMR_ASSIGN(since, time_option(context, "since"));
  }
  EMR_ASSIGN(const UnixSeconds until, end_of_rule(context, since, now));
  EMR_ASSIGN(json to, grantee(context.text("to")));
  EMR_ASSIGN(json limits, scope(context));
  json args = {{"patient", context.text("patient")},
               {"to", std::move(to)},
               {"scope", std::move(limits)},
               {"purpose", context.list("purpose")},
               {"since", format_utc(since)},
               {"until", format_utc(until)},
               {"effect", context.flag("deny") ? "deny" : "permit"}};
  return write_unsigned(context, "permission", "grant", std::move(args));
}

Status revoke(cli::Context& context) {
  return write_unsigned(context, "permission", "revoke", {{"grant", context.text("grant")}});
}

std::vector<cli::OptionSpec> give_options() {
  std::vector<cli::OptionSpec> options = {
      {.name = "patient",
       .value = "TOKEN",
       .help = "the patient's token on this ledger",
       .group = "Rule",
       .required = true},
      {.name = "to",
       .value = "KIND:ID",
       .help = "who may read: doctor:0x…, institution:ID or role:NAME",
       .group = "Rule",
       .required = true},
      {.name = "records",
       .value = "TAG",
       .help = "a record's tag, repeatable; '*' for all present and later records",
       .group = "Rule",
       .repeatable = true},
      {.name = "doc-types",
       .value = "CODE",
       .help = "only documents of this class",
       .group = "Rule",
       .repeatable = true},
      {.name = "institutions",
       .value = "ID",
       .help = "only records that this institution wrote",
       .group = "Rule",
       .repeatable = true},
      {.name = "purpose",
       .kind = Kind::kChoice,
       .help = "purpose of use (HL7 PurposeOfUse)",
       .group = "Rule",
       .preset = "TREAT",
       .choices = contracts::access_purposes(),
       .repeatable = true},
      {.name = "for",
       .kind = Kind::kDuration,
       .help = "how long, from --since: 30d",
       .group = "Rule",
       .min = 60,
       .max = static_cast<std::uint64_t>(contracts::kGrantSecondsMax)},
      {.name = "until", .value = "TIME", .help = "end of the rule, UTC", .group = "Rule"},
      {.name = "since", .value = "TIME", .help = "start of the rule, UTC (now)", .group = "Rule"},
      {.name = "deny",
       .kind = Kind::kFlag,
       .help = "forbid instead of allow; a denial beats every permission",
       .group = "Rule"}};
  return with_transaction(std::move(options));
}

}  // namespace

cli::VerbSpec give_verb() {
  return {.name = "give",
          .summary = "write a rule that allows (or forbids) reading",
          .description =
              "Writes one unsigned transaction. No key and no data move: the rule decides about "
              "every later access until it ends or is revoked. Committing it fails for a doctor's "
              "address that is not registered (unknown_reader) and for a tag that is no record "
              "of this patient (unknown_record).",
          .streams = cli::Streams::kOutput,
          .options = give_options(),
          .examples = {{"one record, one doctor, 30 days",
                        "emr-grant give --from 0x… --patient TOKEN --to doctor:0x… --records TAG "
                        "--for 30d | emr-sign -k me.json --genesis genesis.json | emr-tx submit "
                        "--genesis genesis.json --node http://127.0.0.1:8001"}},
          .handler = give};
}

cli::VerbSpec revoke_verb() {
  std::vector<cli::OptionSpec> options = {{.name = "grant",
                                           .value = "TXID",
                                           .help = "the rule: transaction id of its grant",
                                           .group = "Rule",
                                           .required = true}};
  return {.name = "revoke",
          .summary = "write the end of a rule",
          .description =
              "Writes one unsigned transaction. Revoking acts on every access after its commit; "
              "what was read before cannot be taken back.",
          .streams = cli::Streams::kOutput,
          .options = with_transaction(std::move(options)),
          .examples = {{"revoke",
                        "emr-grant revoke --from 0x… --grant TXID | emr-sign -k me.json --genesis "
                        "genesis.json | emr-tx submit --genesis genesis.json --node URL"}},
          .handler = revoke};
}

}  // namespace emr::grant
