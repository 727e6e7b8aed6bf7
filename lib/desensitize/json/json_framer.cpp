#include <cstring>

#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::size_t behind_blanks(std::string_view buffer, std::size_t start) {
  return std::min(buffer.find_first_not_of(kBlank, start), buffer.size());
}

Error unfinished() {
  return fail(Code::kData, "the array is not closed").with_reason("json_end");
}

}  // namespace

Result<Frame> JsonFramer::next(std::string_view buffer, bool at_end) {
  if (lines_) {
    const void* newline = std::memchr(buffer.data(), '\n', buffer.size());
    if (newline != nullptr) {
      return Frame{static_cast<std::size_t>(static_cast<const char*>(newline) - buffer.data()) + 1};
    }
    return Frame{at_end ? buffer.size() : 0};
  }
  if (place_ == Place::kOutside && scanned_ == 0 && !started_) {
    const std::size_t bracket = behind_blanks(buffer, 0);
    const std::size_t first = behind_blanks(buffer, std::min(bracket + 1, buffer.size()));
    if (first == buffer.size() && !at_end && (bracket == first || buffer[bracket] == '[')) {
      return Frame{};
    }
    if (first < buffer.size() && buffer[bracket] == '[' && buffer[first] == '{') {
      element_ = 0;
      place_ = Place::kOpened;
      return next_element(buffer, at_end, first);
    }
  }
  if (place_ == Place::kOutside) return next_document(buffer, at_end);

  std::size_t glue = behind_blanks(buffer, 0);
  if (place_ == Place::kOpened) {  // the rest of a frame that was not whole
    glue = behind_blanks(buffer, glue + 1);
  } else if (glue < buffer.size() && buffer[glue] == ']') {
    return close_array(buffer, at_end, glue);
  } else if (glue < buffer.size() && buffer[glue] == ',') {
    glue = behind_blanks(buffer, glue + 1);
  } else if (glue < buffer.size()) {
    return fail(Code::kData, "elements of an array are separated by commas")
        .with_reason("json_comma");
  }
  return next_element(buffer, at_end, glue);
}

Status JsonFramer::end() const {
  return place_ == Place::kOutside ? Status() : Status(unfinished());
}

/// The element that begins behind the glue.
Result<Frame> JsonFramer::next_element(std::string_view buffer, bool at_end, std::size_t glue) {
  const std::size_t stop = glue == buffer.size() ? buffer.npos : element_stop(buffer, glue);
  if (stop == buffer.npos) {
    if (at_end) return unfinished();
    return Frame{};
  }
  if (stop == glue) {
    return fail(Code::kData, "an element of the array is missing").with_reason("json_element");
  }
  scanned_ = 0;
  place_ = Place::kBehindElement;
  return Frame{stop, FrameKind::kRecord, glue, element_++};
}

Result<Frame> JsonFramer::close_array(std::string_view buffer, bool at_end, std::size_t bracket) {
  const std::size_t stop = behind_blanks(buffer, bracket + 1);
  if (stop == buffer.size() && !at_end) return Frame{};
  place_ = Place::kOutside;
  decided_ = true;
  return Frame{stop, FrameKind::kRecord, stop, element_};
}

/// Is this character inside a string? (Also the quotation mark that ends it.)
bool JsonFramer::passes_string(char c) noexcept {
  if (!in_string_) {
    in_string_ = c == '"';
    return false;
  }
  in_string_ = escaped_ || c != '"';
  escaped_ = !escaped_ && c == '\\';
  return true;
}

std::size_t JsonFramer::element_stop(std::string_view buffer, std::size_t start) {
  if (scanned_ < start) {
    scanned_ = start;
    depth_ = 0;
    in_string_ = escaped_ = false;
  }
  for (; scanned_ < buffer.size(); ++scanned_) {
    const char c = buffer[scanned_];
    if (passes_string(c)) continue;
    if (c == '{' || c == '[') ++depth_;
    if (depth_ == 0 && (c == ',' || c == ']' || kBlank.find(c) != kBlank.npos)) return scanned_;
    if ((c == '}' || c == ']') && depth_ > 0 && --depth_ == 0) return scanned_ + 1;
  }
  return buffer.npos;
}

Result<Frame> JsonFramer::next_document(std::string_view buffer, bool at_end) {
  for (; scanned_ < buffer.size(); ++scanned_) {
    const char c = buffer[scanned_];
    if (passes_string(c)) continue;
    started_ = started_ || (c != ' ' && c != '\t' && c != '\r' && c != '\n');
    depth_ += c == '{' || c == '[' ? 1 : 0;
    depth_ -= (c == '}' || c == ']') && depth_ > 0 ? 1 : 0;
    if (c == '\n' && depth_ == 0 && started_) {
      const Frame frame{scanned_ + 1};
      // The first document was one line: so will be the others.
      lines_ = !decided_ && buffer.substr(0, scanned_).find('\n') == std::string_view::npos;
      decided_ = true;
      scanned_ = 0;
      started_ = false;
      return frame;
    }
  }
  if (at_end && !buffer.empty()) {
    scanned_ = 0;
    return Frame{buffer.size()};
  }
  return Frame{};
}

}  // namespace emr::desensitize
