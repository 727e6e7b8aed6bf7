#include "contracts/cells.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/number.h"
#include "contracts/keys.h"
#include "contracts/stored.h"
#include "contracts/versions.h"

namespace emr::contracts {

namespace {

constexpr std::uint32_t kCountingVersion = 2;  // of the index contract

std::string cell_key(const RecordHead& head) {
  return cells_of(head.institution) + head.month + "/" + head.visit_type + "/" +
         head.confidentiality + "/" + head.doc_type;
}

std::uint64_t number(std::string_view text) {
  const auto value = parse_u64(text);
  EMR_CHECK(value.ok());  // the contract wrote it
  return *value;
}

void add_to(ledger::Overlay& state, std::string key) {
  const auto text = state.get(key);
  state.put(std::move(key), std::to_string((text ? number(*text) : 0) + 1));
}

void take_from(ledger::Overlay& state, const std::string& key) {
  const auto text = state.get(key);
  EMR_CHECK(text.has_value());
  const std::uint64_t count = number(*text);
  if (count == 1) return state.erase(key);
  state.put(key, std::to_string(count - 1));
}

/// Was the record's newest version written by a block that counted?
bool is_counted(const ledger::StateReader& state, const RecordHead& head, std::uint64_t since) {
  if (since == 0) return true;
  const auto version = state.get(keys::record_version(head.tag, head.version));
  EMR_CHECK(version.has_value());
  return load(*version)["height"] >= since;
}

using Line = std::vector<Cell*>;

/// Suppresses the smallest told cells until the untold ones hide each other. True when it did.
bool hide(const Line& line, std::uint64_t least) {
  bool changed = false;
  for (;;) {
    std::size_t untold = 0;
    std::uint64_t sum = 0;
    Cell* smallest = nullptr;
    for (Cell* cell : line) {
      if (cell->suppressed) {
        ++untold;
        sum += cell->count;
      } else if (smallest == nullptr || cell->count < smallest->count) {
        smallest = cell;
      }
    }
    if (untold == 0 || (untold > 1 && sum >= least) || smallest == nullptr) return changed;
    smallest->suppressed = true;
    changed = true;
  }
}

/// The cells that differ in this dimension alone.
std::vector<Line> lines_along(std::vector<Cell>& cells, std::size_t dimension) {
  std::map<std::vector<std::string>, Line> lines;
  for (Cell& cell : cells) {
    std::vector<std::string> rest = cell.at;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(dimension));
    lines[std::move(rest)].push_back(&cell);
  }
  std::vector<Line> all;
  for (auto& [rest, line] : lines) all.push_back(std::move(line));
  return all;
}

}  // namespace

std::string cells_of(std::string_view institution) {
  std::string prefix(keys::kCells);
  if (!institution.empty()) prefix.append(institution).append("/");
  return prefix;
}

std::optional<std::uint64_t> counting_since(const ledger::StateReader& state) {
  const auto text = state.get(std::string(keys::kCounting));
  return text ? std::optional(number(*text)) : std::nullopt;
}

void begin_counting(ledger::Overlay& state, std::uint64_t height) {
  if (state.get(std::string(keys::kCounting))) return;
  if (active_version(state, "index", height) < kCountingVersion) return;
  state.put(std::string(keys::kCounting), std::to_string(height));
}

void count_record(ledger::Overlay& state, const RecordHead& head, const RecordHead* before) {
  const auto since = counting_since(state);
  if (!since) return;
  std::string now = cell_key(head);
  if (before != nullptr && is_counted(state, *before, *since)) {
    const std::string then = cell_key(*before);
    if (then == now) return;
    take_from(state, then);
  }
  add_to(state, std::move(now));
}

Cell read_cell(std::string_view key, std::string_view value) {
  Cell cell;
  key.remove_prefix(keys::kCells.size());
  for (std::size_t i = 0; i < std::size(kDimensions); ++i) {
    const std::size_t stop = std::min(key.find('/'), key.size());
    cell.at.emplace_back(key.substr(0, stop));
    key.remove_prefix(std::min(stop + 1, key.size()));
  }
  cell.count = number(value);
  return cell;
}

void suppress_small(std::vector<Cell>& cells, std::uint64_t least) {
  Line all;
  for (Cell& cell : cells) {
    cell.suppressed = cell.count < least;
    all.push_back(&cell);
  }
  std::vector<Line> lines{all};
  for (std::size_t i = 0; !cells.empty() && i < cells.front().at.size(); ++i) {
    for (Line& line : lines_along(cells, i)) lines.push_back(std::move(line));
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Line& line : lines) changed = hide(line, least) || changed;
  }
}

}  // namespace emr::contracts
