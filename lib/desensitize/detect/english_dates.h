// Days of English notes that are written without a year, or without digits.
#pragma once

#include <string>

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {

class EnglishDates : protected EnglishText {
 protected:
  explicit EnglishDates(const EnglishText& english) : EnglishText(english) {}

  /// "CEA 18 on 11/14", "COMPARISON: 06/2023", "in '09"; `stop` is 0: none.
  Find short_date(std::size_t i) const;
  bool two_digits(std::size_t at) const;
  bool weekday(std::size_t i) const;
  bool short_weekday(std::size_t i) const;
  /// Apr 19| 11:14:42 EDT 2018: behind the year that follows a time of day at `at`; 0: none.
  std::size_t stamp_end(std::size_t at) const;
  /// November |fourth
  bool spelt_day(std::size_t i) const;

 private:
  /// "Trough 3/13": in notes, unless it is a score of so many points.
  bool late_day(std::size_t i, const std::string& rest) const;
};

}  // namespace emr::desensitize
