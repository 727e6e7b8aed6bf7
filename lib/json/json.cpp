#include "json/json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/check.h"
#include "base/utf8.h"
#include "json/leading.h"

namespace emr::json {
namespace {

/// Puts tokens together into a tree. `stack_` points at the open containers: a parent does not move
/// while a child is open, because only the innermost container grows.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, const Limits& limits)
      : tokens_(text, Profile::kStrict, limits) {}

  /// With `stop`, the first value alone; otherwise the whole document.
  Result<Json> build(std::size_t* stop = nullptr) {
    Json root;
    stack_.reserve(kMaxDepthStrict);
    while (true) {
      const Token token = tokens_.next();
      switch (token.kind) {
        case TokenKind::kEnd: return root;
        case TokenKind::kError: return tokens_.error();
        case TokenKind::kObjectStop:
        case TokenKind::kArrayStop: stack_.pop_back(); break;
        case TokenKind::kKey:
          if (!take_key(token)) return duplicate(token);
          break;
        default: {
          Json* const slot = stack_.empty() ? &root : new_slot();
          if (!fill(*slot, token)) {
            return fault_error(tokens_.text(), Fault::kNumber, token.start);
          }
        }
      }
      if (stop != nullptr && stack_.empty()) {
        *stop = token.stop;
        return root;
      }
    }
  }

 private:
  bool take_key(const Token& token) {
    const std::string_view content = tokens_.content(token);
    auto [member, is_new] = stack_.back()->get_ref<Json::object_t&>().try_emplace(
        token.escaped ? unescape(content) : std::string(content));
    member_ = &member->second;
    return is_new;
  }

  Error duplicate(const Token& token) const {
    return fault_error(tokens_.text(), Fault::kDuplicateKey, token.stop);
  }

  Json* new_slot() {
    if (stack_.back()->is_object()) return member_;
    return &stack_.back()->get_ref<Json::array_t&>().emplace_back();
  }

  bool fill(Json& slot, const Token& token) {
    switch (token.kind) {
      case TokenKind::kObjectStart: slot = Json::object(); break;
      case TokenKind::kArrayStart: slot = Json::array(); break;
      case TokenKind::kString: {
        const std::string_view content = tokens_.content(token);
        slot = token.escaped ? unescape(content) : std::string(content);
        return true;
      }
      case TokenKind::kTrue: slot = true; return true;
      case TokenKind::kFalse: slot = false; return true;
      case TokenKind::kNumber: return fill_number(slot, token);
      default: slot = nullptr; return true;
    }
    stack_.push_back(&slot);
    return true;
  }

  /// False for a number that no double can hold (1e400).
  bool fill_number(Json& slot, const Token& token) {
    const std::string_view text = tokens_.raw(token);
    const char* const end = text.data() + text.size();
    if (token.integer && text.front() != '-') {
      std::uint64_t value = 0;
      std::from_chars(text.data(), end, value);
      slot = value;
      return true;
    }
    if (token.integer) {
      std::int64_t value = 0;
      std::from_chars(text.data(), end, value);
      slot = value;
      return true;
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    slot = value;
    return error == std::errc{} && stop == end;
  }

  Tokenizer tokens_;
  std::vector<Json*> stack_;
  Json* member_ = nullptr;  ///< the value slot of the key read last
};

Error refuse(Fault fault, std::string_view message) {
  return fail(Code::kData, std::string(message)).with_reason(std::string(fault_word(fault)));
}

/// Writes canonical text; recursion is bounded by kMaxDepthStrict.
class Writer {
 public:
  explicit Writer(bool allow_floats) : allow_floats_(allow_floats) {}

  Status value(const Json& tree, unsigned depth) {
    switch (tree.type()) {
      case Json::value_t::object: return object(tree, depth);
      case Json::value_t::array: return array(tree, depth);
      case Json::value_t::string: return text(tree.get_ref<const std::string&>());
      case Json::value_t::boolean: out_ += tree.get<bool>() ? "true" : "false"; return {};
      case Json::value_t::null: out_ += "null"; return {};
      case Json::value_t::number_unsigned: return integer(tree.get<std::uint64_t>());
      case Json::value_t::number_integer: return integer(tree.get<std::int64_t>());
      case Json::value_t::number_float: return real(tree.get<double>());
      default: return refuse(Fault::kSyntax, "a value has no JSON form");
    }
  }

  std::string take() { return std::move(out_); }

 private:
  Status object(const Json& tree, unsigned depth) {
    if (depth >= kMaxDepthStrict) return refuse(Fault::kDepth, "nested too deeply");
    char before = '{';
    for (const auto& [name, member] : tree.get_ref<const Json::object_t&>()) {
      out_ += before;
      before = ',';
      EMR_TRY(text(name));
      out_ += ':';
      EMR_TRY(value(member, depth + 1));
    }
    out_ += before == '{' ? "{}" : "}";
    return {};
  }

  Status array(const Json& tree, unsigned depth) {
    if (depth >= kMaxDepthStrict) return refuse(Fault::kDepth, "nested too deeply");
    char before = '[';
    for (const Json& item : tree.get_ref<const Json::array_t&>()) {
      out_ += before;
      before = ',';
      EMR_TRY(value(item, depth + 1));
    }
    out_ += before == '[' ? "[]" : "]";
    return {};
  }

  Status text(const std::string& content) {
    if (!is_valid_utf8(content)) return refuse(Fault::kUtf8, "text is not UTF-8");
    append_quoted(out_, content);
    return {};
  }

  template <class Integer>
  Status integer(Integer number) {
    constexpr auto kLimit = static_cast<Integer>(kMaxInteger);
    bool fits = number <= kLimit;
    if constexpr (std::is_signed_v<Integer>) fits = fits && number >= -kLimit;
    if (!fits) return refuse(Fault::kIntegerRange, "integer is beyond 2^53-1");
    out_ += std::to_string(number);
    return {};
  }

  Status real(double number) {
    if (!allow_floats_ || !std::isfinite(number)) {
      return refuse(Fault::kFraction, "number has a fraction or an exponent");
    }
    char buffer[32];
    const auto [stop, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
    EMR_CHECK(error == std::errc{});
    const std::string_view shortest(buffer, static_cast<std::size_t>(stop - buffer));
    out_ += shortest;
    // A whole number keeps the look of a float, so that reading it again gives the same kind.
    if (shortest.find_first_of(".e") == std::string_view::npos) out_ += ".0";
    return {};
  }

  bool allow_floats_;
  std::string out_;
};

Result<std::string> write_tree(const Json& tree, bool allow_floats) {
  Writer writer(allow_floats);
  EMR_TRY(writer.value(tree, 0));
  return writer.take();
}

}  // namespace

Result<Json> parse_strict(std::string_view text, const Limits& limits) {
  return TreeBuilder(text, limits).build();
}

Result<Json> parse_leading(std::string_view text, std::size_t& stop, const Limits& limits) {
  return TreeBuilder(text, limits).build(&stop);
}

Result<Json> parse_object(std::string_view text, const Limits& limits) {
  EMR_ASSIGN(Json tree, parse_strict(text, limits));
  if (!tree.is_object()) {
    return fail(Code::kData, "the JSON value is not an object").with_reason("kind");
  }
  return tree;
}

Result<std::string> canonical(const Json& tree) { return write_tree(tree, false); }

std::string canonical_checked(const Json& tree) {
  Result<std::string> text = canonical(tree);
  EMR_CHECK(text.ok());
  return *std::move(text);
}

Result<std::string> write(const Json& tree) { return write_tree(tree, true); }

}  // namespace emr::json
