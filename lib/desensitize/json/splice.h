// Writes a JSON text anew with some values replaced and some members left out, commas included.
// The caller walks the text in document order and names what changes; all other bytes are copied.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace emr::desensitize {

class Splicer {
 public:
  /// Starts on `text`; `out` is appended to. Both must outlive the walk.
  void begin(std::string_view text, std::string& out);
  /// A container opens behind byte `after` (its bracket); closes before byte `before`.
  void open(std::size_t after);
  void close(std::size_t before);
  /// A member [start, stop) of the open container stays (its value may be replaced).
  void keep_member(std::size_t start, std::size_t stop);
  /// It goes, with one comma.
  void delete_member(std::size_t start, std::size_t stop);
  /// Bytes [start, stop) become `text` (already JSON).
  void replace(std::size_t start, std::size_t stop, std::string_view text);
  /// Copies what is left.
  void finish();

 private:
  struct Level {
    std::size_t previous_stop = 0;  ///< end of the member before, or of the opening bracket
    bool any_kept = false;
    bool dropping = false;          ///< deleted so far: drop up to the next member
  };
  void settle(std::size_t next_start);
  void copy_to(std::size_t stop);

  std::string_view text_;
  std::string* out_ = nullptr;
  std::size_t done_ = 0;  ///< bytes of the text that were copied or dropped
  std::vector<Level> levels_;
};

}  // namespace emr::desensitize
