#include "desensitize/detect/english_dates.h"

namespace emr::desensitize {

Find EnglishDates::short_date(std::size_t i) const {
  const std::size_t at = words_[i].start;
  if (text_[at - 1] == U'\'' && two_digits(at) && !is_alnum(text_[at + 2]) && i > 0 &&
      any(i - 1, {"in", "since", "of", "from", "until"})) {
    return {at - 1, at + 2, SpanType::kDate, 45};
  }
  const std::size_t slash = words_[i].stop;
  if (text_[slash] != U'/' || slash - at > 2 || i + 1 >= words_.size() || !words_[i + 1].number ||
      words_[i + 1].start != slash + 1 || one_of<U"/-.%">(text_[at - 1])) {
    return {};
  }
  const std::string& month = words_[i].lower;
  const std::string& rest = words_[i + 1].lower;
  const char32_t after = text_[words_[i + 1].stop];
  if (std::stoi(month) < 1 || std::stoi(month) > 12 || after == U'/' || after == U'%' ||
      rest.find_first_not_of("0123456789") != std::string::npos) {
    return {};
  }
  const bool year = rest.size() == 4 && (rest.starts_with("19") || rest.starts_with("20"));
  const bool day = rest.size() <= 2 && std::stoi(rest) >= 1 && std::stoi(rest) <= 31 && i > 0 &&
                   joined(i - 1) &&
                   any(i - 1, {"on", "since", "from", "until", "till", "by", "due", "dated",
                               "through", "thru", "before", "after", "visit", "appt", "seen",
                               "last", "scheduled", "surgery", "care", "labs", "eval"});
  const bool opens = words_[i].line_start && rest.size() <= 2 && std::stoi(rest) <= 31 &&
                     i + 2 < words_.size() && joined(i + 1) && words_[i + 2].number &&
                     words_[i + 2].lower.size() == 4;  // "4/2 0800 Received report"
  if (!year && !day && !opens && !late_day(i, rest)) return {};
  return {words_[i].start, words_[i + 1].stop, SpanType::kDate, 60};
}

bool EnglishDates::late_day(std::size_t i, const std::string& rest) const {
  if (!clinical() || rest.size() != 2 || rest == "10" || rest == "12" || rest == "15" ||
      rest == "20" || rest == "30" || std::stoi(rest) > 31 || i == 0 || !joined(i - 1, U"(")) {
    return false;
  }
  return !any(i - 1, {"gcs", "moca", "mmse", "score", "scored", "phq-9", "nodes", "node", "in",
                      "of", "was", "is", "positive"});
}

bool EnglishDates::two_digits(std::size_t at) const {
  return is_digit(text_[at]) && is_digit(text_[at + 1]);
}

bool EnglishDates::weekday(std::size_t i) const {
  return any(i, {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});
}

bool EnglishDates::short_weekday(std::size_t i) const {
  return any(i, {"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
}

std::size_t EnglishDates::stamp_end(std::size_t at) const {
  if (text_[at] != U' ' || !two_digits(at + 1) || text_[at + 3] != U':' || !two_digits(at + 4)) {
    return 0;
  }
  at += text_[at + 6] == U':' && two_digits(at + 7) ? 9 : 6;
  std::size_t zone = at + 1;
  while (text_[zone] >= U'A' && text_[zone] <= U'Z') ++zone;
  at = text_[at] == U' ' && zone > at + 2 ? zone : at;
  const bool year = text_[at] == U' ' && two_digits(at + 1) && two_digits(at + 3) &&
                    !is_alnum(text_[at + 5]);
  return year ? at + 5 : 0;
}

bool EnglishDates::spelt_day(std::size_t i) const {
  return any(i, {"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
                 "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
                 "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
                 "twentieth", "thirtieth"});
}

}  // namespace emr::desensitize
