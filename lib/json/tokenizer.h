// The one JSON reader of the house: a validating pull tokenizer over a borrowed byte range that
// reports the byte span of every token and allocates nothing. Everything else (trees, canonical
// text, splicing de-identification) stands on it, so no two tools can read one text differently.
//
// Two profiles. *strict* is for our own records: fractions and exponents refused (unless allowed),
// integers beyond 2^53-1, "-0" and lone surrogates refused, depth <= 64. *foreign* is for other
// people's documents and keeps every byte: any RFC 8259 number text, any pair of \u escapes; key
// order, duplicates and white space are visible through the spans. Both refuse a BOM, ill-formed
// UTF-8, control characters, and whatever passes the limits. Duplicate keys are refused by
// parse_strict (json/json.h), because finding them needs memory.
//
// Use, one document (line, record) at a time; a Tokenizer is a small value, threads share nothing:
//
//   Tokenizer tokens(line, Profile::kForeign);
//   for (Token t = tokens.next(); t.kind != TokenKind::kEnd; t = tokens.next()) {
//     if (t.kind == TokenKind::kError) return tokens.error();
//     if (t.kind == TokenKind::kKey && !t.escaped && tokens.content(t) == "name") {
//       const Token value = tokens.next();                    // copy [last, value.start) to the
//       if (value.kind == TokenKind::kString) splice(value);  // output, then the replacement
//     }
//   }
//
// The text must outlive the tokenizer. After kError or kEnd, next() returns the same again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "json/limits.h"

namespace emr::json {

enum class Profile : std::uint8_t { kStrict, kForeign };

struct Limits {
  std::size_t max_bytes = kMaxDocumentBytes;
  unsigned max_depth = 0;        ///< 0 = the profile's own; never above kMaxDepthEver
  bool allow_fractions = false;  ///< strict only: let 1.5 and 1e3 through
  bool utf8_checked = false;     ///< the whole text is known to be well-formed UTF-8
};

enum class TokenKind : std::uint8_t {
  kObjectStart,
  kObjectStop,
  kArrayStart,
  kArrayStop,
  kKey,
  kString,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kEnd,    ///< the document is complete and nothing but white space follows
  kError,  ///< see error()
};

struct Token {
  TokenKind kind = TokenKind::kError;
  bool escaped = false;  ///< key or string with at least one backslash: unescape() before use
  bool ascii = true;     ///< key or string without a byte above 0x7F
  bool integer = true;   ///< number without fraction and exponent
  unsigned depth = 0;    ///< containers open around the token (0 for the document's own value)
  std::size_t start = 0; ///< byte offset of the first byte (a string's opening quote)
  std::size_t stop = 0;  ///< byte offset behind the last byte
};

/// A key as most writers spell it, quotes and colon included and no blank, for take_key.
struct WrittenKey {
  std::array<char, 32> bytes{};
  std::uint32_t size = 0;  ///< 0: too long, or a key that needs escapes; never taken

  static WrittenKey of(std::string_view key) noexcept;
};

/// Why a text was refused. fault_word() is the stable `reason` of the error.
enum class Fault : std::uint8_t {
  kNone,
  kEmpty,
  kSyntax,
  kTruncated,
  kTrailing,
  kDepth,
  kTooLarge,
  kBom,
  kUtf8,
  kControl,
  kEscape,
  kSurrogate,
  kNumber,
  kIntegerRange,
  kFraction,
  kDuplicateKey,
};
std::string_view fault_word(Fault fault) noexcept;
/// The fault as kData error with byte position, pointer and reason; quotes nothing of the text.
Error fault_error(std::string_view text, Fault fault, std::size_t at);

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text, Profile profile, const Limits& limits = {}) noexcept;

  /// The next token, in document order.
  Token next() noexcept;

  /// Passes over the key of the next member when its bytes are these, right here or behind a comma.
  /// Records of one source are alike: comparing with the key that came last time is cheaper than
  /// reading it. False: nothing was passed over, and next() finds out what stands here.
  bool take_key(const WrittenKey& key) noexcept;

  /// take_key and next() in one call: the value behind the expected key, whose offset then is
  /// `key_start`; or the token that stands here, and `key_start` is kNoKey.
  static constexpr std::size_t kNoKey = static_cast<std::size_t>(-1);
  Token next(const WrittenKey& expected, std::size_t& key_start) noexcept;
  /// The same for the one loop that reads most (json/tokenizer_inline.h), but with kNoKey nothing
  /// was read: the caller goes on with next().
  Token next_inline(const WrittenKey& expected, std::size_t& key_start) noexcept;

  /// Passes over the stop of the innermost container, when it stands right behind a value. False:
  /// nothing was passed over, and next() finds out what stands here.
  bool take_stop() noexcept;

  /// May read_expected_strings find anything here? Wrong positives only.
  bool may_have_member() const noexcept;
  /// Reads members of the innermost object as long as each has the key members.expected() and a
  /// string without escapes, and gives its places to members.take(key_start, start, stop). next()
  /// reads whatever comes then, and every fault. Only of texts whose UTF-8 was checked.
  template <class Members>
  void read_expected_strings(Members& members) noexcept;

  /// Called right after a container start: validates and passes over everything up to and with
  /// its stop token, and returns that. Called after a key: the same for the key's whole value
  /// (the returned span then is the value's span, with the kind of its first token).
  Token skip_container() noexcept;
  Token skip_value() noexcept;

  /// The bytes of a token, quotes included.
  std::string_view raw(const Token& token) const noexcept {
    return text_.substr(token.start, token.stop - token.start);
  }
  /// The bytes of a key or string between its quotes, escapes as written.
  std::string_view content(const Token& token) const noexcept {
    return text_.substr(token.start + 1, token.stop - token.start - 2);
  }

  std::string_view text() const noexcept { return text_; }
  /// First byte that was not read yet.
  std::size_t position() const noexcept { return at_; }
  Fault fault() const noexcept { return fault_; }
  /// Byte offset of the fault.
  std::size_t fault_at() const noexcept { return fault_at_; }
  /// fault_error() of this text; only after kError.
  Error error() const;

 private:
  enum class State : std::uint8_t { kValue, kFirstKey, kKey, kFirstItem, kAfterValue, kDone };

  Token fail(Fault fault, std::size_t at) noexcept;
  Token fail_here(std::size_t at) noexcept;
  bool passes(const WrittenKey& key) noexcept;
  bool colon() noexcept;
  void skip_space() noexcept;
  Token value_token() noexcept;
  Token open(TokenKind kind) noexcept;
  Token close(TokenKind kind) noexcept;
  Token string_token(TokenKind kind) noexcept;
  Token number_token() noexcept;
  Token literal_token(TokenKind kind, std::string_view word) noexcept;
  Token after_value() noexcept;
  Token key_token() noexcept;
  void value_read() noexcept;
  bool check_escape(std::size_t& at) noexcept;
  bool check_integer(std::size_t start, std::size_t stop) noexcept;
  bool in_object() const noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t fault_at_ = 0;
  unsigned depth_ = 0;
  unsigned max_depth_ = kMaxDepthStrict;
  State state_ = State::kValue;
  Fault fault_ = Fault::kNone;
  bool strict_ = true;
  bool allow_fractions_ = false;
  bool utf8_checked_ = false;
  std::array<std::uint64_t, kMaxDepthEver / 64> object_bits_{};  ///< bit set = object
};

/// The text of a key or string from the bytes between its quotes, which the tokenizer has accepted.
/// A lone surrogate (possible in the foreign profile only) becomes U+FFFD.
void append_unescaped(std::string& out, std::string_view content);
std::string unescape(std::string_view content);
/// Copies `text` to `to` if it can stand between quotes as it is; false: what was written there is
/// worth nothing.
bool copy_plain(char* to, std::string_view text) noexcept;
/// Appends `text` (valid UTF-8) as a JSON string literal: short escapes, non-ASCII raw.
void append_quoted(std::string& out, std::string_view text);

/// RFC 6901 pointer of the innermost value that is open or starts at byte `at`. Names that are not
/// plain identifiers become "?" (a hostile record could hide a value in a key) and the whole is cut
/// at kMaxPointerBytes. Reads the text again from its start: for errors only.
std::string pointer_at(std::string_view text, std::size_t at);
/// Appends one reference token under the same rule.
void append_pointer(std::string& pointer, std::string_view name);
void append_pointer(std::string& pointer, std::size_t index);

}  // namespace emr::json
