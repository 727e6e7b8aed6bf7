// The words of the refusals, and where in the document they happened.
#include <string>
#include <vector>

#include "json/tokenizer.h"

namespace emr::json {
namespace {

struct FaultText {
  std::string_view word;
  std::string_view message;
};

FaultText fault_text(Fault fault) noexcept {
  switch (fault) {
    case Fault::kNone: break;
    case Fault::kEmpty: return {"empty", "there is no JSON value"};
    case Fault::kSyntax: return {"syntax", "not JSON"};
    case Fault::kTruncated: return {"truncated", "the JSON text ends too early"};
    case Fault::kTrailing: return {"trailing", "there is text behind the JSON value"};
    case Fault::kDepth: return {"depth", "nested too deeply"};
    case Fault::kTooLarge: return {"too_large", "the JSON text is too large"};
    case Fault::kBom: return {"bom", "starts with a byte order mark"};
    case Fault::kUtf8: return {"utf8", "text is not UTF-8"};
    case Fault::kControl: return {"control", "unescaped control character in a string"};
    case Fault::kEscape: return {"escape", "unknown escape sequence"};
    case Fault::kSurrogate: return {"surrogate", "half a surrogate pair"};
    case Fault::kNumber: return {"number", "malformed number"};
    case Fault::kIntegerRange: return {"integer_range", "integer is beyond 2^53-1"};
    case Fault::kFraction: return {"fraction", "number has a fraction or an exponent"};
    case Fault::kDuplicateKey: return {"duplicate_key", "a member name appears twice"};
  }
  return {"none", "no fault"};
}

/// A name that cannot be data: a short identifier with few digits (an identity number has 15 or 18,
/// a telephone number 11).
bool is_plain_name(std::string_view name) noexcept {
  constexpr std::size_t kMaxName = 64;
  constexpr int kMaxDigits = 4;
  if (name.empty() || name.size() > kMaxName) return false;
  int digits = 0;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit) return false;
    digits += digit ? 1 : 0;
  }
  const bool starts_with_digit = name.front() >= '0' && name.front() <= '9';
  return digits <= kMaxDigits && !starts_with_digit;
}

void append_part(std::string& pointer, std::string_view part) {
  if (pointer.size() + part.size() + 1 > kMaxPointerBytes) return;
  pointer += '/';
  pointer += part;
}

/// Where the tokens have come to: one frame for each open container.
struct Frame {
  bool object = false;
  std::size_t index = 0;  ///< the item being read (arrays)
  std::string name;       ///< the member being read, made safe; "" between members (objects)
};

void end_value(std::vector<Frame>& frames) {
  if (frames.empty()) return;
  ++frames.back().index;
  frames.back().name.clear();
}

void follow(std::vector<Frame>& frames, const Tokenizer& tokens, const Token& token) {
  switch (token.kind) {
    case TokenKind::kKey:
      frames.back().name = is_plain_name(tokens.content(token)) ? tokens.content(token) : "?";
      return;
    case TokenKind::kObjectStart:
    case TokenKind::kArrayStart:
      frames.push_back({.object = token.kind == TokenKind::kObjectStart, .index = 0, .name = {}});
      return;
    case TokenKind::kObjectStop:
    case TokenKind::kArrayStop:
      frames.pop_back();
      end_value(frames);
      return;
    default: end_value(frames); return;
  }
}

}  // namespace

std::string_view fault_word(Fault fault) noexcept { return fault_text(fault).word; }

Error fault_error(std::string_view text, Fault fault, std::size_t at) {
  const FaultText words = fault_text(fault);
  std::string message(words.message);
  if (fault != Fault::kTooLarge && fault != Fault::kBom && fault != Fault::kEmpty) {
    message = "byte " + std::to_string(at + 1) + ": " + message;
  }
  Error error = emr::fail(Code::kData, std::move(message)).with_reason(std::string(words.word));
  if (fault == Fault::kTooLarge) return error;
  return std::move(error).with_pointer(pointer_at(text, at));
}

void append_pointer(std::string& pointer, std::string_view name) {
  append_part(pointer, is_plain_name(name) ? name : "?");
}

void append_pointer(std::string& pointer, std::size_t index) {
  append_part(pointer, std::to_string(index));
}

std::string pointer_at(std::string_view text, std::size_t at) {
  Tokenizer tokens(text, Profile::kForeign,
                   {.max_bytes = text.size(), .max_depth = kMaxDepthEver});
  std::vector<Frame> frames;
  // Tokens that end at or before `at` have been read; the fault lies in what would come next.
  for (Token token = tokens.next();
       token.kind != TokenKind::kEnd && token.kind != TokenKind::kError && token.stop <= at;
       token = tokens.next()) {
    follow(frames, tokens, token);
  }
  std::string pointer;
  for (const Frame& frame : frames) {
    if (frame.object && !frame.name.empty()) {
      append_part(pointer, frame.name);
    } else if (!frame.object) {
      append_part(pointer, std::to_string(frame.index));
    }
  }
  return pointer;
}

}  // namespace emr::json
