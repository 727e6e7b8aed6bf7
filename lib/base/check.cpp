#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace emr {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "emr: internal error: %s does not hold at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace emr
