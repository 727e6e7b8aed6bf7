// list and check: signed questions about rules, answered by the nodes as they judge themselves.
#include <nlohmann/json.hpp>

#include "client/query_client.h"
#include "common/connection.h"
#include "common/listing.h"
#include "contracts/methods.h"
#include "crypto/address.h"
#include "emr_grant.h"

namespace emr::grant {
namespace {

using cli::Kind;
using nlohmann::json;

using Look = std::function<Status(const std::string& row)>;

/// Asks, hands each row to `look`, and writes it. Returns the last answer, without its rows.
Result<client::Answer> ask(cli::Context& context, json query, bool paged, const Look& look) {
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection, tools::Connection::open(context));
  EMR_ASSIGN(const tools::Identity identity, tools::load_identity(context, connection->genesis()));
  client::QueryClient client(connection->pool(), identity.credential, connection->random(),
                             connection->timeout());
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  const auto sink = [&](const std::string& row) -> Status {
    EMR_TRY(look(row));
    return output->write(row);
  };
  const auto at_option = [](Error error) {
    return tools::at_option(std::move(error), {{"patient", "patient"}, {"record", "record"},
                                               {"grantee", "grantee"}, {"after", "after"}});
  };
  if (paged) {
    auto pages = tools::ask_pages(context, client, std::move(query), sink);
    if (!pages) return at_option(std::move(pages).error());
    return pages;
  }
  auto answered = client.ask(query);
  if (!answered) return at_option(std::move(answered).error());
  client::Answer answer = *std::move(answered);
  for (const std::string& row : answer.rows) EMR_TRY(sink(row));
  return answer;
}

Status list(cli::Context& context) {
  json query{{"kind", "grants"}};
  if (context.given("patient")) query["patient"] = context.text("patient");
  if (context.given("grantee")) {
    EMR_ASSIGN(query["grantee"], tools::ledger_spelling(context.text("grantee"), "grantee"));
  }
  EMR_TRY(ask(context, std::move(query), true, [](const std::string&) { return Status{}; }));
  return {};
}

Status check(cli::Context& context) {
  if (context.given("record") == context.given("patient")) {
    return cli::Context::usage("give either --record or --patient");
  }
  json query{{"kind", "check"}, {"purpose", context.text("purpose")}};
  for (const char* name : {"record", "patient"}) {
    if (context.given(name)) query[name] = context.text(name);
  }
  if (context.given("to")) {
    EMR_ASSIGN(const crypto::Address reader, crypto::parse_address(context.text("to")));
    query["grantee"] = reader.text();
  }
  tools::Judgement judgement;
  EMR_ASSIGN(const client::Answer answer,
             ask(context, std::move(query), false,
                 [&](const std::string& row) { return judgement.add(row); }));
  return judgement.verdict(answer);
}

std::vector<cli::OptionSpec> with_connection(std::vector<cli::OptionSpec> options) {
  return tools::joined(std::move(options),
                       tools::joined(tools::node_options(), tools::identity_options()));
}

cli::OptionSpec patient_option() {
  return {.name = "patient", .value = "TOKEN", .help = "the patient's token", .group = "Rule"};
}

}  // namespace

cli::VerbSpec list_verb() {
  return {.name = "list",
          .summary = "list rules",
          .description =
              "Without options: a patient's own rules, or those made out to the account that asks. "
              "Ended rules are listed too, with their status. Who else may see a rule: its reader, "
              "auditors, and the institution that signed it in trust.",
          .streams = cli::Streams::kOutput,
          .options = with_connection(tools::joined({patient_option(),
                                                    {.name = "grantee",
                                                     .value = "ID",
                                                     .help = "account, institution or "
                                                             "role:NAME that may read",
                                                     .group = "Rule"}},
                                                   tools::paging_options("Rule"))),
          .examples = {{"my rules",
                        "emr-grant list --genesis genesis.json --session me.session | jq -r "
                        "'[.to.id, .until, .status] | @tsv'"}},
          .handler = list};
}

cli::VerbSpec check_verb() {
  return {.name = "check",
          .summary = "say whether somebody may read",
          .description =
              "Asks the nodes for the decision that an access would meet now, without making one. "
              "One emr.decision line per record; exit status 0 when all are permitted, 1 when one "
              "is not.",
          .streams = cli::Streams::kOutput,
          .options = with_connection(
              {{.name = "record", .value = "TAG", .help = "the record", .group = "Rule"},
               patient_option(),
               {.name = "to",
                .kind = Kind::kAddress,
                .help = "the reader's account (default: the asker's)",
                .group = "Rule"},
               {.name = "purpose",
                .kind = Kind::kChoice,
                .help = "purpose of use (HL7 PurposeOfUse)",
                .group = "Rule",
                .preset = "TREAT",
                .choices = contracts::access_purposes()}}),
          .examples = {{"may this doctor read it?",
                        "emr-grant check --record TAG --to 0x… --genesis genesis.json --session "
                        "me.session"}},
          .handler = check};
}

}  // namespace emr::grant
