// emr-query stats: tables of counts without their small cells, and what the nodes' stores
// use and may use.
#include <nlohmann/json.hpp>
#include <set>

#include "base/hex.h"
#include "client/query_client.h"
#include "common/connection.h"
#include "common/listing.h"
#include "contracts/cells.h"
#include "contracts/limits.h"
#include "emr_query.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::query {
namespace {

using cli::Kind;
using json::Json;

/// "a,b" as a list of names.
Json names_of(std::string_view text) {
  Json names = Json::array();
  for (;;) {
    const std::size_t stop = std::min(text.find(','), text.size());
    names.push_back(std::string(text.substr(0, stop)));
    if (stop == text.size()) return names;
    text.remove_prefix(stop + 1);
  }
}

Result<Json> table_of(const cli::Context& context) {
  if (!context.given("count-by")) return cli::Context::usage("--count-by or --storage is missing");
  Json query{{"kind", "stats"},
             {"by", names_of(context.text("count-by"))},
             {"minCell", context.count("min-cell")}};
  std::set<std::string> seen;
  for (const Json& name : query["by"]) {
    if (!seen.insert(name.get<std::string>()).second) {
      return cli::Context::usage("--count-by names the same twice");
    }
    const bool known = std::find(std::begin(contracts::kDimensions),
                                 std::end(contracts::kDimensions),
                                 name) != std::end(contracts::kDimensions);
    if (!known) {
      return cli::Context::usage("--count-by names something that is not counted")
          .with_hint("institution, month, visitType, confidentiality, docType; with commas");
    }
  }
  for (const char* name : {"institution", "month"}) {
    if (context.given(name)) query[name] = context.text(name);
  }
  return query;
}

Error explained(Error error) {
  error = tools::at_option(std::move(error), {{"by", "count-by"},
                                              {"minCell", "min-cell"},
                                              {"institution", "institution"},
                                              {"month", "month"}});
  if (error.reason == "month") return std::move(error).with_hint("a month is YYYY-MM");
  if (error.reason == "not_in_version") {
    return std::move(error).with_hint("counting needs version 2 of the contract index: emr-query "
                                      "contracts lists them, a quorum of the members raises one");
  }
  if (error.reason != "too_many") return error;
  return std::move(error).with_hint("count by fewer names, or give --institution or --month");
}

Status print_table(cli::Context& context) {
  EMR_ASSIGN(const Json query, table_of(context));
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection, tools::Connection::open(context));
  EMR_ASSIGN(const tools::Identity identity, tools::load_identity(context, connection->genesis()));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  client::QueryClient client(connection->pool(), identity.credential, connection->random(),
                             connection->timeout());
  const Result<client::Answer> answer = client.ask(query);
  if (!answer) return explained(answer.error());
  for (const std::string& row : answer->rows) EMR_TRY(output->write(row));
  return {};
}

Result<Json> storage_of(client::Node& node, std::chrono::seconds patience) {
  EMR_ASSIGN(const http::ClientResponse answer, node.get("/v1/status", patience));
  const auto status = json::parse_object(answer.body);
  const auto storage = status ? json::get_object(*status, "storage") : status.error();
  const auto node_id = status ? json::get_string(*status, "node", {.max = 64}) : status.error();
  if (!storage || !node_id) return client::bad_answer();
  Json line = **storage;
  line.update(Json{{"type", "emr.storage"}, {"v", 1}, {"node", *node_id}});
  return line;
}

/// Every node for itself; what does not answer is told, and the others are printed.
Status print_storage(cli::Context& context) {
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection, tools::Connection::open(context));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  client::Pool& pool = connection->pool();
  std::size_t silent = 0;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    const auto line = storage_of(pool.at(i), connection->patience());
    if (line) {
      EMR_TRY(output->write(json::canonical_checked(*line)));
    } else {
      ++silent;
      context.reporter().notice(pool.at(i).url() + ": " + line.error().message);
    }
  }
  if (silent == 0) return {};
  return fail(silent == pool.size() ? Code::kUnavailable : Code::kPartial,
              std::to_string(silent) + " of " + std::to_string(pool.size()) +
                  " nodes did not tell");
}

Status stats(cli::Context& context) {
  if (context.flag("storage")) {
    EMR_TRY(context.refuse_typed({"count-by", "min-cell", "institution", "month"},
                                 "shapes a table, and --storage writes none"));
  }
  return context.flag("storage") ? print_storage(context) : print_table(context);
}

std::vector<cli::OptionSpec> table_options() {
  return {{.name = "count-by",
           .value = "NAME,...",
           .help = "institution, month, visitType, confidentiality, docType; commas between them",
           .group = "Query"},
          {.name = "min-cell",
           .kind = Kind::kCount,
           .help = "counts below this are not told",
           .group = "Query",
           .preset = std::to_string(contracts::kCellLeast),
           .min = contracts::kCellLeast,
           .max = contracts::kRunRecordsMax},
          {.name = "institution", .help = "only records that it wrote", .group = "Query"},
          {.name = "month", .help = "only visits of this month, YYYY-MM", .group = "Query"},
          {.name = "storage",
           .kind = Kind::kFlag,
           .help = "instead: what the stores of the nodes use and may use",
           .group = "Query"}};
}

}  // namespace

cli::VerbSpec stats_verb() {
  return {.name = "stats",
          .summary = "count records by what is on the ledger in the clear",
          .description =
              "One emr.count line for each kind of records that there is, then an emr.counts line "
              "with the sum. Small counts are not told, nor further ones from which they would "
              "follow by subtraction within this table. Records are counted, not patients. Two "
              "tables beside each other may tell what neither does alone: publish one. For "
              "admins of members and auditors of the alliance.",
          .streams = cli::Streams::kOutput,
          .options = tools::joined(table_options(), tools::joined(tools::node_options(),
                                                                  tools::identity_options())),
          .examples = {{"visits by type and month, for a report",
                        "emr-query stats --count-by visitType,month --genesis genesis.json --node "
                        "http://127.0.0.1:8001 --session me.session"},
                       {"how full are the nodes?",
                        "emr-query stats --storage --genesis genesis.json"}},
          .handler = stats};
}

}  // namespace emr::query
