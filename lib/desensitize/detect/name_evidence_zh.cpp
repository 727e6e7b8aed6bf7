#include "desensitize/detect/name_evidence_zh.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr auto kTitles = std::to_array<std::u32string_view>(
    {U"主任", U"医师", U"医生", U"护士", U"教授", U"大夫", U"先生", U"女士", U"副主", U"院长", U"同志", U"主治", U"护师",
     U"护长", U"老师", U"小姐", U"阿姨", U"副教", U"副院", U"药师", U"技师", U"住院医", U"主管", U"师傅", U"两位",
     U"二位", U"三位", U"规培", U"住院总", U"您好", U"你好", U"营养师", U"治疗师", U"咨询师", U"麻醉师", U"老先生", U"老太太",
     U"技士", U"村医", U"小朋友", U"家长", U"爷爷", U"奶奶", U"叔叔", U"伯伯", U"大爷", U"大妈", U"大娘", U"大哥", U"大姐",
     U"老汉", U"老太", U"婆婆", U"大嫂", U"大婶", U"大叔", U"大伯", U"阿婆", U"阿公", U"老人", U"老伯",
     U"护工", U"警官", U"律师", U"校长", U"经理", U"书记", U"村长", U"医助", U"研究员", U"同学"});
// Whole titles, for where they end.
constexpr auto kWholeTitles = std::to_array<std::u32string_view>(
    {U"主任医师", U"副主任医师", U"主任", U"副主任", U"医师", U"医生", U"主治医师", U"住院医师", U"主治", U"护士", U"护士长",
     U"护师", U"主管护师", U"教授", U"副教授", U"大夫", U"药师", U"技师", U"院长", U"副院长", U"老师", U"医助", U"规培医师",
     U"进修医师", U"主管药师", U"主管技师", U"主任护师", U"副主任护师", U"住院医", U"住院总", U"主治医生", U"住院医生"});
constexpr auto kDeeds = std::to_array<std::u32string_view>(
    {U"会诊", U"查房", U"医嘱", U"陪同", U"陪护", U"签字", U"签名", U"代签", U"主刀", U"主持", U"夜班", U"白班", U"值班",
     U"接班", U"护送", U"送来", U"送至", U"送入", U"搀扶", U"驾驶", U"联系", U"看过", U"手术", U"代诉", U"代述", U"电话",
     U"代为", U"代理", U"代办", U"代领", U"签收", U"签署", U"陪诊",
     U"协助", U"配合", U"参与", U"负责", U"值守", U"转告", U"告知", U"反映", U"接诊", U"翻译"});

const WordIndex& titles() {
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kTitles);
  return kIndex;
}

}  // namespace

std::u32string name_proof_starts() {
  std::u32string starts = U"男女";
  for (const std::u32string_view word : kTitles) {
    starts.push_back(word.front());
  }
  for (const std::u32string_view word : kDeeds) {
    starts.push_back(word.front());
  }
  return starts;
}

std::uint32_t provable_classes(const DecodedText& text, std::size_t i, std::uint32_t classes) {
  const std::uint32_t two = text.marks(i + 2);
  const std::uint32_t three = text.marks(i + 3);
  const std::uint32_t four = text.marks(i + 4);
  const std::uint32_t five = text.marks(i + 5);
  constexpr std::uint32_t kPart = kTransliteration | kNameDot;
  const bool foreign = (two & kNameProof) != 0 ||
                       ((text.marks(i + 1) & kPart) != 0 && (two & kPart) != 0);
  // Behind two to four characters stands the proof, or a comma and then the proof; "Pt 李四"
  // needs none, and the end of the text is one.
  const bool han = ((two | three | four) & kNameProof) != 0 ||
                   ((two & kComma) != 0 && (three & (kComma | kNameProof)) != 0) ||
                   ((three & kComma) != 0 && (four & (kComma | kNameProof)) != 0) ||
                   ((four & kComma) != 0 && (five & (kComma | kNameProof)) != 0) ||
                   i + 4 >= text.size() || text[i - 1] == U' ';
  return (foreign ? classes : classes & ~std::uint32_t{kTransliteration}) &
         (han ? ~std::uint32_t{0} : ~std::uint32_t{kCommonSurname | kCompoundStart});
}

std::uint64_t provable_block(const DecodedText& text, std::size_t block) {
  const auto ahead = [&](std::uint32_t wanted, int before) {
    return text.marked_ahead(wanted, block, before);
  };
  constexpr std::uint32_t kPart = kTransliteration | kNameDot;
  constexpr std::uint32_t kEdge = kComma | kNameProof;
  const std::uint64_t foreign = ahead(kNameProof, 2) | (ahead(kPart, 1) & ahead(kPart, 2));
  const std::uint64_t last = text.size() < 4 + 64 * block    ? ~std::uint64_t{0}
                             : text.size() < 68 + 64 * block ? ~std::uint64_t{0}
                                                                   << (text.size() - 4 - 64 * block)
                                                             : 0;
  const std::uint64_t behind_edge = text.marked_block(kNameProof, block) << 1 |
      (block > 0 ? text.marked_block(kNameProof, block - 1) >> 63 : 0);
  const std::uint64_t han = ahead(kNameProof, 3) | ahead(kNameProof, 4) | ahead(kNameProof, 2) |
                            (ahead(kComma, 2) & ahead(kEdge, 3)) |
                            (ahead(kComma, 3) & ahead(kEdge, 4)) |
                            (ahead(kComma, 4) & ahead(kEdge, 5)) | last | behind_edge;
  return (text.marked_block(kTransliteration, block) & foreign) |
         (text.marked_block(kCommonSurname | kCompoundStart, block) & han);
}

bool sex_or_age_at(const DecodedText& text, std::size_t at) {
  std::size_t sex = at;
  while (one_of<U",、(/|">(text[sex]) || is_blank(text[sex])) {
    if (++sex > at + 4) {
      return false;
    }
  }
  if (text[sex] == U'男' || text[sex] == U'女') {
    if (text[sex - 1] == U'之') return false;  // 史春梅之女
    return !is_cjk(text[sex + 1]) || text[sex + 1] == U'性';
  }
  return is_digit(text[sex]) && (text.starts(sex + 1, U"岁") || text.starts(sex + 2, U"岁"));
}

bool ethnicity_at(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kLongest = 6;
  if (!one_of<U",、(">(text[at])) {
    return false;
  }
  std::size_t stop = at + 1;
  while (is_cjk(text[stop]) && stop < at + kLongest) {
    ++stop;
  }
  return stop > at + 2 && text[stop - 1] == U'族' && text[stop - 2] != U'家';
}

bool relation_at(const DecodedText& text, std::size_t at) {
  static constexpr auto kInside = std::to_array<std::u32string_view>(
      {U"患者", U"病人", U"患儿", U"丈夫", U"妻子", U"父亲", U"母亲", U"父女", U"父子", U"母女", U"母子",
       U"女儿", U"儿子", U"儿媳", U"女婿", U"哥哥", U"弟弟", U"姐姐", U"妹妹", U"配偶", U"家属", U"监护",
       U"本人", U"爱人", U"老伴", U"电话", U"手机", U"身份", U"住院", U"门诊", U"病案", U"床号", U"其子",
       U"其女", U"其夫", U"其妻", U"其父", U"其母", U"其兄", U"其弟", U"其姐", U"其妹", U"工号", U"签字",
       U"签名", U"签章", U"夫妻"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kInside);
  const std::size_t bed = at + (is_digit(text[at + 2]) ? 3 : 2);
  if (text[at] == U'(' && is_digit(text[at + 1]) && text[bed] == U'床') {
    return true;  // 洪承志（9床）
  }
  return text[at] == U'(' && (!kIndex.longest_at(text, at + 1).empty() ||
                              (text.starts(at + 1, U"ID") && !is_letter(text[at + 3])));
}

bool is_drug_label(const DecodedText& text, std::size_t colon) {
  static constexpr auto kLabels = std::to_array<std::u32string_view>(
      {U"用药", U"药物", U"药品", U"处方", U"服用", U"方药", U"治疗", U"诊断", U"方剂", U"组成", U"中药",
       U"口服", U"过敏", U"成分", U"带药", U"检查", U"项目", U"饮食", U"症状"});
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kLabels);
  return text[colon] == U':' && !kIndex.longest_before(text, colon).empty();
}

bool title_at(const DecodedText& text, std::size_t at) {
  return (text.marks(at) & kNameProof) != 0 && !titles().longest_at(text, at).empty();
}

std::size_t title_length(const DecodedText& text, std::size_t at) {
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kWholeTitles);
  return title_at(text, at) ? kIndex.longest_at(text, at).size() : 0;
}

bool deed_at(const DecodedText& text, std::size_t at) {
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kDeeds);
  return (text.marks(at) & kNameProof) != 0 && !kIndex.longest_at(text, at).empty();
}

bool is_role_end(char32_t c) { return one_of<U"者人员师士助手友板警">(c); }

bool table_word_at(const DecodedText& text, std::size_t at) {
  static constexpr std::u32string_view kWords[] = {U"小计", U"合计", U"总计", U"共计", U"以上",
                                                   U"以下", U"其他", U"其它", U"备注", U"平均"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::u32string_view word) { return text.starts(at, word); });
}

bool dose_at(const DecodedText& text, std::size_t at) {
  std::size_t stop = at;
  while (is_blank(text[stop]) && text[stop] != U'\n' && stop < at + 4) ++stop;
  const std::size_t first = stop;
  while ((is_digit(text[stop]) || text[stop] == U'.') && stop < first + 6) ++stop;
  if (stop == first) return false;
  const char32_t unit = text[stop] | 0x20;
  return one_of<U"粒片丸支袋包瓶滴克毫枚剂">(text[stop]) || unit == U'g' || unit == U'u' ||
         (unit == U'm' && ((text[stop + 1] | 0x20) == U'g' || (text[stop + 1] | 0x20) == U'l'));
}

std::size_t latin_name_at(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kLongestWord = 32;  // asked at every word: "A-bb-A-bb-..." is walked once
  const auto upper = [](char32_t c) { return c >= U'A' && c <= U'Z'; };
  // Mary, ZHANG, McDonald, O'Neil, Garcia-Lopez, Min-ho
  const auto goes_on = [&](std::size_t i, std::size_t start) {
    if (text[i] == U'-') return is_letter(text[i + 1]);
    if (!is_letter(text[i])) return one_of<U"'’">(text[i]) && upper(text[i + 1]);
    if (upper(text[i]) == upper(text[start + 1]) || one_of<U"'’">(text[start + 1])) return true;
    return upper(text[i]) && is_letter(text[i + 1]) && !upper(text[i + 1]);
  };
  std::size_t stop = at;
  for (std::size_t words = 0; words < 3; ++words) {
    std::size_t start = stop;
    if (words > 0) {
      start += text[start] == U',' ? 1 : 0;
      start += text[start] == U' ' ? 1 : 0;
    }
    std::size_t end = start + 1;
    while (end < start + kLongestWord && goes_on(end, start)) ++end;
    if ((words > 0 && start == stop) || !upper(text[start]) || end < start + 2) {
      return words > 1 ? stop - at : 0;
    }
    stop = end;
  }
  return stop - at;
}

bool latin_role_before(const DecodedText& text, std::size_t stop) {
  static constexpr auto kLabels = std::to_array<std::u32string_view>(
      {U"name", U"patient", U"doc", U"doctor", U"dr", U"nurse", U"contact", U"author", U"signed",
       U"attending", U"physician", U"surgeon", U"by", U"pt", U"pat", U"family", U"user",
       U"operator", U"reviewer"});
  const auto same = [&](std::u32string_view label) {
    for (std::size_t i = 0; i < label.size(); ++i) {
      const char32_t c = text[stop - label.size() + i];
      if ((c >= U'A' && c <= U'Z' ? c + 32 : c) != label[i]) return false;
    }
    return !is_letter(text[stop - label.size() - 1]);
  };
  return std::any_of(kLabels.begin(), kLabels.end(), same);
}

bool latin_person_before(const DecodedText& text, std::size_t stop) {
  static constexpr std::u32string_view kWords[] = {U"Dr.", U"Dr", U"DR",  U"Pt",  U"PT",  U"CRC",
                                                   U"CRA", U"PI", U"OT", U"RN", U"Mr.", U"Ms.",
                                                   U"Mrs."};
  return !is_cjk(text[stop - 1]) &&
         std::any_of(std::begin(kWords), std::end(kWords), [&](std::u32string_view word) {
           return text.stops(stop, word) && !is_letter(text[stop - word.size() - 1]);
         });
}

bool is_cell(const DecodedText& text, std::size_t start, std::size_t stop) {
  const char32_t before = text[start - 1];
  const char32_t after = text[stop];
  const auto edge = [](char32_t c) { return c == 0 || is_blank(c) || one_of<U"|/():;">(c); };
  const bool term = before == U';' && after == U';';  // ；葛根素；单克隆；
  return edge(before) && edge(after) && !(before == 0 && after == 0) && !term &&
         !dose_at(text, stop);
}

bool is_introduced(const DecodedText& text, std::size_t start) {
  return one_of<U"院科室心请由经与和及向邀为、托组遵谢日晨午同据按找看访向随给让过是叫了">(text[start - 1]) ||
         text.stops(start, U"医嘱") || text.stops(start, U"通知");
}

bool is_after_latin(const DecodedText& text, std::size_t start, std::size_t stop) {
  if (is_cjk(text[stop]) || start < 2) {
    return false;
  }
  std::size_t before = start;
  while (before > 0 && (text[before - 1] == U' ' || text[before - 1] == U'.') &&
         start - before < 3) {
    --before;
  }
  if (before == start || !is_letter(text[before - 1]) || text[start - 1] != U' ' ||
      is_digit(text[stop])) {
    return false;
  }
  while (before > 0 && is_letter(text[before - 1])) {
    --before;
  }
  return !is_digit(text[before - 1]) && text[before - 1] != U'/';  // "15g 白术": a unit
}

bool speaks_at(const DecodedText& text, std::size_t at) {
  return text[at] == U':' && one_of<U"师生士夫任授">(text[at - 1]);
}

bool is_role_colon(const DecodedText& text, std::size_t at) {
  return text[at] == U':' && at >= 2 && is_cjk(text[at - 2]) &&
         one_of<U"人者员师士医助">(text[at - 1]) && text[at - 3] != U'?';  // 几岁？患者：四十六
}

}  // namespace emr::desensitize
