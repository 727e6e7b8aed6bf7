// How many records there are of each kind: one counter per cell of what is on the ledger in the
// clear (institution, month, visit type, confidentiality, document class), kept by the index
// contract from its version 2 on, so that a table costs as many reads as it has cells however many
// records there are. And which cells of a table are not told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/records.h"
#include "ledger/state.h"

namespace emr::contracts {

/// What a cell is about, in the order of its key.
inline constexpr std::string_view kDimensions[] = {"institution", "month", "visitType",
                                                   "confidentiality", "docType"};

/// The first height whose records are counted; none: nothing is.
std::optional<std::uint64_t> counting_since(const ledger::StateReader& state);
/// Before a block, and at the founding (height 0): begins to count when the version says so.
void begin_counting(ledger::Overlay& state, std::uint64_t height);
/// A record was created, or amended from `before`. It counts once, where its newest version is; one
/// that is older than the counting comes in with its first amendment.
void count_record(ledger::Overlay& state, const RecordHead& head, const RecordHead* before);

/// "index/count/<institution>/", the prefix of an institution's cells; "" = of all.
std::string cells_of(std::string_view institution);

struct Cell {
  std::vector<std::string> at;  ///< a value for each dimension of the table
  std::uint64_t count = 0;
  bool suppressed = false;
};
/// The cell of a key of the state, in the order of kDimensions.
Cell read_cell(std::string_view key, std::string_view value);

/// Marks what must not be told: cells below `least`; and further ones, the smallest first, until
/// nothing of that follows by subtraction from the sum of the table or of one of its lines (the
/// cells that differ in one dimension alone): in each at least two cells are untold, which together
/// come to `least`, or all.
void suppress_small(std::vector<Cell>& cells, std::uint64_t least);

}  // namespace emr::contracts
