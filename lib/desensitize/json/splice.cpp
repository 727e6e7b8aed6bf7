#include "desensitize/json/splice.h"

#include <array>
#include <type_traits>

#include "json/tokenizer.h"

namespace emr::desensitize {
namespace {

/// More than nearly every record: the buffer is emptied once a record.
constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Behind the last byte of the member before the one at `start`, its comma left out.
std::size_t previous_stop(std::string_view text, std::size_t start) noexcept {
  while (start > 0 && is_space(text[start - 1])) --start;
  if (start > 0 && text[start - 1] == ',') --start;
  while (start > 0 && is_space(text[start - 1])) --start;
  return start;
}

/// Where the member behind the one that stops at `stop` begins; `stop` itself for the last one.
std::size_t next_start(std::string_view text, std::size_t stop) noexcept {
  std::size_t at = stop;
  while (at < text.size() && is_space(text[at])) ++at;
  if (at == text.size() || text[at] != ',') return stop;
  ++at;
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// Copies pieces of the usual length without a call: two overlapping halves.
inline void copy_piece(char* to, const char* from, std::size_t size) noexcept {
  const auto halves = [&]<std::size_t kSize>(std::integral_constant<std::size_t, kSize>) {
    std::array<char, kSize> first;
    std::array<char, kSize> last;
    std::memcpy(first.data(), from, kSize);
    std::memcpy(last.data(), from + size - kSize, kSize);
    std::memcpy(to, first.data(), kSize);
    std::memcpy(to + size - kSize, last.data(), kSize);
  };
  if (size > 64) {
    std::memcpy(to, from, size);
  } else if (size > 32) {
    halves(std::integral_constant<std::size_t, 32>());
  } else if (size >= 16) {
    halves(std::integral_constant<std::size_t, 16>());
  } else if (size >= 8) {
    halves(std::integral_constant<std::size_t, 8>());
  } else if (size >= 4) {
    halves(std::integral_constant<std::size_t, 4>());
  } else {
    for (std::size_t i = 0; i < size; ++i) {
      to[i] = from[i];
    }
  }
}

}  // namespace

Splicer::Splicer() : buffer_(new char[kBufferBytes]) {}

void Splicer::begin(std::string_view text, std::string& out) {
  text_ = text;
  out_ = &out;
  done_ = 0;
  filled_ = 0;
  levels_.assign(1, {});
}

inline void Splicer::put(const char* bytes, std::size_t size) {
  if (size > kBufferBytes - filled_) {
    flush();
    if (size > kBufferBytes) {
      out_->append(bytes, size);
      return;
    }
  }
  copy_piece(buffer_.get() + filled_, bytes, size);
  filled_ += size;
}

void Splicer::flush() {
  out_->append(buffer_.get(), filled_);
  filled_ = 0;
}

inline void Splicer::copy_to(std::size_t stop) {
  if (stop <= done_) return;
  const std::size_t size = stop - done_;
  // What stands between two values that change, with as much text behind it, is copied with what
  // follows: the processor guesses wrong where it has to ask how long a piece is.
  constexpr std::size_t kPiece = 64;
  if (size <= kPiece && text_.size() - done_ >= kPiece && kBufferBytes - filled_ >= kPiece) {
    std::memcpy(buffer_.get() + filled_, text_.data() + done_, kPiece);
    filled_ += size;
  } else {
    put(text_.data() + done_, size);
  }
  done_ = stop;
}

void Splicer::delete_member(std::size_t start, std::size_t stop, std::size_t ordinal) {
  const bool any_kept = ordinal > levels_.back().deleted++;
  if (any_kept) {
    copy_to(previous_stop(text_, start));
    done_ = stop;
  } else {  // the first that stays must not have a comma before it
    copy_to(start);
    done_ = next_start(text_, stop);
  }
}

void Splicer::close_or_delete(std::size_t members, std::string_view instead) {
  const Level level = levels_.back();
  levels_.pop_back();
  if (members == 0 || level.deleted < members || levels_.empty()) return;
  std::size_t bracket = done_;  // behind the last member, which went
  while (bracket < text_.size() && is_space(text_[bracket])) ++bracket;
  done_ = level.done;
  if (level.written >= out_->size()) {
    filled_ = level.written - out_->size();
  } else {  // the buffer was emptied in between
    out_->resize(level.written);
    filled_ = 0;
  }
  if (instead.empty() || text_[level.start] != '{') {
    delete_member(level.member_start, bracket + 1, level.ordinal);
  } else {
    replace(level.start, bracket + 1, instead);
  }
}

void Splicer::replace(std::size_t start, std::size_t stop, std::string_view text) {
  copy_to(start);
  put(text.data(), text.size());
  done_ = stop;
}

void Splicer::replace_quoted(std::size_t start, std::size_t stop, std::string_view text) {
  copy_to(start);
  if (text.size() + 2 > kBufferBytes - filled_) {
    flush();
  }
  char* const at = buffer_.get() + filled_;
  if (text.size() + 2 > kBufferBytes || !json::copy_plain(at + 1, text)) {
    quoted_.clear();
    json::append_quoted(quoted_, text);
    replace(start, stop, quoted_);
    return;
  }
  at[0] = '"';
  at[text.size() + 1] = '"';
  filled_ += text.size() + 2;
  done_ = stop;
}

void Splicer::finish() {
  copy_to(text_.size());
  flush();
}

}  // namespace emr::desensitize
