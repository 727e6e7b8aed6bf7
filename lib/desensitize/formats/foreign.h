// Files that hold text in a form of their own: PDF, RTF, office documents, archives, images, mail
// in transfer encodings. Nothing would be found in their bytes, so they are refused by name. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace emr::desensitize {

struct ForeignFile {
  std::string_view name;  ///< "a PDF"
  std::string_view hint;  ///< what to do instead
};
/// What the first bytes say; nothing where they may be anything else.
std::optional<ForeignFile> foreign_file(std::string_view head) noexcept;
/// kData, reason "foreign".
Error foreign_error(const ForeignFile& file);

}  // namespace emr::desensitize
