// fpe: format-preserving encryption with FF1. Digits become digits and letters letters, everything
// else stays in place: for systems that insist on the shape of a number. An ID number keeps a real
// calendar date; its check digit is made wrong on purpose unless the policy says "check":"valid",
// so that nobody takes the surrogate for a living person. --restore with the same policy and key
// gives the number back. Optional: patents have been claimed on FF1; `encrypt` and `token` do
// without.
#include "base/time.h"
#include "desensitize/detect/check_digits.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/ff1.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

using Numerals = std::vector<std::uint16_t>;

constexpr std::size_t kIdDigits = 17;
constexpr std::int64_t kFirstYear = 1900;
/// Days of 1900-01-01 .. 2099-12-31.
constexpr std::int64_t kDateCount = 73049;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

Numerals numerals_of(std::string_view digits) {
  Numerals numerals;
  for (const char c : digits) {
    numerals.push_back(static_cast<std::uint16_t>(c - '0'));
  }
  return numerals;
}

class Fpe final : public Technique {
 public:
  explicit Fpe(Arguments& arguments)
      : id_card_(arguments.choice("kind", {"digits", "id-card"}) == 1),
        valid_check_(arguments.choice("check", {"invalid", "valid"}) == 1) {}

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    if (settled_without_text(value, out)) {
      return {};
    }
    if (id_card_ && !is_valid_id_card(value.text)) {
      out.action = Action::kDelete;
      return {};
    }
    return run(Direction::kEncrypt, value, scope, out);
  }

  Status restore(const Value& value, const Scope& scope, Outcome& out) const override {
    if (value.text.empty() || (id_card_ && !has_id_shape(value.text))) {
      return {};
    }
    return run(Direction::kDecrypt, value, scope, out);
  }

 private:
  enum class Direction { kEncrypt, kDecrypt };

  /// 17 digits with a real date among them, and a check character that may be wrong on purpose.
  static bool has_id_shape(std::string_view id) {
    if (id.size() != kIdDigits + 1) {
      return false;
    }
    for (const char c : id.substr(0, kIdDigits)) {
      if (!is_digit(c)) {
        return false;
      }
    }
    return is_valid_date(date_of(id));
  }

  static CivilDate date_of(std::string_view id) {
    const auto number = [&](std::size_t at, std::size_t count) {
      int value = 0;
      for (std::size_t i = at; i < at + count; ++i) {
        value = value * 10 + (id[i] - '0');
      }
      return value;
    };
    return {number(6, 4), number(10, 2), number(12, 2)};
  }

  Status run(Direction direction, const Value& value, const Scope& scope, Outcome& out) const {
    EMR_CHECK(scope.keys != nullptr);
    const Hash32 key = scope.keys->derive(scope.field_class, "fpe");
    EMR_ASSIGN(const Ff1 cipher, Ff1::create(key, 10));
    const Coder code{cipher, as_bytes(scope.field_class), direction};
    EMR_ASSIGN(std::string text, id_card_ ? code_id(code, value.text) : code_digits(code, value));
    replace_with(out, std::move(text), id_card_ ? ValueKind::kString : value.kind);
    return {};
  }

  struct Coder {
    const Ff1& cipher;
    ByteView tweak;
    Direction direction;
    Result<Numerals> operator()(const Numerals& numerals) const {
      return direction == Direction::kEncrypt ? cipher.encrypt(tweak, numerals)
                                              : cipher.decrypt(tweak, numerals);
    }
  };

  /// A number must not begin with 0: cycle walking keeps its first digit among 1..9.
  static Result<std::string> code_digits(const Coder& code, const Value& value) {
    std::string digits;
    for (const char c : value.text) {
      digits.append(is_digit(c) ? 1 : 0, c);
    }
    const bool leads = value.kind == ValueKind::kNumber && !digits.empty() && digits[0] != '0';
    Numerals coded = numerals_of(digits);
    do {
      EMR_ASSIGN(coded, code(coded));
    } while (leads && coded[0] == 0);
    std::string result(value.text);
    std::size_t next = 0;
    for (char& c : result) {
      c = is_digit(c) ? static_cast<char>('0' + coded[next++]) : c;
    }
    return result;
  }

  /// Division and sequence (9 digits) and the rank of the date (5 digits) are one number; cycle
  /// walking keeps the rank among real dates (73 of 100 tries hit).
  Result<std::string> code_id(const Coder& code, std::string_view id) const {
    const std::int64_t first_day = days_from_civil({static_cast<int>(kFirstYear), 1, 1});
    std::int64_t rank = days_from_civil(date_of(id)) - first_day;
    if (rank < 0 || rank >= kDateCount) {
      return fail(Code::kData, "birth date of an ID number lies outside 1900..2099");
    }
    std::string rank_text = std::to_string(rank);
    rank_text.insert(0, 5 - rank_text.size(), '0');
    Numerals coded = numerals_of(std::string(id.substr(0, 6)).append(id.substr(14, 3)) + rank_text);
    do {
      EMR_ASSIGN(coded, code(coded));
      rank = 0;
      for (std::size_t i = 9; i < 14; ++i) {
        rank = rank * 10 + coded[i];
      }
    } while (rank >= kDateCount);
    return assemble(coded, civil_from_days(first_day + rank), code.direction);
  }

  std::string assemble(const Numerals& coded, CivilDate date, Direction direction) const {
    std::string result;
    for (std::size_t i = 0; i < 6; ++i) {
      result.push_back(static_cast<char>('0' + coded[i]));
    }
    const int day_number = date.year * 10000 + date.month * 100 + date.day;
    result += std::to_string(day_number);
    for (std::size_t i = 6; i < 9; ++i) {
      result.push_back(static_cast<char>('0' + coded[i]));
    }
    EMR_CHECK(result.size() == kIdDigits);
    const char check = id_card_check_digit(result);
    const char wrong = check == 'X' ? '0' : check == '9' ? 'X' : static_cast<char>(check + 1);
    return result.append(1, valid_check_ || direction == Direction::kDecrypt ? check : wrong);
  }

  bool id_card_;
  bool valid_check_;
};

}  // namespace

MadeTechnique make_fpe(const nlohmann::json& arguments) { return make_from<Fpe>(arguments); }

}  // namespace emr::desensitize
