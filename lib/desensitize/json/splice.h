// Writes a JSON text anew with some values replaced and some members left out, commas included.
// The caller walks the text in document order and names only what changes; all else is copied.
// What is written are many short pieces: they are collected in a buffer of its own.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace emr::desensitize {

class Splicer {
 public:
  Splicer();

  /// Starts on `text`; `out` is appended to. Both must outlive the walk.
  void begin(std::string_view text, std::string& out);
  /// A container, member number `ordinal` of the one around, opens at `start`; containers in which
  /// nothing changes need not be named.
  void open(std::size_t member_start, std::size_t start, std::size_t ordinal) {
    levels_.push_back({0, member_start, start, ordinal, done_, out_->size() + filled_});
  }
  void close() { levels_.pop_back(); }
  /// Closes a container of so many members, and takes it away where all of them went; an object
  /// that has to stay becomes `instead`.
  void close_or_delete(std::size_t members, std::string_view instead = {});
  /// Member number `ordinal` of the open container, [start, stop), goes, with one comma.
  void delete_member(std::size_t start, std::size_t stop, std::size_t ordinal);
  /// Bytes [start, stop) become `text` (already JSON).
  void replace(std::size_t start, std::size_t stop, std::string_view text);
  /// Bytes [start, stop) become the string `text` (valid UTF-8), which is quoted.
  void replace_quoted(std::size_t start, std::size_t stop, std::string_view text);
  /// Copies what is left.
  void finish();

 private:
  void copy_to(std::size_t stop);
  void put(const char* bytes, std::size_t size);
  void flush();

  /// What is needed to forget a container when nothing of it stays.
  struct Level {
    std::size_t deleted = 0;  ///< members that went
    std::size_t member_start = 0;
    std::size_t start = 0;  ///< of its bracket
    std::size_t ordinal = 0;
    std::size_t done = 0;     ///< bytes of the text when it opened
    std::size_t written = 0;  ///< bytes of the output then
  };

  std::string_view text_;
  std::string* out_ = nullptr;
  std::size_t done_ = 0;  ///< bytes of the text that were copied or dropped
  std::vector<Level> levels_;  ///< one per open container
  std::unique_ptr<char[]> buffer_;
  std::size_t filled_ = 0;
  std::string quoted_;  ///< room for a string with escapes
};

}  // namespace emr::desensitize
