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
  /// A container opens and closes; containers in which nothing changes need not be named.
  void open() { deleted_.push_back(0); }
  void close() { deleted_.pop_back(); }
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

  std::string_view text_;
  std::string* out_ = nullptr;
  std::size_t done_ = 0;  ///< bytes of the text that were copied or dropped
  std::vector<std::size_t> deleted_;  ///< members that went, per open container
  std::unique_ptr<char[]> buffer_;
  std::size_t filled_ = 0;
  std::string quoted_;  ///< room for a string with escapes
};

}  // namespace emr::desensitize
