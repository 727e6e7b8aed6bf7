#include "desensitize/detect/name_places_zh.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

class RowReader : private NameShape {
 public:
  explicit RowReader(const DecodedText& text) : NameShape(text) {}

  /// Reads names from `at` on; false when the rest of the run is none.
  bool read(std::size_t at, std::size_t stop, NameRow& row) {
    if (at == stop) {
      return row.count > 1;
    }
    for (const std::size_t length : {std::size_t{3}, std::size_t{2}}) {
      if (row.count < NameRow::kMost && at + length <= stop && is_name(at, length)) {
        row.stops[row.count++] = at + length;
        if (read(at + length, stop, row)) {
          return true;
        }
        --row.count;
      }
    }
    return false;
  }

 private:
  bool is_name(std::size_t at, std::size_t length) const {
    const bool rare = surname(at, false) != 1;
    if (surname(at, true) != 1 || (rare && !is_typical_given(text_[at + length - 1])) ||
        ordinary(at, length) || ordinary(at, 2) ||
        words_.friends.has(text_[at], text_[at + 1]) ||
        words_.followers.has(text_[at], text_[at + 1])) {
      return false;
    }
    const bool typical =
        is_typical_given(text_[at + length - 1]) || is_typical_given(text_[at + 1]);
    for (std::size_t i = at + 1; i < at + length; ++i) {
      if (!likely_given(i) && !(text_[i] == U'小' && length == 3)) return false;
    }
    return typical &&
           !(length == 3 && words_.ordinary.has(text_[at + 1], text_[at + 2]));
  }
};

/// A day, a duty or a colon.
bool announces_people(const DecodedText& text, std::size_t start) {
  std::size_t before = start;
  while (before > 0 && start - before < 3 &&
         (is_blank(text[before - 1]) || text[before - 1] == U':')) {
    --before;
  }
  const char32_t c = text[before - 1];
  return before < start && (is_digit(c) || one_of<U"日号班组队员单人护医士生师者期午夜">(c));
}

}  // namespace

bool illness_at(const DecodedText& text, std::size_t at) {
  static constexpr auto kIllnesses = std::to_array<std::u32string_view>(
      {U"肺癌", U"胃癌", U"肝癌", U"肠癌", U"乳腺", U"食管", U"直肠", U"结肠", U"胰腺", U"宫颈", U"甲亢", U"甲减", U"甲状",
       U"高血", U"糖尿", U"冠心", U"脑梗", U"脑出", U"肺炎", U"肺结", U"肺气", U"支气", U"哮喘", U"慢阻", U"胆囊", U"胆结",
       U"胆管", U"阑尾", U"肝硬", U"肾炎", U"肾病", U"尿毒", U"肾结", U"骨折", U"腰椎", U"颈椎", U"痛风", U"贫血", U"白血",
       U"淋巴", U"房颤", U"心衰", U"心梗", U"心肌", U"癫痫", U"帕金", U"早产", U"股骨", U"子宫", U"卵巢", U"前列", U"脑膜",
       U"抑郁", U"精神", U"阿尔", U"类风", U"红斑", U"消化", U"上消", U"急性", U"慢性", U"术后", U"右侧", U"左侧", U"双侧"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kIllnesses);
  return !kIndex.longest_at(text, at).empty();
}

bool eponym_at(const DecodedText& text, std::size_t at) {
  static constexpr auto kEponyms = std::to_array<std::u32string_view>(
      {U"何杰", U"霍奇", U"霍纳", U"霍夫", U"康恩", U"柯萨", U"柯兴", U"库欣", U"尤文", U"施万", U"施旺", U"梅克", U"贾第",
       U"戈谢", U"高雪", U"白塞", U"马凡", U"马方", U"雷诺", U"雷特", U"席汉", U"唐氏", U"韦格", U"韦尼", U"范可", U"范科",
       U"梅尼", U"梅杰", U"吉兰", U"吉尔", U"贝尔", U"卡波", U"威尔", U"杜兴", U"桥本", U"川崎", U"艾迪", U"艾森", U"华弗",
       U"伯基", U"莫顿", U"纳尔", U"莱姆", U"莱特", U"皮克", U"巴雷", U"巴特", U"勒雪", U"勃勒", U"费尔", U"费城", U"舒曼",
       U"孟德", U"孟乔", U"施乐", U"史赛", U"爱尔", U"莫尔", U"鲍恩", U"佩吉", U"曼氏", U"柏查", U"柏林",
       U"苏木", U"林奇", U"林道", U"瓦登", U"阿斯"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kEponyms);
  return !kIndex.longest_at(text, at).empty();
}

bool names_disease(const DecodedText& text, std::size_t stop) {
  for (std::size_t i = stop; i < stop + 4 && is_cjk(text[i]); ++i) {
    if (one_of<U"瘤癌症征">(text[i])) return true;
  }
  return false;
}

bool behind_day(const DecodedText& text, std::size_t start) {
  static constexpr auto kDays = std::to_array<std::u32string_view>(
      {U"今天", U"昨天", U"明天", U"今日", U"昨日", U"明日", U"上午", U"下午", U"晚上", U"今晨", U"昨晚",
       U"上周", U"下周", U"本周", U"当天", U"次日", U"夜间", U"凌晨"});
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kDays);
  const char32_t before = text[start - 2];
  const bool clock = one_of<U"点半分时">(text[start - 1]) &&
                     (is_digit(before) || one_of<U"一二两三四五六七八九十点">(before));
  return clock || !kIndex.longest_before(text, start).empty();
}

bool behind_one_word(const DecodedText& text, std::size_t start) {
  return is_cjk(text[start - 2]) && !is_cjk(text[start - 3]) &&
         !one_of<U"管任孔干程段节面">(text[start]) &&  // 胆总|管, 班主|任
         !name_words().ethnic.has(text[start - 2], text[start - 1]) &&
         place_at(text, start - 2) == 0 && county_at(text, start - 2) == 0;
}

bool time_before(const DecodedText& text, std::size_t before, std::size_t start) {
  std::size_t digits = before;
  while (is_digit(text[digits - 1]) && before - digits < 2) --digits;
  return before < start && digits < before && one_of<U":-/.">(text[digits - 1]) &&
         is_digit(text[digits - 2]);
}

bool ordinal_before(const DecodedText& text, std::size_t start) {
  return one_of<U"个位">(text[start - 1]) &&
         ((is_digit(text[start - 2]) && text[start - 3] == U'第') ||
          (one_of<U"一二三四五六七八九十">(text[start - 2]) && one_of<U"第下另十二">(text[start - 3])));
}

bool says_of_person(const DecodedText& text, std::size_t at) {
  static constexpr auto kWords = std::to_array<std::u32string_view>(
      {U"家住", U"现住", U"暂住", U"租住", U"身份", U"电话", U"联系", U"手机", U"户籍", U"籍贯", U"祖籍", U"原籍", U"独居",
       U"属龙", U"未婚", U"已婚", U"离异", U"丧偶", U"退休", U"文盲", U"农民", U"司机", U"幼儿", U"学生", U"同住",
       U"厨师", U"工人", U"教师", U"牧民",
       U"渔民", U"职员", U"干部", U"个体", U"无业", U"保安", U"外卖", U"快递", U"务农", U"打工"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kWords);
  if (text[at] == U',') {
    return !kIndex.longest_at(text, at + 1).empty() ||
           (text[at + 1] == U'住' && !one_of<U"院进入在科">(text[at + 2]));
  }
  std::size_t age = at;
  while (age < at + 4 && one_of<U"一二三四五六七八九十">(text[age])) ++age;
  return age > at && text[age] == U'岁';
}

std::vector<std::size_t> place_stops(const Finds& finds) {
  std::vector<std::size_t> stops;
  for (const Find& find : finds) {
    if (find.type == SpanType::kAddress || find.type == SpanType::kHospital ||
        find.type == SpanType::kOrganization) {
      stops.push_back(find.stop);
    }
  }
  std::sort(stops.begin(), stops.end());
  return stops;
}

std::size_t bracket_length(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kLongest = 8;
  std::size_t stop = text[at] == U'(' ? at + 1 : at;
  while (stop > at && stop < at + kLongest && text[stop] != U')') {
    ++stop;
  }
  return text[stop] == U')' ? stop + 1 - at : 0;
}

Find latin_patient(const DecodedText& text, std::size_t at) {
  const std::size_t length = latin_name_at(text, at);
  if (length == 0) {
    return {};
  }
  const std::size_t stop = at + length;
  std::size_t proof = stop;  // behind the country, when one is named
  while (text[stop] == U',' && proof < stop + 5 && is_cjk(text[proof + 1])) {
    ++proof;
  }
  const bool country = proof > stop && text[proof + 1] == U',' && sex_or_age_at(text, proof + 1);
  return {at, country || sex_or_age_at(text, stop) ? stop : 0, SpanType::kName, 40};
}

Find latin_person(const DecodedText& text, std::size_t colon) {
  static constexpr auto kLabels = std::to_array<std::u32string_view>(
      {U"Patient", U"Name", U"Insured", U"Doctor", U"Physician", U"Surgeon", U"Contact", U"Nurse",
       U"PATIENT", U"NAME", U"name", U"patient", U"Dr", U"Pt"});
  if (std::none_of(kLabels.begin(), kLabels.end(), [&](std::u32string_view label) {
        return text.stops(colon, label) && !is_letter(text[colon - label.size() - 1]);
      })) {
    return {};
  }
  const std::size_t start = colon + (text[colon + 1] == U' ' ? 2 : 1);
  const std::size_t length = latin_name_at(text, start);
  return {start, length > 0 ? start + length : 0, SpanType::kName, 50};
}

NameRow row_of_names(const DecodedText& text, std::size_t start, std::size_t stop) {
  constexpr std::size_t kLongest = 15;
  NameRow row;
  if (stop - start > kLongest || !announces_people(text, start) ||
      !RowReader(text).read(start, stop, row)) {
    row.count = 0;
  }
  return row;
}

}  // namespace emr::desensitize
