#include "desensitize/detect/slot_names_zh.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/name_repeat_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/table_names_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

class SlotReader : private NameShape {
 public:
  SlotReader(const DecodedText& text, Finds& finds)
      : NameShape(text), finds_(finds), roles_(roles()), stops_(text.size() + 1) {
    found_.reserve(kUsualNames);
    for (const Find& find : finds) {
      if (find.type == SpanType::kName) stops_[find.stop] = true;
    }
  }

  void run() {
    for (const TableCell& cell : table_cells(text_)) {
      if (cell.type != SpanType::kName) {
        finds_.push_back({cell.start, cell.stop, cell.type, 62});
      } else if (built(cell.start, cell.stop - cell.start) || unknown_name(cell)) {
        add(cell.start, cell.stop, 42);
      }
    }
    Places ideographs(text_, kIdeograph);
    for (std::size_t i = ideographs.next(0); i < text_.size();) {
      const std::size_t stop = ideographs.next_other(i);
      read(i, stop);
      i = ideographs.next(stop);
    }
    repeat_names(text_, found_, finds_);
  }

 private:
  static constexpr std::size_t kUsualNames = 8;  ///< room for those of most texts

  void add(std::size_t start, std::size_t stop, int weight) {
    finds_.push_back({start, stop, SpanType::kName, weight});
    stops_[stop] = true;
    if (!ordinary(start, stop - start)) found_.emplace_back(start, stop);
  }
  bool name_stops_at(std::size_t at) const {
    return at < stops_.size() && stops_[at];
  }

  /// Are they a surname and characters that names may have?
  bool built(std::size_t start, std::size_t length) const {
    if (length < 2 || length > 4) return false;
    const std::size_t family = surname(start, true);
    if (family == 0 || family >= length || text_[start + length - 1] == U'族' ||
        (length == 4 && family == 1 && surname(start + 1, true) == 0) ||
        title_at(text_, start + family) ||
        (text_[start] == U'应' && is_cjk(text_[start - 1]) && !is_typical_given(text_[start + 1]))) {
      return false;
    }
    for (std::size_t i = family; i < length; ++i) {
      const bool inside = length == 3 && grammar_given(start + i) &&
                          !(i == 2 && one_of<U"与于">(text_[start + i]));  // 施云|与其父
      if (!given(start + i) && !inside) return false;
    }
    return roles_.sure.at(text_, start) == 0 && roles_.loose.at(text_, start) == 0 &&
           roles_.sure.at(text_, start + 1) == 0;
  }
  /// 候俊杰: in the column of people, whatever its first character.
  bool unknown_name(const TableCell& cell) const {
    const std::size_t length = cell.stop - cell.start;
    if (length < 2 || length > 4 || surname(cell.start, true) > 0) return false;
    for (std::size_t i = cell.start; i < cell.stop; ++i) {
      if (!given(i)) return false;
    }
    return usual_given(cell.stop - 1) && !ordinary(cell.start, length) &&
           roles_.sure.at(text_, cell.start) == 0 && roles_.loose.at(text_, cell.start) == 0;
  }
  /// And could that be a name although nothing but its place says so?
  bool shaped(std::size_t start, std::size_t length) const {
    return built(start, length) && !ordinary(start, length) && !grammar_family(start, length) &&
           !words_.friends.has(text_[start], text_[start + 1]) &&
           !(length > 2 && words_.ordinary.has(text_[start], text_[start + 1])) &&
           !(length == 3 && words_.ordinary.has(text_[start + 1], text_[start + 2]) &&
             !words_.given_words.has(text_[start + 1], text_[start + 2]) &&
             !(plain_surname(start) && usual(start, length)));
  }
  /// Usual characters behind a surname of any rarity.
  bool usual(std::size_t start, std::size_t length) const {
    for (std::size_t i = surname(start, true); i < length; ++i) {
      if (!likely_given(start + i)) return false;
    }
    return true;
  }
  /// And does it look like one without a role in front?
  bool strong(std::size_t start, std::size_t length) const {
    return shaped(start, length) && usual(start, length) &&
           (length == 3 || surname(start, false) == 2 || plain_surname(start));
  }
  bool two_character_word_at(std::size_t at) const {
    return words_.followers.has(text_[at], text_[at + 1]) ||
           words_.ordinary.has(text_[at], text_[at + 1]) ||
           words_.frequent.has(text_[at], text_[at + 1]);
  }
  /// A word of the language, or a verb that people are the subject of, begins here.
  bool word_at(std::size_t at) const {
    return two_character_word_at(at) || boundary(at) ||
           one_of<U"看说诉来到在于给予查建插接答讲将已行与和及或并表代随陪往处施开配送抱喂是的自担">(
               text_[at]) ||
           one_of<U"疼探夜未无有今昨突因反死曾已均">(text_[at]) || roles_.sure.at(text_, at) > 0;
  }
  /// Length of the name at `start` in a run of characters that stops at `stop`; 0: none.
  std::size_t name_length(std::size_t start, std::size_t stop, bool sure) const {
    if (stop - start <= 4 && strong(start, stop - start)) return stop - start;
    const bool torn = two_character_word_at(start + 2);  // 白露|护送
    const bool three = start + 3 <= stop && !torn && strong(start, 3) && plain_surname(start) &&
                       usual_given(start + 1) && usual_given(start + 2);
    if (start + 3 < stop && !torn && strong(start, 3) && word_at(start + 3)) return 3;
    const bool two = start + 2 < stop && shaped(start, 2) && usual(start, 2) &&
                     (sure || strong(start, 2)) && !two_character_word_at(start + 1) &&
                     (word_at(start + 2) || text_[start + 2] == U'一');
    if (two && (!usual_given(start + 2) || two_character_word_at(start + 2))) return 2;
    return sure && three ? 3 : 0;  // whatever verb follows
  }

  bool loose_before(std::size_t stop) const {
    return one_of<kLooseSigns>(text_[stop - 1]) || roles_.loose.before(text_, stop) ||
           (one_of<kWeakSigns>(text_[stop - 1]) && plain_surname(stop));
  }
  /// Length of the relative's word at `at`; 0: none.
  std::size_t kin_at(std::size_t at) const {
    const std::size_t word = roles_.kin.at(text_, at);
    return word > 0 ? word : one_of<kKinSigns>(text_[at]) ? 1 : 0;
  }

  void read(std::size_t start, std::size_t stop) {
    const auto sex_at = [&](std::size_t i) { return text_[i] == U'男' || text_[i] == U'女'; };
    if (stop - start <= 6 && (sex_at(stop + 1) || sex_at(stop + 2) || sex_at(stop + 3)) &&
        described(start, stop)) {
      add(start, stop, 37);
      return;
    }
    if (stop - start <= 5 && one_of<U",、(">(text_[stop])) {
      if (const std::size_t name = of_a_people(start, stop); name < stop) {
        return add(name, stop, 38);
      }
    }
    if (built(start, stop - start) &&
        (shaped(start, stop - start) ? bare(start, stop)
                                     : (behind_form_role(start) || behind_colon(start, stop)) &&
                                           !is_column(text_, start, stop))) {
      add(start, stop, 38);
      return;
    }
    if (stop - start == 2 && pet_name(start)) return add(start, stop, 34);
    const bool foreign = (classes(stop - 1) & kTransliteration) != 0 || stop - start == 4;
    if (stop - start >= 3 && foreign && transliterated(start) == stop - start &&
        behind_role(start)) {
      add(start, stop, 38);
      return;
    }
    const bool listed = text_[start - 1] == U'、' && name_stops_at(start - 1);
    if (const std::size_t other = listed ? foreign_name(start, stop) : 0; other > 0) {
      return add(start, start + other, 34);
    }
    const bool says = text_[stop] == U':' && stop - start <= 3;  // 。滕建华：同意。
    if ((says || one_of<U"在被因于自昨今与和">(text_[start + 3])) && opens_sentence(start) &&
        (plain_surname(start) || is_typical_given(text_[start + 1])) &&
        strong(start, says ? stop - start : 3)) {
      add(start, says ? stop : start + 3, 34);  // ，鲁小军在红星路被…
      return;
    }
    if ((classes(start) & (kCommonSurname | kRareSurname)) != 0 && row(start, stop)) return;
    if (after_role(start, stop)) return;
    if (behind_role(start)) {
      if (const std::size_t length = name_length(start, stop, true); length > 0) {
        add(start, start + length, 36);
      }
    }
    relatives(start, stop);
    inside(start, stop);
  }

  /// 方芳江燕郝丽丽
  bool row(std::size_t start, std::size_t stop) {
    if (stop - start < 4 || !(is_blank(text_[start - 1]) || text_[start - 1] == U':')) return false;
    const NameRow names = row_of_names(text_, start, stop);
    for (std::size_t i = 0, from = start; i < names.count; from = names.stops[i++]) {
      add(from, names.stops[i], 34);
    }
    return names.count > 0;
  }

  /// Where the field's name in front of `start` would stop.
  std::size_t field_before(std::size_t start) const {
    std::size_t before = start;
    while (before > 0 && text_[before - 1] != U'\n' &&
           (is_blank(text_[before - 1]) || one_of<U":=_→*…『「—-">(text_[before - 1]))) {
      --before;
    }
    return before;
  }

  /// 拨打人 矫健: behind the name of a field ordinary words are names as well.
  bool behind_form_role(std::size_t start) const {
    const std::size_t before = field_before(start);
    return before < start && !speaks_at(text_, before) &&
           (text_.stops(before, U"姓名") ||
            (one_of<U"人者签名字员士师方班片机">(text_[before - 1]) && roles_.sure.before(text_, before)));
  }

  /// 管床：花艺。 the word fills its field.
  bool behind_colon(std::size_t start, std::size_t stop) const {
    const std::size_t before = field_before(start);
    return text_[before] == U':' && usual_given(stop - 1) && roles_.sure.before(text_, before) &&
           !speaks_at(text_, before) && !words_.friends.has(text_[start], text_[start + 1]) &&
           !words_.followers.has(text_[start], text_[start + 1]);
  }

  /// 代诉：张三丰自去年……
  bool behind_role(std::size_t start) const {
    const std::size_t before = field_before(start);
    return before < start && roles_.sure.before(text_, before) && !speaks_at(text_, before);
  }

  /// A token of its own: what stands before and behind it?
  bool bare(std::size_t start, std::size_t stop) const {
    std::size_t before = start;
    while (before > 0 && text_[before - 1] != U'\n' &&
           (is_blank(text_[before - 1]) || one_of<U":|/、">(text_[before - 1]))) {
      --before;
    }
    const bool likely = usual(start, stop - start);
    if (text_[start - 1] == U'@' || numbered(start, stop) || behind_short_role(start)) return true;
    if (before < start && roles_.sure.before(text_, before) &&
        (likely || !speaks_at(text_, before))) {
      return true;
    }
    if (before < start && likely && loose_before(before)) return true;
    if (before < start && likely && name_stops_at(before)) return true;
    std::size_t after = stop;
    while (text_[after] != U'\n' && (is_blank(text_[after]) || one_of<U";,|">(text_[after]))) {
      ++after;
    }
    return person_at(after, after > stop, likely && stop - start <= 3 && !dose_at(text_, stop));
  }

  /// "\n2.孙新，失访": an entry of a list of people.
  bool numbered(std::size_t start, std::size_t stop) const {
    std::size_t digits = start - 1;
    if (start < 2 || !one_of<U".、)">(text_[digits]) || !one_of<U",;:(">(text_[stop]) ||
        !strong(start, stop - start)) {
      return false;
    }
    while (is_digit(text_[digits - 1]) && start - digits < 4) --digits;
    return start - digits >= 2 && (text_[digits - 1] == 0 || text_[digits - 1] == U'\n');
  }
  bool behind_short_role(std::size_t start) const {
    std::size_t colon = start - 1;
    while (is_blank(text_[colon]) && start - colon < 4) --colon;
    return text_[colon] == U':' && one_of<kShortRoles>(text_[colon - 1]) &&
           !is_cjk(text_[colon - 2]);
  }

  /// Sex, age, a mobile number or a date: what forms print behind a name.
  bool person_at(std::size_t at, bool apart, bool usual) const {
    const char32_t c = text_[at];
    if ((c == U'男' || c == U'女') && (!is_cjk(text_[at + 1]) || text_[at + 1] == U'性')) return true;
    if (apart && (c == U'M' || c == U'F') && !is_letter(text_[at + 1])) return true;
    std::size_t digits = 0;
    while (is_digit(text_[at + digits]) && digits < 12) ++digits;
    const char32_t next = text_[at + digits];
    if (digits > 0 && digits <= 3 && (next == U'岁' || next == U'Y' || next == U'y')) return true;
    if (!apart || !usual) return false;
    if (digits == 11 && c == U'1') return true;
    return digits > 0 && digits <= 4 && one_of<U"-/.年月">(next) && is_digit(text_[at + digits + 1]);
  }

  /// 管床张三: the token begins with the role.
  bool after_role(std::size_t start, std::size_t stop) {
    const std::size_t role = roles_.sure.at(text_, start);
    const std::size_t loose = roles_.loose.at(text_, start);
    const std::size_t length = std::max(role, loose);
    if (length < 2) return false;
    const std::size_t name =
        start + length + (one_of<U"员者师">(text_[start + length]) ? 1 : 0);  // 采样|员
    // 患者武士其 男 66岁, 姓名尚可 性别男: what stands behind says that no word is meant.
    const bool told = sex_or_age_at(text_, stop) || text_.starts(stop + 1, U"性别");
    if (told && role >= loose && built(name, stop - name) && !is_column(text_, name, stop)) {
      add(name, stop, 38);
      return true;
    }
    if (name < stop && foreign_name(name, stop) == stop - name && !shaped(name, stop - name)) {
      add(name, stop, 34);  // 职工敖日格勒、
      return true;
    }
    if (!shaped(name, stop - name) || (role < loose && !usual(name, stop - name))) {
      return false;
    }
    if (!usual(name, stop - name) && !plain_surname(name) && stop - name == 2 &&
        surname(name, false) == 0) {
      return false;
    }
    add(name, stop, 38);
    return true;
  }

  /// 张三之女李四, 今日张小三妈妈
  void relatives(std::size_t start, std::size_t stop) {
    for (std::size_t at = kin_starts_.next(start + 2, stop); at < stop;
         at = kin_starts_.next(at + 1, stop)) {
      const std::size_t kin = kin_at(at);
      if (kin == 0) continue;
      const bool known = name_stops_at(at);
      std::size_t name = known ? at : 0;
      for (const std::size_t length : {std::size_t{3}, std::size_t{2}}) {
        if (name != 0 || at < start + length) continue;
        const bool placed = roles_.sure.before(text_, at - length) && usual(at - length, length);
        // 成慧之子: in front of 之 nothing but a name begins the clause.
        const bool owner = text_[at] == U'之' && at - length == start &&
                           surname(start, false) > 0 && usual(start, length);
        const bool likely = placed || owner;
        if (!(likely ? shaped(at - length, length) : strong(at - length, length))) continue;
        if (placed || at - length == start || is_introduced(text_, at - length) ||
            text_[at - length - 1] == U'的') {
          name = at - length;
        }
      }
      if (name == 0) continue;
      const std::size_t other = at + kin;
      const std::size_t second = other < stop ? name_length(other, stop, true) : 0;
      const bool alone = kin == 1 && other < stop && second == 0;  // 夫, 妻: parts of other words
      if (!known && !alone) add(name, at, 36);
      if (second > 0) add(other, other + second, 36);
    }
  }
  bool is_day_word(std::size_t stop) const {
    return one_of<kDayEnds>(text_[stop - 1]) && one_of<U"今昨">(text_[stop - 2]);
  }
  /// 母包惜弱，: nothing but the relative's word before it in its clause.
  std::size_t short_kin(std::size_t at, std::size_t stop) const {
    const bool opens = !is_cjk(text_[at - 2]) || one_of<U"其由系之和与及">(text_[at - 2]);
    const std::size_t length =
        one_of<kShortKin>(text_[at - 1]) && opens ? name_length(at, stop, false) : 0;
    const bool two = opens && one_of<kShortKin>(text_[at - 1]) && at + 2 == stop &&
                     surname(at, false) == 1 && shaped(at, 2) && usual(at, 2);
    return two ? 2 : length > 2 || at + length == stop ? length : 0;
  }

  /// …同班护士张三丰建立静脉通道: a role inside running text, and a word of the language behind.
  void inside(std::size_t start, std::size_t stop) {
    for (std::size_t end = role_ends_.next(start, stop); end + 3 <= stop;
         end = role_ends_.next(end + 1, stop)) {
      const std::size_t at = end + 1;
      if ((classes(at) & kTransliteration) != 0 && stop - at >= 3 &&
          transliterated(at) == stop - at && roles_.sure.before(text_, at)) {
        add(at, stop, 34);
        return;
      }
      if ((classes(at) & (kCommonSurname | kRareSurname | kCompoundStart)) == 0 ||
          text_[at] == U'长' || is_teachers(at) || roles_.sure.before(text_, at + 1)) {
        continue;  // 护士|长和全体, 实习|生郁金
      }
      const bool sure = roles_.sure.before(text_, at);
      if (const std::size_t relative = short_kin(at, stop); relative > 0) {
        add(at, at + relative, 34);
        return;
      }
      if (!sure && !loose_before(at) && !is_day_word(at)) {
        continue;
      }
      const std::size_t length = name_length(at, stop, sure);
      const bool followed = words_.followers.has(text_[at + 2], text_[at + 3]);
      if (length < (sure || at + 2 == stop || followed ? 2 : 3)) continue;
      add(at, at + length, 34);
      end += length;
    }
  }

  Finds& finds_;
  const Roles& roles_;
  Places role_ends_{text_, kRoleEnd};
  Places kin_starts_{text_, kKinStart};
  std::vector<bool> stops_;  ///< of each place: does a name that was found stop before it?
  std::vector<std::pair<std::size_t, std::size_t>> found_;
};

}  // namespace

void find_slot_names_zh(const DecodedText& text, Finds& finds) { SlotReader(text, finds).run(); }

}  // namespace emr::desensitize
