// The shape of Chinese names: what characters at a place can be a name, how long it is, and what
// may stand behind it. Says nothing about evidence around it; names_zh.cpp weighs that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "desensitize/detect/chars_zh.h"
#include "desensitize/detect/text.h"
#include "desensitize/detect/words_zh.h"

namespace emr::desensitize {

/// The surnames with the mark kPlainSurname.
std::u32string_view plain_surnames() noexcept;

/// Reads one text, which must outlive it. Cheap to make; immutable.
class NameShape {
 public:
  explicit NameShape(const DecodedText& text) : text_(text), words_(name_words()) {}

 protected:
  std::uint32_t classes(std::size_t i) const { return text_.marks(i); }
  bool given(std::size_t i) const { return is_cjk(text_[i]) && (classes(i) & kNeverInName) == 0; }
  bool usual_given(std::size_t i) const { return (classes(i) & kGivenName) != 0; }
  /// A word of grammar that given names have too, beside a usual character: 东升, 为民, 亦菲.
  bool grammar_given(std::size_t i) const;
  bool likely_given(std::size_t i) const {
    return usual_given(i) || grammar_given(i) || stock_name(i - 1);
  }
  /// 张三, 李四, 王五, 赵六: whoever it is.
  bool stock_name(std::size_t i) const {
    return one_of<U"三四五六">(text_[i + 1]) && words_.ethnic.has(text_[i], text_[i + 1]);
  }
  /// What may stand behind a whole name: a separator, or a word that follows names.
  bool boundary(std::size_t i) const;
  /// Length of the surname at `i`: 2, 1 or 0.
  std::size_t surname(std::size_t i, bool rare_too) const {
    const std::uint32_t here = classes(i);
    if ((here & kCompoundStart) != 0 && words_.compound.has(text_[i], text_[i + 1])) {
      return 2;
    }
    return (here & (rare_too ? kCommonSurname | kRareSurname : kCommonSurname)) != 0 ? 1 : 0;
  }
  /// 师|范学院, but 医师|范学军.
  bool is_teachers(std::size_t i) const {
    return text_.starts(i - 1, U"师范") &&
           (text_.starts(i + 1, U"大学") || text_.starts(i + 1, U"学院") ||
            text_.starts(i + 1, U"学校"));
  }
  /// A surname that hardly ever begins another word (王, 李, 张; not 高, 白, 于).
  bool plain_surname(std::size_t i) const;
  /// Length of the Han name at `i` (0: none); with `ordinary_words` those end the reading.
  std::size_t han_name(std::size_t i, bool rare_too, bool ordinary_words = true) const;
  bool in_spite_of_friends(std::size_t i) const;
  /// 刘为民, 王亦可: the middle character is a word of grammar, but the name stops where it would.
  bool grammar_inside(std::size_t i, bool rare_too) const;
  /// 李东升, 朱大为: the last one is.
  bool grammar_at_end(std::size_t last) const;
  /// Run of transliteration characters (and middle dots) from `i`.
  std::size_t transliterated(std::size_t i) const;
  /// 白桂芳、|古力娜尔|行鼻拭子筛查, 高娃: of those whose people have no surnames; 0: none.
  std::size_t foreign_name(std::size_t start, std::size_t stop) const;
  /// Are all given characters usual ones?
  bool usual_name(std::size_t i, std::size_t length) const;
  /// In running text the given characters must be usual, or a boundary must follow.
  bool plausible(std::size_t start, std::size_t length) const;
  /// 丈夫：茅以升, 妻：陈郭秀琴: behind a colon the name reaches to the separator, although 升 ends
  /// names elsewhere and most have three characters. `han` is what was read.
  std::size_t whole_cell(std::size_t start, std::size_t han) const;
  /// 李　强, as forms set two characters as wide as three: how many characters; else 0.
  std::size_t padded_name(std::size_t start) const;
  /// 仇雪、伊帆、|安然、明珠: the length of the third of a list of people, although it is a word.
  std::size_t listed_name(std::size_t start) const;
  bool ends_cell(std::size_t at) const;
  bool ends_clause(std::size_t at) const;
  /// 自称"小凤", 苗苗（大名…: what children and strangers are called, two characters.
  bool pet_name(std::size_t start) const;
  /// "。阿苦日哈，男，29岁", "008 毋玉梅 女 55": whatever its characters, a sex and an age follow.
  bool described(std::size_t start, std::size_t stop) const;
  bool opens_sentence(std::size_t start) const {
    return text_[start - 1] == 0 || one_of<U",。;\n">(text_[start - 1]);
  }
  bool on_weekday(std::size_t start) const;
  /// 3-4周|起效, 班|长, 谢谢李|阿姨: the name would begin or end inside a word.
  bool inside_word(std::size_t start, std::size_t length) const;
  /// 患者于|镜湖新区…, 于|人民路被…: where, not who.
  bool place_behind(std::size_t start) const;
  /// 干部|和群众, 患者|能复述, ，曾持刀追赶: in running text these begin a name only when its other
  /// characters are typical of names or something behind it speaks of a person.
  bool grammar_family(std::size_t start, std::size_t length) const;
  /// 勉学仁，回族, 逝者|俸桂香，瑶族: where the name begins, whatever its first character; `stop`: nowhere.
  std::size_t of_a_people(std::size_t start, std::size_t stop) const;
  /// How much of it is words of the language? Less, when it is `placed` as names are.
  int word_points(std::size_t start, std::size_t length, bool placed) const;
  /// 小计, 以上 below a column of names.
  bool is_common_word(std::size_t start) const {
    return ordinary(start, 2) || words_.frequent.has(text_[start], text_[start + 1]) ||
           words_.followers.has(text_[start], text_[start + 1]);
  }
  /// Is it a word of the language ("坚持", "公里")?
  bool ordinary(std::size_t start, std::size_t length) const;

  const DecodedText& text_;
  const NameWords& words_;
};

}  // namespace emr::desensitize
