// A name is likely where its surname is frequent, its other characters are typical of given names,
// and what stands before and behind it speaks of people; it is unlikely where it is a word of the
// language or goes on. Each of these gives points (about bits of evidence, rounded); a sum of
// kEnough is a name. The points are the author's judgement, checked on the development sets of
// tests/score; no value of a sample is in them.
#include "desensitize/detect/scored_names_zh.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "desensitize/detect/char_set.h"
#include "desensitize/detect/column_names_zh.h"
#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/labels_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_lists_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/name_repeat_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/table_names_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr int kEnough = 8;
constexpr int kNever = -100;
/// A usual surname and two characters that hardly stand elsewhere.
constexpr int kDoubtless = 12;
/// A usual surname and two characters that are typical of names.
constexpr int kTypicalName = 10;
constexpr int kSureGiven = kTypicalPoints + kOnlyPoints;  ///< of its given characters

/// What people are the subject or the object of, in one character.
constexpr CharSet kBehindNames = U"称诉说述讲问答叫在于因被将已把与和及自系曾未有无是来去到送为就住从给打用啊吧"
                                 U"听持今昨拉扛死走接看要想带抱签写做致拿拨押护搀背驾骑拦劝喂帮替代陪所处家换又也还仍随患递坐站躺哭笑喊吃喝摔跌晕倒让嫌怕催";
/// 史米斯机, 阿里斯钳: what eponyms without a typical character are made of.
constexpr CharSet kDevices = U"机架钳刀管针囊镜瓣环窝沟结法位式";
/// 何杰金病, 墨菲征, 米非司酮: behind these characters nobody is meant.
constexpr CharSet kTerms = U"氏病征症菌酶酮唑胺碱素酸酯粉丸片胶膏食音试实染毒体定尼林钠钾钙霉隆肽";
/// The same that only people do.
constexpr CharSet kDeeds = U"称诉说讲替陪签搀背驾骑劝喂抱带押";
/// Before people, and before much else.
constexpr CharSet kBeforeNames = U"被叫称由与和请给向为找让是换替对跟据派邀访嘱询问陪告托催扶抱把帮推约经救";

class NameScorer : private NameShape {
 public:
  NameScorer(const DecodedText& text, Finds& finds)
      : NameShape(text), finds_(finds), roles_(roles()), places_(place_stops(finds)) {
    names_.reserve(kUsualNames);
    for (const Find& find : finds) {
      if (find.type == SpanType::kName) names_.emplace_back(find.start, find.stop);
      if (find.type == SpanType::kName) family(text[find.start]) = text[find.start];
    }
    std::sort(names_.begin(), names_.end());
  }

  void run() {
    for (const auto& [start, stop] : cells_among_names(text_, names_)) {
      const std::size_t family = surname(start, true);
      if (is_column(text_, start, stop) || (family == 0 && is_common_word(start))) continue;
      add(start, stop, family > 0);
    }
    for (const auto& [start, stop] : signatures_among_names(text_, names_)) add(start, stop);
    if (!own_.empty()) {
      names_.insert(names_.end(), own_.begin(), own_.end());
      std::sort(names_.begin(), names_.end());
      own_.clear();
    }
    std::size_t passed = 0;  // of names_
    for (const std::size_t i :
         Places(text_, kCommonSurname | kRareSurname | kCompoundStart)) {
      const std::uint32_t before = text_.marks(i - 1);
      if (i < done_ ||
          ((before & kIdeograph) != 0 && (before & (kRoleEnd | kNameLabelEnd | kKinStart)) == 0 &&
           (classes(i) & kPlainSurname) == 0 && given_sum(i) < kSureGiven &&
           !one_of<U"被叫称由与和请给向为找让是换替对跟据派邀访嘱询问陪告托催扶抱把帮推约经救的周天日午代子女点半分时个位">(
               text_[i - 1]) &&
           !behind_place(i))) {
        continue;  // inside a word, for all that we know
      }
      while (passed < names_.size() && names_[passed].second <= i) ++passed;
      if (passed == names_.size() || i + 1 < names_[passed].first) weigh(i);
    }
    repeat_names(text_, found_, finds_);
  }

 private:
  static constexpr std::size_t kUsualNames = 16;  ///< room for those of most texts

  char32_t& family(char32_t c) { return families_[c % kFamilies]; }

  void weigh(std::size_t start) {
    const std::size_t family = surname(start, true);
    if (family == 0) return;
    if (text_[start + 2] == U'氏' && married_name_at(text_, start)) return take(start, start + 3);
    std::size_t best = 0;
    int most = kEnough - 1;
    int before = kNever;
    for (const std::size_t length : {family + 2, family + 1}) {
      const int points = own(start, family, length);
      int behind = points == kNever ? kNever : right(start + length);
      const bool typical = given_sum(start) > 5 && !names_disease(text_, start + length);
      const bool whole = length == 3 && (points >= 9 || typical);
      behind += behind == kGoesOn && whole && !is_cjk(text_[start - 1]) ? 2 : 0;  // 。罗天顺躺床上
      const bool doubtless = is_doubtless(start, length, points, behind);  // 弟子|屈婉莹整理
      behind = behind == kGoesOn && doubtless ? -1 : behind;
      if (points + behind + kMostBefore + (behind >= kCell ? kMostRoster : 0) <= most) continue;
      if (before == kNever) before = left(start);
      before = doubtless ? std::max(before, -1) : before;
      const bool bare = before < 2 && behind < kCell && !is_cjk(text_[start - 1]) && !whole;
      const int sum = points + behind + before - (bare ? 2 : 0);
      const bool listed = before >= kRole && behind >= kCell;
      if (sum + (listed ? kMostRoster : 0) <= most || excluded(start, length) ||
          (before < kRole && words_.surname_ends.has(text_[start - 1], text_[start])) ||
          (before < 1 && names_disease(text_, start + length))) {
        continue;
      }
      const bool placed = before >= kRole && behind > 0;
      const int all = sum - word_points(start, length, placed) + (listed ? roster(start) : 0);
      if (all > most) {
        most = all;
        best = length;
      }
    }
    if (best > 0 && !is_taken(start, start + best)) take(start, start + best);
  }
  void take(std::size_t start, std::size_t stop) {
    add(start, stop);
    done_ = stop;
  }
  /// `again`: looked for in the rest of the text; not on the word of a column alone.
  void add(std::size_t start, std::size_t stop, bool again = true) {
    finds_.push_back({start, stop, SpanType::kName, 33});
    own_.emplace_back(start, stop);
    family(text_[start]) = text_[start];
    if (again && !ordinary(start, stop - start)) found_.emplace_back(start, stop);
  }
  /// 柴进|老先生, 白露|护送, 阚泽|一名: the last character belongs to what follows.
  bool goes_on(std::size_t last) const {
    return title_at(text_, last) || deed_at(text_, last) || roles_.kin.at(text_, last) > 0 ||
           words_.followers.has(text_[last], text_[last + 1]) ||
           (text_[last] == U'一' && one_of<U"名位同家行">(text_[last + 1]));
  }

  // -- the name itself
  /// Does a list go on with what looks like a name: 梅婷、|窦亮，?
  bool is_likely(std::size_t start) const {
    const std::size_t family = surname(start, true);
    for (const std::size_t length : {family + 2, family + 1}) {
      if (family > 0 && !is_cjk(text_[start + length]) && own(start, family, length) >= 6) {
        return word_points(start, length, false) == 0 && !excluded(start, length);
      }
    }
    return false;
  }
  /// 包工头|申海军垫付, 办公室|顾海燕约谈: no known word before it or behind it is needed, when its
  /// characters are typical and no word of the language begins or ends in it.
  bool is_doubtless(std::size_t start, std::size_t length, int points, int behind) const {
    if (points >= kDoubtless) return true;
    const std::size_t last = start + length - 1;
    const int least = behind > 0 ? kTypicalName - 1 : kTypicalName;
    const bool typical = plain_surname(start) ? points >= least && points_of(last) > 0
                                              : given_sum(start) >= kSureGiven;
    return typical && length == 3 && surname(start, false) == 1 &&
           word_points(start, length, false) == 0 &&
           !words_.frequent.has(text_[last], text_[last + 1]) &&
           !words_.ordinary.has(text_[last], text_[last + 1]);
  }
  int points_of(std::size_t i) const { return given_points(points_, text_[i]); }
  bool is_term(std::size_t stop) const {  // not 李秀英|体检
    return (one_of<kTerms>(text_[stop]) && text_[stop + 1] != U'状') ||
           (one_of<kDevices>(text_[stop]) && !points_of(stop - 1));
  }
  /// 柴|淑珍: of the two behind a surname of one character. Brands have them as well: 园区|鑫隆.
  int given_sum(std::size_t start) const {
    const int first = points_of(start + 1);
    const bool word = one_of<U"区位国全公通都和是时那党有来班关文明安方华金">(text_[start]);
    return first == 0 || word ? 0 : first + points_of(start + 2);
  }
  /// How much do its characters look like a name's?
  int own(std::size_t start, std::size_t family, std::size_t length) const {
    for (std::size_t i = start + family; i < start + length; ++i) {
      if (!given(i) && (i + 1 == start + length || !grammar_given(i))) return kNever;
    }
    const bool rare = family == 1 && surname(start, false) == 0;
    int points = family == 2 || plain_surname(start) ? 4 : rare ? 1 : 2;
    points -= rare && is_cjk(text_[start - 1]) ? 2 : 0;  // 病人后指出
    points += families_[text_[start] % kFamilies] == text_[start] && length == 3 ? 1 : 0;
    points += text_[start + 1] == U'老' && length == 3 && ranked(start + 2, start) ? 3 : 0;
    for (std::size_t i = start + family; i < start + length; ++i) {
      const bool usual = given(i) && (likely_given(i) || ranked(i, start));  // not 张从|北京来
      const int typical = given_points(points_, text_[i]);
      points += typical > 0 ? typical : usual ? 2 : 0;
    }
    return points;
  }
  /// 王二娃, 付老四: a given name that counts the children.
  bool ranked(std::size_t i, std::size_t start) const {
    constexpr CharSet kRanks = U"一二三四五六七八九";
    return i == start + 1 ? one_of<U"老小大二三">(text_[i])
                          : one_of<kRanks>(text_[i]) && one_of<U"老小">(text_[i - 1]);
  }
  /// Is it, or what it stands in, surely something else?
  bool excluded(std::size_t start, std::size_t length) const {
    const std::size_t family = surname(start, true), stop = start + length;
    return (ends_county(text_[stop]) && county_before(text_, stop + 1) > length) ||  // 游仙|区
           county_at(text_, start) >= length || is_teachers(start) ||
           (one_of<U"路街巷">(text_[stop]) && !one_of<U"过上边">(text_[stop + 1])) ||  // 张杨|路
           (one_of<U"路街巷">(text_[stop - 1]) && one_of<U"和与及交口号">(text_[stop])) ||
           grammar_family(start, length) ||
           length == text_.size() ||  // a value by itself: its key says what it is
           (!text_.starts(start + family, U"军医生") &&  // 谢军|医生
            (title_at(text_, start + family) || roles_.sure.at(text_, start + 1) > 0)) ||
           roles_.sure.at(text_, start) > 0 || roles_.kin.at(text_, start) == length ||
           roles_.loose.at(text_, start) == length ||
           one_of<U"氏族素酮唑酯酸碱胺炎">(text_[start + length - 1]) ||
           eponym_at(text_, start) ||
           (is_term(stop) && !words_.followers.has(text_[stop], text_[stop + 1])) ||
           ((is_role_end(text_[start]) || one_of<U"父母妻夫兄弟姐妹媳婿姨舅">(text_[start])) &&
            is_cjk(text_[start - 1])) || inside_word(start, length) ||
           (length > 2 && goes_on(start + length - 1)) || is_column(text_, start, start + length);
  }
  // -- what stands before it
  static constexpr int kRole = 3;  ///< so much and more: a role or a label stands before
  static constexpr int kMostBefore = 6;
  static constexpr int kCell = 2;  ///< so much and more: it is plain that the name stops

  int left(std::size_t start) const {
    const bool joined = one_of<U"、/">(text_[start + 2]) || one_of<U"、/">(text_[start + 3]);
    if (joined && opens_people_list(text_, start)) return kMostBefore;
    std::size_t before = start;
    while (before > 0 && text_[before - 1] != U'\n' &&
           (is_blank(text_[before - 1]) || one_of<U":=_→*…『「—-">(text_[before - 1]))) {
      --before;
    }
    if (text_[before] == U':' && text_[before - 3] == U'?') return -3;  // 几岁？患者：
    if (before < start && speaks_at(text_, before)) return 1;
    if (text_[before - 1] == U'>' && behind_tag_of_people(before)) return 5;
    if (one_of<U"为是系">(text_[before - 1])) {
      for (const std::u32string_view verb : {U"均为", U"分别为", U"为", U"是", U"系"}) {
        if (text_.stops(before, verb) && is_people(before - verb.size())) return 4;
      }
    }
    if (text_[before - 1] == U'.' && latin_person_before(text_, before)) return 5;
    if (is_letter(text_[before - 1])) {
      if (latin_person_before(text_, before)) return 5;
      return behind_latin_label(before, start) ? 5 : before < start ? 1 : -3;
    }
    if (roles_.sure.before(text_, before)) return before < start ? 5 : 4;
    if (!words_.labels.longest_before(text_, before).empty()) return before < start ? 5 : 4;
    if (roles_.kin.before(text_, before)) return 4;
    if (roles_.loose.before(text_, before)) return 3;
    if (before < start && text_[before] == U':' && announces_list(text_, before)) return 4;
    if (is_people(before)) return before < start ? 4 : 3;
    if (is_short_role(before, start)) return 3;
    if (is_listed(start)) return 4;
    if (text_[start - 1] == U'、' && in_drug_list(text_, start)) return -3;
    if (before < start && is_name_end(before)) return before + 1 == start ? 2 : 1;
    const char32_t c = text_[start - 1];
    if (c == 0) return text_[start + 2] == U',' || text_[start + 3] == U',' ? 3 : 2;
    const bool dated = c == U'日' && is_digit(text_[start - 2]);  // 8月5日|章琪
    if ((c == U'。' || dated) && (ends_line(start + 2) || ends_line(start + 3))) return 3;
    if (c == U'\n' || time_before(text_, before, start)) return 2;
    if (!is_cjk(c)) return 1;
    if (one_of<kLooseSigns>(c) || c == U'被' || ordinal_before(text_, start)) return 2;
    if (behind_place(start)) return 2;
    if (c == U'叫') return 3;
    if (one_of<kBeforeNames>(c) || behind_day(text_, start)) return 1;
    if (behind_one_word(text_, start)) return 0;
    return one_of<U"的了着">(c) ? -1 : -3;
  }
  /// 岭下村三组|黎大奎家
  bool behind_place(std::size_t start) const {
    return !places_.empty() && std::binary_search(places_.begin(), places_.end(), start);
  }
  bool ends_line(std::size_t at) const { return text_[at] == 0 || text_[at] == U'\n'; }
  /// 目击者, 术者: any word for people of two characters or more.
  bool is_people(std::size_t stop) const {
    return is_role_end(text_[stop - 1]) && is_cjk(text_[stop - 2]);
  }
  /// <doctor>|张三
  bool behind_tag_of_people(std::size_t stop) const {
    return is_letter(text_[stop - 2]) && latin_role_before(text_, stop - 1);
  }
  /// 交：|苗条, 父|慕容长林
  bool is_short_role(std::size_t stop, std::size_t start) const {
    const char32_t c = text_[stop - 1];
    const bool colon = stop < start && text_[stop] == U':';
    const bool signs = one_of<U"签核录">(c) && !is_cjk(text_[start + 2]);  // 签何静
    const bool child = one_of<U"子女代">(c) && text_[stop - 2] == U'(';
    return !is_cjk(text_[stop - 2]) &&
           (one_of<kShortKin>(c) || signs || child || (colon && one_of<kShortRoles>(c)));
  }
  /// name:张三, "doctor": "李四"
  bool behind_latin_label(std::size_t stop, std::size_t start) const {
    return stop < start && one_of<U":=">(text_[stop]) && latin_role_before(text_, stop);
  }
  bool is_name_end(std::size_t at) const {
    return any_name(at - std::min(at, kLongest), at,
                    [&](const Name& name) { return name.second == at; });
  }
  /// 张三、|李四; 张三（同室）、|李四
  bool is_listed(std::size_t start) const {
    if (!one_of<U"、/">(text_[start - 1])) return false;
    std::size_t stop = start - 1;
    if (text_[stop - 1] == U')') {
      const std::size_t open = stop;
      while (stop > 0 && open - stop < 8 && text_[stop] != U'(') --stop;
    }
    return is_name_end(stop);
  }
  // -- what stands behind it

  /// Some character follows that no rule knows behind names.
  static constexpr int kGoesOn = -4;
  /// A dose does: it was a drug.
  static constexpr int kDoseFollows = -5;
  int right(std::size_t stop) const {
    const char32_t c = text_[stop];
    const bool inner = points_of(stop - 2) > 0 && surname(stop - 3, false) > 0;
    if ((inner || points_of(stop - 1) > 0) && says_of_person(text_, stop)) return 4;
    if (is_cjk(c)) {
      if (c == U'男' || c == U'女') return sex_or_age_at(text_, stop) ? 6 : kGoesOn;
      if (title_at(text_, stop) || text_.starts(stop, U"团队")) return 4;
      if (deed_at(text_, stop) || roles_.kin.at(text_, stop) > 0) return 3;
      if (words_.followers.has(c, text_[stop + 1]) || one_of<kDeeds>(c)) return 2;
      if (illness_at(text_, stop)) return 2;
      return one_of<kBehindNames>(c) || (classes(stop) & kNeverInName) != 0 ? 1 : kGoesOn;
    }
    if (sex_or_age_at(text_, stop)) {
      return is_digit(c) || is_digit(text_[stop + 1]) ? 4 : 6;  // 初潮13岁; 韩国，41岁
    }
    if (dose_at(text_, stop)) return kDoseFollows;
    if (ethnicity_at(text_, stop)) return 6;
    if (relation_at(text_, stop)) return 4;
    if (c == 0 || is_blank(c) || c == U'|' || (one_of<U"、/">(c) && is_likely(stop + 1))) {
      return c == U' ' && is_likely(stop + 1) ? 3 : 2;
    }
    return is_alnum(c) ? 0 : 1;
  }
  static constexpr int kMostRoster = 5;
  /// Other roles of the same line have their people: 主刀：张三 一助：李四.
  int roster(std::size_t start) const {
    if (is_cjk(text_[start - 1]) && !roles_.sure.before(text_, start)) return 0;  // 联系方式
    constexpr std::size_t kReach = 120;  // of a line, both ways
    std::size_t from = start;
    while (from > 0 && start - from < kReach && text_[from - 1] != U'\n') --from;
    std::size_t to = start;
    while (to < text_.size() && to - start < kReach && text_[to] != U'\n') ++to;
    std::size_t others = 0;
    any_name(from, to, [&](const Name& name) {
      others += name.first != start && left(name.first) >= kRole ? 1 : 0;
      return others > 1;
    });
    return others > 1 ? kMostRoster : others > 0 ? 3 : 0;
  }

  bool is_taken(std::size_t start, std::size_t stop) const {
    return any_name(start - std::min(start, kLongest), stop,
                    [&](const Name& name) { return start < name.second; });
  }

  using Name = std::pair<std::size_t, std::size_t>;
  static constexpr std::size_t kLongest = 24;  ///< no name is longer
  /// Is there one among the names that start in [from, to)? There may be thousands in a text.
  template <class Wanted>
  bool any_name(std::size_t from, std::size_t to, Wanted wanted) const {
    for (const std::vector<Name>* const names : {&names_, &own_}) {
      for (auto name = std::lower_bound(names->begin(), names->end(), Name(from, 0));
           name != names->end() && name->first < to; ++name) {
        if (wanted(*name)) return true;
      }
    }
    return false;
  }

  Finds& finds_;
  const std::uint8_t* points_ = given_points_table();
  const Roles& roles_;
  std::size_t done_ = 0;
  std::vector<std::size_t> places_;  ///< where addresses and employers stop
  std::vector<Name> names_;  ///< that others found, sorted
  std::vector<Name> own_;    ///< found on the way through the text, so sorted too
  std::vector<Name> found_;
  /// First characters of the names: relatives share them.
  static constexpr std::size_t kFamilies = 64;
  std::array<char32_t, kFamilies> families_{};
};

}  // namespace

void find_scored_names_zh(const DecodedText& text, Finds& finds) { NameScorer(text, finds).run(); }

}  // namespace emr::desensitize
