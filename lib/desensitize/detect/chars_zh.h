// What a Chinese character can be part of, as one table look-up. The lists are general knowledge
// (census surnames, characters common in given names and in transliterations), in chars_zh.inc.
#pragma once

#include <cstdint>

namespace emr::desensitize {

enum CharClass : std::uint32_t {
  kCommonSurname = 1,   ///< the two hundred surnames that most people bear
  kRareSurname = 2,     ///< other single surnames: believed beside a label only
  kGivenName = 4,       ///< usual in given names
  kNeverInName = 8,     ///< function words, body, illness: ends a name
  kTransliteration = 16,///< usual in Uyghur, Mongolian, Tibetan, Kazakh names in characters
  kNameLabelEnd = 32,   ///< last character of a word that announces a person
  kHospitalEnd = 64,    ///< last character of a word for a care provider
  kRoadEnd = 128,       ///< last character of a word for a road, an estate, a village
  kIdLabelEnd = 256,    ///< last character of a word that announces an identifier
  kNameProof = 512,     ///< may begin what proves a name before it: a title, a deed, a sex, an edge
  kRegionEnd = 1024,    ///< 省 市 区 县 ...
  kPlaceStart = 4096,   ///< first character of a province or city name
  kCompoundStart = 2048,///< first character of a compound surname
  kOrganizationEnd = 16384,  ///< last character of a word for an employer, or of its label
  kDotted = 8192,       ///< usual beside the dot of "买买提·吐尔逊", "玛丽·居里"
  kAddressStart = 1 << 15,   ///< first character of a label of addresses, or a unit of one
  kChineseDigit = 1 << 16,   ///< 一 to 十, 〇, 初, 廿, 幺: may begin a date or a dictated number
  kBedSign = 1 << 17,        ///< 床
  kBrandStart = 1 << 18,     ///< first character of a hospital that is known by one word
  kOldForm = 1 << 19,        ///< has a simplified form
  // Of other characters and of places in a text: see DecodedText.
  kAlnum = 1 << 20,          ///< ASCII letter or digit, also in full width
  kRunStart = 1 << 21,       ///< the first of a run of these
  kAtSign = 1 << 22,
  kColon = 1 << 23,
  kNameDot = 1 << 24,        ///< the dots between the parts of a transliterated name
  kComma = 1 << 25,          ///< may stand between a name and what proves it
  kAddressLevel = 1 << 26,   ///< ends a level of an address, or forbids that it goes on
  kIdeograph = 1 << 27,      ///< is_cjk()
  kRoleStart = 1 << 28,      ///< first character of a word for who did something
  kRoleEnd = 1 << 29,        ///< last character of one, or of a word behind which a name stands
  kKinStart = 1 << 30,       ///< first character of a word for a relative
  kPlainSurname = 1U << 31,  ///< a surname that hardly ever begins another word
};

/// The classes of a code point; 0 outside the table (U+3400..U+9FFF).
const std::uint32_t* char_classes() noexcept;
inline std::uint32_t classes_of(const std::uint32_t* table, char32_t c) noexcept {
  return c >= 0x3400 && c <= 0x9FFF ? table[c - 0x3400] : 0;
}

}  // namespace emr::desensitize
