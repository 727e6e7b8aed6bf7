// --assess: how many people could be told apart by the quasi-identifiers? --k N: generalise and
// suppress until each stands in a group of N. The whole table is in memory (limits in lib risk).
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/files.h"
#include "desensitize/risk/enforce.h"
#include "desensitize/risk/metrics.h"
#include "desensitize/risk/scenario.h"
#include "desensitize/risk/table.h"
#include "files.h"
#include "json/json.h"
#include "run.h"

namespace emr::tool {
namespace {

using Json = nlohmann::json;
namespace risk = desensitize::risk;

constexpr std::size_t kMaxHierarchyBytes = std::size_t{64} << 20;

Result<risk::Table> read_table(cli::Context& context, std::vector<std::string> columns) {
  EMR_ASSIGN(const int fd, context.input_fd());
  std::unique_ptr<risk::TableReader> reader;
  EMR_TRY(read_all(fd, [&](std::string_view bytes) -> Status {
    if (reader == nullptr) {
      const std::size_t first = bytes.find_first_not_of(" \t\r\n");
      const bool json = context.text("in") == "json" ||
                        (context.text("in") == "auto" && first != std::string_view::npos &&
                         bytes[first] == '{');
      const std::string& delimiter = context.text("delimiter");
      reader = std::make_unique<risk::TableReader>(
          json ? risk::TableFormat::kJsonLines : risk::TableFormat::kCsv, columns,
          delimiter == "tab" ? '\t' : delimiter.empty() ? '\0' : delimiter.front());
    }
    return reader->feed(bytes);
  }));
  if (reader == nullptr) {
    return fail(Code::kData, "the input is empty").with_reason("empty");
  }
  return reader->finish();
}

/// --hierarchy COLUMN=FILE
Result<std::vector<risk::Hierarchy>> read_hierarchies(const cli::Context& context) {
  std::vector<risk::Hierarchy> hierarchies;
  for (const std::string& column : context.list("quasi")) {
    std::string path;
    for (const std::string& entry : context.list("hierarchy")) {
      if (entry.starts_with(column + "=")) {
        path = entry.substr(column.size() + 1);
      }
    }
    if (path.empty()) {
      hierarchies.push_back(risk::Hierarchy::suppress_only(column));
      continue;
    }
    EMR_ASSIGN(const std::string text, cli::read_file(path, kMaxHierarchyBytes));
    EMR_ASSIGN(risk::Hierarchy hierarchy, risk::Hierarchy::parse(column, text));
    hierarchies.push_back(std::move(hierarchy));
  }
  return hierarchies;
}

/// The k that the way of sharing demands; 0 when no scenario was named.
Result<std::uint64_t> demanded_k(const cli::Context& context) {
  if (!context.given("scenario")) {
    return std::uint64_t{0};
  }
  const risk::Scenario* scenario = risk::find_scenario(context.text("scenario"));
  if (scenario == nullptr) {
    std::string known;
    for (const risk::Scenario& one : risk::scenarios()) {
      known.append(known.empty() ? "" : ", ").append(one.name);
    }
    return fail(Code::kUsage, "there is no such scenario").with_hint("scenarios: " + known);
  }
  return risk::required_k(*scenario, 1.0);
}

Status report(cli::Context& context, const risk::Table& table) {
  EMR_ASSIGN(const risk::Assessment result,
             risk::assess(table, context.list("quasi"), context.list("sensitive")));
  const auto release = risk::release_from(context.text("release"));
  if (!release) {
    return cli::Context::usage("--release must be public, controlled-public or enclave");
  }
  const double total = risk::total_risk(result, *release, risk::Environment{});
  EMR_ASSIGN(Json line, json::parse_strict(risk::to_json(result),
                                           {.max_bytes = std::size_t{1} << 20,
                                            .max_depth = 0,
                                            .allow_fractions = true}));
  EMR_ASSIGN(const std::uint64_t needed, demanded_k(context));
  line["type"] = "emr.assessment";
  line["v"] = 1;
  line["totalRisk"] = total;
  line["grade"] = risk::grade(false, true, total, *release);
  line["status"] = "de-identified: still personal data";
  if (needed > 0) {
    line["requiredK"] = needed;
    line["enough"] = result.k >= needed;
  }
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  EMR_ASSIGN(const std::string text, json::write(line));
  EMR_TRY(output->write(text));
  return needed > result.k ? Status(fail(Code::kNegative, "")) : Status();
}

}  // namespace

Status assess(cli::Context& context) {
  if (context.list("quasi").empty()) {
    return cli::Context::usage("--assess and --k need --quasi COLUMN");
  }
  std::vector<std::string> columns = context.list("quasi");
  columns.insert(columns.end(), context.list("sensitive").begin(), context.list("sensitive").end());
  EMR_ASSIGN(const risk::Table table, read_table(context, std::move(columns)));
  if (!context.given("k")) {
    return report(context, table);
  }
  EMR_ASSIGN(const std::vector<risk::Hierarchy> hierarchies, read_hierarchies(context));
  risk::EnforceOptions options;
  options.k = context.count("k");
  EMR_ASSIGN(const risk::Enforced enforced, risk::enforce_k(table, hierarchies, options));
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  EMR_TRY(risk::write_enforced(table, hierarchies, enforced, [&](std::string_view bytes) {
    return output->write_block(bytes);
  }));
  context.reporter().notice("k = " + std::to_string(enforced.k) + ", " +
                            std::to_string(enforced.suppressed_rows) + " rows suppressed");
  return {};
}

}  // namespace emr::tool
