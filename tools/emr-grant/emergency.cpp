// break-glass and review: options -> the arguments of permission.emergency and permission.review.
#include <nlohmann/json.hpp>

#include "contracts/limits.h"
#include "contracts/methods.h"
#include "emr_grant.h"

namespace emr::grant {
namespace {

using cli::Kind;
using nlohmann::json;

Status break_glass(cli::Context& context) {
  if (context.given("record") == context.given("patient")) {
    return cli::Context::usage("give either --record or --patient");
  }
  // Up to the next minute: an emergency that ends before --for would fail who relies on it.
  const std::int64_t minutes = (context.seconds("for") + 59) / 60;
  json args{{"reasonCode", context.text("reason")}, {"minutes", minutes}};
  for (const char* name : {"record", "patient"}) {
    if (context.given(name)) args[name] = context.text(name);
  }
  return write_unsigned(context, "permission", "emergency", std::move(args));
}

Status review(cli::Context& context) {
  return write_unsigned(
      context, "permission", "review",
      {{"emergency", context.text("emergency")}, {"outcome", context.text("outcome")}});
}

std::vector<cli::OptionSpec> break_glass_options() {
  return {{.name = "patient",
           .value = "TOKEN",
           .help = "whose records: all of them",
           .group = "Emergency"},
          {.name = "record", .value = "TAG", .help = "only this record", .group = "Emergency"},
          {.name = "reason",
           .kind = Kind::kChoice,
           .help = "why nobody can be asked; a code, because it stays for ever",
           .group = "Emergency",
           .choices = contracts::emergency_reasons(),
           .required = true},
          {.name = "for",
           .kind = Kind::kDuration,
           .help = "how long records may be opened; a minute that is begun counts whole",
           .group = "Emergency",
           .preset = "4h",
           .min = 60,
           .max = 60 * contracts::kEmergencyMinutesMax}};
}

}  // namespace

cli::VerbSpec break_glass_verb() {
  return {.name = "break-glass",
          .summary = "declare an emergency: read without a rule",
          .description =
              "Writes one unsigned transaction for a doctor. Once committed, he may open what it "
              "covers with purpose BTG (emr-query open --purpose BTG) until it ends; emr-query "
              "open --emergency does both at once. The patient sees it, and an admin or auditor of "
              "the doctor's institution, or the alliance's auditor, must review it within 72 "
              "hours. A rule that forbids purpose BTG beats it.",
          .streams = cli::Streams::kOutput,
          .options = with_transaction(break_glass_options()),
          .examples = {{"an unconscious patient, for one hour",
                        "emr-grant break-glass --from 0x… --patient TOKEN --reason unconscious "
                        "--for 1h | emr-sign -k me.json --genesis genesis.json | emr-tx submit "
                        "--genesis genesis.json --node URL"}},
          .handler = break_glass};
}

cli::VerbSpec review_verb() {
  return {.name = "review",
          .summary = "say whether an emergency access was justified",
          .description =
              "Writes one unsigned transaction for an admin or auditor. A review is made once; "
              "the alliance's auditor may decide again over an institution's. emr-query "
              "emergencies --overdue lists what nobody has reviewed within 72 hours.",
          .streams = cli::Streams::kOutput,
          .options = with_transaction({{.name = "emergency",
                                        .value = "TXID",
                                        .help = "the emergency: transaction id of its declaration",
                                        .group = "Review",
                                        .required = true},
                                       {.name = "outcome",
                                        .kind = Kind::kChoice,
                                        .help = "the verdict",
                                        .group = "Review",
                                        .choices = {"justified", "unjustified"},
                                        .required = true}}),
          .examples = {{"review",
                        "emr-grant review --from 0x… --emergency TXID --outcome justified | "
                        "emr-sign -k me.json --genesis genesis.json | emr-tx submit --genesis "
                        "genesis.json --node URL"}},
          .handler = review};
}

}  // namespace emr::grant
