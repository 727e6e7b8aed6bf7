// Character sets of hospital exports, to and from UTF-8, over iconv(3): GB18030 with its four-byte
// forms, GBK, UTF-16, the ISO 8859 family. A decoder is fed chunks of any size and keeps the
// incomplete character of a chunk's tail itself. A byte sequence that the character set does not
// have is an error with its offset: never a silent '?', because a lost character can hide a name.
// One thread per object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace emr::desensitize {

/// The name iconv knows for what exports, maps, HL7's MSH-18 and DICOM's (0008,0005) call a
/// character set ("gbk", "UNICODE UTF-8", "ISO_IR 192", "GB 18030-2000"). "UTF-8" for an empty
/// name; kData for an unknown one.
Result<std::string> charset_name(std::string_view written);

/// Streams one character set into another.
class Recoder {
 public:
  /// Both names as charset_name() gives them.
  static Result<Recoder> create(const std::string& to, const std::string& from);
  Recoder(Recoder&&) noexcept;
  Recoder& operator=(Recoder&&) noexcept;
  ~Recoder();

  /// From now on a byte sequence that the character set does not have is no error: each of its
  /// bytes becomes 0xFF, which no UTF-8 text has.
  void replace_bad_bytes() noexcept;
  /// Appends the conversion of `chunk` to `out`.
  Status feed(std::string_view chunk, std::string& out);
  /// At the end of input: kData when an incomplete character is left over.
  Status finish();

 private:
  struct State;
  explicit Recoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One whole text. UTF-8 to UTF-8 only validates.
Result<std::string> recode(std::string_view text, const std::string& to, const std::string& from);

}  // namespace emr::desensitize
