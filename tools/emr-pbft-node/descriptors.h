// The file of emr.node lines that a founding is made from: who they are, and where in the file each
// of them stands, so that what is wrong in the genesis is told where a person can mend it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace emr::node_tool {

/// The members as institutions of a genesis, sorted by id.
struct Descriptors {
  std::string path;
  std::vector<nlohmann::json> members;
  std::vector<std::uint64_t> lines;  ///< by member

  /// A fault of the genesis that was made of them (pointers begin with /institutions), said of the
  /// file. Faults of other parts come back as they are.
  Error at_line(Error error) const;
};

/// Ids are there and distinct; all else is checked by the parser of the genesis. kNoInput, kData.
Result<Descriptors> read_descriptors(const std::string& path);

}  // namespace emr::node_tool
