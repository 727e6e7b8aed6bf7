// The words behind which a person's name stands where forms print no colon: who did something,
// whose relative somebody is. Their places have marks (CharClass), so that nothing is looked up
// elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "desensitize/detect/char_set.h"
#include "desensitize/detect/text.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {

/// A list of words by their beginnings and ends. All words begin and end with ideographs.
class RoleWords {
 public:
  /// The first characters of the words have the mark `start`, the last ones kRoleEnd.
  RoleWords(WordIndex::Words words, CharClass start);

  /// Length of the longest word at `at`; 0: none.
  std::size_t at(const DecodedText& text, std::size_t at) const {
    return (text.marks(at) & start_) != 0 ? starts_.longest_at(text, at).size() : 0;
  }
  bool before(const DecodedText& text, std::size_t stop) const {
    return (text.marks(stop - 1) & kRoleEnd) != 0 && !stops_.longest_before(text, stop).empty();
  }

 private:
  CharClass start_;
  WordIndex starts_;
  WordIndex stops_;
};

struct Roles {
  RoleWords sure;   ///< behind these stands a person
  RoleWords loose;  ///< the word has another use as well: the name must look like one
  RoleWords kin;    ///< whose relative; behind them another name may follow

  Roles();
};
const Roles& roles();

inline constexpr CharSet kLooseSigns = U"寻找挂报床";
/// Words of grammar before people, and before much else.
inline constexpr CharSet kWeakSigns = U"由被请让叫与和";
inline constexpr CharSet kKinSigns = U"妻夫弟兄妹姐嫂";
/// A relative in one character: 父郭啸天，母包惜弱; "名" is what they are called.
inline constexpr CharSet kShortKin = U"父母妻夫兄弟姐妹嫂媳婿孙姑姨舅叔伯名";
/// A role in one character, with a colon: 交：张三　接：李四.
inline constexpr CharSet kShortRoles = U"医护录检核交接写签审记术麻教父母夫妻子女";
/// 今日, 昨晨.
inline constexpr CharSet kDayEnds = U"晨日";

/// The characters with the marks kRoleStart, kRoleEnd and kKinStart. Signs of one character
/// announce a name, too.
std::u32string role_first_characters();
std::u32string role_last_characters();
std::u32string kin_first_characters();

}  // namespace emr::desensitize
