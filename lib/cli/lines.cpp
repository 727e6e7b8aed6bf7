#include "cli/lines.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace emr::cli {
namespace {

Error line_fault(std::string message, std::string reason) {
  return fail(Code::kData, std::move(message)).with_reason(std::move(reason));
}

std::size_t find_newline(const std::string& buffer, std::size_t from) noexcept {
  if (from >= buffer.size()) return std::string::npos;
  const void* const hit = std::memchr(buffer.data() + from, '\n', buffer.size() - from);
  return hit == nullptr ? std::string::npos
                        : static_cast<std::size_t>(static_cast<const char*>(hit) - buffer.data());
}

bool is_blank(std::string_view text) noexcept {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

LineReader::LineReader(int fd, bool owned, std::size_t max_line)
    : fd_(fd), owned_(owned), max_line_(max_line) {}

LineReader::~LineReader() {
  if (owned_) close(fd_);
}

bool LineReader::has_buffered_line() const noexcept {
  return find_newline(buffer_, scanned_) != std::string::npos;
}

/// Reads one block behind what is buffered. False at the end of the input.
Result<bool> LineReader::fill() {
  if (start_ > 0) {
    buffer_.erase(0, start_);
    scanned_ -= start_;
    start_ = 0;
  }
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kReadBytes);
  ssize_t got = 0;
  do {
    got = ::read(fd_, buffer_.data() + size, kReadBytes);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(size + static_cast<std::size_t>(got > 0 ? got : 0));
  if (got < 0) return fail(Code::kIo, "reading the input failed").with_line(number_ + 1);
  at_end_ = got == 0;
  return !at_end_;
}

Line LineReader::finish_line(std::string_view text) {
  Line line{.text = text, .number = ++number_};
  if (text.size() > max_line_) {
    line.fault = line_fault("the line is longer than " + std::to_string(max_line_) + " bytes",
                            "too_large");
  } else if (is_blank(text)) {
    line.fault = line_fault("the line is blank", "blank_line");
  } else if (text.back() == '\r') {
    line.fault = line_fault("the line ends in CR LF, not in LF", "crlf")
                     .with_hint("convert the file: tr -d '\\r'");
  }
  if (line.fault) {
    line.text = {};
    line.fault->line = line.number;
  }
  return line;
}

/// The line has outgrown the limit: forgets its bytes and reads on to its end.
Result<std::optional<Line>> LineReader::skip_long_line() {
  while (true) {
    const std::size_t newline = find_newline(buffer_, scanned_);
    if (newline != std::string::npos) {
      start_ = scanned_ = newline + 1;
      break;
    }
    start_ = scanned_ = buffer_.size();
    EMR_ASSIGN(const bool more, fill());
    if (!more) break;
  }
  Line line{.number = ++number_};
  line.fault = line_fault("the line is longer than " + std::to_string(max_line_) + " bytes",
                          "too_large")
                   .with_line(line.number);
  return std::optional<Line>(std::move(line));
}

Result<std::optional<Line>> LineReader::next() {
  while (true) {
    const std::size_t newline = find_newline(buffer_, scanned_);
    if (newline != std::string::npos) {
      const std::string_view text(buffer_.data() + start_, newline - start_);
      start_ = scanned_ = newline + 1;
      return std::optional<Line>(finish_line(text));
    }
    scanned_ = buffer_.size();
    if (at_end_) break;
    if (buffer_.size() - start_ > max_line_) return skip_long_line();
    EMR_ASSIGN(const bool more, fill());
    if (!more) break;
  }
  if (start_ == buffer_.size()) return std::optional<Line>();
  const std::string_view rest = std::string_view(buffer_).substr(start_);
  start_ = scanned_ = buffer_.size();
  return std::optional<Line>(finish_line(rest));
}

LineWriter::LineWriter(int fd) : fd_(fd) {}

Status LineWriter::write(std::string_view line) {
  scratch_.assign(line);
  scratch_ += '\n';
  return write_block(scratch_);
}

Status LineWriter::write_block(std::string_view lines) {
  if (failure_) return *failure_;
  while (!lines.empty()) {
    const ssize_t written = ::write(fd_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      failure_ = fail(Code::kIo, "writing the output failed");
      return *failure_;
    }
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status LineWriter::finish() const {
  if (failure_) return *failure_;
  return {};
}

}  // namespace emr::cli
