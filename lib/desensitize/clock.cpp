#include "desensitize/clock.h"

#include <algorithm>

#include "desensitize/dates.h"

namespace emr::desensitize {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Reads on from the end of a date; each part is taken or left.
class ClockReader {
 public:
  explicit ClockReader(std::string_view text) : rest_(text), size_(text.size()) {}

  std::size_t taken() const noexcept { return size_ - rest_.size(); }

  bool sign(std::string_view word) {
    const bool here = rest_.starts_with(word);
    rest_.remove_prefix(here ? word.size() : 0);
    return here;
  }
  std::size_t digits() const {
    return std::min(rest_.find_first_not_of("0123456789"), rest_.size());
  }
  bool take_digits(std::size_t least, std::size_t most) {
    const std::size_t run = digits();
    const bool fits = run >= least && run <= most;
    rest_.remove_prefix(fits ? run : 0);
    return fits;
  }
  /// Takes all of `parts` or none of it.
  template <class Parts>
  bool whole(Parts parts) {
    const std::string_view before = rest_;
    const bool fits = parts();
    rest_ = fits ? rest_ : before;
    return fits;
  }

  /// 1201, 120100 directly behind a date in digits
  bool packed() { return digits() % 2 == 0 && take_digits(2, 6); }
  /// 12:01, 12:01:00
  bool colons() {
    const bool minutes =
        whole([&] { return take_digits(1, 2) && sign(":") && take_digits(2, 2); });
    if (minutes) seconds();
    return minutes;
  }
  void seconds() {
    whole([&] { return sign(":") && take_digits(2, 2); });
  }
  /// 上午11时, 11点30分
  bool chinese() {
    for (const std::string_view part : {"上午", "下午", "凌晨", "晚", "早"}) {
      if (sign(part)) break;
    }
    sign(" ");
    if (colons()) return true;
    if (!take_digits(1, 2) || (!sign("时") && !sign("点"))) return false;
    if (whole([&] { return take_digits(1, 2) && sign("分"); })) {
      whole([&] { return take_digits(1, 2) && sign("秒"); });
    }
    return true;
  }
  /// .000 and Z, +08:00, +0515; PM
  void fraction_and_zone() {
    whole([&] { return sign(".") && take_digits(1, 9); });
    if (sign("Z") || whole([&] { return half_of_day(); })) return;
    whole([&] {
      return (sign("+") || sign("-")) &&
             (take_digits(4, 4) || (take_digits(2, 2) && sign(":") && take_digits(2, 2)));
    });
  }
  bool half_of_day() {
    sign(" ");
    const bool word = sign("AM") || sign("PM") || sign("am") || sign("pm");
    return word && (rest_.empty() || !is_letter(rest_[0]));
  }

 private:
  std::string_view rest_;
  std::size_t size_;
};

}  // namespace

std::size_t clock_size(std::string_view text, std::size_t start, std::size_t stop) {
  const std::string_view date = text.substr(start, stop - start);
  ClockReader reader(text.substr(stop));
  const bool in_digits = std::all_of(date.begin(), date.end(), is_digit);
  if (date.find(':') != date.npos) {
    reader.seconds();
    reader.fraction_and_zone();
  } else if (reader.whole([&] {
               const bool glued = !reader.sign(" ");
               reader.sign("T");
               return (glued && in_digits && reader.packed()) || reader.colons();
             })) {
    reader.fraction_and_zone();
  } else {
    reader.whole([&] {
      reader.sign(" ");
      return reader.chinese();
    });
  }
  const std::size_t size = reader.taken();
  return size > 0 && parse_date(text.substr(start, stop - start + size)) ? size : 0;
}

}  // namespace emr::desensitize
