// Every verb that is one signed query: a row of the table below says which options it has and which
// member of the query each of them fills. Nodes decide who may see what; rows come out as they are.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/number.h"
#include "client/query_client.h"
#include "common/connection.h"
#include "common/listing.h"
#include "contracts/limits.h"
#include "contracts/methods.h"
#include "emr_query.h"
#include "fhir_view.h"
#include "json/json.h"

namespace emr::query {
namespace {

using cli::Kind;
using nlohmann::json;

struct Field {
  const char* option;
  const char* member;
  Kind kind;
  const char* help;
  bool required = false;
  std::vector<std::string> choices = {};
  const char* value = "";  ///< its name in help, where the choices are too many to be listed there
};

struct Listing {
  const char* verb;
  const char* summary;
  std::vector<Field> fields;
  bool paged = false;
  bool decides = false;  ///< rows are decisions, and the exit status says whether one is a denial
  const char* example = "";  ///< options of the example beside those that are required
};

/// Of the verbs whose rows have a view in FHIR.
bool has_fhir_view(std::string_view verb) {
  return verb == "audit" || verb == "grants" || verb == "record" || verb == "records";
}

const Field kRecord{"record", "record", Kind::kText, "record tag, 64 hex digits"};
const Field kPatient{"patient", "patient", Kind::kText, "patient token"};
const Field kPendingNodes{"pending", "pending", Kind::kFlag,
                          "instead: what about nodes waits for a decision"};
const Field kProposal{"proposal", "proposal", Kind::kText, "its transaction id, 64 hex digits"};
const Field kVersion{"record-version", "version", Kind::kCount, "version; the newest when absent"};
const Field kRole{"role", "role", Kind::kChoice, "role of the account", false,
                  {"doctor", "patient", "auditor", "service", "admin"}};
const Field kAccountStatus{"status", "status", Kind::kChoice, "how the account stands", false,
                           {"pending", "active", "suspended", "rejected", "closed"}};

Field required(Field field) {
  field.required = true;
  return field;
}

std::vector<Listing> state_listings() {
  return {
      {"record", "one record's head and newest version", {required(kRecord), kVersion}},
      {"records",
       "records by patient, doctor, institution or month",
       {kPatient,
        {"doctor", "doctor", Kind::kText, "doctor token"},
        {"institution", "institution", Kind::kText, "institution that wrote them"},
        {"month", "month", Kind::kText, "month of the visit, YYYY-MM"},
        {"doc-type", "docType", Kind::kText, "document class"},
        {"visit-type", "visitType", Kind::kChoice,
         "1 outpatient, 2 emergency, 3 inpatient, 9 other", false, {"1", "2", "3", "9"}}},
       true,
       false,
       " --month 2026-11"},
      {"history", "every version of a record", {required(kRecord)}, true},
      {"nodes", "the members' nodes as this one sees them", {kPendingNodes}},
      {"proposal", "how a proposal to the alliance stands", {required(kProposal)}},
      {"evidence",
       "proofs of members' faults that a node keeps",
       {{"member", "member", Kind::kText, "only of this institution"},
        {"proven", "proven", Kind::kFlag,
         "without messages whose signature is wrong: they prove nothing"}}},
      {"identity",
       "role, institution, status of an account",
       {{"address", "address", Kind::kAddress, "account", true}}},
      {"accounts",
       "every account with role, institution and status; for admins and auditors",
       {kRole,
        {"institution", "institution", Kind::kText, "institution they work for"},
        kAccountStatus},
       true},
      {"orgs", "the institutions of the alliance", {}},
      {"pending", "applications and proposals that wait for a decision", {}},
      {"contracts", "the contracts: version, since when, by which decision, what is to come", {}},
      {"ring",
       "the nodes that keep objects and their weights; with --key who keeps one of them",
       {{"key", "key", Kind::kText, "handle of the object, 64 hex digits"}}},
      {"methods", "the methods of the contracts with their schemas", {}},
      {"tx",
       "a transaction with its receipt",
       {{"txid", "txid", Kind::kText, "transaction id, 64 hex digits", true},
        {"proof", "proof", Kind::kFlag, "with its proof"}}},
      {"genesis", "the genesis document", {}},
      {"sidecar", "public half and envelopes of a record", {required(kRecord), kVersion}},
  };
}

std::vector<Listing> right_listings() {
  return {
      {"grants",
       "rules of a patient, or for a reader",
       {kPatient, {"grantee", "grantee", Kind::kText, "account, institution or role:NAME"}},
       true},
      {"check",
       "would this reader be allowed now? exit 1 when a record is denied, 3 when some were not "
       "judged",
       {kRecord,
        kPatient,
        {"grantee", "grantee", Kind::kAddress, "reader's account", true},
        {"purpose", "purpose", Kind::kChoice, "purpose of use", true,
         contracts::access_purposes()}},
       false,
       true,
       " --record RECORD"},
      {"audit",
       "who did what, denials included",
       {kPatient,
        kRecord,
        {"action", "action", Kind::kChoice,
         "contract.method, or a method's name (emr-tx methods lists them)", false,
         contracts::action_names(), "METHOD"},
        {"outcome", "outcome", Kind::kChoice, "how it ended", false, {"ok", "denied", "failed"}},
        {"agent", "agent", Kind::kAddress, "account that acted"},
        {"purpose", "purpose", Kind::kChoice, "purpose of use; BTG: emergencies", false,
         contracts::access_purposes()},
        {"since", "since", Kind::kText, "from this time, UTC"},
        {"until", "until", Kind::kText, "before this time, UTC"}},
       true},
  };
}

std::vector<Listing> care_listings() {
  return {
      {"appointments",
       "appointments of a patient or a hospital; without options, one's own",
       {kPatient,
        {"institution", "institution", Kind::kText, "the hospital"},
        {"slot", "slot", Kind::kText, "one slot of the hospital, with what was cancelled"},
        {"month", "month", Kind::kText, "month of the appointment, YYYY-MM"},
        {"status", "status", Kind::kChoice, "how it stands", false, {"booked", "cancelled"}}},
       true},
      {"emergencies",
       "emergency accesses: who declared them, why, and how they were reviewed",
       {kPatient,
        {"institution", "institution", Kind::kText, "institution of the doctor"},
        {"unreviewed", "unreviewed", Kind::kFlag, "only those that nobody has reviewed"},
        {"overdue", "overdue", Kind::kFlag, "only those that nobody reviewed within 72 hours"}},
       true},
      {"requests",
       "requests for access: a patient's, a doctor's own, and how they were answered",
       {kPatient,
        {"institution", "institution", Kind::kText, "institution of the doctor"},
        {"status", "status", Kind::kChoice, "how it stands", false,
         {"pending", "approved", "denied", "expired"}}},
       true},
      {"retained",
       "how many records of a patient stay where, and why; add up the rows of many pages",
       {required(kPatient)},
       true},
  };
}

std::vector<Listing> run_listings() {
  return {
      {"runs",
       "runs of de-identification that institutions stated",
       {{"wrote", "output", Kind::kText, "SHA-256 of a file: which run wrote it?"},
        {"policy", "policy", Kind::kText, "hash of the policy"},
        {"institution", "institution", Kind::kText, "institution that stated them"},
        {"since", "since", Kind::kText, "from this time, UTC"},
        {"until", "until", Kind::kText, "before this time, UTC"}},
       true},
      {"run",
       "one of these runs with its audit line",
       {{"txid", "txid", Kind::kText, "transaction that stated it, 64 hex digits", true}}},
  };
}

std::vector<Listing> block_listings() {
  return {
      {"blocks",
       "block headers, with --raw their content",
       {{"since", "since", Kind::kCount, "first height"},
        {"until", "until", Kind::kCount, "last height"},
        {"raw", "raw", Kind::kFlag, "with entries and receipts"}},
       true},
      {"export",
       "blocks with certificates, receipts and sidecars",
       {{"since", "since", Kind::kCount, "first height"},
        {"until", "until", Kind::kCount, "last height"}},
       true},
  };
}

const std::vector<Listing>& listings() {
  static const std::vector<Listing> table = [] {
    std::vector<Listing> all;
    for (auto part : {state_listings(), right_listings(), care_listings(), run_listings(),
                      block_listings()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

const Listing& listing_of(std::string_view verb) {
  for (const Listing& listing : listings()) {
    if (verb == listing.verb) return listing;
  }
  EMR_CHECK(false);
}

Result<json> query_of(const cli::Context& context, const Listing& listing) {
  json query = {{"kind", listing.verb}};
  for (const Field& field : listing.fields) {
    if (!context.given(field.option)) continue;
    if (field.kind == Kind::kFlag) {
      query[field.member] = true;
    } else if (field.kind == Kind::kCount) {
      query[field.member] = context.count(field.option);
    } else if (field.kind == Kind::kAddress || std::string_view(field.option) == "grantee") {
      EMR_ASSIGN(query[field.member],
                 tools::ledger_spelling(context.text(field.option), field.option));
    } else {
      query[field.member] = context.text(field.option);
    }
  }
  return query;
}

/// What a node calls a member of the query, by the option that fills it.
tools::QueryOptions options_by_member(const Listing& listing) {
  tools::QueryOptions options{{"after", "after"}};
  for (const Field& field : listing.fields) options.emplace_back(field.member, field.option);
  return options;
}

/// A question that no index answers is the asker's to narrow.
Error asked_wrongly(Error error, const Listing& listing) {
  error = tools::at_option(std::move(error), options_by_member(listing));
  if (error.reason == "hex") {
    return std::move(error).with_hint(
        "tags, tokens, handles and transaction ids are 64 hex digits, an address is 0x and 40");
  }
  if (error.reason == "cursor") {
    return std::move(error).with_hint("a cursor goes on with the same query, and is taken whole");
  }
  if (error.reason == "month") return std::move(error).with_hint("a month is YYYY-MM");
  if (error.reason == "time") {
    return std::move(error).with_hint("times are UTC, as in 2026-11-22T08:00:00Z");
  }
  if (error.reason != "no_index") return error;
  return cli::Context::usage("no index answers this query")
      .with_reason("no_index")
      .with_hint("name --patient, --institution, or for records --doctor or --month");
}

/// A period that ends before it begins has no row: an empty list would look like an answer.
Status check_period(const cli::Context& context, const Listing& listing) {
  for (const Field& field : listing.fields) {
    if (std::string_view(field.option) != "since") continue;
    if (!context.given("since") || !context.given("until")) return {};
    const bool counts = field.kind == Kind::kCount;
    // Times have one spelling, in which they sort; the nodes refuse any other.
    const bool behind = counts ? context.count("since") > context.count("until")
                               : context.text("since") > context.text("until");
    if (behind) return cli::Context::usage("--since lies behind --until");
  }
  return {};
}

Status list(cli::Context& context) {
  const Listing& listing = listing_of(context.verb().name);
  if (listing.decides && context.given("record") == context.given("patient")) {
    return cli::Context::usage("give either --record or --patient");
  }
  EMR_TRY(check_period(context, listing));
  EMR_ASSIGN(const json query, query_of(context, listing));
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection, tools::Connection::open(context));
  EMR_ASSIGN(const tools::Identity identity, tools::load_identity(context, connection->genesis()));

  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  client::QueryClient client(connection->pool(), identity.credential, connection->random(),
                             connection->timeout());
  std::uint64_t count = 0;
  tools::Judgement judgement;
  const bool as_fhir = has_fhir_view(listing.verb) && context.text("format") == "fhir";
  const std::string ledger = to_hex(connection->genesis().hash);
  const auto sink = [&](const std::string& row) -> Status {
    ++count;
    if (listing.decides) EMR_TRY(judgement.add(row));
    if (!as_fhir) return output->write(row);
    EMR_ASSIGN(const std::string resource, fhir_view(row, ledger));
    return output->write(resource);
  };
  client::Answer last;
  if (listing.paged) {
    auto answer = tools::ask_pages(context, client, query, sink);
    if (!answer) return asked_wrongly(std::move(answer).error(), listing);
    last = *std::move(answer);
  } else {
    auto answer = client.ask(query);
    if (!answer) return asked_wrongly(std::move(answer).error(), listing);
    last = *std::move(answer);
    for (const std::string& row : last.rows) EMR_TRY(sink(row));
    if (last.rows.size() >= contracts::kRowsMax) {
      context.reporter().notice("a node names " + std::to_string(contracts::kRowsMax) +
                                " of them at the most: there may be more");
    }
  }
  if (context.flag("explain")) context.reporter().notice("explain: " + last.explain_json);
  if (listing.decides) return judgement.verdict(last);
  if (count == 0 && context.flag("exit-status")) return fail(Code::kNegative, "");
  return {};
}

std::vector<cli::OptionSpec> options_of(const Listing& listing) {
  std::vector<cli::OptionSpec> options;
  for (const Field& field : listing.fields) {
    cli::OptionSpec option;
    option.name = field.option;
    option.kind = field.kind;
    option.help = field.help;
    option.group = "Query";
    option.required = field.required;
    option.choices = field.choices;
    option.value = field.value;
    options.push_back(std::move(option));
  }
  if (listing.paged) options = tools::joined(std::move(options), tools::paging_options("Query"));
  if (has_fhir_view(listing.verb)) {
    options.push_back({.name = "format",
                       .kind = Kind::kChoice,
                       .help = "rows of the ledger, or FHIR R4: AuditEvent, Consent, "
                               "DocumentReference",
                       .group = "Query",
                       .preset = "emr",
                       .choices = {"emr", "fhir"}});
  }
  options.push_back({.name = "explain",
                     .kind = Kind::kFlag,
                     .help = "say which index was used and how far it was read",
                     .group = "Query"});
  options.push_back({.name = "exit-status",
                     .short_name = 'e',
                     .kind = Kind::kFlag,
                     .help = "exit 1 when there is no row",
                     .group = "Query"});
  return tools::joined(std::move(options),
                       tools::joined(tools::node_options(), tools::identity_options()));
}

/// With all that it must have: " --record RECORD".
std::string example_of(const Listing& listing) {
  std::string command = std::string("emr-query ") + listing.verb;
  for (const Field& field : listing.fields) {
    if (!field.required) continue;
    std::string value = field.option;
    for (char& c : value) c = static_cast<char>(c - ('a' - 'A'));
    if (field.kind == Kind::kAddress) value = "0x…";
    if (!field.choices.empty()) value = field.choices.front();
    command.append(" --").append(field.option).append(" ").append(value);
  }
  return command + listing.example +
         " --genesis genesis.json --node http://127.0.0.1:8001 --session me.session";
}

}  // namespace

std::vector<cli::VerbSpec> list_verbs() {
  std::vector<cli::VerbSpec> verbs;
  for (const Listing& listing : listings()) {
    cli::VerbSpec verb;
    verb.name = listing.verb;
    verb.summary = listing.summary;
    verb.streams = cli::Streams::kOutput;
    verb.options = options_of(listing);
    verb.examples = {{listing.summary, example_of(listing)}};
    verb.handler = list;
    verbs.push_back(std::move(verb));
  }
  return verbs;
}

}  // namespace emr::query
