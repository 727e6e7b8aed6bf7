#include "desensitize/format.h"

namespace emr::desensitize {

Status Rewriter::prologue(std::string_view bytes, FieldTransformer&, std::string& out) {
  out.append(bytes);
  return {};
}

}  // namespace emr::desensitize
