#include "desensitize/detect/slot_names_zh.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_repeat_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/table_names_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

// Who did something: behind these stands a person. General vocabulary of hospital forms.
constexpr auto kRoles = std::to_array<std::u32string_view>({
    U"经治", U"带组", U"管床", U"主管", U"上级", U"下级", U"投照", U"摄片", U"摄影", U"摆位",
    U"上机", U"下机", U"巡视", U"巡回", U"洗手", U"接班", U"交班", U"阅片", U"双签", U"审签",
    U"初审", U"复审", U"终审", U"审方", U"抄方", U"煎药", U"助产", U"接生", U"代书", U"代笔",
    U"代签", U"代填", U"坐席", U"话务", U"签收", U"交接", U"经办", U"经手", U"谈话", U"见证",
    U"应邀", U"邀请", U"采样", U"采血", U"送检", U"收样", U"制片", U"审阅", U"批准", U"制表",
    U"病友", U"病家", U"会员", U"客户", U"开单", U"双核", U"给药", U"配药", U"核药", U"随车",
    U"调度", U"值守", U"在班", U"当班", U"夜班", U"白班", U"小夜", U"大夜", U"主诊", U"首诊",
    U"责护", U"带教", U"学员", U"进修", U"规培", U"实习", U"署名", U"落款", U"代诉", U"代述",
    U"主刀", U"一助", U"二助", U"三助", U"扶镜", U"灌注", U"穿刺者", U"手术者", U"检者", U"核者",
    U"验者", U"医者", U"术者", U"拨打人", U"接听", U"联络人", U"代书人", U"助产士", U"健管师",
    U"管师", U"营养师", U"心理师", U"社工", U"民警", U"司机", U"老太太", U"老头", U"老先生",
    U"老爷子", U"小伙子", U"姑娘", U"大妈", U"大爷", U"大叔", U"大嫂", U"其嫂", U"其姑", U"其姨",
    U"其婶", U"其伯", U"其叔", U"其妯娌", U"其外甥", U"其外孙", U"其亲戚", U"受检人", U"受检者",
    U"就诊人", U"申请者", U"邀请人", U"应邀人", U"会诊者", U"主检", U"总检", U"终检", U"录音",
    U"孙女叫", U"儿子叫", U"女儿叫", U"自述叫", U"自称", U"名叫", U"叫做", U"机主", U"户主",
    U"初检", U"复检", U"检测", U"核收", U"复验", U"取材", U"包埋", U"镜检", U"核验", U"带班", U"轮值",
    U"听班", U"备班", U"责组", U"主麻", U"副麻", U"台上", U"台下", U"器械", U"诊断者", U"参与者", U"妻妹",
    U"妻弟", U"妻姐", U"妻兄", U"表叔", U"姨父", U"姑父", U"舅父", U"姨妹", U"堂叔", U"小姨", U"小姑",
    U"大伯", U"二伯", U"大嫂", U"二嫂", U"弟妹", U"侄媳", U"孙媳", U"领导", U"村主任", U"书记", U"校长",
    U"教师", U"校医", U"村长", U"会计", U"经理", U"主管领导", U"保安", U"保洁员", U"治疗师", U"造口师",
    U"康复师", U"技师", U"药师", U"检验师", U"检验员", U"护师", U"咨询师", U"协调员", U"研究员", U"管理员",
    U"调度员", U"网格员", U"专干", U"督导员", U"督导", U"参保人", U"被保人", U"投保人", U"受益人", U"护工",
    U"法定代理人", U"近亲属", U"患方", U"医方", U"家长", U"班长", U"组长", U"总务", U"治疗者",
    U"操作员", U"收费", U"挂号员", U"导诊", U"分诊", U"预检", U"护理", U"护士", U"医师", U"医生",
    U"大夫", U"签字", U"签名", U"签章", U"书写人", U"记录人", U"报告人", U"执行人", U"核对人"});

// The same where the word has another use as well: the name must look like one.
constexpr auto kLooseRoles = std::to_array<std::u32string_view>({
    U"到达", U"发出", U"处理", U"检验", U"复核", U"审核", U"核对", U"执行", U"记录", U"报告",
    U"告知", U"宣教", U"评估", U"接诊", U"会诊", U"申请", U"麻醉", U"患者", U"病人", U"家属",
    U"病员", U"姓名", U"名字", U"居民", U"全科", U"麻醉科", U"内科", U"外科", U"儿科", U"骨科",
    U"妇科", U"社区", U"电告", U"通知", U"机位", U"同意书", U"心内", U"心外", U"神内", U"神外", U"普外",
    U"泌外", U"胸外", U"骨一", U"骨二", U"影像", U"超声", U"病理", U"药剂", U"内分泌", U"肿瘤科", U"呼吸科",
    U"消化科", U"眼科", U"口腔科", U"皮肤科", U"急诊科", U"中医科", U"康复科", U"放射科", U"检验科",
    U"产科", U"儿保科", U"营养科", U"护理部", U"医务科", U"医保科", U"委托"});
constexpr CharSet kLooseSigns = U"寻找挂报床";

// Whose relative; behind them another name may follow.
constexpr auto kKin = std::to_array<std::u32string_view>({
    U"之长女", U"之次女", U"之长子", U"之次子", U"之子", U"之女", U"之妻", U"之夫", U"之父",
    U"之母", U"之兄", U"之弟", U"之姐", U"之妹", U"之媳", U"之婿", U"之孙", U"的爱人", U"的父亲",
    U"的母亲", U"的妻子", U"的丈夫", U"的女儿", U"的儿子", U"的家属", U"的老伴", U"的妈妈",
    U"的爸爸", U"的姐姐", U"的妹妹", U"的哥哥", U"的弟弟", U"的孙女", U"的孙子", U"妻子", U"丈夫",
    U"母亲", U"父亲", U"女儿", U"儿子", U"妈妈", U"爸爸", U"奶奶", U"爷爷", U"外婆", U"外公",
    U"老伴", U"爱人", U"儿媳", U"女婿", U"哥哥", U"弟弟", U"姐姐", U"妹妹"});
constexpr CharSet kKinSigns = U"妻夫弟兄妹姐嫂";
// A relative in one character: 父郭啸天，母包惜弱; "名" is what they are called.
constexpr CharSet kShortKin = U"父母妻夫兄弟姐妹嫂媳婿孙姑姨舅叔伯名";
// A role in one character, with a colon: 交：张三　接：李四.
constexpr CharSet kShortRoles = U"医护录检核交接写签审记术麻教父母夫妻子女";

/// A list of words by their beginnings and ends.
class RoleWords {
 public:
  explicit RoleWords(WordIndex::Words words)
      : starts_(WordIndex::By::kFirstTwo, words), stops_(WordIndex::By::kLastTwo, words) {}

  /// Length of the longest word at `at`; 0: none.
  std::size_t at(const DecodedText& text, std::size_t at) const {
    return starts_.longest_at(text, at).size();
  }
  bool before(const DecodedText& text, std::size_t stop) const {
    return !stops_.longest_before(text, stop).empty();
  }

 private:
  WordIndex starts_;
  WordIndex stops_;
};

struct Roles {
  RoleWords sure{kRoles};
  RoleWords loose{kLooseRoles};
  RoleWords kin{kKin};
};
const Roles& roles() {
  static const Roles kAll;
  return kAll;
}

class SlotReader : private NameShape {
 public:
  SlotReader(const DecodedText& text, Finds& finds)
      : NameShape(text), finds_(finds), roles_(roles()) {
    for (const Find& find : finds) {
      if (find.type == SpanType::kName) stops_.push_back(find.stop);
    }
    std::sort(stops_.begin(), stops_.end());
  }

  void run() {
    for (const TableCell& cell : table_cells(text_)) {
      if (cell.type != SpanType::kName) {
        finds_.push_back({cell.start, cell.stop, cell.type, 62});
      } else if (built(cell.start, cell.stop - cell.start)) {
        add(cell.start, cell.stop, 42);
      }
    }
    for (std::size_t i = 0; i < text_.size();) {
      if (!is_cjk(text_[i])) {
        ++i;
        continue;
      }
      std::size_t stop = i + 1;
      while (is_cjk(text_[stop])) ++stop;
      read(i, stop);
      i = stop;
    }
    repeat_names(text_, found_, finds_);
  }

 private:
  void add(std::size_t start, std::size_t stop, int weight) {
    finds_.push_back({start, stop, SpanType::kName, weight});
    stops_.insert(std::upper_bound(stops_.begin(), stops_.end(), stop), stop);
    if (!ordinary(start, stop - start)) found_.emplace_back(start, stop);
  }
  bool name_stops_at(std::size_t at) const {
    return std::binary_search(stops_.begin(), stops_.end(), at);
  }

  /// Are they a surname and characters that names may have?
  bool built(std::size_t start, std::size_t length) const {
    const std::size_t family = surname(start, true);
    if (length < 2 || length > 4 || family == 0 || family >= length ||
        (length == 4 && family == 1 && surname(start + 1, true) == 0) ||
        title_at(text_, start + family)) {
      return false;
    }
    for (std::size_t i = family; i < length; ++i) {
      if (!given(start + i) && !(length == 3 && grammar_given(start + i))) return false;
    }
    return roles_.sure.at(text_, start) == 0 && roles_.loose.at(text_, start) == 0 &&
           roles_.sure.at(text_, start + 1) == 0;
  }
  /// And could that be a name although nothing but its place says so?
  bool shaped(std::size_t start, std::size_t length) const {
    return built(start, length) && !ordinary(start, length) &&
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
  /// A word of the language, or a verb that people are the subject of, begins here.
  bool word_at(std::size_t at) const {
    return !is_cjk(text_[at]) || words_.followers.has(text_[at], text_[at + 1]) ||
           words_.ordinary.has(text_[at], text_[at + 1]) ||
           words_.frequent.has(text_[at], text_[at + 1]) ||
           one_of<U"看说诉来到在于给予查建插接答讲将已行与和及或并表代随陪往处施开配送抱喂是的自担">(
               text_[at]) ||
           one_of<U"疼探夜未无有今昨突因反死曾已均">(text_[at]) || roles_.sure.at(text_, at) > 0;
  }
  /// Length of the name at `start` in a run of characters that stops at `stop`; 0: none.
  std::size_t name_length(std::size_t start, std::size_t stop, bool sure) const {
    if (stop - start <= 4 && strong(start, stop - start)) return stop - start;
    const bool torn = words_.ordinary.has(text_[start + 2], text_[start + 3]);  // 白露|护送
    if (start + 3 < stop && !torn && strong(start, 3) && word_at(start + 3)) return 3;
    const bool two = start + 2 < stop && shaped(start, 2) && usual(start, 2) &&
                     (sure || strong(start, 2)) && (word_at(start + 2) || text_[start + 2] == U'一');
    return two && !usual_given(start + 2) ? 2 : 0;
  }

  bool loose_before(std::size_t stop) const {
    return one_of<kLooseSigns>(text_[stop - 1]) || roles_.loose.before(text_, stop);
  }
  /// Length of the relative's word at `at`; 0: none.
  std::size_t kin_at(std::size_t at) const {
    const std::size_t word = roles_.kin.at(text_, at);
    return word > 0 ? word : one_of<kKinSigns>(text_[at]) ? 1 : 0;
  }

  void read(std::size_t start, std::size_t stop) {
    if (built(start, stop - start) &&
        (shaped(start, stop - start) ? bare(start, stop)
                                     : behind_form_role(start) && !is_column(text_, start, stop))) {
      add(start, stop, 38);
      return;
    }
    if (stop - start >= 3 && transliterated(start) == stop - start && behind_role(start)) {
      add(start, stop, 38);
      return;
    }
    if (after_role(start, stop)) return;
    if (behind_role(start)) {
      if (const std::size_t length = name_length(start, stop, true); length > 0) {
        add(start, start + length, 36);
      }
    }
    relatives(start, stop);
    inside(start, stop);
  }

  /// 拨打人 矫健: behind the name of a field ordinary words are names as well.
  bool behind_form_role(std::size_t start) const {
    std::size_t before = start;
    while (before > 0 && (text_[before - 1] == U' ' || text_[before - 1] == 0x3000 ||
                          text_[before - 1] == U':' || text_[before - 1] == U'：')) {
      --before;
    }
    return before < start && !speaks(before) &&
           (text_.stops(before, U"姓名") ||
            (one_of<U"人者签名字员士师方班片机">(text_[before - 1]) && roles_.sure.before(text_, before)));
  }

  /// 代诉：张三丰自去年……
  bool behind_role(std::size_t start) const {
    std::size_t before = start;
    while (before > 0 && one_of<U" :：">(text_[before - 1])) --before;
    return before < start && roles_.sure.before(text_, before) && !speaks(before);
  }
  /// "张三医师：查体…": behind the colon stands what was said.
  bool speaks(std::size_t at) const {
    return (text_[at] == U':' || text_[at] == U'：') && one_of<U"师生士夫任授">(text_[at - 1]);
  }

  /// A token of its own: what stands before and behind it?
  bool bare(std::size_t start, std::size_t stop) const {
    std::size_t before = start;
    while (before > 0 && text_[before - 1] != U'\n' &&
           (is_blank(text_[before - 1]) || one_of<U":：|/、">(text_[before - 1]))) {
      --before;
    }
    const bool likely = usual(start, stop - start);
    if (text_[start - 1] == U'@' || numbered(start, stop) || behind_short_role(start)) return true;
    if (before < start && roles_.sure.before(text_, before) && (likely || !speaks(before))) {
      return true;
    }
    if (before < start && likely && loose_before(before)) return true;
    if (before < start && likely && name_stops_at(before)) return true;
    std::size_t after = stop;
    while (text_[after] != U'\n' && (is_blank(text_[after]) || one_of<U";；,，|">(text_[after]))) {
      ++after;
    }
    return person_at(after, after > stop, likely && stop - start <= 3);
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
    const std::size_t name = start + length;
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
    for (std::size_t at = start + 2; at < stop; ++at) {
      const std::size_t kin = kin_at(at);
      if (kin == 0) continue;
      const bool known = name_stops_at(at);
      std::size_t name = known ? at : 0;
      for (const std::size_t length : {std::size_t{3}, std::size_t{2}}) {
        if (name != 0 || at < start + length) continue;
        const bool placed = roles_.sure.before(text_, at - length) && usual(at - length, length);
        if (!(placed ? shaped(at - length, length) : strong(at - length, length))) continue;
        if (placed || at - length == start || is_introduced(text_, at - length)) {
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
    return one_of<U"晨日">(text_[stop - 1]) && one_of<U"今昨">(text_[stop - 2]);
  }

  /// 母包惜弱，: nothing but the relative's word before it in its clause.
  std::size_t short_kin(std::size_t at, std::size_t stop) const {
    const bool opens = !is_cjk(text_[at - 2]) || one_of<U"其由系之和与及">(text_[at - 2]);
    const std::size_t length =
        one_of<kShortKin>(text_[at - 1]) && opens ? name_length(at, stop, false) : 0;
    return length > 2 || at + length == stop ? length : 0;
  }

  /// …同班护士张三丰建立静脉通道: a role inside running text, and a word of the language behind.
  void inside(std::size_t start, std::size_t stop) {
    for (std::size_t at = start + 1; at + 2 <= stop; ++at) {
      if ((classes(at) & (kCommonSurname | kRareSurname | kCompoundStart)) == 0) continue;
      const bool sure = roles_.sure.before(text_, at);
      if (const std::size_t relative = short_kin(at, stop); relative > 0) {
        add(at, at + relative, 34);
        return;
      }
      if (!sure && !loose_before(at) && !is_day_word(at)) {
        continue;
      }
      const std::size_t length = name_length(at, stop, sure);
      if (length < (sure ? 2 : 3)) continue;
      add(at, at + length, 34);
      at += length;
    }
  }

  Finds& finds_;
  const Roles& roles_;
  std::vector<std::size_t> stops_;  ///< of all names so far, sorted
  std::vector<std::pair<std::size_t, std::size_t>> found_;
};

}  // namespace

void find_slot_names_zh(const DecodedText& text, Finds& finds) { SlotReader(text, finds).run(); }

}  // namespace emr::desensitize
