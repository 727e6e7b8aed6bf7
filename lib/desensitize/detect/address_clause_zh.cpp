#include "desensitize/detect/address_clause_zh.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "desensitize/detect/address_marks_zh.h"
#include "desensitize/detect/address_short_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kLongestPlace = 14;
constexpr std::size_t kLongestTail = 18;

/// How the names of small places end.
constexpr CharSet kPlaceEnds =
    U"村路街巷弄镇乡区县屯寨坳湾沟岗庄岭坪冲畈垸坝渡桥塘集圩堡营口头外里旁边侧面墩滩埠洲苑园城府邸栋幢号坊畔庙社期浜铺井委郢塆垅峁疃垛嘴岔梁";
/// How people say where at a place.
constexpr CharSet kTailEnds = U"门头里内外旁侧边口处站厅前后场圩坝湾沟角底坊塘河桥街巷园苑墩台岸埠渡库房院村社浜矿厂井屋道部郢塆垅峁疃垛嘴岔梁坳坪冲岭岗";
/// A clause with one of these is about something else.
constexpr CharSet kOthers =
    U"的了因于患病诊被与和及时送到发出不为由医卫药骑走跌摔倒晕同无有未自行已经其系此该我你他她它们员工退休婚术查痛痒血住"
    U"次年月日天岁个让请给说是在去回来就也都还要想能可";
/// Whose home, or what kind of place: nobody is found by that.
constexpr auto kNoPlaces = std::to_array<std::u32string_view>(
    {U"农村", U"附近", U"外地", U"外省", U"外市", U"本市", U"本地", U"本省", U"本县", U"本村", U"本镇", U"城里",
     U"城区", U"城市", U"乡下", U"乡镇", U"郊区", U"市区", U"山区", U"山里", U"山上", U"县城", U"县里", U"村里",
     U"镇上", U"街上", U"街道", U"河边", U"海边", U"学校", U"单位", U"宿舍", U"隔壁", U"对面", U"女儿", U"儿子",
     U"儿媳", U"父母", U"母亲", U"父亲", U"老家", U"娘家", U"婆家", U"亲戚", U"朋友", U"同学", U"养老", U"福利",
     U"出租", U"平房", U"楼房", U"楼上", U"楼下", U"高层", U"电梯", U"大山", U"偏远", U"边远", U"一楼", U"二楼",
     U"三楼", U"四楼", U"五楼", U"六楼", U"七楼", U"本院", U"急诊", U"普通", U"重症", U"隔离", U"家里", U"家中",
     U"家门", U"公园", U"公司", U"菜市", U"超市", U"马路", U"公路", U"路口", U"厨房", U"客厅", U"阳台", U"浴室",
     U"田里", U"地里", U"田间", U"工厂", U"车间", U"商场", U"广场", U"操场", U"教室", U"食堂", U"餐厅", U"饭店",
     U"酒店", U"宾馆", U"地铁", U"公交", U"火车", U"高铁", U"高速", U"车站", U"机场", U"银行", U"健身", U"球场",
     U"泳池", U"水库", U"鱼塘", U"池塘", U"工棚", U"窗口", U"候诊", U"大厅", U"卧室", U"室内", U"室外", U"户外",
     U"野外", U"左侧", U"右侧", U"双侧", U"两侧", U"患侧", U"健侧", U"上腹", U"下腹", U"局部", U"腹部", U"胸部",
     U"头部", U"足部", U"手部", U"活动", U"夜间", U"晨起", U"静息", U"工地", U"车里", U"屋里", U"院里", U"里面",
     U"外面", U"前面", U"后面", U"上面", U"下面", U"高原", U"牧区", U"林区", U"疫区", U"抢救", U"厕所", U"那边",
     U"这边", U"楼道", U"走廊", U"门口", U"床边", U"路边", U"自家", U"旧房", U"老房", U"新房", U"老小", U"小区",
     U"社区", U"城乡", U"租房"});

bool is_no_place(const DecodedText& text, std::size_t at) {
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kNoPlaces);
  return !kIndex.longest_at(text, at).empty();
}

/// 六楼, 三层: in a house that nobody names.
bool is_chinese_number(const DecodedText& text, std::size_t at) {
  return one_of<U"一二三四五六七八九十">(text[at]) && one_of<U"楼层床室号组房">(text[at + 1]);
}

/// Characters that speak of other things elsewhere.
bool is_part_of_place(const DecodedText& text, std::size_t at) {
  return text.starts(at, U"出口") ||
         text.starts(at, U"自家") || text.starts(at, U"工地") || text.starts(at, U"工业") ||
         text.starts(at, U"医院") || text.starts(at, U"出租");
}

/// Where the run of words at `at` stops; 0 when something in it speaks of else than a place.
std::size_t clause_end(const DecodedText& text, std::size_t at, std::size_t most) {
  std::size_t stop = at;
  while (is_cjk(text[stop]) || is_alnum(text[stop])) {
    const bool last = one_of<U"人的">(text[stop]) && !is_cjk(text[stop + 1]);  // 薛津圩|人，
    const bool owner = text[stop] == U'的' && stop >= at + 3;                  // 坝头|的徐某
    if (last || owner) return stop;
    if (stop - at >= most || (one_of<kOthers>(text[stop]) && !is_part_of_place(text, stop))) {
      return 0;
    }
    ++stop;
  }
  return stop;
}

/// 河南|市场大门口, 鸿福路地铁A出口: does a word for where at a place stop here?
bool ends_where(const DecodedText& text, std::size_t stop) {
  static constexpr auto kWords = std::to_array<std::u32string_view>(
      {U"门口", U"附近", U"旁边", U"对面", U"楼下", U"路口", U"街口", U"村口", U"桥头", U"桥下", U"南门", U"北门", U"东门",
       U"西门", U"后门", U"正门", U"出口", U"入口", U"工地", U"门前", U"跟前", U"南岸", U"北岸", U"东侧", U"西侧", U"南侧",
       U"北侧", U"站台", U"站旁", U"屋后", U"梯间", U"楼道", U"前楼", U"后楼", U"中庭", U"车库", U"车棚", U"楼顶", U"天台",
       U"大棚", U"院子", U"外海", U"后面", U"里面", U"堂前", U"河堤", U"塘边", U"水边", U"江边", U"湖边", U"海边",
       U"田边", U"沙滩", U"海滩", U"厂房", U"校门", U"操场", U"市场", U"超市", U"商场", U"广场", U"公园", U"车间",
       U"庙前", U"村头", U"码头", U"路边", U"下游", U"上游"});
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kWords);
  return !kIndex.longest_before(text, stop).empty();
}

/// …鼓楼街口|KTV门口|与朋友, …村|大庙跟前|接产妇: up to where a clause that goes on has just said where;
/// `at` when it has not.
std::size_t place_inside(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kMost = 9;
  constexpr CharSet kDeeds = U"接抬救捡撞打吵闹喝吃卖买摆等玩躺坐停遇抓";
  std::size_t stop = at;
  std::size_t where = at;
  while ((is_cjk(text[stop]) || is_alnum(text[stop])) && stop < at + kMost &&
         (!one_of<kOthers>(text[stop]) || is_part_of_place(text, stop)) &&
         !one_of<kDeeds>(text[stop])) {
    ++stop;
    if (stop >= at + 2 && ends_where(text, stop)) where = stop;
  }
  const bool near = one_of<U"口旁边侧">(text[stop - 1]) && is_cjk(text[stop]);
  return stop >= at + 3 && near ? stop : where;
}

/// 王家|营子, 李家|台子: villages of the north.
bool ends_in_hamlet(const DecodedText& text, std::size_t stop) {
  return text[stop - 1] == U'子' && one_of<U"营沟台坨甸岗坎泡坝寨堡屯庄湾洼岭店窝场">(text[stop - 2]);
}

/// 教授楼|204: where its number begins.
std::size_t before_number(const DecodedText& text, std::size_t stop) {
  while (is_digit(text[stop - 1])) --stop;
  return stop;
}

/// May these characters tell where? Generic words may not, unless more stands before them.
bool tells_where(const DecodedText& text, std::size_t at, std::size_t stop) {
  return stop >= at + 3 && is_cjk(text[at]) && !is_chinese_number(text, at) &&
         !one_of<U"胃肠肝胆脾肺肾脑骨腹胸颈肩膝腰腕踝臂腿足眼耳鼻左右双前后上下">(text[at]) &&
         !is_no_place(text, at) && (stop >= at + 5 || !is_no_place(text, stop - 2));
}

/// What anybody finds: a park, a market, a station.
bool is_public_place(const DecodedText& text, std::size_t at) {
  static constexpr auto kPublic = std::to_array<std::u32string_view>(
      {U"公园", U"花园", U"广场", U"市场", U"商场", U"超市", U"商城", U"车站", U"油站", U"收费", U"大厦", U"酒店",
       U"宾馆", U"饭店", U"小区", U"社区", U"大桥", U"码头", U"渡口", U"水库", U"小学", U"中学", U"大学", U"学院",
       U"大道", U"景区", U"农场", U"林场", U"牌坊", U"工业", U"中路", U"高速", U"高铁", U"国道", U"省道", U"铁站", U"影城"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kPublic);
  return !kIndex.longest_at(text, at).empty();
}

/// 公共|汽车站, 农贸|市场, 门诊|大厅: what kind, and no name.
bool is_kind_of_place(const DecodedText& text, std::size_t at) {
  static constexpr auto kKinds = std::to_array<std::u32string_view>(
      {U"公共", U"农贸", U"批发", U"大型", U"小型", U"水产", U"建材", U"自由", U"露天", U"汽车", U"中央", U"附属",
       U"门诊", U"病房", U"住院", U"手术", U"检查", U"康复", U"透析", U"介入", U"护士", U"导诊", U"收费", U"体检",
       U"美食", U"幼儿", U"老年", U"服务", U"休息", U"居民", U"居住", U"当地"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kKinds);
  return text[at] == U'某' || !kIndex.longest_at(text, at).empty();
}

/// Does a name stand before a road, a village or a public place in it? Where polyps, fractures and
/// falls in wards are found, none does: 在乙状结肠处发现, 在显微镜下发现, 在卫生间内突发.
bool names_spot(const DecodedText& text, std::size_t at, std::size_t stop) {
  if (is_kind_of_place(text, at)) return false;
  if (county_at(text, at) > 0 && stop > at + county_at(text, at) + 3) return true;
  for (std::size_t i = at + 2; i < stop; ++i) {
    const bool way = one_of<U"路街巷村镇乡屯寨庄堡圩浜道邨">(text[i]) && !ends_unnamed_way(text, i + 1);
    if (way || (i + 1 < stop && is_public_place(text, i))) return true;
  }
  return false;
}

/// What people do at a place or behind it: 居住, 摔倒, 附近.
bool goes_on_behind(const DecodedText& text, std::size_t at) {
  static constexpr auto kWords = std::to_array<std::u32string_view>(
      {U"附近", U"有人", U"转来", U"接回", U"居住", U"打工", U"务工", U"经商", U"摔倒", U"摔伤", U"跌倒", U"晕倒", U"坠落",
       U"突发", U"被撞", U"被车", U"发生", U"发现", U"购物", U"吃饭", U"就餐", U"上班", U"工作", U"上学", U"步行", U"骑车",
       U"送来", U"返回", U"回来", U"过来", U"出发", U"开店", U"租房", U"养老", U"生活", U"打架", U"喝酒", U"饮酒", U"业主",
       U"住户", U"搬货", U"卸货", U"买菜", U"一女", U"一男", U"一名", U"一人", U"一老", U"一辆", U"有一", U"一家", U"一孕"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kWords);
  return !kIndex.longest_at(text, at).empty();
}

/// 三峡广场|煌华新纪元, 黔灵西路|夜市, 包河区骆岗街道|保利海上五月花: an address that is sure goes on with
/// a name, up to what people do there or, in a `cell`, to the end of the clause, whatever it is.
std::size_t named_tail(const DecodedText& text, std::size_t stop, bool cell) {
  constexpr std::size_t kLongestName = 8;
  constexpr CharSet kNameEnds = U"市场区城园苑厦店楼铺馆院厂站坊都邸湾府轩居寓校口处棚街村屯庄寨组队坡沟坪坝岭圩集堡里墩桥塘内旁镇";
  constexpr CharSet kNoNames = U"独婚农民商务孤租人房岁性男女籍族电手联邮身既否并且但均常现每约共一二三两几多少名位做养种卖开当任之感评供等周打觉特吃喝买玩看";
  std::size_t end = stop;
  while ((is_cjk(text[end]) || is_alnum(text[end])) && !goes_on_behind(text, end)) {
    const bool of_place = text[end] == U'新' || text[end] == U'上';
    if (end - stop >= kLongestName || (!of_place && one_of<kOthers>(text[end])) ||
        one_of<kNoNames>(text[end])) {
      return stop;
    }
    ++end;
  }
  const bool closed = (cell && !is_cjk(text[end])) || text.starts(end, U"业主");
  return end >= stop + 2 && is_cjk(text[stop]) && (closed || one_of<kNameEnds>(text[end - 1]))
             ? end
             : stop;
}

}  // namespace

std::size_t lived_in_place(const DecodedText& text, std::size_t at) {
  const std::size_t stop = std::max(at, clause_end(text, at, kLongestPlace));
  const std::size_t name = before_number(text, stop);
  const bool door = stop > name + (text[stop] == U'-' ? 0 : 1) &&
                    one_of<U"楼栋幢村苑园区城庭座院店馆寓厦舍">(text[name - 1]);
  const bool place = one_of<kPlaceEnds>(text[stop - 1]) || ends_in_hamlet(text, stop);
  if ((door || (name == stop && place)) && tells_where(text, at, name)) {
    std::size_t last = stop;  // 城中花园5|-302
    while (door && (is_digit(text[last]) || (text[last] == U'-' && is_digit(text[last + 1])))) {
      ++last;
    }
    return last;
  }
  const std::size_t near = place_inside(text, at);  // 住|蓝光雍锦湾附近|您看要不要
  return near >= at + 5 && tells_where(text, at, near - 2) ? near : 0;
}

std::size_t scene_of_event(const DecodedText& text, std::size_t at) {
  static constexpr auto kEvents = std::to_array<std::u32string_view>(
      {U"突发", U"突然", U"跌倒", U"跌伤", U"摔倒", U"摔伤", U"滑倒", U"晕倒", U"昏倒", U"倒地", U"被撞", U"被石",
       U"被车", U"被人", U"被发", U"被轿", U"被货", U"被电", U"被摩", U"被砸", U"被困", U"被狗", U"被小", U"遇车",
       U"遭遇", U"溺水", U"走失", U"捡到", U"发生", U"发现", U"坠落", U"坠下", U"撞上", U"撞护", U"追尾", U"翻车",
       U"侧翻", U"坐车", U"坐地", U"赶来", U"过来", U"来院", U"出发", U"步行", U"骑车", U"打车", U"转来", U"上车", U"下车",
       U"搬货", U"卸货", U"干活", U"买菜", U"散步", U"打架", U"喝酒", U"饮酒", U"等车", U"候车", U"跑步", U"玩耍", U"捕鱼",
       U"钓鱼"});
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, kEvents);
  for (std::size_t stop = at; stop < at + kLongestPlace + 2 && is_cjk(text[stop]); ++stop) {
    if (stop >= at + 4 && !kIndex.longest_at(text, stop).empty()) {
      const bool place = one_of<kTailEnds>(text[stop - 1]) || one_of<kPlaceEnds>(text[stop - 1]) ||
                         text[stop - 1] == U'下';
      return place && tells_where(text, at, stop) && names_spot(text, at, stop) ? stop : 0;
    }
    if (one_of<kOthers>(text[stop]) && !text.starts(stop, U"出口")) return 0;
  }
  return 0;
}

std::size_t spot_at(const DecodedText& text, std::size_t at) {
  std::size_t spot = 0;
  for (std::size_t stop = at; stop < at + kLongestPlace + 2; ++stop) {
    if (stop >= at + 5 && ends_where(text, stop) && tells_where(text, at, stop) &&
        names_spot(text, at, stop)) {
      spot = stop;
    }
    const bool gate = is_letter(text[stop]) && is_cjk(text[stop + 1]);  // 地铁A出口
    if (!is_cjk(text[stop]) && !gate) break;
    if (one_of<kOthers>(text[stop]) && !is_part_of_place(text, stop)) break;
    if (text.starts(stop, U"高速") || text.starts(stop, U"国道")) return 0;  // read elsewhere
  }
  return spot;
}

std::size_t tail_of_place(const DecodedText& text, std::size_t stop, PlaceKind kind) {
  if (text[stop + 1] == U'家' && one_of<U"村组屯">(text[stop - 1]) && !is_cjk(text[stop + 2]) &&
      (text.marks(stop) & kCommonSurname) != 0) {
    return stop + 2;  // 卫东村|沃家，
  }
  if (const std::size_t far = behind_distance(text, stop); far > stop) return far;
  const std::size_t end = clause_end(text, stop, kLongestTail);
  const bool place = end > stop && (one_of<kTailEnds>(text[end - 1]) || text[end - 1] == U'室' ||
                                    text.stops(end, U"井下"));
  const bool vague = one_of<U"那这">(text[stop]) || one_of<U"那这">(text[end - 2]);  // 梁家村|那边
  if (place && !vague) return end;
  const std::size_t inside = vague ? stop : place_inside(text, stop);
  if (kind == PlaceKind::kUnsure && inside > stop) return inside;
  if (kind == PlaceKind::kUnsure || vague) return stop;
  return std::max(inside, named_tail(text, stop, kind == PlaceKind::kCell));
}

}  // namespace emr::desensitize
