#include "desensitize/detect/providers_zh.h"

#include <array>
#include <span>
#include <string_view>

#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxName = 24;

constexpr auto kProviderEnds = std::to_array<std::u32string_view>({
    U"社区卫生服务中心", U"社区卫生服务站", U"卫生服务中心", U"卫生服务站", U"疾病预防控制中心",
    U"妇幼保健院", U"妇幼保健计划生育服务中心", U"疾控中心", U"急救中心", U"医疗中心", U"医学中心",
    U"血液中心", U"精神卫生中心", U"康复中心", U"心血管病中心", U"肿瘤中心", U"眼科中心",
    U"口腔中心", U"急救站", U"保健所", U"保健站", U"监护中心", U"健康中心", U"防治中心", U"癌症中心", U"国医馆", U"防治所",
    U"体检中心", U"中心血站", U"保健院", U"卫生院", U"卫生室", U"卫生所", U"疗养院",
    U"防治院", U"护理院", U"敬老院", U"养老院", U"福利院", U"门诊部", U"医务室", U"诊所", U"医院", U"病院", U"医大总院",
     U"中医馆", U"国医堂"});

/// Prefixes that name no provider.
constexpr auto kGeneric = std::to_array<std::u32string_view>(
    {U"你们", U"我们", U"他们", U"目前住", U"现住", U"家住", U"租住", U"暂住", U"借住", U"居住", U"邻村", U"邻",
     U"我", U"本", U"外", U"当地", U"外地", U"上级", U"下级", U"我市", U"本市", U"某", U"其他",
     U"其它", U"多家", U"该", U"附近", U"社区", U"专科", U"综合", U"三甲", U"三级", U"三级甲等",
     U"乡镇", U"县级", U"市级", U"省级", U"基层", U"私立", U"公立", U"民营", U"教学", U"定点",
     U"转诊", U"原", U"省", U"市", U"县", U"镇", U"乡", U"村", U"区", U"地方", U"大", U"小", U"院外",
     U"家附近", U"户籍地", U"居住地", U"精神病", U"儿童", U"妇产", U"口腔", U"肿瘤", U"传染病",
     U"互联网", U"医联体", U"二级", U"一级", U"各", U"两家", U"几家", U"此", U"前", U"辖区",
     U"当地县", U"当地市", U"当地人民", U"当地中", U"诊治", U"康复", U"护理", U"老年",
     U"中医", U"骨科", U"眼科", U"心理", U"就近", U"上一", U"下一", U"国内", U"上县", U"上市",
     U"上省", U"上镇", U"下县", U"接收", U"转入", U"转出", U"首诊", U"送诊", U"救治",
     U"申请", U"会诊", U"送检", U"委托", U"就诊", U"住院", U"邀请", U"受邀", U"接诊",
     U"到县", U"到市", U"到镇", U"去县", U"去市", U"去镇"});

/// Which characters may one of the words begin with?
constexpr CharFilter first_filter(std::span<const std::u32string_view> words) {
  CharFilter filter;
  for (const std::u32string_view word : words) filter.add(word.front());
  return filter;
}

class ProviderFinder {
 public:
  ProviderFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) {}

  void run() {
    constexpr std::uint32_t kPlaces = kHospitalEnd | kBrandStart;
    for (const std::size_t i : Places(text_, kPlaces)) {
      if ((text_.marks(i) & kBrandStart) != 0) {
        brand(i);
      }
      if ((text_.marks(i) & kHospitalEnd) != 0) {
        ending_at(i + 1);
        if (text_[i] == U'幼' && text_[i - 1] == U'妇') {
          mother_and_child(i + 1);
        } else if (text_[i] == U'院' && one_of<U"儿妇">(text_[i - 1]) &&
                   one_of<U"大医省市">(text_[i - 2]) && !follows_word(i + 1)) {
          const std::size_t start =
              text_[i - 2] == U'大' && i > 2 ? i - 3 : i - 2;  // 浙大儿院, 省妇院
          finds_.push_back({start, i + 1, SpanType::kHospital, 53});
        } else if (text_[i] == U'院' && one_of<U"一二三四五六七八九十附">(text_[i - 1])) {
          short_name(i);
        }
      }
    }
  }

 private:
  void ending_at(std::size_t stop) {
    static const WordIndex kEnds(WordIndex::By::kLastTwo, kProviderEnds);
    const std::u32string_view end = kEnds.longest_before(text_, stop);
    if (end.empty() || (end == U"医院" && common_word(stop)) ||
        text_.stops(stop - end.size(), U"医院")) {
      return;  // 医院感染; 某某医院体检中心 is found by its 医院
    }
    expand(stop - end.size(), with_branch(stop));
  }

  /// 市妇幼, 常州妇幼: without 保健院.
  void mother_and_child(std::size_t stop) {
    const std::size_t core = stop - 2;
    std::size_t start = one_of<U"市县省区州">(text_[core - 1]) ? core - 1 : core;
    for (std::size_t back = 2; back <= 5 && back <= core; ++back) {
      if (place_at(text_, core - back) >= back || county_at(text_, core - back) >= back) {
        start = core - back;
      }
    }
    if (start < core && !one_of<U"保卫健人计专病科">(text_[stop])) {
      finds_.push_back({start, stop, SpanType::kHospital, 50});
    }
  }

  /// 医院感染, 医院内, 医院外; but 医院内科, 医院外科.
  bool common_word(std::size_t stop) const {
    return (text_[stop] == U'感' && text_[stop + 2] != U'科') || text_[stop] == U'期' ||
           (one_of<U"内外">(text_[stop]) && !one_of<U"科分镜一二三四">(text_[stop + 1]));
  }

  /// 医院（东院区）, 医院西院, 医院分院.
  std::size_t with_branch(std::size_t stop) const {
    for (const std::u32string_view tail :
         {U"东院区", U"西院区", U"南院区", U"北院区", U"总院", U"分院", U"本部", U"东院", U"西院",
          U"南院", U"北院", U"新院"}) {
      if (text_.starts(stop, tail)) {
        return stop + tail.size();
      }
    }
    // 医院|二部, 医院|南湖院区
    if (one_of<U"一二三四五">(text_[stop]) && text_[stop + 1] == U'部') return stop + 2;
    const bool center = text_.stops(stop, U"服务中心");
    for (std::size_t length = 2; length <= 4 && is_cjk(text_[stop + length - 1]); ++length) {
      if (text_.starts(stop + length, U"院区") || text_.starts(stop + length, U"分院")) {
        return stop + length + 2;
      }
      if (center && text_[stop + length] == U'站') return stop + length + 1;  // 服务中心|蛤地站
    }
    return stop;
  }

  static bool stops_name(char32_t c) {
    return one_of<U"于在至到往赴由从经去转送入我该自与或被向的了曾时因、患者诊已遂即后拟号接来送">(c);
  }

  void expand(std::size_t core, std::size_t stop) {
    std::size_t start = core;
    std::size_t place = core + 1;
    while (start > 0 && stop - start < kMaxName) {
      const char32_t c = text_[start - 1];
      const bool inside = is_cjk(c) || is_digit(c) || c == U'·' || c == U'〇';
      const bool county_goes_on = place < start;
      if (!inside || (stops_name(c) && !county_goes_on && !protected_at(start - 1) &&
                      !text_.starts(start - 1, U"自治"))) {
        break;
      }
      --start;
      if (const std::size_t county = ends_county(c) ? county_before(text_, start + 1) : 0;
          county > 0) {
        place = start + 1 - county;  // 于都县: whatever its characters
      } else if (place >= start && place_at(text_, start) > 0) {
        place = start;
      }
    }
    const bool inside = place <= core && place > start &&
                        one_of<U"县市区州旗盟省军学属大警">(text_[place - 1]);  // 祥云县云南驿镇
    if (place <= core && !inside) {
      start = place;  // 诉北京协和医院: the name begins with its place
    } else {
      start = skip_words(start, core);
    }
    if (start >= core || generic(start, core)) {
      return;
    }
    finds_.push_back({start, stop, SpanType::kHospital, 55});
  }

  /// A stop character that belongs to a place name (自贡, 从化, 本溪 ...).
  bool protected_at(std::size_t i) const {
    for (std::size_t back = 0; back < 8 && back <= i; ++back) {
      const std::size_t length = place_at(text_, i - back);
      if (length > back) {
        return true;
      }
    }
    return false;
  }

  /// Verbs and times in front of a provider without a place name.
  std::size_t skip_words(std::size_t start, std::size_t core) const {
    static constexpr auto kLead = std::to_array<std::u32string_view>(
        {U"家住", U"现住", U"建档单位", U"送检单位", U"接种单位", U"委托单位", U"就诊医院", U"当地", U"就诊", U"前往",
         U"转至", U"送至", U"急诊", U"外院", U"今日", U"昨日", U"首次", U"再次", U"家属", U"联系",
         U"建议", U"通知", U"邀请", U"请", U"致", U"报", U"抄送", U"委托", U"上报", U"来源", U"单位",
         U"由", U"为", U"是", U"经", U"及", U"和", U"与", U"年", U"月", U"日", U"前", U"科", U"住", U"医院"});
    static constexpr CharFilter kFirsts = first_filter(kLead);
    for (bool again = true; again && kFirsts.may_hold(text_[start]);) {
      again = false;
      for (const std::u32string_view word : kLead) {
        if (start + word.size() < core && text_.starts(start, word)) {
          start += word.size();
          again = true;
        }
      }
    }
    return start;
  }

  bool generic(std::size_t start, std::size_t core) const {
    static constexpr CharFilter kFirsts = first_filter(kGeneric);
    if (!kFirsts.may_hold(text_[start])) return core - start < 2;
    for (const std::u32string_view word : kGeneric) {
      if (word.size() <= core - start && text_.starts(start, word) &&
          (word.size() == core - start || generic(start + word.size(), core))) {
        return true;  // 三级|公立
      }
    }
    return core - start < 2;
  }

  /// 市一院, 平顶山市二院, 北医三院, 省医, 附二院: the short names that everybody uses.
  void short_name(std::size_t yard) {
    std::size_t core = yard;
    while (core > 0 && one_of<U"一二三四五六七八九十">(text_[core - 1])) {
      --core;
    }
    core -= core > 0 && text_[core - 1] == U'第' ? 1 : 0;
    const bool attached = text_[yard - 1] == U'附' || (core < yard && text_[core - 1] == U'附');
    if ((core == yard && !attached) || core == 0 || follows_word(yard + 1)) {
      return;
    }
    std::size_t start = core;
    while (start > 0 && core - start < 10 && is_cjk(text_[start - 1]) &&
           !stops_name(text_[start - 1])) {
      --start;
      if (place_at(text_, start) > 0 || county_at(text_, start) > 0) {
        finds_.push_back({start, yard + 1, SpanType::kHospital, 54});
        return;
      }
    }
    // 转桐乡二院: between a verb and the number only a county can stand.
    const bool led = start > 0 && core - start >= 2 && core - start <= 4 &&
                     one_of<U"在去到至往转赴回从">(text_[start - 1]);
    if (led && !attached) {
      finds_.push_back({start, yard + 1, SpanType::kHospital, 54});
      return;
    }
    if (!attached && !one_of<U"市县省医大">(text_[core - 1])) {
      return;
    }
    start = attached && core == yard ? yard - 1 : text_[core - 1] == U'附' ? core - 1 : core;
    start -= attached && one_of<U"一二三四五">(text_[start - 1]) ? 1 : 0;
    start -= owner_length(start);
    if (attached || start < core) {
      finds_.push_back({start, yard + 1, SpanType::kHospital, 54});
    }
  }
  /// 市|一院, 哈医大|四院, 昆医|附一院, 郑大|一附院: the length of whose number it is.
  std::size_t owner_length(std::size_t stop) const {
    const char32_t last = text_[stop - 1];
    const std::size_t town = text_.stops(stop, U"医大") ? 3 : 2;
    if (one_of<U"市县省">(last)) {
      return 1;
    }
    constexpr CharSet kTowns =
        U"北首南中西东大军清复交浙武川厦吉山郑河苏青兰宁新昆贵广暨深天同华上哈重福温安皖赣湘桂海石内延徐扬江蚌川";
    return one_of<U"大医">(last) && one_of<kTowns>(text_[stop - town]) ? town
           : last == U'医'                                            ? 1
                                                                      : 0;
  }
  /// 去华西复查, 湘雅附二: hospitals that everybody knows by one word, where a verb or a place leads
  /// to them or a number follows.
  void brand(std::size_t i) {
    static constexpr auto kBrands = std::to_array<std::u32string_view>(
        {U"华西", U"湘雅", U"协和", U"齐鲁", U"西京", U"瑞金", U"盛京", U"阜外", U"积水潭", U"安贞", U"宣武",
         U"天坛", U"同仁", U"仁济", U"浙一", U"浙二", U"邵逸夫", U"同济", U"荣总", U"亚心"});
    for (const std::u32string_view name : kBrands) {
      if (!text_.starts(i, name)) {
        continue;
      }
      std::size_t stop = i + name.size();
      const std::size_t bare = stop;
      stop += text_[stop] == U'附' ? 1 : 0;
      stop += one_of<U"一二三">(text_[stop]) ? 1 : 0;
      stop += stop > bare && text_[stop] == U'院' ? 1 : 0;
      std::size_t start = i;
      for (std::size_t back = 2; back <= 3 && back <= i; ++back) {
        start = place_at(text_, i - back) == back ? i - back : start;
      }
      const bool led = start < i || one_of<U"在去到至往赴回从由">(text_[i - 1]);
      if ((stop > bare || led) && !one_of<U"医大村路街区口附药坝">(text_[stop])) {
        finds_.push_back({start, stop, SpanType::kHospital, 40});
      }
      return;
    }
  }

  /// 一院长, 二院区: the word goes on.
  bool follows_word(std::size_t at) const { return one_of<U"长区内外感士系校墙子落">(text_[at]); }

  const DecodedText& text_;
  Finds& finds_;
};

}  // namespace

void find_providers_zh(const DecodedText& text, Finds& finds) {
  ProviderFinder(text, finds).run();
}

}  // namespace emr::desensitize
