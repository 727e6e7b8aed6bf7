#include "desensitize/detect/names_zh.h"

#include <algorithm>
#include <vector>

#include "base/utf8.h"
#include "desensitize/detect/chars_zh.h"
#include "desensitize/detect/labels_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/words_zh.h"

namespace emr::desensitize {
namespace {

constexpr char32_t kMiddleDot = 0xB7;
/// "买买提·吐尔逊·艾合麦提江" and the like.
constexpr std::size_t kMaxTransliterated = 16;

class NameFinder {
 public:
  NameFinder(const DecodedText& text, Finds& finds)
      : text_(text), finds_(finds), table_(char_classes()), words_(name_words()) {}

  void run() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const std::uint16_t classes = classes_of(table_, text_[i]);
      if ((classes & kNameLabelEnd) != 0) {
        after_label(i + 1);
      } else if (text_[i] == U'床' && is_digit(text_[i - 1])) {
        after_bed(i + 1);
      } else if (is_role_colon(text_, i)) {
        after_role(i + 1);
      }
      if ((classes & (kCommonSurname | kCompoundStart | kTransliteration)) != 0 && i >= done_) {
        free_standing(i, classes);
      }
      if (text_[i] == kMiddleDot || text_[i] == 0x2022 || text_[i] == 0x2027) {
        dotted(i);
      }
    }
    repeat();
  }

 private:
  std::uint16_t classes(std::size_t i) const { return classes_of(table_, text_[i]); }
  bool given(std::size_t i) const {
    return is_cjk(text_[i]) && (classes(i) & kNeverInName) == 0;
  }
  bool usual_given(std::size_t i) const { return (classes(i) & kGivenName) != 0; }
  /// What may stand behind a whole name: a separator, or a word that follows names.
  bool boundary(std::size_t i) const {
    return !is_cjk(text_[i]) || (classes(i) & kNeverInName) != 0 ||
           words_.followers.has(text_[i], text_[i + 1]);
  }

  void add(std::size_t start, std::size_t stop, int weight) {
    finds_.push_back({start, stop, SpanType::kName, weight});
    done_ = std::max(done_, stop);
    if (stop - start >= 2) {
      found_.push_back({start, stop});
    }
  }

  /// Length of the surname at `i`: 2, 1 or 0.
  std::size_t surname(std::size_t i, bool rare_too) const {
    if (words_.compound.has(text_[i], text_[i + 1])) {
      return 2;
    }
    const std::uint16_t wanted = rare_too ? kCommonSurname | kRareSurname : kCommonSurname;
    return (classes(i) & wanted) != 0 ? 1 : 0;
  }

  /// Length of the Han name at `i` (0: none). With two possible lengths, the one whose next
  /// character can follow a name wins; otherwise the longer, when its characters are usual.
  std::size_t han_name(std::size_t i, bool rare_too, bool ordinary_words = true) const {
    const std::size_t family = surname(i, rare_too);
    const bool friends =
        ordinary_words && family == 1 && words_.friends.has(text_[i], text_[i + 1]);
    if (family == 0 || friends) {
      return 0;
    }
    if (!given(i + family)) {
      return 0;
    }
    const std::size_t two = family + 1;
    if (!given(i + two) || words_.followers.has(text_[i + two], text_[i + two + 1])) {
      return two;
    }
    return boundary(i + two + 1) || usual_given(i + two) ? two + 1 : two;
  }

  /// Run of transliteration characters (and middle dots) from `i`.
  std::size_t transliterated(std::size_t i) const {
    std::size_t length = 0;
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

  /// The label that stops before `stop`; empty when none does.
  std::u32string_view label_before(std::size_t stop) const {
    const auto found = words_.labels.find(text_[stop - 1]);
    if (found != words_.labels.end()) {
      for (const std::u32string_view label : found->second) {
        if (text_.stops(stop, label)) {
          return label;
        }
      }
    }
    return {};
  }

  void after_label(std::size_t at) {
    const std::u32string_view label = label_before(at);
    if (label.empty()) {
      return;
    }
    if (label == U"护士" && text_[at] == U'长') {
      return;  // 护士长 comes as a label of its own
    }
    const bool greeting = label == U"您好" || label == U"你好";
    bool colon = false;
    std::size_t start = at;
    for (std::size_t skipped = 0; skipped < 8; ++skipped, ++start) {
      const char32_t c = text_[start];
      if (c == U':' || c == U'：') {
        colon = true;
      } else if (c == U'】' || c == U']' || c == U'|' || c == U'\t') {
        colon = true;
      } else if (!is_blank(c) && std::u32string_view(U"(（为是系“\"/！!").find(c) ==
                                     std::u32string_view::npos &&
                 !(c == U')' && skipped > 0) && !(c == U'，' && greeting)) {
        break;
      } else if (c == U'\n' && !(colon && is_field_label(label))) {
        return;
      }
    }
    while (colon && label_length(start) > 0) {
      start += label_length(start);
      return;
    }
    take(start, colon && is_field_label(label));
    list_of_names();
  }

  /// "12床 张三，": the patient by bed.
  void after_bed(std::size_t at) {
    while (is_blank(text_[at]) && text_[at] != U'\n') {
      ++at;
    }
    take(at, false);
  }
  /// "随访人：张三"
  void after_role(std::size_t at) {
    while (is_blank(text_[at]) && text_[at] != U'\n') {
      ++at;
    }
    if (at >= done_ && label_length(at) == 0) {
      take(at, true);
      list_of_names();
    }
  }

  /// A second label right behind ("医师：主任") is not a name.
  std::size_t label_length(std::size_t start) const {
    const auto found = words_.label_starts.find(text_[start]);
    if (found != words_.label_starts.end()) {
      for (const std::u32string_view label : found->second) {
        if (text_.starts(start, label)) {
          return label.size();
        }
      }
    }
    return 0;
  }

  /// Takes the name at `start`; with `field` the place itself is the evidence.
  bool take(std::size_t start, bool field) {
    const std::size_t foreign = transliterated(start);
    std::size_t han = han_name(start, true);
    if (han == 0 && field) {  // 联系人：于静 is a name although 于静 also begins a phrase
      han = han_name(start, true, false);
      han = is_cjk(text_[start + han]) ? 0 : han;
    }
    const bool rare = (classes(start) & kCommonSurname) == 0;
    if (foreign >= 3 && foreign > han && boundary(start + foreign)) {
      add(start, start + foreign, 50);
      return true;
    }
    if (han > 0 && (field || !rare || boundary(start + han))) {
      if (!field && !plausible(start, han)) {
        return false;
      }
      add(start, start + han, 50);
      return true;
    }
    if (field) {
      return take_any(start);
    }
    return false;
  }

  /// In running text both given characters must be usual, or a boundary must follow.
  bool plausible(std::size_t start, std::size_t length) const {
    const bool usual = usual_given(start + length - 1) && (length < 3 || usual_given(start + 1) ||
                                                           surname(start, true) == 2);
    const bool some = usual_given(start + length - 1) || usual_given(start + 1) ||
                      surname(start, true) == 2;
    return usual || (boundary(start + length) &&
                     (some || length >= 3 || !is_cjk(text_[start + length])));
  }

  /// "姓名：X": two to four characters up to a separator are a name whatever they are.
  bool take_any(std::size_t start) {
    std::size_t length = 0;
    while (given(start + length) && length < 5) {
      ++length;
    }
    if (length < 2 || length > 4 || is_cjk(text_[start + length]) ||
        words_.followers.has(text_[start], text_[start + 1])) {
      return false;
    }
    if (words_.friends.has(text_[start], text_[start + 1])) {
      return false;
    }
    add(start, start + length, 40);
    return true;
  }

  /// "医师：张三、李四/王五"
  void list_of_names() {
    while (finds_.size() > 0 && finds_.back().type == SpanType::kName &&
           finds_.back().stop == done_) {
      const char32_t c = text_[done_];
      if (c != U'、' && c != U'/') {
        return;
      }
      const std::size_t start = done_ + 1;
      const std::size_t length = han_name(start, false);
      if (length == 0 || !boundary(start + length) || !plausible(start, length)) {
        return;
      }
      add(start, start + length, 30);
    }
  }

  /// A name with its own evidence: something typical behind it, or a cell of its own.
  void free_standing(std::size_t i, std::uint16_t char_classes_here) {
    const bool opens = !is_cjk(text_[i - 1]);
    if ((char_classes_here & (kCommonSurname | kCompoundStart)) != 0) {
      const std::size_t length = han_name(i, false);
      const bool usual = length > 0 && usual_name(i, length);
      const bool likely = usual || length >= 3;
      // Sex or age behind the name is proof enough for unusual characters too.
      if (length > 0 && (opens || likely) && sex_or_age_at(text_, i + length)) {
        add(i, i + length, 45);
        return;
      }
      if (length > 0 && title_at(text_, i + length) &&
          (opens || (is_introduced(text_, i) && likely) || (usual && length >= 3))) {
        add(i, i + length, 45);
        list_of_names();
        return;
      }
      if (usual && !opens && text_[i + length] == U'、' && is_introduced(text_, i) &&
          han_name(i + length + 1, true) > 0) {  // 今日张三、李四两位医师
        add(i, i + length, 30);
        list_of_names();
        return;
      }
      if (usual && opens &&
          (is_cell(text_, i, i + length) || is_after_latin(text_, i, i + length))) {
        add(i, i + length, 20);
        return;
      }
    }
    if ((opens || is_introduced(text_, i)) && (char_classes_here & kTransliteration) != 0) {
      const std::size_t length = transliterated(i);
      if (length >= 3 && length <= 12 &&
          (sex_or_age_at(text_, i + length) || title_at(text_, i + length) ||
           (opens && (is_cell(text_, i, i + length) || is_after_latin(text_, i, i + length))))) {
        add(i, i + length, 20);
      }
    }
  }

  bool usual_name(std::size_t i, std::size_t length) const {
    for (std::size_t k = surname(i, false); k < length; ++k) {
      if (!usual_given(i + k)) {
        return false;
      }
    }
    return true;
  }

  /// 阿不都·热合曼: a dot between two runs of characters.
  void dotted(std::size_t dot) {
    if (!is_cjk(text_[dot - 1]) || !is_cjk(text_[dot + 1])) {
      return;
    }
    std::size_t start = dot;
    while (start > 0 && dot - start < 8 && (classes(start - 1) & kDotted) != 0 &&
           (dot - start < 2 || label_before(start).empty())) {
      --start;
    }
    std::size_t stop = dot + 1;
    while (stop - dot < 12 && !words_.followers.has(text_[stop], text_[stop + 1]) &&
           ((classes(stop) & kDotted) != 0 ||
            (text_[stop] == text_[dot] && is_cjk(text_[stop + 1])))) {
      ++stop;
    }
    if (dot - start >= 1 && stop - dot >= 3) {
      add(start, stop, 54);
    }
  }

  /// A name that was found once is found everywhere in the text.
  void repeat() {
    std::sort(found_.begin(), found_.end());
    std::vector<std::pair<std::size_t, std::size_t>> seen;
    for (const auto& [start, stop] : found_) {
      const std::string_view name = text_.bytes(start, stop);
      const bool known = std::any_of(seen.begin(), seen.end(), [&](const auto& other) {
        return text_.bytes(other.first, other.second) == name;
      });
      if (!known) {
        seen.emplace_back(start, stop);
        repeat_one(name, stop - start);
      }
    }
  }
  void repeat_one(std::string_view name, std::size_t length) {
    const std::string_view bytes = text_.bytes();
    for (std::size_t at = bytes.find(name); at != std::string_view::npos;
         at = bytes.find(name, at + name.size())) {
      const std::size_t index = index_of(at);
      if (length > 2 || boundary(index + length)) {
        finds_.push_back({index, index + length, SpanType::kName, 40});
      }
    }
  }
  std::size_t index_of(std::size_t byte) const {
    std::size_t low = 0;
    std::size_t high = text_.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (text_.byte(middle) < byte) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  const DecodedText& text_;
  Finds& finds_;
  const std::uint16_t* table_;
  const NameWords& words_;
  std::size_t done_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> found_;
};

}  // namespace

std::size_t surname_bytes(std::string_view name) {
  if (!is_valid_utf8(name)) {
    return 0;
  }
  const DecodedText text(name);
  if (name_words().compound.has(text[0], text[1])) {
    return text.size() > 2 ? text.byte(2) : text.byte(1);
  }
  const bool known =
      (classes_of(char_classes(), text[0]) & (kCommonSurname | kRareSurname)) != 0;
  return known && text.size() > 1 && text.size() <= 4 ? text.byte(1) : 0;
}

void find_names_zh(const DecodedText& text, Finds& finds) { NameFinder(text, finds).run(); }

}  // namespace emr::desensitize
