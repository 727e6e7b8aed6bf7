#include "desensitize/detect/organizations_zh.h"

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxName = 24;

// A name with one of these ends needs no label.
constexpr auto kOwnEnds = std::to_array<std::u32string_view>(
    {U"有限责任公司", U"股份有限公司", U"有限公司", U"分公司", U"集团公司", U"集团", U"派出所", U"检验所",
     U"律师事务所", U"村民委员会", U"居民委员会", U"幼儿园", U"殡仪馆", U"师范大学", U"师范学院", U"科技大学", U"理工大学",
     U"工业大学", U"农业大学", U"职业学院", U"技术学院", U"技工学校", U"看守所", U"戒毒所"});
// These need a place in the name: 赤峰二中, 昆山市供电局; 小学 alone is a level of education.
constexpr auto kPlacedEnds = std::to_array<std::u32string_view>(
    {U"公司", U"中学", U"小学", U"大学", U"学院", U"学校", U"幼儿园", U"厂", U"银行", U"支行", U"分行",
     U"局", U"派出所", U"支队", U"大队", U"合作社", U"供销社", U"事务所", U"研究所", U"研究院", U"超市",
     U"酒店", U"粮库", U"法院", U"检察院", U"监狱", U"一中", U"二中", U"三中", U"四中", U"五中", U"六中",
     U"七中", U"八中", U"九中", U"十中", U"委员会", U"人民政府", U"养老院", U"敬老院", U"福利院", U"矿",
     U"信用社", U"车站", U"设计院", U"电视台", U"师大附中", U"师大附小", U"大附中", U"大附小"});
// Ends that count behind a label of an employer.
constexpr auto kLabelledEnds = std::to_array<std::u32string_view>(
    {U"局", U"商店", U"餐厅", U"政府", U"部队", U"车间", U"中心", U"站", U"社", U"店", U"矿", U"队", U"所",
     U"院", U"馆", U"村委会", U"居委会", U"街道办", U"基地", U"市场",
     U"电子", U"科技", U"实业", U"机械", U"纺织", U"服饰", U"家具", U"钢铁", U"水泥", U"建筑", U"建材"});
/// Of these, the ones that are a firm behind a place and before who works there.
constexpr CharSet kTrades = U"子技业械织饰具铁泥筑材";

constexpr auto kEmployerLabels = std::to_array<std::u32string_view>(
    {U"工作单位", U"就职于", U"任职于", U"就读于", U"单位名称", U"供职于", U"就业于", U"所在单位",
     U"工作于", U"委托单位", U"学校名称", U"就读学校", U"保险单位", U"参保单位", U"用人单位", U"毕业于",
     U"受雇于", U"退休于", U"在职单位", U"现单位", U"工作地点"});

enum class EndKind : std::uint8_t { kOwn, kPlaced, kLabelled };
struct End {
  std::u32string_view word;
  EndKind kind;
};
/// Ends by their last characters; some share a place.
class EndIndex {
 public:
  std::vector<End>& of(char32_t last) noexcept { return lists_[last % kLists]; }
  const std::vector<End>& of(char32_t last) const noexcept { return lists_[last % kLists]; }

 private:
  static constexpr std::size_t kLists = 256;
  std::array<std::vector<End>, kLists> lists_;
};

const EndIndex& ends_by_last() {
  static const EndIndex kIndex = [] {
    EndIndex index;
    const auto add = [&index](std::span<const std::u32string_view> words, EndKind kind) {
      for (const std::u32string_view word : words) {
        index.of(word.back()).push_back({word, kind});
      }
    };
    add(kOwnEnds, EndKind::kOwn);
    add(kPlacedEnds, EndKind::kPlaced);
    add(kLabelledEnds, EndKind::kLabelled);
    return index;
  }();
  return kIndex;
}

class OrganizationFinder {
 public:
  OrganizationFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) {}

  void run() {
    for (const std::size_t i : Places(text_, kOrganizationEnd)) {
      if (i == 0) {
        continue;
      }
      if (one_of<U"位于称校点读">(text_[i])) {
        employer(i + 1);
      }
      if (i >= done_ && (!one_of<kTrades>(text_[i]) || one_of<U"职员工装操车注生夜白技">(text_[i + 1]))) {
        own_name(i + 1);
      }
    }
  }

 private:
  /// A label's name: up to the last end of an organisation in the run, or the whole cell.
  void employer(std::size_t at) {
    static const WordIndex kLabels(WordIndex::By::kLastTwo, kEmployerLabels);
    const bool cell = text_.stops(at, U"单位") && text_[at] == U' ' && !is_cjk(text_[at - 3]) &&
                      place_at(text_, at + 1) > 0;  // 单位 聊城双圆齿轮
    const bool unit = text_[at] == U':' && ((text_.stops(at, U"单位") && !is_cjk(text_[at - 3])) ||
                                            text_.stops(at, U"就读"));
    if (!unit && !cell && kLabels.longest_before(text_, at).empty()) {
      return;
    }
    for (std::size_t i = at; text_[at] == U'(' && i < at + 8; ++i) {
      at = text_[i] == U')' ? i + 1 : at;  // 工作单位（学校）：
    }
    while (is_blank(text_[at]) || one_of<U":为">(text_[at])) {
      if (text_[at] == U'\n') {
        return;
      }
      ++at;
    }
    std::size_t stop = 0;
    for (std::size_t i = at + 1; i < at + kMaxName && name_part(at, i); ++i) {
      const bool any = ends(i + 1, EndKind::kOwn) > 0 || ends(i + 1, EndKind::kPlaced) > 0 ||
                       ends(i + 1, EndKind::kLabelled) > 0;
      stop = any ? i + 1 : stop;
    }
    if (stop == 0) {  // the whole cell, when there is one
      std::size_t i = at;
      while (is_cjk(text_[i]) || is_alnum(text_[i])) {
        ++i;
      }
      stop = i - at >= 4 && i - at <= kMaxName ? i : 0;
    }
    if (stop > at + 2) {
      add(at, stop, 50);
    }
  }

  /// Length of the longest end of this kind that stops before `stop`.
  std::size_t ends(std::size_t stop, EndKind kind) const {
    std::size_t longest = 0;
    for (const End& end : ends_by_last().of(text_[stop - 1])) {
      longest = end.kind == kind && end.word.size() > longest && text_.stops(stop, end.word)
                    ? end.word.size()
                    : longest;
    }
    return longest;
  }

  void own_name(std::size_t stop) {
    const std::size_t own = ends(stop, EndKind::kOwn);
    std::size_t placed = own > 0 ? 0 : ends(stop, EndKind::kPlaced);
    if (own + placed == 0 && one_of<kTrades>(text_[stop - 1]) && worker_follows(stop)) {
      placed = ends(stop, EndKind::kLabelled);  // 东莞光弘电子|注塑车间
    }
    if (own + placed == 0 || (is_cjk(text_[stop]) && goes_on(stop))) {
      return;
    }
    const std::size_t core = stop - own - placed;
    std::size_t start = core;
    std::size_t place = stop;
    while (start > 0 && stop - start < kMaxName && before_core(start, core)) {
      --start;
      const std::size_t region = place_at(text_, start);
      if (region > 0 || county_at(text_, start) > 0) {
        place = start;
      }
    }
    const bool has_place = place <= core && place != stop && text_[place - 1] != U'(';
    if (has_place) {
      start = place;
    }
    const bool worked_at = placed > 0 && core - start >= 2 && worker_follows(stop) &&
                           !anyones(start, core);
    // 中铁|八|局
    const bool numbered = one_of<U"一二三四五六七八九十">(text_[core - 1]) && text_[core - 3] == U'中' &&
                          one_of<U"铁建交核冶电">(text_[core - 2]) && text_[core] == U'局';
    if (numbered) {
      add(core - 3, stop, 34);
      return;
    }
    // 学校（海曙中心小学）: nothing else in its cell
    const bool school = placed > 0 && text_[stop - 1] == U'学' && core - start >= 2 &&
                        !is_cjk(text_[start - 1]) && !is_cjk(text_[stop]) &&
                        one_of<U"(:">(text_[start - 1]) && !anybodys(start, core) &&
                        !anyones(start, core);
    if ((own > 0 && core - start >= 2 && !anybodys(start, core)) || (placed > 0 && has_place) ||
        worked_at || school) {
      add(start, stop, own > 0 ? 41 : 34);
    }
  }
  /// 昌盛五金厂|装配工: who works there stands behind.
  bool worker_follows(std::size_t stop) const {
    static constexpr auto kWorkers = std::to_array<std::u32string_view>(
        {U"职工", U"员工", U"工人", U"学生", U"教师", U"老师", U"装配工", U"操作工", U"工程师", U"保安", U"司机", U"会计",
         U"经理", U"厂长", U"校长", U"工作", U"上班", U"打工", U"夜班", U"白班", U"技术员", U"职员", U"民工", U"钳工", U"焊工",
         U"电工", U"车工", U"大一", U"大二", U"大三", U"大四", U"研究生", U"本科生", U"博士", U"外教", U"教授", U"讲师",
         U"高一",
         U"高二", U"高三", U"初一", U"初二", U"初三", U"一年级", U"二年级", U"三年级", U"四年级", U"五年级", U"六年级", U"小班",
         U"中班", U"大班", U"就读", U"上学", U"读书", U"门卫", U"厨师", U"出纳", U"主任", U"矿工", U"采煤", U"挡车",
         U"车间", U"注塑",
         U"生产"});
    static const WordIndex kIndex(WordIndex::By::kFirstTwo, kWorkers);
    return !kIndex.longest_at(text_, stop).empty();
  }
  /// 退休小学教师, 民办学校老师
  bool anyones(std::size_t start, std::size_t core) const {
    for (std::size_t i = start; i < core; ++i) {
      if (one_of<U"休退原名位个民办村岁男女本我他她其同当外校所">(text_[i])) {
        return true;
      }
    }
    return false;
  }
  /// 当地派出所, 辖区派出所
  bool anybodys(std::size_t start, std::size_t core) const {
    static constexpr auto kWhose = std::to_array<std::u32string_view>(
        {U"当地", U"辖区", U"附近", U"属地", U"公办", U"民办", U"公立", U"私立", U"小区", U"村办", U"普惠", U"国际", U"双语",
         U"实验", U"示范", U"机关", U"强制", U"隔离", U"中心", U"希望", U"农村",
         U"初级", U"高级", U"职业"});
    static const WordIndex kIndex(WordIndex::By::kFirstTwo, kWhose);
    return core - start == 2 && !kIndex.longest_at(text_, start).empty();
  }
  bool before_core(std::size_t start, std::size_t core) const {
    const char32_t c = text_[start - 1];
    if (c == U')' || c == U'(') {
      return name_part(start > 6 ? start - 6 : 0, start - 1) && core - start < 12;
    }
    return (is_cjk(c) || is_digit(c)) && !one_of<U"在于至到往系是由从为和与及的了该某去转送被患诊经给向因住班">(c);
  }
  /// 小学文化, 大学附属医院, 公司生产 say nothing about where somebody works.
  bool goes_on(std::size_t stop) const {
    for (const std::u32string_view word :
         {U"文化", U"附属", U"生产", U"出品", U"毕业", U"第一", U"第二", U"第三", U"医院", U"华西", U"湘雅",
          U"路", U"街", U"家属", U"宿舍", U"公寓", U"国际", U"校区", U"东区", U"西区", U"小区",
           U"学历", U"本科", U"附", U"医学", U"镇", U"乡",
          U"村", U"巷"}) {
      if (text_.starts(stop, word)) {
        return true;
      }
    }
    return false;
  }

  /// Brackets belong to a name when they close soon: 中建（北京）公司.
  bool name_part(std::size_t start, std::size_t i) const {
    if (text_[i] == U'(') {
      for (std::size_t k = i + 1; k < i + 6; ++k) {
        if (text_[k] == U')') {
          return true;
        }
      }
      return false;
    }
    if (text_[i] == U')') {
      for (std::size_t k = start; k < i; ++k) {
        if (text_[k] == U'(') {
          return true;
        }
      }
      return false;
    }
    return is_cjk(text_[i]) || is_alnum(text_[i]) || text_[i] == U'·';
  }

  void add(std::size_t start, std::size_t stop, int weight) {
    finds_.push_back({start, stop, SpanType::kOrganization, weight});
    done_ = stop;
  }

  const DecodedText& text_;
  Finds& finds_;
  std::size_t done_ = 0;
};

}  // namespace

void find_organizations_zh(const DecodedText& text, Finds& finds) {
  OrganizationFinder(text, finds).run();
}

}  // namespace emr::desensitize
