// The Specific Character Set (0008,0005) of a data set: values to UTF-8 and back. Files lie about
// it: bytes beyond ASCII under the default repertoire are read as UTF-8 when they are valid, else
// as GB18030. One thread per object.
#pragma once

#include <string>
#include <string_view>

namespace emr::desensitize {

class DicomCharset {
 public:
  /// The value of (0008,0005), "" when absent.
  void set(std::string_view value);

  /// The text of a value as UTF-8. False when some of it could not be decoded: `text` then has '?'
  /// in its place and must not be judged clean.
  bool decode(std::string_view value, std::string& text) const;
  /// Back to the data set's character set. What it cannot write (and everything beyond ASCII in
  /// data sets with ISO 2022 code extensions) becomes '?'.
  std::string encode(std::string_view text) const;

 private:
  std::string name_;            ///< for iconv; "" = default repertoire
  bool code_extensions_ = false;
};

}  // namespace emr::desensitize
