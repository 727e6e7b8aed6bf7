#include "desensitize/format.h"

namespace emr::desensitize {

void write_glue(std::string_view glue, bool has_record, bool& follows, std::string& out) {
  std::size_t stop = glue.size();
  if (!has_record) {  // only what closes or opens an array stays, and what stands before it
    const std::size_t bracket = glue.find_last_of("[]");
    stop = bracket == glue.npos ? 0 : glue[bracket] == ']' ? glue.size() : bracket + 1;
  }
  for (const char c : glue.substr(0, stop)) {
    if (c == '[' || c == ']') follows = false;
    if (c != ',' || follows) out.push_back(c);
  }
  follows = follows || has_record;
}

Status Rewriter::prologue(std::string_view bytes, FieldTransformer&, std::string& out) {
  out.append(bytes);
  return {};
}

}  // namespace emr::desensitize
