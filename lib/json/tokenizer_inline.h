// The steps of the tokenizer that every value goes through, for the loops that read gigabytes:
// inlined there, a token lives in registers. Included by tokenizer.cpp and by whoever calls
// next_inline.
#pragma once

#include "base/utf8.h"
#include "json/scan.h"
#include "json/tokenizer.h"

namespace emr::json {

inline void Tokenizer::skip_space() noexcept { at_ = find_non_space(text_, at_); }

inline bool Tokenizer::in_object() const noexcept {
  const unsigned innermost = depth_ - 1;
  return ((object_bits_[innermost / 64] >> (innermost % 64)) & 1U) != 0;
}

inline void Tokenizer::value_read() noexcept {
  state_ = depth_ == 0 ? State::kDone : State::kAfterValue;
}

[[gnu::always_inline]] inline bool Tokenizer::passes(const WrittenKey& key) noexcept {
  std::size_t at = at_;
  if (state_ == State::kAfterValue) {
    if (at >= text_.size() || text_[at] != ',' || !in_object()) return false;
    ++at;
  } else if (state_ != State::kFirstKey) {
    return false;
  }
  if (key.size == 0 || !begins_with(text_.substr(at), key.bytes.data(), key.size)) return false;
  at_ = at + key.size;
  state_ = State::kValue;
  return true;
}

/// Passes over the colon behind a key.
[[gnu::always_inline]] inline bool Tokenizer::colon() noexcept {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != ':') return false;
  ++at_;
  state_ = State::kValue;
  return true;
}

[[gnu::always_inline]] inline Token Tokenizer::string_token(TokenKind kind) noexcept {
  Token token;
  token.depth = depth_;
  token.start = at_;
  bool non_ascii = false;
  std::size_t at = at_ + 1;
  while (true) {
    at = find_string_stop(text_, at, non_ascii);
    if (at >= text_.size()) return fail(Fault::kTruncated, at);
    if (text_[at] == '"') break;
    if (text_[at] != '\\') return fail(Fault::kControl, at);
    token.escaped = true;
    if (!check_escape(at)) return fail(fault_, fault_at_);
  }
  token.stop = at + 1;
  token.ascii = !non_ascii;
  if (non_ascii && !utf8_checked_ &&
      !is_valid_utf8(text_.substr(token.start + 1, at - token.start - 1))) {
    return fail(Fault::kUtf8, token.start);
  }
  token.kind = kind;
  at_ = token.stop;
  if (kind == TokenKind::kKey && !colon()) return fail_here(at_);
  return token;
}

[[gnu::always_inline]] inline Token Tokenizer::value_token() noexcept {
  if (at_ >= text_.size()) {
    return fail(depth_ == 0 ? Fault::kEmpty : Fault::kTruncated, at_);
  }
  switch (text_[at_]) {
    case '"':
      value_read();  // first: copying a token that was just written stalls the processor
      return string_token(TokenKind::kString);
    case '{': return open(TokenKind::kObjectStart);
    case '[': return open(TokenKind::kArrayStart);
    case 't': return literal_token(TokenKind::kTrue, "true");
    case 'f': return literal_token(TokenKind::kFalse, "false");
    case 'n': return literal_token(TokenKind::kNull, "null");
    default: return number_token();
  }
}

[[gnu::always_inline]] inline Token Tokenizer::next_inline(const WrittenKey& expected,
                                                           std::size_t& key_start) noexcept {
  if (!passes(expected)) {
    key_start = kNoKey;
    return {};
  }
  key_start = at_ - expected.size;
  skip_space();
  return value_token();
}

[[gnu::always_inline]] inline bool Tokenizer::take_stop() noexcept {
  if (state_ != State::kAfterValue || at_ >= text_.size() ||
      text_[at_] != (in_object() ? '}' : ']')) {
    return false;
  }
  --depth_;
  ++at_;
  value_read();
  return true;
}

[[gnu::always_inline]] inline bool Tokenizer::may_have_member() const noexcept {
  return state_ == State::kFirstKey ||
         (state_ == State::kAfterValue && at_ < text_.size() && text_[at_] == ',' && in_object());
}

template <class Members>
[[gnu::always_inline]] inline void Tokenizer::read_expected_strings(Members& members) noexcept {
  const bool follows = state_ == State::kAfterValue;
  if (!utf8_checked_ || !(follows ? in_object() : state_ == State::kFirstKey)) return;
  const char* const data = text_.data();
  const std::size_t size = text_.size();
  std::size_t at = at_;
  for (std::size_t comma = follows ? 1 : 0;; comma = 1) {
    const std::size_t key_start = at + comma;
    if (key_start >= size || (comma != 0 && data[at] != ',')) break;
    const WrittenKey& key = members.expected();
    const std::string_view rest(data + key_start, size - key_start);
    if (key.size == 0 || !begins_with(rest, key.bytes.data(), key.size)) break;
    const std::size_t start = key_start + key.size;
    if (start >= size || data[start] != '"') break;
    bool non_ascii = false;
    const std::size_t stop = find_string_stop(text_, start + 1, non_ascii);
    if (stop >= size || data[stop] != '"') break;
    at = stop + 1;
    members.take(key_start, start, at);
  }
  state_ = at == at_ ? state_ : State::kAfterValue;
  at_ = at;
}

}  // namespace emr::json
