// For tests only: the samples and vectors of others that may lie beside the checkout.
#pragma once

#include <cstdlib>
#include <string>

namespace emr {

/// Where the shared file `name` ("data/…", "vectors/…") is, if it is there: in EMR_SHARED, or,
/// where that says nothing, beside the checkout.
inline std::string shared_path(const std::string& name) {
  const char* const folder = std::getenv("EMR_SHARED");
  const bool is_said = folder != nullptr && *folder != '\0';
  return (is_said ? std::string(folder) : EMR_SOURCE_DIR "/../shared") + "/" + name;
}

}  // namespace emr
