#include "json/tokenizer.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/utf8.h"
#include "json/scan.h"
#include "json/tokenizer_inline.h"

namespace emr::json {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The four hex digits at `at`, or -1.
int hex4(std::string_view text, std::size_t at) noexcept {
  if (text.size() - at < 4) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = text[i];
    const char lower = static_cast<char>(c | 0x20);
    if (is_digit(c)) {
      value = value * 16 + (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

}  // namespace

Tokenizer::Tokenizer(std::string_view text, Profile profile, const Limits& limits) noexcept
    : text_(text), strict_(profile == Profile::kStrict), allow_fractions_(limits.allow_fractions),
      utf8_checked_(limits.utf8_checked) {
  max_depth_ = limits.max_depth != 0 ? limits.max_depth
               : strict_             ? kMaxDepthStrict
                                     : kMaxDepthForeign;
  EMR_CHECK(max_depth_ <= kMaxDepthEver);
  if (text.size() > limits.max_bytes) {
    fail(Fault::kTooLarge, 0);
  } else if (text.starts_with(kBom)) {
    fail(Fault::kBom, 0);
  }
}

// Refusals are rare: kept out of line, so that the way of a good token stays short.
[[gnu::cold, gnu::noinline]] Token Tokenizer::fail(Fault fault, std::size_t at) noexcept {
  fault_ = fault;
  fault_at_ = at;
  state_ = State::kDone;  // no key is taken any more
  Token token;
  token.start = token.stop = at;
  return token;
}

/// A byte that does not belong here, or the end of the text where more must follow.
Token Tokenizer::fail_here(std::size_t at) noexcept {
  return fail(at >= text_.size() ? Fault::kTruncated : Fault::kSyntax, at);
}

Token Tokenizer::next() noexcept {
  if (fault_ != Fault::kNone) return fail(fault_, fault_at_);
  skip_space();
  switch (state_) {
    case State::kAfterValue: return after_value();
    case State::kKey: return key_token();
    case State::kFirstKey:
      if (at_ < text_.size() && text_[at_] == '}') return close(TokenKind::kObjectStop);
      return key_token();
    case State::kFirstItem:
      if (at_ < text_.size() && text_[at_] == ']') return close(TokenKind::kArrayStop);
      return value_token();
    case State::kValue: return value_token();
    case State::kDone: break;
  }
  if (at_ < text_.size()) return fail(Fault::kTrailing, at_);
  Token token;
  token.kind = TokenKind::kEnd;
  token.start = token.stop = at_;
  return token;
}

WrittenKey WrittenKey::of(std::string_view key) noexcept {
  WrittenKey written;
  bool non_ascii = false;
  if (key.size() + 3 <= written.bytes.size() && find_string_stop(key, 0, non_ascii) == key.size() &&
      is_valid_utf8(key)) {
    written.bytes[0] = '"';
    std::copy(key.begin(), key.end(), written.bytes.begin() + 1);
    written.bytes[key.size() + 1] = '"';
    written.bytes[key.size() + 2] = ':';
    written.size = static_cast<std::uint32_t>(key.size() + 3);
  }
  return written;
}

bool Tokenizer::take_key(const WrittenKey& key) noexcept { return passes(key); }

Token Tokenizer::next(const WrittenKey& expected, std::size_t& key_start) noexcept {
  const Token token = next_inline(expected, key_start);
  return key_start == kNoKey ? next() : token;
}

[[gnu::always_inline]] inline Token Tokenizer::after_value() noexcept {
  const bool object = in_object();
  if (at_ >= text_.size()) return fail(Fault::kTruncated, at_);
  const char c = text_[at_];
  if (c == ',') {
    ++at_;
    skip_space();
    return object ? key_token() : value_token();
  }
  if (c == '}' && object) return close(TokenKind::kObjectStop);
  if (c == ']' && !object) return close(TokenKind::kArrayStop);
  return fail(Fault::kSyntax, at_);
}

[[gnu::always_inline]] inline Token Tokenizer::key_token() noexcept {
  if (at_ >= text_.size() || text_[at_] != '"') return fail_here(at_);
  return string_token(TokenKind::kKey);
}

Token Tokenizer::open(TokenKind kind) noexcept {
  if (depth_ >= max_depth_) return fail(Fault::kDepth, at_);
  Token token;
  token.kind = kind;
  token.depth = depth_;
  token.start = at_++;
  token.stop = at_;
  const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
  const bool object = kind == TokenKind::kObjectStart;
  object_bits_[depth_ / 64] = object ? object_bits_[depth_ / 64] | bit
                                     : object_bits_[depth_ / 64] & ~bit;
  ++depth_;
  state_ = object ? State::kFirstKey : State::kFirstItem;
  return token;
}

Token Tokenizer::close(TokenKind kind) noexcept {
  --depth_;
  Token token;
  token.kind = kind;
  token.depth = depth_;
  token.start = at_++;
  token.stop = at_;
  value_read();
  return token;
}

Token Tokenizer::literal_token(TokenKind kind, std::string_view word) noexcept {
  const std::string_view here = text_.substr(at_, word.size());
  if (here != word) {
    return word.starts_with(here) ? fail(Fault::kTruncated, text_.size())
                                  : fail(Fault::kSyntax, at_);
  }
  Token token;
  token.kind = kind;
  token.depth = depth_;
  token.start = at_;
  at_ += word.size();
  token.stop = at_;
  value_read();
  return token;
}

/// Moves `at` from a backslash behind its escape sequence.
bool Tokenizer::check_escape(std::size_t& at) noexcept {
  const std::size_t start = at++;
  if (at >= text_.size()) {
    fail(Fault::kTruncated, at);
    return false;
  }
  if (text_[at] != 'u') {
    if (std::string_view("\"\\/bfnrt").find(text_[at]) == std::string_view::npos) {
      fail(Fault::kEscape, start);
      return false;
    }
    ++at;
    return true;
  }
  const int unit = hex4(text_, ++at);
  if (unit < 0) {
    fail(Fault::kEscape, start);
    return false;
  }
  at += 4;
  if (!strict_ || unit < 0xD800 || unit > 0xDFFF) return true;
  // Strict: a high surrogate with its low one, nothing else; both are passed over here.
  const bool pair = unit < 0xDC00 && text_.substr(at, 2) == "\\u";
  const int low = pair ? hex4(text_, at + 2) : -1;
  if (low < 0xDC00 || low > 0xDFFF) {
    fail(Fault::kSurrogate, start);
    return false;
  }
  at += 6;
  return true;
}

Token Tokenizer::number_token() noexcept {
  const std::size_t size = text_.size();
  std::size_t at = at_;
  const auto digits = [&]() noexcept {
    const std::size_t first = at;
    while (at < size && is_digit(text_[at])) ++at;
    return at != first;
  };
  if (text_[at] == '-') ++at;
  const std::size_t first_digit = at;
  if (!digits()) return at == at_ || at == size ? fail_here(at) : fail(Fault::kNumber, at_);
  if (text_[first_digit] == '0' && at - first_digit > 1) return fail(Fault::kNumber, at_);
  Token token;
  token.kind = TokenKind::kNumber;
  token.depth = depth_;
  token.start = at_;
  if (at < size && text_[at] == '.') {
    token.integer = false;
    ++at;
    if (!digits()) return fail(Fault::kNumber, at_);
  }
  if (at < size && (text_[at] | 0x20) == 'e') {
    token.integer = false;
    ++at;
    if (at < size && (text_[at] == '+' || text_[at] == '-')) ++at;
    if (!digits()) return fail(Fault::kNumber, at_);
  }
  token.stop = at;
  if (strict_ && !token.integer && !allow_fractions_) return fail(Fault::kFraction, at_);
  if (strict_ && token.integer && !check_integer(token.start, token.stop)) {
    return fail(fault_, fault_at_);
  }
  at_ = at;
  value_read();
  return token;
}

bool Tokenizer::check_integer(std::size_t start, std::size_t stop) noexcept {
  const std::string_view number = text_.substr(start, stop - start);
  if (number == "-0") {
    fail(Fault::kNumber, start);
    return false;
  }
  constexpr std::size_t kAlwaysFits = 15;  // decimal digits below 2^53, whatever they are
  if (number.size() <= kAlwaysFits) return true;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error == std::errc{} && end == number.data() + number.size() && value >= -kMaxInteger &&
      value <= kMaxInteger) {
    return true;
  }
  fail(Fault::kIntegerRange, start);
  return false;
}

Token Tokenizer::skip_container() noexcept {
  EMR_CHECK(depth_ > 0 || fault_ != Fault::kNone);
  const unsigned outer = depth_ == 0 ? 0 : depth_ - 1;
  while (true) {
    const Token token = next();
    if (token.kind == TokenKind::kError) return token;
    const bool stop = token.kind == TokenKind::kObjectStop || token.kind == TokenKind::kArrayStop;
    if (stop && token.depth == outer) return token;
  }
}

Token Tokenizer::skip_value() noexcept {
  Token value = next();
  if (value.kind == TokenKind::kObjectStart || value.kind == TokenKind::kArrayStart) {
    const Token stop = skip_container();
    if (stop.kind == TokenKind::kError) return stop;
    value.stop = stop.stop;
  }
  return value;
}

Error Tokenizer::error() const {
  EMR_CHECK(fault_ != Fault::kNone);
  return fault_error(text_, fault_, fault_at_);
}

}  // namespace emr::json
