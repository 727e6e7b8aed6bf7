#include "desensitize/detect/names_zh.h"

#include <algorithm>
#include <vector>

#include "desensitize/detect/dotted_names_zh.h"
#include "desensitize/detect/field_gap_zh.h"
#include "desensitize/detect/given_chars_zh.h"
#include "desensitize/detect/labels_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/name_repeat_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/table_names_zh.h"

namespace emr::desensitize {
namespace {

/// How sure a place is that a name follows.
enum class Place : std::uint8_t {
  kRunning,  ///< a word of running text: 患者, 其子
  kColon,    ///< the same with a colon
  kField,    ///< the name of a field with a colon: 家属：
  kStaff,    ///< the field of a doctor or nurse: 审核医师：
  kForm,     ///< one behind which people do not speak: 姓名：, 记录者：
};

class NameFinder : private NameShape {
 public:
  NameFinder(const DecodedText& text, Finds& finds) : NameShape(text), finds_(finds) {}

  void run() {
    const auto places = [this](std::size_t block) {
      constexpr std::uint32_t kSigns = kNameLabelEnd | kBedSign | kColon | kNameDot;
      return text_.marked_block(kSigns, block) | provable_block(text_, block);
    };
    for_each_place(text_, places, [this](std::size_t i) {
      const std::uint32_t classes = text_.marks(i);
      if ((classes & kNameLabelEnd) != 0) {
        after_label(i + 1);
      } else if ((classes & kBedSign) != 0 && is_digit(text_[i - 1])) {
        after_bed(i + 1);
      } else if ((classes & kColon) != 0 && is_role_colon(text_, i)) {
        after_role(i + 1);
      } else if ((classes & kColon) != 0 && is_letter(text_[i - 1])) {
        if (const Find name = latin_person(text_, i); name.stop > 0) {
          add(name.start, name.stop, 50);
        }
      }
      if ((classes & (kCommonSurname | kCompoundStart | kTransliteration)) != 0 && i >= done_) {
        const std::uint32_t kept = provable_classes(text_, i, classes);
        if ((kept & (kCommonSurname | kCompoundStart | kTransliteration)) != 0) {
          free_standing(i, kept);
        }
      }
      if ((classes & kNameDot) != 0) {
        if (const DottedName name = dotted_name_at(text_, i); name.stop > 0) {
          add(name.start, name.stop, 54);
        }
      }
    });
    repeat_names(text_, found_, finds_);
  }

 private:
  void add(std::size_t start, std::size_t stop, int weight) {
    finds_.push_back({start, stop, SpanType::kName, weight});
    done_ = std::max(done_, stop);
    if (stop - start >= 2 && !ordinary(start, stop - start)) {
      if (found_.empty()) found_.reserve(8);  // room for those of most texts
      found_.push_back({start, stop});
    }
  }

  /// The label that stops before `stop`; empty when none does.
  std::u32string_view label_before(std::size_t stop) const {
    return words_.labels.longest_before(text_, stop);
  }

  void after_label(std::size_t at) {
    const std::u32string_view label = label_before(at);
    if (label.empty()) {
      role_word(at);
      return;
    }
    if (label.size() == 2 && text_.stops(at, U"护士") && text_[at] == U'长') {
      return;  // 护士长 comes as a label of its own
    }
    if ((is_role_end(text_[at]) && is_cjk(text_[at + 1]) && surname(at, false) == 0) ||
        (text_[at] == U'师' && one_of<U"医醉">(label.back())) || !label_before(at + 1).empty()) {
      return;  // 质控员, 住院医师, 之妻子: the word goes on
    }
    if (text_[at - label.size() - 1] == U'?') return;  // 几岁？患者：四十六。
    const bool greets = text_.stops(at, U"您好") || text_.stops(at, U"你好");
    const auto [start, colon] = field_gap(text_, at, is_field_label(label), greets);
    if (start == 0 || (colon && (label_length(start) > 0 || is_column_at(text_, start)))) {
      return;  // |姓名|年龄|
    }
    take(start, !colon                        ? Place::kRunning
                : !is_field_label(label)      ? Place::kColon
                : is_form_label(label)        ? Place::kForm
                : one_of<U"师生士">(label.back()) ? Place::kStaff
                                              : Place::kField);
    list_of_names();
    if (colon && done_ <= start) {
      behind_department(start);
    }
    const std::size_t latin = done_ <= start ? latin_name_at(text_, start) : 0;
    if (latin > 0 && (is_form_label(label) || sex_or_age_at(text_, start + latin) ||
                      (text_[start + latin] == U'(' && is_cjk(text_[start + latin + 1])))) {
      add(start, start + latin, 50);  // 患者 Zhang Xiaoming 男
    }
  }
  /// 接待人：医务科张三: a department stands before the name.
  void behind_department(std::size_t at) {
    for (std::size_t i = at + 1; i < at + 8 && is_cjk(text_[i]); ++i) {
      if (text_[i] == U'科' || text_[i] == U'部' || text_[i] == U'室') {
        const std::size_t length = han_name(i + 1, false, false);
        if (length > 0 && boundary(i + 1 + length) && usual_name(i + 1, length) &&
            !is_cjk(text_[i + 1 + length])) {
          add(i + 1, i + 1 + length, 45);
        }
        return;
      }
    }
  }
  /// 建档人张三, 工程师 李小四，: any word for somebody who does something, then a name that leaves
  /// no doubt.
  void role_word(std::size_t at) {
    if (!is_role_end(text_[at - 1]) || !is_cjk(text_[at - 2]) || text_[at - 2] == text_[at - 1] ||
        is_teachers(at)) return;
    const std::size_t start = at + (text_[at] == U' ' || text_[at] == 0x3000 ? 1 : 0);
    const std::size_t foreign = transliterated(start);
    if (foreign >= 3 && foreign <= 8 && boundary(start + foreign) && !ordinary(start, foreign)) {
      add(start, start + foreign, 35);
      return;
    }
    const std::size_t length = han_name(start, true);
    if (length < 2 || !usual_name(start, length) || !boundary(start + length) ||
        ordinary(start, length) || ordinary(start, 2) || label_length(start) > 0 ||
        grammar_family(start, length)) {
      return;
    }
    if (plain_surname(start) || length >= 3 || !is_cjk(text_[start + length])) {
      add(start, start + length, 35);
      list_of_names();
    }
  }

  /// "12床 张三，": the patient by bed.
  void after_bed(std::size_t at) {
    while (is_blank(text_[at]) && text_[at] != U'\n') ++at;
    take(at, Place::kRunning);
  }
  void after_role(std::size_t at) {
    while (is_blank(text_[at]) && text_[at] != U'\n') ++at;
    const bool word = words_.friends.has(text_[at], text_[at + 1]) ||
                      words_.followers.has(text_[at], text_[at + 1]);  // 医师：精神怎么样
    if (at >= done_ && label_length(at) == 0 && !word) {
      if (!take(at, Place::kForm)) behind_department(at);
      list_of_names();
    }
  }

  /// A second label right behind ("医师：主任") is not a name.
  std::size_t label_length(std::size_t start) const {
    return words_.label_starts.longest_at(text_, start).size();
  }

  /// Takes the name at `start`; with `field` the place itself is the evidence.
  bool take(std::size_t start, Place place) {
    const bool field = place != Place::kRunning;
    const std::size_t foreign = transliterated(start);
    std::size_t han = han_name(start, true);
    if (!field && ((text_[start] == U'于' && place_behind(start)) || text_[start] == U'和' ||
                   (text_[start] == U'应' && !sex_or_age_at(text_, start + han) &&
                    !(is_typical_given(text_[start + 1]) && is_typical_given(text_[start + 2]))))) {
      return false;  // 患者应低盐饮食
    }
    if (text_[start] == U'由' && roles().sure.at(text_, start + 1) > 0) {
      return false;  // 病人由军医……
    }
    if (foreign == 3 && words_.friends.has(text_[start], text_[start + 1])) return false;  // 尚可以
    if (han == 0 && sex_or_age_at(text_, start + 3)) {
      // 来访者方可心，女
      han = han_name(start, true, false) == 3 && usual_name(start, 3) ? 3 : 0;
    }
    if (words_.ethnic.has(text_[start], text_[start + 1]) && han <= 2 && foreign < 3 &&
        boundary(start + 2)) {
      add(start, start + 2, 50);
      return true;
    }
    if (han == 0 && place >= Place::kField) {
      // 联系人：于静 is a name although 于静 also begins a phrase; behind 医师： it must fill its cell.
      han = han_name(start, true, false);
      const bool open = place != Place::kForm && !ends_cell(start + han);
      han = is_cjk(text_[start + han]) || open ? 0 : han;
    }
    if (field || is_blank(text_[start - 1])) {
      han = whole_cell(start, han);
    }
    if (place == Place::kForm && take_whole(start, std::max(han, foreign))) {
      return true;
    }
    if (title_at(text_, start + surname(start, true))) {
      return false;  // 家属赵先生: the surname alone is no private data
    }
    const std::size_t region = field ? 0 : place_at(text_, start);
    if (region > 2 || (region > 0 && (classes(start + region) & kRegionEnd) != 0) ||
        (!field && county_at(text_, start) > 2)) {
      return false;  // 我是平顶山市……
    }
    const bool rare = (classes(start) & kCommonSurname) == 0;
    if (rare && field && place != Place::kForm &&
        ((han == 2 && !is_typical_given(text_[start + 1])) ||
         words_.followers.has(text_[start], text_[start + 1]))) {
      return false;  // 医师：精神怎么样, 妈妈：还行
    }
    if (foreign >= 3 && foreign > han && boundary(start + foreign)) {
      add(start, start + foreign, 50);
      return true;
    }
    if (han > 0 && (field || !rare || boundary(start + han))) {
      if (!field && (!plausible(start, han) || grammar_family(start, han))) {
        return false;
      }
      const bool cell = usual_given(start + 1) && ends_cell(start + han);
      const bool whole = place == Place::kForm || (place == Place::kStaff && cell);
      if (!whole && ordinary(start, han) && !sex_or_age_at(text_, start + han)) {
        return false;
      }
      add(start, start + han, 50);
      return true;
    }
    return field && (place == Place::kForm || surname(start, true) > 0) && take_any(start);
  }

  /// 姓名：山本健一: of four characters, and the form says that all of them are the name.
  bool take_whole(std::size_t start, std::size_t known) {
    std::size_t length = 0;
    while (given(start + length) && length < 5) {
      ++length;
    }
    if (length != 4 || known >= 4 || is_cjk(text_[start + 4]) ||
        sex_or_age_at(text_, start + 3) ||
        words_.followers.has(text_[start + 2], text_[start + 3])) {
      return false;
    }
    add(start, start + length, 50);
    return true;
  }
  /// "姓名：X": two to four characters up to a separator are a name whatever they are.
  bool take_any(std::size_t start) {
    std::size_t length = 0;
    while (given(start + length) && length < 5) {
      ++length;
    }
    if (length == 1) length = padded_name(start);
    if (length < 2 || length > 4 || is_cjk(text_[start + length]) ||
        words_.followers.has(text_[start], text_[start + 1]) ||
        words_.friends.has(text_[start], text_[start + 1])) {
      return false;
    }
    add(start, start + length, 40);
    return true;
  }

  /// "医师：张三、李四/王五", "张三主任医师、李四主治医师": behind a name and its title comes another.
  /// Here 高原 and 方正 are people.
  void list_of_names() {
    for (std::size_t before = 0; !finds_.empty() && finds_.back().type == SpanType::kName &&
           finds_.back().stop == done_; ++before) {
      const std::size_t title = std::max(title_length(text_, done_), bracket_length(text_, done_));
      const char32_t c = text_[done_ + title];
      const bool joined = one_of<U"和与及">(c);
      if (c != U'、' && c != U'/' && !joined && !(title > 0 && c == U',')) {
        return;
      }
      std::size_t start = done_ + title + 1;
      start += std::max(roles().sure.at(text_, start), roles().kin.at(text_, start));
      start += text_[start] == U' ' || text_[start] == 0x3000 ? 1 : 0;
      const std::size_t length = han_name(start, true, false);
      const bool titled = length > 0 && title_length(text_, start + length) > 0;
      const bool sure = length == 3 && plain_surname(start) && usual_name(start, length);
      if (const std::size_t listed = before > 0 && c == U'、' ? listed_name(start) : 0; listed > 0) {
        add(start, start + listed, 30);
        continue;
      }
      if (length == 0 ||
          !(titled || sure || (boundary(start + length) && plausible(start, length))) ||
          (c == U',' && !titled) ||
          (joined && !(plain_surname(start) && usual_name(start, length))) ||
          (!titled && !sure && (han_name(start, false) == 0 || ordinary(start, length)) &&
           text_[start + length] != U'、' && !(length == 3 && ends_clause(start + length) &&
                                              usual_name(start, length)))) {
        return;
      }
      add(start, start + length, 30);
    }
  }

  /// A name with its own evidence: something typical behind it, or a cell of its own.
  void free_standing(std::size_t i, std::uint32_t char_classes_here) {
    const bool opens = !is_cjk(text_[i - 1]);
    if (text_[i - 1] == U'同' && roles().sure.before(text_, i + 1)) {
      return;  // 同|班程诺: the role goes on
    }
    if (title_at(text_, i + 1) ||
        (text_[i] == U'谢' && (text_[i - 1] == U'谢' || text_[i + 1] == U'谢'))) {
      return;  // 张阿姨您好, 谢谢雷阿姨
    }
    if ((char_classes_here & (kCommonSurname | kCompoundStart)) != 0) {
      const std::size_t length = han_name(i, false);
      const bool usual = length > 0 && usual_name(i, length) && text_[i + length - 1] != U'族';
      const bool likely = usual || length >= 3;
      // Sex or age behind the name is proof enough for unusual characters too.
      if (!opens && length == 2 && surname(i - 1, true) > 0 && is_blank(text_[i - 2])) {
        return;  // 毋|玉梅
      }
      if (length > 0 && (opens || likely) && text_[i + length - 1] != U'族' &&
          (sex_or_age_at(text_, i + length) ||
           (relation_at(text_, i + length) && !ordinary(i, length)))) {
        add(i, i + length, 45);
        return;
      }
      if (length > 0 && title_at(text_, i + length) &&
          (opens || (is_introduced(text_, i) && likely) || (usual && length >= 3))) {
        add(i, i + length, 45);
        list_of_names();
        return;
      }
      if (usual && opens && text_[i + length] == U'、' && !ordinary(i, length) &&
          partner(i + length + 1, text_[i - 1] == U':' && !is_drug_label(text_, i - 1))) {
        // ，章一鸣、娄明协助
        add(i, i + length, 30);
        list_of_names();
        return;
      }
      if (usual && !opens && text_[i + length] == U'、' && is_introduced(text_, i) &&
          han_name(i + length + 1, true) > 0) {  // 今日张三、李四两位医师
        add(i, i + length, 30);
        list_of_names();
        return;
      }
      if (usual && is_introduced(text_, i) && deed_at(text_, i + length) &&
          (length >= 3 || (plain_surname(i) && !ordinary(i, length)))) {
        add(i, i + length, 30);  // 请张三丰会诊, 遵李海医嘱
        return;
      }
      if (usual && opens && !ordinary(i, length) &&
          (is_cell(text_, i, i + length) || is_after_latin(text_, i, i + length))) {
        add(i, i + length, 20);
        return;
      }
    }
    if ((char_classes_here & kTransliteration) != 0 && (opens || is_introduced(text_, i))) {
      if (words_.ethnic.has(text_[i], text_[i + 1]) && title_at(text_, i + 2)) {
        return add(i, i + 2, 30);
      }
      const std::size_t length = transliterated(i);
      if (length >= 3 && length <= 12 && !ordinary(i, length) &&
          (sex_or_age_at(text_, i + length) || title_at(text_, i + length) ||
           (text_[i - 1] == U'由' && deed_at(text_, i + length)) ||
           (opens && ethnicity_at(text_, i + length)) ||
           (opens && (is_cell(text_, i, i + length) || is_after_latin(text_, i, i + length))))) {
        add(i, i + length, 20);
      }
    }
  }

  /// A second name of a list that a deed or a title follows.
  bool partner(std::size_t at, bool cell) const {
    const std::size_t length = han_name(at, true);
    return length > 0 && usual_name(at, length) && !ordinary(at, length) &&
           (title_at(text_, at + length) || deed_at(text_, at + length) ||
            (cell && !is_cjk(text_[at + length])));
  }

  Finds& finds_;
  std::size_t done_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> found_;
};

}  // namespace

void find_names_zh(const DecodedText& text, Finds& finds) { NameFinder(text, finds).run(); }

}  // namespace emr::desensitize
