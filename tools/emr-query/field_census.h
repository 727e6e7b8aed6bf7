// Which fields stand on a ledger, and of what shape their values are: the list by which a data
// protection officer sees that nothing stands there that could name a person (EDPB Guidelines
// 02/2025: what is personal on the chain must be known). It never holds a value.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace emr::query {

/// The shape of a text, by which its content can be judged without being shown: hash (64 hex
/// digits), address, hex, time (UTC), month, date, digits, code ([A-Za-z0-9._:-], at most 64
/// characters), base64, word (letters of one word), text (everything else: free text).
std::string_view shape_of(std::string_view text);

/// A key of the state with its variable parts replaced by their shapes.
std::string key_pattern(std::string_view key);

/// What was found at one path.
struct FieldCount {
  static constexpr std::size_t kDistinctMax = 1024;

  std::uint64_t count = 0;
  std::size_t bytes_max = 0;
  std::set<std::string, std::less<>> shapes;
  std::unordered_set<std::uint64_t> distinct;  ///< hashes of the values, kDistinctMax at most
};

/// Counts values by place and path; array positions count as one path. Not thread-safe.
class FieldCensus {
 public:
  /// Above so many paths the input is no ledger of ours: kData "too_many_paths".
  static constexpr std::size_t kPathsMax = 100'000;

  /// `where` names the kind of object: core, receipt, sidecar, state.
  Status add(std::string_view where, const nlohmann::json& tree);
  /// One `emr.field` object per path, sorted by place and path.
  template <class Sink>
  Status each(Sink sink) const {
    for (const auto& [path, field] : fields_) EMR_TRY(sink(line(path, field)));
    return {};
  }

 private:
  using Place = std::pair<std::string, std::string>;  ///< where, path

  Status visit(const Place& at, const nlohmann::json& value);
  static std::string line(const Place& at, const FieldCount& field);

  std::map<Place, FieldCount> fields_;
};

}  // namespace emr::query
