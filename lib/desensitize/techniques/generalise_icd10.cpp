#include <array>

#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {
namespace {

struct Chapter {
  std::string_view first;
  std::string_view last;
  std::string_view number;
};

/// ICD-10 (WHO) chapters by their three-character ranges.
constexpr std::array<Chapter, 22> kChapters = {{{"A00", "B99", "I"},
                                                {"C00", "D48", "II"},
                                                {"D50", "D89", "III"},
                                                {"E00", "E90", "IV"},
                                                {"F00", "F99", "V"},
                                                {"G00", "G99", "VI"},
                                                {"H00", "H59", "VII"},
                                                {"H60", "H95", "VIII"},
                                                {"I00", "I99", "IX"},
                                                {"J00", "J99", "X"},
                                                {"K00", "K93", "XI"},
                                                {"L00", "L99", "XII"},
                                                {"M00", "M99", "XIII"},
                                                {"N00", "N99", "XIV"},
                                                {"O00", "O99", "XV"},
                                                {"P00", "P96", "XVI"},
                                                {"Q00", "Q99", "XVII"},
                                                {"R00", "R99", "XVIII"},
                                                {"S00", "T98", "XIX"},
                                                {"V01", "Y98", "XX"},
                                                {"Z00", "Z99", "XXI"},
                                                {"U00", "U99", "XXII"}}};

}  // namespace

std::optional<std::string> generalise_icd10(std::string_view text, bool chapter) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() < 3 || text[0] < 'A' || text[0] > 'Z' || !is_digit(text[1]) ||
      !is_digit(text[2])) {
    return std::nullopt;
  }
  const std::string_view code = text.substr(0, 3);
  if (!chapter) {
    return std::string(code);
  }
  for (const Chapter& one : kChapters) {
    if (code >= one.first && code <= one.last) {
      return std::string(one.number);
    }
  }
  return std::nullopt;
}

}  // namespace emr::desensitize
