// --assess: how many people could be told apart by the quasi-identifiers? --k N: generalise and
// suppress until each stands in a group of N. The whole table is in memory (limits in lib risk).
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/files.h"
#include "desensitize/risk/aggregate.h"
#include "desensitize/risk/enforce.h"
#include "desensitize/risk/metrics.h"
#include "desensitize/risk/scenario.h"
#include "desensitize/risk/table.h"
#include "desensitize/scanner.h"
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

Result<double> fraction(const cli::Context& context, const char* name, double fallback) {
  if (!context.given(name)) {
    return fallback;
  }
  const std::string& text = context.text(name);
  double number = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || stop != text.data() + text.size() || !(number >= 0)) {
    return cli::Context::usage(std::string("--") + name + " must be a number like 0.5");
  }
  return number;
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
  EMR_ASSIGN(const double factor, fraction(context, "environment", 1.0));
  return risk::required_k(*scenario, factor);
}

/// GB/T 42460's environment of a receiver in an enclave.
Result<risk::Environment> environment(const cli::Context& context) {
  risk::Environment result;
  const auto level = [&](const char* name, risk::Level fallback) {
    return risk::level_from(context.text(name)).value_or(fallback);
  };
  result.control = level("control", result.control);
  result.ability = level("ability", result.ability);
  result.security = level("security", result.security);
  EMR_ASSIGN(result.acquaintance_share,
             fraction(context, "acquaintance-share", result.acquaintance_share));
  if (result.acquaintance_share > 1) {
    return cli::Context::usage("--acquaintance-share is a share between 0 and 1");
  }
  return result;
}

/// Does any cell of the table hold an identifier that proves itself? Then k says nothing.
bool has_direct_identifiers(const risk::Table& table) {
  const desensitize::TextScanner scanner;
  std::vector<desensitize::Span> spans;
  std::uint64_t start = table.header_stop;
  for (const std::uint64_t stop : table.row_stop) {
    scanner.scan_check_digits(std::string_view(table.raw).substr(start, stop - start), spans);
    for (const desensitize::Span& span : spans) {
      using enum desensitize::SpanType;
      if (span.type == kIdCard || span.type == kPhone || span.type == kEmail) return true;
    }
    start = stop;
  }
  return false;
}

/// The assessment as one line of JSON, and whether the scenario's k is reached.
struct Verdict {
  std::string line;
  bool enough = true;
};
Result<Verdict> judge(const cli::Context& context, const risk::Table& table) {
  std::optional<risk::Table> population;
  if (context.given("population")) {
    risk::TableReader reader(table.format, context.list("quasi"));
    EMR_TRY(read_all_of(context.text("population"),
                        [&](std::string_view bytes) { return reader.feed(bytes); }));
    EMR_ASSIGN(population, reader.finish());
  }
  EMR_ASSIGN(const risk::Assessment result,
             risk::assess(table, context.list("quasi"), context.list("sensitive"),
                          population ? &*population : nullptr));
  const auto release = risk::release_from(context.text("release"));
  if (!release) {
    return cli::Context::usage("--release must be public, controlled-public or enclave");
  }
  EMR_ASSIGN(const risk::Environment around, environment(context));
  const double total = risk::total_risk(result, *release, around);
  const bool direct = has_direct_identifiers(table);
  EMR_ASSIGN(Json line, json::parse_strict(risk::to_json(result),
                                           {.max_bytes = std::size_t{1} << 20,
                                            .max_depth = 0,
                                            .allow_fractions = true}));
  EMR_ASSIGN(const std::uint64_t needed, demanded_k(context));
  line["type"] = "emr.assessment";
  line["v"] = 1;
  line["totalRisk"] = total;
  line["directIdentifiers"] = direct;
  line["environmentRisk"] = risk::environment_risk(around);
  line["grade"] = risk::grade(direct, true, total, *release);
  line["status"] = direct ? "identified: personal data" : "de-identified: still personal data";
  if (needed > 0) {
    line["requiredK"] = needed;
    line["enough"] = result.k >= needed;
  }
  Verdict verdict{{}, needed <= result.k};
  EMR_ASSIGN(verdict.line, json::write(line));
  return verdict;
}

/// The table with the numbers of the --microaggregate columns replaced, read again.
Result<risk::Table> microaggregated(const cli::Context& context, risk::Table table,
                                    const std::vector<std::string>& columns) {
  for (const std::string& column : context.list("microaggregate")) {
    risk::TableReader reader(table.format, columns, table.delimiter);
    EMR_TRY(risk::write_microaggregated(
        table, column, context.count("k"),
        [&](std::string_view bytes) { return reader.feed(bytes); }));
    EMR_ASSIGN(table, reader.finish());
  }
  return table;
}

Status enforce(cli::Context& context, const risk::Table& table,
               const std::vector<std::string>& columns) {
  EMR_ASSIGN(const std::vector<risk::Hierarchy> hierarchies, read_hierarchies(context));
  risk::EnforceOptions options;
  options.k = context.count("k");
  EMR_ASSIGN(const double share, fraction(context, "max-suppressed", options.max_suppressed));
  options.max_suppressed = share;
  EMR_ASSIGN(const risk::Enforced enforced, risk::enforce_k(table, hierarchies, options));
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  risk::TableReader again(table.format, columns, table.delimiter);
  const auto write = [&](std::string_view bytes) -> Status {
    EMR_TRY(output->write_block(bytes));
    return context.given("report") ? again.feed(bytes) : Status();
  };
  EMR_TRY(risk::write_enforced(table, hierarchies, enforced, write));
  context.reporter().notice("k = " + std::to_string(enforced.k) + ", " +
                            std::to_string(enforced.suppressed_rows) + " rows suppressed");
  if (!context.given("report")) {
    return {};
  }
  EMR_ASSIGN(const risk::Table written, again.finish());
  EMR_ASSIGN(const Verdict verdict, judge(context, written));
  return cli::write_file(context.text("report"), verdict.line + "\n");
}

}  // namespace

Status assess(cli::Context& context) {
  if (context.list("quasi").empty()) {
    return cli::Context::usage("--assess and --k need --quasi COLUMN");
  }
  if (!context.list("microaggregate").empty() && !context.given("k")) {
    return cli::Context::usage("--microaggregate needs --k N, the size of its groups");
  }
  std::vector<std::string> columns;
  for (const char* option : {"quasi", "sensitive", "microaggregate"}) {
    for (const std::string& column : context.list(option)) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }
  EMR_ASSIGN(risk::Table table, read_table(context, columns));
  if (context.given("k")) {
    EMR_ASSIGN(table, microaggregated(context, std::move(table), columns));
    return enforce(context, table, columns);
  }
  EMR_ASSIGN(const Verdict verdict, judge(context, table));
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  EMR_TRY(output->write(verdict.line));
  return verdict.enough ? Status() : Status(fail(Code::kNegative, ""));
}

}  // namespace emr::tool
