#include "desensitize/detect/name_shape_zh.h"

#include <array>
#include <string_view>

#include "base/utf8.h"
#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/names_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/table_names_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr char32_t kMiddleDot = 0xB7;
/// "买买提·吐尔逊·艾合麦提江" and the like.
constexpr std::size_t kMaxTransliterated = 16;

constexpr std::u32string_view kPlainSurnames =
    U"王李张刘陈杨赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜"
    U"崔钟谭陆汪范廖贾夏韦付邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵钱覃戴莫孔汤樊葛邢齐伍庞颜倪"
    U"聂鲁岳翟殷詹申耿焦俞甄柳祝阮柯纪童凌裴霍翁冉骆游靳管鲍祁滕屈饶缪简芦褚娄窦戚岑宫晏席柏宗瞿"
    U"桂佟臧闵苟邬卞栾隋刁寇丛仲虞敖巩佘池苑邝鞠郁胥班储燕楚劳谌奚冼蔺楼迟谈匡";

}  // namespace

std::u32string_view plain_surnames() noexcept { return kPlainSurnames; }

bool NameShape::boundary(std::size_t i) const {
  return !is_cjk(text_[i]) || (classes(i) & kNeverInName) != 0 ||
         words_.followers.has(text_[i], text_[i + 1]);
}

bool NameShape::plain_surname(std::size_t i) const {
  return (classes(i) & kPlainSurname) != 0 ||
         words_.compound.has(text_[i], text_[i + 1]);
}

/// With two possible lengths, the one whose next character can follow a name wins; otherwise the
/// longer, when its characters are usual.
std::size_t NameShape::han_name(std::size_t i, bool rare_too, bool ordinary_words) const {
  const std::size_t family = surname(i, rare_too);
  if (family == 0 || (text_[i] == U'位' && one_of<U"一二两三四五几各诸">(text_[i - 1])) ||
      (one_of<U"楼院">(text_[i]) && text_[i - 1] == U'属')) {
    return 0;  // 三位规培同学, 家属|楼接回
  }
  if (!given(i + family)) {
    return family == 1 && grammar_inside(i, rare_too) ? 3 : 0;
  }
  if (ordinary_words && family == 1 && words_.friends.has(text_[i], text_[i + 1]) &&
      !in_spite_of_friends(i)) {
    return 0;
  }
  const std::size_t two = family + 1;
  if (family == 1 && grammar_at_end(i + two)) {
    return two + 1;
  }
  if (!given(i + two) || words_.followers.has(text_[i + two], text_[i + two + 1])) {
    return two;
  }
  if (boundary(i + two + 1)) {
    return two + 1;
  }
  const bool word_begins = words_.frequent.has(text_[i + two], text_[i + two + 1]);
  return usual_given(i + two) && !word_begins ? two + 1 : two;
}

bool NameShape::grammar_given(std::size_t i) const {
  return one_of<U"升为亦应从其与更年时将太无未不因在由度日则而于非再权">(text_[i]);
}

bool NameShape::grammar_inside(std::size_t i, bool rare_too) const {
  return grammar_given(i + 1) && usual_given(i + 2) && boundary(i + 3) &&
         (rare_too || plain_surname(i)) && !words_.friends.has(text_[i], text_[i + 1]) &&
         !words_.followers.has(text_[i + 1], text_[i + 2]) &&
         !words_.frequent.has(text_[i + 1], text_[i + 2]);
}

bool NameShape::grammar_at_end(std::size_t last) const {
  if (text_[last] == U'男') {  // 孙女龚亚男签字, not 龚亚，男
    return one_of<U"亚胜若佳似如超赛冠奇">(text_[last - 1]) && is_cjk(text_[last + 1]) &&
           boundary(last + 1);
  }
  const bool alone = one_of<U"升年">(text_[last]) ? boundary(last + 1) : !is_cjk(text_[last + 1]);
  return one_of<U"升年为从应时非权">(text_[last]) && alone && usual_given(last - 1) &&
         !is_digit(text_[last + 1]) && !words_.followers.has(text_[last], text_[last + 1]);
}

/// 于家驹， begins like 于家中, but all of it is a name's and it stops where a name would.
bool NameShape::in_spite_of_friends(std::size_t i) const {
  return (classes(i) & kCommonSurname) != 0 && usual_given(i + 1) &&
         usual_given(i + 2) && !is_cjk(text_[i + 3]) &&
         !words_.ordinary.has(text_[i], text_[i + 1]) &&
         !words_.ordinary.has(text_[i + 1], text_[i + 2]) && !ordinary(i, 3);
}

std::size_t NameShape::transliterated(std::size_t i) const {
  if (words_.countries.has(text_[i], text_[i + 1])) {
    return 0;
  }
  // 才让扎西: two names of two characters.
  const bool two_names = words_.ethnic.has(text_[i], text_[i + 1]) &&
                         words_.ethnic.has(text_[i + 2], text_[i + 3]);
  std::size_t length = two_names ? 4 : 0;
  while (length < kMaxTransliterated &&
         ((classes(i + length) & kTransliteration) != 0 ||
          (length > 0 && text_[i + length] == kMiddleDot && is_cjk(text_[i + length + 1])))) {
    if (length >= 2 && words_.followers.has(text_[i + length], text_[i + length + 1])) {
      break;
    }
    ++length;
  }
  return length;
}

std::size_t NameShape::foreign_name(std::size_t start, std::size_t stop) const {
  if (stop == start + 2 && words_.ethnic.has(text_[start], text_[start + 1])) return 2;
  if ((classes(start) & kTransliteration) == 0 || surname(start, false) == 2) return 0;
  const std::size_t length = transliterated(start);
  return length >= 3 && length <= 8 ? length : 0;
}

bool NameShape::usual_name(std::size_t i, std::size_t length) const {
  for (std::size_t k = surname(i, false); k < length; ++k) {
    if (!likely_given(i + k)) {
      return false;
    }
  }
  return true;
}

bool NameShape::plausible(std::size_t start, std::size_t length) const {
  const bool compound = surname(start, true) == 2;
  const bool last = likely_given(start + length - 1);
  if (last && (length < 3 || likely_given(start + 1) || compound)) {
    return true;
  }
  const bool some = last || usual_given(start + 1) || compound;
  return boundary(start + length) && (some || length >= 3 || !is_cjk(text_[start + length]));
}

bool NameShape::ends_cell(std::size_t at) const {
  const char32_t c = text_[at];
  return c == 0 || is_blank(c) || c == U'|' || c == U'/';
}

bool NameShape::ends_clause(std::size_t at) const {
  return text_[at] == 0 || one_of<U"。;\n">(text_[at]);
}

std::size_t NameShape::whole_cell(std::size_t start, std::size_t han) const {
  if (han == 2 && is_cjk(text_[start + 2]) && !is_cjk(text_[start + 3]) &&
      !sex_or_age_at(text_, start + 2) &&
      !one_of<U"诉签的及等岁因系述病住床拟已称于与讲说问答按">(text_[start + 2])) {
    return 3;
  }
  const bool double_surname = han == 3 && surname(start + 1, false) == 1 &&
                              usual_given(start + 3) && !is_cjk(text_[start + 4]);
  return double_surname ? 4 : han;
}

std::size_t NameShape::padded_name(std::size_t start) const {
  std::size_t at = start + 1;
  while (at < start + 3 && (text_[at] == U' ' || text_[at] == 0x3000)) ++at;
  const bool one = at > start + 1 && is_cjk(text_[at]) && !is_cjk(text_[at + 1]) &&
                   text_[at + 1] != U':' && !one_of<U"男女">(text_[at]);
  return one && surname(start, false) == 1 && usual_given(at) ? at + 1 - start : 0;
}

std::size_t NameShape::listed_name(std::size_t start) const {
  std::size_t stop = start;
  while (is_cjk(text_[stop]) && stop < start + 4) {
    ++stop;
  }
  const bool word = words_.friends.has(text_[start], text_[start + 1]) ||
                    words_.followers.has(text_[start], text_[start + 1]);
  const bool whole = (stop - start == 2 || stop - start == 3) &&
                     (text_[stop] == U'、' || ends_clause(stop));
  return whole && !word && surname(start, true) > 0 ? stop - start : 0;
}

bool NameShape::described(std::size_t start, std::size_t stop) const {
  constexpr CharSet kOthers = U"患病者人性别婚族籍年儿科床岁院诊室号区级男女";
  const bool cell = text_[start - 1] == U' ' && surname(start, true) > 0 && usual_given(stop - 1);
  if (stop - start < 2 || !(opens_sentence(start) || cell) || !sex_or_age_at(text_, stop) ||
      is_column(text_, start, stop) || (text_[stop - 1] == U'国' && stop - start == 2) ||
      illness_at(text_, start) || roles().loose.at(text_, start) > 0 ||
      words_.countries.has(text_[start], text_[start + 1])) {
    return false;
  }
  std::size_t sex = stop;
  while (sex < stop + 4 && text_[sex] != U'男' && text_[sex] != U'女') ++sex;
  std::size_t age = sex;
  const std::size_t reach = sex + (ethnicity_at(text_, sex + 1) ? 9 : 4);  // 男，撒拉族，46岁
  while (age < reach && !is_digit(text_[age]) && text_[age] != U'\n') ++age;
  for (std::size_t i = start; i < stop; ++i) {
    if (one_of<kOthers>(text_[i])) return false;
  }
  return sex < stop + 4 && is_digit(text_[age]) && roles().sure.at(text_, start) == 0;
}

bool NameShape::pet_name(std::size_t start) const {
  static constexpr auto kNaming = std::to_array<std::u32string_view>(
      {U"自称", U"人称", U"名叫", U"小名", U"乳名", U"大名", U"昵称", U"学名"});
  static const WordIndex kBefore(WordIndex::By::kLastTwo, kNaming);
  static const WordIndex kBehind(WordIndex::By::kFirstTwo, kNaming);
  const bool doubled = text_[start] == text_[start + 1] && given(start);
  const bool small = one_of<U"小阿">(text_[start]) && usual_given(start + 1);
  const bool behind = text_[start + 2] == U'(' && !kBehind.longest_at(text_, start + 3).empty();
  std::size_t before = start;
  while (start - before < 3 && one_of<U":\"“「『 ">(text_[before - 1])) --before;
  return (doubled || small) && (behind || !kBefore.longest_before(text_, before).empty());
}

/// 周三|停诊: a day of the week and what is done on it.
bool NameShape::on_weekday(std::size_t start) const {
  static constexpr auto kDeeds = std::to_array<std::u32string_view>(
      {U"停诊", U"停药", U"停服", U"停用", U"空腹", U"坐诊", U"出诊", U"门诊", U"复诊", U"复查", U"会诊", U"手术",
       U"查房", U"入院", U"出院", U"转院", U"转科", U"上班", U"下班", U"值班", U"休息", U"休假", U"化疗", U"透析"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kDeeds);
  return text_[start] == U'周' && one_of<U"一二三四五六日">(text_[start + 1]) &&
         !kIndex.longest_at(text_, start + 2).empty();
}

bool NameShape::inside_word(std::size_t start, std::size_t length) const {
  const std::size_t last = start + length - 1;
  return (text_[last] == U'试' && text_[last + 1] == U'验') ||  // 林纳试|验
         (text_[last] == U'科' && title_at(text_, last + 1)) ||  // 约谈科|主任
         (text_[last] == U'征' && !words_.given_words.has(text_[last - 1], text_[last])) ||
         (text_[start] == U'谢' && text_[start + 1] == U'谢') ||
         (text_[start] == U'周' && (is_digit(text_[start - 1]) ||  // 3-4周起效, 下周孟凡休假
                                   one_of<U"上下本每这两几半整">(text_[start - 1]))) ||
         (text_[start] == U'周' && length == 2 && one_of<U"一二三四五六日">(text_[last])) ||
         on_weekday(start) ||
         (text_[start] == U'应' && is_cjk(text_[start - 1]) && !sex_or_age_at(text_, last + 1) &&
          !is_typical_given(text_[start + 1])) ||
         (one_of<U"楼院">(text_[start]) && text_[start - 1] == U'属') ||  // 家属|楼接回
         (text_[start] == U'长' && one_of<U"士院科组班校村部局">(text_[start - 1])) ||
         (text_[start] == U'位' && one_of<U"一二两三四五几各诸">(text_[start - 1])) ||
         (length > 2 && surname(last, false) > 0 && title_at(text_, last + 1) &&
          !likely_given(last));
}

bool NameShape::place_behind(std::size_t start) const {
  std::size_t i = start + 3;
  while (i < start + 7 && is_cjk(text_[i]) && !one_of<U"路街区县镇乡村院市">(text_[i])) ++i;
  return i < start + 7 && is_cjk(text_[i]);
}

bool NameShape::grammar_family(std::size_t start, std::size_t length) const {
  constexpr CharSet kGrammar = U"和都是国来有班还能静随真但从特后因该可原院经由贵";
  constexpr CharSet kSurnames = U"于曾祝管时全向党宾应那太公生喜连";  // and words of grammar
  const bool word = one_of<kGrammar>(text_[start]);
  const std::size_t stop = start + length;
  const bool cell = !is_cjk(text_[start - 1]) && !is_cjk(text_[stop]);
  if (!(word || one_of<kSurnames>(text_[start])) || cell) return false;
  if (sex_or_age_at(text_, stop) || title_at(text_, stop) || deed_at(text_, stop) ||
      ends_cell(stop) || text_[stop] == U'(') {
    return false;
  }
  const bool follows = words_.followers.has(text_[stop], text_[stop + 1]);
  if (!word && length == 3 && follows && usual_name(start, 3)) return false;  // 连广发今日出院
  std::size_t typical = 0;
  for (std::size_t i = start + 1; i < stop; ++i) typical += is_typical_given(text_[i]) ? 1 : 0;
  if (is_cjk(text_[stop])) return typical < (word ? length - 1 : 1);
  return word && !(length == 3 && is_typical_given(text_[stop - 1]));
}

std::size_t NameShape::of_a_people(std::size_t start, std::size_t stop) const {
  if (stop < start + 2 || !ethnicity_at(text_, stop)) return stop;
  for (std::size_t role = stop - 2; role > start; --role) {
    if (roles().sure.before(text_, role)) start = role;
  }
  for (std::size_t i = start; i < stop; ++i) {
    if (!given(i)) return stop;
  }
  const bool name = stop - start > 1 && stop - start < 5 && usual_given(stop - 1) &&
                    !ordinary(start, 2) && roles().sure.at(text_, start) == 0 &&
                    roles().loose.at(text_, start) == 0 && !is_column(text_, start, stop);
  return name ? start : stop;
}

int NameShape::word_points(std::size_t start, std::size_t length, bool placed) const {
  if (surname(start, true) == 2) return 0;
  const bool common = words_.friends.has(text_[start], text_[start + 1]);
  const bool listed = ordinary(start, length) || ordinary(start, 2);
  int points = common && (listed || length == 2) ? 5 : common ? 4 : listed ? 3 : 0;
  points += length == 2 && text_[start + 1] == U'国' ? 2 : 0;  // 韩国，41岁
  points -= points > 2 && placed && length == 3 ? 2 : 0;  // 父|向家贵、
  points += words_.followers.has(text_[start], text_[start + 1]) ? 6 : 0;
  points += one_of<U"村庄湾屯沟寨店路">(text_[start + length - 1]) ? 3 : 0;
  // 经王丽…: a word of grammar that is a surname, too.
  points += one_of<U"经由请与和时后">(text_[start]) && surname(start + 1, false) > 0 ? 3 : 0;
  if (length == 3 && words_.friends.has(text_[start + 1], text_[start + 2])) points += 3;
  if (length == 3 && !words_.given_words.has(text_[start + 1], text_[start + 2]) &&
      (words_.ordinary.has(text_[start + 1], text_[start + 2]) ||
       words_.frequent.has(text_[start + 1], text_[start + 2]))) {
    points += 3;
  }
  if (words_.ordinary.has(text_[start - 1], text_[start]) ||
      words_.friends.has(text_[start - 1], text_[start])) {
    points += 4;
  }
  return points;
}

bool NameShape::ordinary(std::size_t start, std::size_t length) const {
  if (length == 2) {
    return words_.ordinary.has(text_[start], text_[start + 1]);
  }
  return length == 3 &&
         (words_.ordinary.has(text_[start], text_[start + 1], text_[start + 2]) ||
          ((classes(start) & kCommonSurname) == 0 && surname(start, true) == 1 &&
           words_.ordinary.has(text_[start], text_[start + 1])));
}

std::size_t surname_bytes(std::string_view name) {
  if (!is_valid_utf8(name)) {
    return 0;
  }
  // Four characters are looked at, and whether there is a fifth.
  std::array<char32_t, 5> points{};
  std::array<std::size_t, 6> offsets{};
  std::size_t size = 0;
  for (std::size_t at = 0; at < name.size() && size < points.size(); offsets[++size] = at) {
    points[size] = next_code_point(name, at);
  }
  if (name_words().compound.has(points[0], points[1])) {
    return offsets[size > 2 ? 2 : 1];
  }
  const bool known =
      (classes_of(char_classes(), points[0]) & (kCommonSurname | kRareSurname)) != 0;
  return known && size > 1 && size <= 4 ? offsets[1] : 0;
}

}  // namespace emr::desensitize
