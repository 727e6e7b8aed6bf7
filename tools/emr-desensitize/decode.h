// JSON of hospital exports as the engine reads it: UTF-8 without a byte order mark. GBK, UTF-16 and
// others become UTF-8 here, and so does what is written; a UTF-8 input passes as it is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "desensitize/formats/charset.h"

namespace emr::tool {

class Decoder {
 public:
  /// `charset` as --charset names it; "" is UTF-8.
  static Result<std::unique_ptr<Decoder>> create(const std::string& charset);

  /// The bytes in UTF-8: as they are, or in `room`. What the character set does not have becomes a
  /// byte that is no UTF-8, so that the record it stands in is refused and no other.
  std::string_view decode(std::string_view bytes, std::string& room);
  /// What the end of the input leaves over.
  std::string_view finish(std::string& room);
  /// For a record that is refused for such a byte.
  const std::string& hint() const noexcept { return hint_; }

 private:
  Decoder() = default;
  std::string_view without_mark(std::string_view text, std::string& room, bool at_end);

  std::optional<desensitize::Recoder> recoder_;
  std::string front_;          ///< the first bytes, until it is known whether they are a mark
  bool front_passed_ = false;
  std::string hint_;
};

/// The first bytes of an input, for telling its format.
std::string decoded_head(const std::string& charset, std::string_view head);

}  // namespace emr::tool
