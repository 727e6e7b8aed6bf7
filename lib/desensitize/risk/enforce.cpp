#include "desensitize/risk/enforce.h"

#include <algorithm>
#include <utility>

#include "desensitize/risk/metrics.h"
#include "json/tokenizer.h"

namespace emr::desensitize::risk {
namespace {

constexpr std::string_view kAny = "*";

/// For each level of one column: original code -> code of the generalised value.
struct Recoding {
  std::size_t column = 0;
  std::vector<std::vector<std::uint32_t>> levels;
};

Recoding recoding_of(const Table& table, std::size_t column, const Hierarchy& hierarchy) {
  Recoding recoding{column, {}};
  for (std::size_t level = 0; level < hierarchy.levels(); ++level) {
    std::unordered_map<std::string_view, std::uint32_t> codes;
    std::vector<std::uint32_t> map;
    for (const std::string& value : table.columns[column].values) {
      const std::string_view general = hierarchy.value(value, level);
      map.push_back(codes.emplace(general, static_cast<std::uint32_t>(codes.size())).first->second);
    }
    recoding.levels.push_back(std::move(map));
  }
  return recoding;
}

Classes classes_at(const Table& table, const std::vector<Recoding>& recodings,
                   const std::vector<std::size_t>& levels) {
  Classes classes = one_class(table.rows());
  for (std::size_t at = 0; at < recodings.size(); ++at) {
    const std::vector<std::uint32_t>& map = recodings[at].levels[levels[at]];
    const std::vector<std::uint32_t>& codes = table.columns[recodings[at].column].codes;
    split(classes, [&](std::size_t row) { return map[codes[row]]; });
  }
  return classes;
}

std::uint64_t rows_below(const Classes& classes, std::uint64_t k) {
  std::uint64_t rows = 0;
  for (const std::uint32_t size : classes.size) rows += size < k ? size : 0;
  return rows;
}

/// The search over levels; counts rows in classes below k.
class Search {
 public:
  Search(const Table& table, const std::vector<Recoding>& recodings, std::uint64_t k)
      : table_(table), recodings_(recodings), k_(k), levels_(recodings.size(), 0) {}

  std::uint64_t below() const { return below_at(levels_); }
  /// Raises the best column by one level; false when all are at their top.
  bool raise() {
    std::size_t best = levels_.size();
    std::uint64_t fewest = UINT64_MAX;
    for (std::size_t at = 0; at < levels_.size(); ++at) {
      if (levels_[at] + 1 >= recodings_[at].levels.size()) continue;
      std::vector<std::size_t> next = levels_;
      ++next[at];
      const std::uint64_t rows = below_at(next);
      if (rows < fewest) {
        fewest = rows;
        best = at;
      }
    }
    if (best == levels_.size()) return false;
    ++levels_[best];
    return true;
  }
  /// Lowers columns again while at most `allowed` rows stay in small classes.
  void lower(std::uint64_t allowed) {
    for (std::size_t at = 0; at < levels_.size(); ++at) {
      while (levels_[at] > 0) {
        std::vector<std::size_t> next = levels_;
        --next[at];
        if (below_at(next) > allowed) break;
        levels_ = std::move(next);
      }
    }
  }
  const std::vector<std::size_t>& levels() const noexcept { return levels_; }

 private:
  std::uint64_t below_at(const std::vector<std::size_t>& levels) const {
    return rows_below(classes_at(table_, recodings_, levels), k_);
  }

  const Table& table_;
  const std::vector<Recoding>& recodings_;
  std::uint64_t k_;
  std::vector<std::size_t> levels_;
};

Enforced suppress(const Table& table, const Classes& classes, std::vector<std::size_t> levels,
                  std::uint64_t k) {
  Enforced result;
  result.levels = std::move(levels);
  result.suppressed.assign(table.rows(), false);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (classes.size[classes.of_row[row]] >= k) continue;
    result.suppressed[row] = true;
    ++result.suppressed_rows;
  }
  for (const std::uint32_t size : classes.size) {
    if (size >= k) result.k = result.k == 0 ? size : std::min<std::uint64_t>(result.k, size);
  }
  return result;
}

}  // namespace

Result<Hierarchy> Hierarchy::parse(std::string column, std::string_view text) {
  Hierarchy hierarchy;
  hierarchy.column_ = std::move(column);
  hierarchy.levels_ = 0;
  const char delimiter = guess_delimiter(text.substr(0, text.find('\n')));
  CsvReader reader(delimiter, [&](const CsvRow& row, std::uint64_t line) -> Status {
    if (hierarchy.levels_ == 0) hierarchy.levels_ = row.fields.size();
    if (row.fields.size() != hierarchy.levels_ || hierarchy.levels_ < 2) {
      return fail(Code::kData, "hierarchy lines differ in their number of levels")
          .with_line(line)
          .with_reason("hierarchy");
    }
    std::string scratch;
    std::vector<std::string> levels;
    for (std::size_t at = 0; at < row.fields.size(); ++at) {
      levels.emplace_back(row.value(at, scratch));
    }
    std::string key = levels.front();
    hierarchy.rows_.emplace(std::move(key), std::move(levels));
    return {};
  });
  EMR_TRY(reader.feed(text));
  EMR_TRY(reader.finish());
  if (hierarchy.levels_ == 0) {
    return fail(Code::kData, "hierarchy is empty").with_reason("hierarchy");
  }
  return hierarchy;
}

Hierarchy Hierarchy::suppress_only(std::string column) {
  Hierarchy hierarchy;
  hierarchy.column_ = std::move(column);
  return hierarchy;
}

std::string_view Hierarchy::value(std::string_view original, std::size_t level) const {
  if (level == 0) return original;
  const auto found = rows_.find(std::string(original));
  return found == rows_.end() ? kAny : std::string_view(found->second[level]);
}

Result<Enforced> enforce_k(const Table& table, const std::vector<Hierarchy>& hierarchies,
                           const EnforceOptions& options) {
  if (options.k < 2) return fail(Code::kUsage, "k is at least 2").with_reason("risk_k");
  std::vector<Recoding> recodings;
  for (const Hierarchy& hierarchy : hierarchies) {
    const std::size_t column = table.find(hierarchy.column());
    if (column == table.columns.size()) {
      return fail(Code::kData, "table has no column " + hierarchy.column())
          .with_reason("risk_column");
    }
    recodings.push_back(recoding_of(table, column, hierarchy));
  }
  const auto allowed = static_cast<std::uint64_t>(options.max_suppressed *
                                                  static_cast<double>(table.rows()));
  Search search(table, recodings, options.k);
  while (search.below() > allowed) {
    if (!search.raise()) {
      return fail(Code::kNegative, "the table does not reach k even when fully generalised")
          .with_reason("k_unreachable")
          .with_hint("it has fewer rows than k, or allow more suppression");
    }
  }
  search.lower(allowed);
  return suppress(table, classes_at(table, recodings, search.levels()), search.levels(),
                  options.k);
}

Status write_enforced(const Table& table, const std::vector<Hierarchy>& hierarchies,
                      const Enforced& enforced,
                      const std::function<Status(std::string_view)>& sink) {
  const auto edit = [&](std::size_t row, Edits& edits) {
    if (enforced.suppressed[row]) return false;
    for (std::size_t at = 0; at < hierarchies.size(); ++at) {
      const std::size_t column = table.find(hierarchies[at].column());
      const Table::Place place = table.places[row * table.columns.size() + column];
      if (enforced.levels[at] == 0 || place.stop <= place.start) continue;
      const Column& values = table.columns[column];
      const std::string_view general =
          hierarchies[at].value(values.values[values.codes[row]], enforced.levels[at]);
      std::string text;
      if (table.format == TableFormat::kJsonLines) {
        json::append_quoted(text, general);
      } else {
        text = table_text(table, place, general);
      }
      edits.emplace_back(place, std::move(text));
    }
    return true;
  };
  return write_table(table, edit, sink);
}

}  // namespace emr::desensitize::risk
