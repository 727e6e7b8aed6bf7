#include "desensitize/detect/says_date.h"

#include <algorithm>
#include <array>
#include <string>

#include "desensitize/detect/char_set.h"

namespace emr::desensitize {
namespace {

/// The word that stops at `stop`, in lower case.
std::string word_before(const DecodedText& text, std::size_t stop) {
  constexpr std::size_t kLongest = 16;
  std::size_t start = stop;
  while (start > 0 && stop - start < kLongest && is_letter(text[start - 1])) {
    --start;
  }
  std::string word(text.bytes(start, stop));
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return word;
}

/// Does the word that stops at `stop` introduce a date? (The "b" is that of "D.O.B.".)
bool is_date_word(const DecodedText& text, std::size_t stop) {
  const std::string word = word_before(text, stop);
  constexpr std::string_view kWords[] = {
      "on",   "in",    "since", "from", "until", "till",  "by",       "before",    "after",
      "to",   "dated", "date",  "dob",  "b",     "born",  "birth",    "birthday",  "year",
      "seen", "visit", "lmp",   "edd",  "died",  "during", "admitted", "diagnosed", "discharged"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

/// （2021.8） behind Chinese words is when something was; behind English ones it is a value.
bool is_in_chinese_brackets(const DecodedText& text, std::size_t at, std::size_t stop) {
  constexpr std::size_t kNear = 16;
  // English words among Chinese ones are a text of their own, which may begin here.
  if ((at > 0 && text[at - 1] != U'(') || text[stop] != U')') {
    return false;
  }
  if (text.bytes(stop, stop + 1) == "）") {
    return true;
  }
  for (std::size_t i = at - 1; i > 0 && at - i < kNear; --i) {
    if (is_cjk(text[i - 1])) {
      return true;
    }
  }
  return false;
}

/// What happened then: 2021.8诊断为…, 2021.8 外院MRI.
bool is_event_at(const DecodedText& text, std::size_t at) {
  constexpr std::array<std::u32string_view, 47> kEvents = {
      U"诊断", U"确诊", U"复查", U"检查", U"体检", U"查体", U"发现", U"出现", U"开始", U"结束", U"停",
      U"就诊", U"入院", U"住院", U"出院", U"转院", U"手术", U"术后", U"化疗", U"放疗", U"剖宫", U"切除",
      U"阑尾", U"胆囊", U"骨折", U"外伤", U"外院", U"我院", U"当地", U"参加", U"毕业", U"结婚", U"离婚",
      U"退休", U"去世", U"死亡", U"病故", U"出生", U"生人", U"曾", U"再次", U"首次", U"末次", U"接种",
      U"CT", U"MR", U"彩超"};
  at += is_blank(text[at]) ? 1 : 0;
  return std::any_of(kEvents.begin(), kEvents.end(),
                     [&](std::u32string_view event) { return text.starts(at, event); });
}

/// 2021.8元, 2021.8 umol/L, 1988.5↑: an amount of something.
bool is_amount(const DecodedText& text, std::size_t stop) {
  std::size_t at = stop + (is_blank(text[stop]) ? 1 : 0);
  if (one_of<U"元万亿%‰↑↓℃克升毫个次倍级片粒支">(text[at])) return true;
  const std::size_t start = at;
  bool small = false;
  while (is_letter(text[at])) {
    small = small || (text[at] >= U'a' && text[at] <= U'z');
    ++at;
  }
  return at > start && (small || text[at] == U'/' || at - start == 1);
}

/// 2020.3，2020.9两次住院: another month of the same kind beside it.
bool has_month_beside(const DecodedText& text, std::size_t at, std::size_t stop) {
  const auto is_month = [&](std::size_t first) {
    return (text.starts(first, U"19") || text.starts(first, U"20")) && is_digit(text[first + 2]) &&
           is_digit(text[first + 3]) && text[first + 4] == U'.' && is_digit(text[first + 5]);
  };
  constexpr CharSet kMarks = U"、,和及;";
  const bool behind = one_of<kMarks>(text[stop]) && is_month(stop + 1);
  const bool before = at > 7 && one_of<kMarks>(text[at - 1]) &&
                      (is_month(at - 7) || (at > 8 && is_month(at - 8)));
  return behind || before;
}

}  // namespace

bool says_date(const DecodedText& text, std::size_t at, std::size_t stop) {
  constexpr CharSet kRange = U"~至到–—";
  if (is_amount(text, stop)) return false;
  std::size_t before = at;
  while (before > 0 && (is_blank(text[before - 1]) || one_of<U":.">(text[before - 1]))) {
    --before;
  }
  const char32_t last = text[before - 1];
  const bool range = (one_of<kRange>(text[stop]) && is_digit(text[stop + 1])) ||
                     (one_of<kRange>(text[at - 1]) && is_digit(text[at - 2]));
  return range || is_in_chinese_brackets(text, at, stop) ||
         one_of<U"于自从至到期在间日时年月起截往经院史曾者">(last) ||
         one_of<U"年月起至到因在于行">(text[stop + (is_blank(text[stop]) ? 1 : 0)]) ||
         is_event_at(text, stop) || has_month_beside(text, at, stop) ||
         is_date_word(text, before);
}

bool is_version_word(const DecodedText& text, std::size_t at) {
  const std::size_t stop = at - (at > 0 && is_blank(text[at - 1]) ? 1 : 0);
  const std::string word = word_before(text, stop);
  constexpr std::string_view kWords[] = {"v",        "ver",      "version", "software",
                                         "firmware", "release",  "build",   "section", "chapter",
                                         "figure",   "table",    "item",    "clause",  "step",
                                         "rule",     "score"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords) ||
         (stop > 0 && one_of<U"本件">(text[stop - 1]));
}

}  // namespace emr::desensitize
