#include "desensitize/detect/yearless_dates_zh.h"

#include <array>
#include <string_view>

#include "desensitize/detect/date_shapes_zh.h"
#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

/// What is numbered, measured or counted is no date: 3/6级, 1/2片, 3-5天, 7.2分.
constexpr CharSet kUnits = U"级片次天岁年周月时点分秒个例度期型版倍支粒袋瓶肋椎指颗床区单位克升毫厘公斤米名人类档盒滴"
                           U"段届批层楼室栋幢号页条件种项组之比章节元折码根块口针步式";

/// What happens on a day, right behind it.
constexpr auto kDeeds = std::to_array<std::u32string_view>(
    {U"入院", U"出院", U"手术", U"术前", U"术后", U"术中", U"复查", U"复诊", U"复测", U"门诊", U"急诊", U"住院", U"转入",
     U"转出", U"转院", U"转科", U"我院", U"外院", U"拔管", U"拔除", U"换药", U"拆线", U"查房", U"会诊", U"检查", U"化验",
     U"复检", U"随访", U"就诊", U"来院", U"来诊", U"开始", U"起病", U"发病", U"分娩", U"顺产", U"剖宫", U"引产", U"上午",
     U"下午", U"晚上", U"晚间", U"夜间", U"夜班", U"白班", U"凌晨", U"早上", U"早晨", U"清晨", U"中午", U"傍晚", U"当天",
     U"当日", U"化疗", U"放疗", U"穿刺", U"活检", U"抽血", U"采血", U"采集", U"采样",
     U"输血", U"开药", U"停药", U"停用", U"加用", U"改用", U"确诊",
     U"去世", U"死亡", U"出生", U"交班", U"小结", U"病程", U"血常规", U"胃镜", U"肠镜", U"彩超", U"超声", U"打针", U"接种",
     U"预约", U"约了",
     U"电话", U"面访", U"电访", U"家访", U"拨打", U"致电", U"回访", U"接听", U"暂停", U"再次", U"突发", U"突然", U"出现",
     U"摔倒", U"跌倒", U"外伤", U"受伤", U"车祸", U"签字", U"签名"});
/// The same in one character.
constexpr CharSet kShortDeeds = U"行查拔做去来因予夜晚晨早复诉约起我";
/// What a diary says of a day.
constexpr CharSet kWeather = U"晴阴雨雪";
/// Words for a day that is still to come, or that a form asks for.
constexpr auto kPlans = std::to_array<std::u32string_view>(
    {U"下次", U"定于", U"明天", U"明日", U"后天", U"复诊", U"产检", U"随访", U"评定", U"日期", U"交班", U"登记", U"预约",
     U"拟于", U"末次月经", U"预产期", U"截至", U"入院", U"出院", U"生于", U"生日", U"随诊", U"门诊", U"次约"});
/// What nobody does with a result: 牙髓炎 12.2复诊.
constexpr auto kVisits = std::to_array<std::u32string_view>(
    {U"复诊", U"入院", U"出院", U"来诊", U"就诊", U"随访"});
/// Words for a day behind which a result may stand as well: 复查 5.6, 今天 6.1.
constexpr auto kDays = std::to_array<std::u32string_view>(
    {U"复查", U"手术", U"今天", U"今日", U"昨天", U"昨日", U"时间", U"检查", U"记录", U"小结", U"就诊", U"因于", U"患者于",
     U"家属于", U"曾于", U"病人于"});

struct MonthDay {
  std::size_t stop = 0;  ///< 0: none
  char32_t mark = 0;
  bool padded = false;   ///< 08-01
  bool full = false;     ///< 12-01
};

MonthDay month_day_at(const DecodedText& text, std::size_t at) {
  constexpr std::array<unsigned, 13> kLast{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const std::size_t mark = at + (is_digit(text[at + 1]) ? 2 : 1);
  const std::size_t stop = mark + (is_digit(text[mark + 2]) ? 3 : 2);
  if (!one_of<U"-/.月">(text[mark]) || !is_digit(text[mark + 1])) {
    return {};
  }
  const auto number = [&](std::size_t from, std::size_t end) {
    return end - from == 2 ? (text[from] - U'0') * 10 + (text[from + 1] - U'0') : text[from] - U'0';
  };
  const unsigned month = number(at, mark);
  const unsigned day = number(mark + 1, stop);
  const char32_t after = text[stop];
  const bool goes_on = text[mark] != U'月' && one_of<U"-.~—">(after) &&
                       (is_digit(text[stop + 1]) || after == U'~');
  const bool closed = !is_alnum(after) && !goes_on && !one_of<U"/%×*±℃°^:+">(after);
  if (month == 0 || month > 12 || day == 0 || day > kLast[month] || !closed) {
    return {};
  }
  return {stop, text[mark], text[at] == U'0' && stop - mark == 3, stop - at == 5};
}

bool deed_follows(const DecodedText& text, std::size_t at) {
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kDeeds);
  return one_of<kShortDeeds>(text[at]) || !kIndex.longest_at(text, at).empty();
}

/// The place behind which blanks and a colon stand before `at`.
std::size_t label_stop(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kLongestGap = 3;
  std::size_t stop = at;
  while (at - stop < kLongestGap && (text[stop - 1] == U' ' || one_of<U":(">(text[stop - 1]) ||
                                     text[stop - 1] == 0x3000)) {
    --stop;
  }
  return stop;
}

/// "经办 应飞燕 2/10\n": the end of a line behind what is built like a name.
bool signed_day(const DecodedText& text, std::size_t at, std::size_t stop) {
  const bool ends = text[stop] == 0 || text[stop] == U'\n';
  std::size_t name = at;
  while (text[name - 1] == U' ' && at - name < 3) --name;
  const bool two = !is_cjk(text[name - 3]) && (text.marks(name - 2) & kCommonSurname) != 0 &&
                   is_typical_given(text[name - 1]);
  const bool three = (text.marks(name - 3) & kCommonSurname) != 0 &&
                     (text.marks(name - 2) & kNeverInName) == 0 &&
                     (text.marks(name - 1) & kGivenName) != 0;  // 村医|展令生 4/11
  return ends && name < at && (two || three);
}

/// Nothing that is measured stands before it: the edge of a clause, or a word of time.
bool opens_clause(char32_t c) { return c == 0 || c == U'\n' || one_of<U",。;、于自从今昨明拟(">(c); }

}  // namespace

std::size_t spoken_number_end(const DecodedText& text, std::size_t at) {
  const std::size_t stop = at + (is_digit(text[at + 1]) ? 2 : 1);
  const unsigned tens = stop == at + 1 ? 0 : text[at] - U'0';
  const unsigned day = tens * 10 + (text[stop - 1] - U'0');
  const bool around = text.starts(stop + 1, U"左右") || text.starts(stop + 1, U"前后");
  const bool free = !is_alnum(text[stop]) && !one_of<U"第-/.~路街巷弄村里园庄苑附甲乙丙">(text[at - 1]);
  return text[stop] == U'号' && day > 0 && day <= 31 && free &&
                 (around || deed_follows(text, stop + 1))
             ? stop + 1
             : 0;
}

std::size_t yearless_date_end(const DecodedText& text, std::size_t at, bool follows_date) {
  static const WordIndex kPlanned(WordIndex::By::kLastTwo, kPlans);
  static const WordIndex kDay(WordIndex::By::kLastTwo, kDays);
  const MonthDay date = month_day_at(text, at);
  if (date.stop == 0 || one_of<U"-/.~<>=+±≤≥第">(text[at - 1])) {
    return 0;
  }
  const std::size_t next = date.stop + (is_blank(text[date.stop]) ? 1 : 0);
  const bool counted = one_of<kUnits>(text[next]) && !deed_follows(text, next);
  if (counted || text[at - 1] == U'结') {  // 淋巴结2/14
    return 0;
  }
  if (follows_date || date.mark == U'月' || stands_as_date(text, at, date.stop)) {
    return date.stop;
  }
  const bool result = date.mark == U'.';  // 血钾 7.2行血透: numbers with a point are results, too
  const std::size_t label = label_stop(text, at);
  const char32_t before = text[label - 1];
  static const WordIndex kVisit(WordIndex::By::kFirstTwo, kVisits);
  const bool visit = !kVisit.longest_at(text, date.stop).empty();
  const bool deed = visit || deed_follows(text, date.stop) || (!result && deed_follows(text, next));
  // 第二次|10.28拨打
  const bool nth = before == U'次' && text[label - 3] == U'第' && is_cjk(text[date.stop]);
  if ((deed && (!result || visit || opens_clause(before))) || nth ||
      !kPlanned.longest_before(text, label).empty() ||
      (!result && !kDay.longest_before(text, label).empty())) {
    return date.stop;
  }
  // 于08-01, "10/19 去岭下村": a day that a line begins with.
  const bool fraction = date.mark == U'/' && before == U'于';
  const bool edge = before == 0 || before == U'\n' || before == U'/';
  const bool word = is_cjk(text[next]) || (date.full && text[next] >= U'A' && text[next] <= U'Z');
  const bool line = edge && (label == at || text[at - 1] == U' ') && is_blank(text[date.stop]) &&
                    word &&
                    (date.padded || date.full || date.mark == U'/' || one_of<kWeather>(text[next]));
  // 30天(11/20), "。12.05 电话追访"
  const bool after_time =
      text[at - 1] == U'(' && text[date.stop] == U')' && one_of<U"天周月访">(before);
  const bool full_deed = date.full && result && opens_clause(before) && deed_follows(text, next);
  const bool padded = date.padded && !result && opens_clause(before);
  return padded || fraction || after_time || full_deed || line || signed_day(text, at, date.stop)
             ? date.stop
             : 0;
}

}  // namespace emr::desensitize
