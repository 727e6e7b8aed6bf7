// The statistics query: a table of counts without its small cells, for the alliance's
// auditors and the members' admins. Who may ask may also read every block, and could count himself;
// what is not told is kept from those to whom the table is handed on.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "contracts/cells.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/paging.h"
#include "contracts/query_kinds.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

constexpr std::string_view kWhere = "/query";

Error too_many(std::string message) {
  return fail(Code::kData, std::move(message))
      .with_pointer(std::string(kWhere))
      .with_reason("too_many")
      .with_hint("count by fewer dimensions, or name an institution or a month");
}

struct Table {
  std::vector<std::size_t> by;  ///< places in kDimensions
  std::string institution;
  std::string month;
  std::uint64_t least = kCellLeast;
};

Result<Table> read_table(const Json& body) {
  EMR_TRY(json::refuse_unknown_members(
      body, {"kind", "by", "minCell", "institution", "month"}, kWhere));
  Table table;
  EMR_ASSIGN(const Json* by, json::get_array(body, "by", std::size(kDimensions), kWhere));
  for (const Json& name : *by) {
    const auto place = std::find(std::begin(kDimensions), std::end(kDimensions), name);
    const auto index = static_cast<std::size_t>(place - std::begin(kDimensions));
    const bool known = place != std::end(kDimensions);
    if (!known || std::find(table.by.begin(), table.by.end(), index) != table.by.end()) {
      return fail(Code::kData, "what to count by is not known, or named twice")
          .with_pointer("/query/by")
          .with_reason("by");
    }
    table.by.push_back(index);
  }
  if (table.by.empty()) return fail(Code::kData, "nothing to count by").with_pointer("/query/by");
  EMR_ASSIGN(const auto least,
             json::find_u64(body, "minCell", {kCellLeast, kRunRecordsMax}, kWhere));
  EMR_ASSIGN(const auto institution, json::find_string(body, "institution", {.max = 32}, kWhere));
  EMR_ASSIGN(const auto month, read_month(body));
  table.least = least.value_or(kCellLeast);
  table.institution = institution.value_or("");
  table.month = month.value_or("");
  return table;
}

/// The cells of the state, added up into those of the table.
Result<std::vector<Cell>> add_up(const ledger::StateReader& state, const Table& table,
                                 Explain& explain) {
  std::map<std::vector<std::string>, std::uint64_t> sums;
  const std::string prefix = cells_of(table.institution);
  for (std::string after;;) {
    const auto entries = state.scan(prefix, after, kRowsMax);
    for (const auto& entry : entries) {
      if (++explain.scanned > kCellsScanMax) return too_many("too many kinds of records");
      const Cell cell = read_cell(entry.key, entry.value);
      if (!table.month.empty() && cell.at[1] != table.month) continue;
      std::vector<std::string> at;
      for (const std::size_t dimension : table.by) at.push_back(cell.at[dimension]);
      sums[std::move(at)] += cell.count;
    }
    if (entries.size() < kRowsMax) break;
    after = entries.back().key;
  }
  if (sums.size() >= kRowsMax) return too_many("the table has too many cells");
  std::vector<Cell> cells;
  for (const auto& [at, count] : sums) cells.push_back({at, count, false});
  return cells;
}

Json cell_row(const Table& table, const Cell& cell) {
  Json row{{"type", "emr.count"}, {"v", 1}};
  for (std::size_t i = 0; i < table.by.size(); ++i) {
    row[std::string(kDimensions[table.by[i]])] = cell.at[i];
  }
  if (cell.suppressed) {
    row["suppressed"] = true;
  } else {
    row["count"] = cell.count;
  }
  return row;
}

Json sum_row(const Question& q, const Table& table, const std::vector<Cell>& cells) {
  std::uint64_t records = 0;
  for (const Cell& cell : cells) records += cell.count;
  const auto untold = std::count_if(cells.begin(), cells.end(),
                                    [](const Cell& cell) { return cell.suppressed; });
  Json row{{"type", "emr.counts"},       {"v", 1},
           {"cells", cells.size()},      {"suppressed", untold},
           {"minCell", table.least},     {"height", q.context.height},
           {"since", *counting_since(q.state())}};
  if (records == 0 || records >= table.least) row["records"] = records;
  return row;
}

}  // namespace

/// A row for each cell, then the sum. One answer, so that all of it is of one height.
Result<QueryAnswer> query_stats(const Question& q) {
  const bool auditor = q.subject.is("auditor") && q.subject.institution.empty();
  if (!auditor && !q.subject.is("admin")) {
    return fail(Code::kDenied, "the account may not ask this").with_reason("role");
  }
  EMR_ASSIGN(const Table table, read_table(q.body));
  if (!counting_since(q.state())) {
    return fail(Code::kData, "the consortium does not count: that needs version 2 of the contract "
                             "index")
        .with_reason("not_in_version");
  }
  QueryAnswer answer;
  EMR_ASSIGN(std::vector<Cell> cells, add_up(q.state(), table, answer.explain));
  suppress_small(cells, table.least);
  for (const Cell& cell : cells) {
    answer.rows.push_back(json::canonical_checked(cell_row(table, cell)));
  }
  answer.rows.push_back(json::canonical_checked(sum_row(q, table, cells)));
  answer.explain.index = "count";
  answer.explain.candidates = answer.explain.scanned;
  answer.explain.returned = cells.size();
  return answer;
}

}  // namespace emr::contracts
