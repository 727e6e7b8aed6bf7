#include "desensitize/detect/given_chars_zh.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace emr::desensitize {
namespace {

// By the counts of the jieba segmenter's dictionary
// (MIT, Copyright (c) 2013 Sun Junyi), the names of people in it against all other words.
constexpr std::u32string_view kTypicalGiven =
    U"萍玲娟芬霞颖璐倩蕾婉涛磊鑫轩鹏超波龙军华玉光云宗志英宝永伯春清兰维晓峰靖祥仁庆丽秀君忠福荣昌俊恩树蓉兴飞伟剑梅宁杰凤奇敏振朝森松瑞贵"
    U"嘉刚雷芳卫香贤襄胜泽礼宇顺博伦弟惠宏洪仲孝泉燕辉娘慧虎延邦绍灵圣亮秋雪堂继卿仙寿智雄鸿勇健川培"
    U"雅斐凯诚炳彦娜桂斌耀赫友莲岩崇紫冰雨楚昭逊锦佩兆朗菲禄麟静隆叶鸣侠珠盛贞梦震冠晋浩奥毅扬茂"
    U"鹤琴岭哲铭钧衡乔柱竹鼎奎欣佳宪润勤勋莉裕碧佐柏汝豪旭冬孟辅钦琪艳霖湘谦秉龄昆岳纯儒渊颜甫桑桓津翠"
    U"妹跃尧恭翰怡亨旺逸赞岗宾琳捷慈婷弘尊锋枝菊羽卓眉肃瑜洁穆帅焕柔栋慕彪舒翔桢艾澄凌陶黎禹琦薇敦"
    U"琼骏惟韵聪祯帆翼契驹廉桐虹淮媛勃贺瑾晴衍慎淳沛坪硕屏舟瑶莹瑟舜雯盈昂巍彭笙虞毓弼徽寅耕肇霜辰楠"
    U"丞祺荫璋瑛灿馨悦铎杉晨遥徵钰妃雁檀苑懿雍蔚茹枫鹰建国强明文海红"
    U"德启世廷仕武芝庭栩弈奕铠锐凡尘恬璧财根焰嵩嵋恒";

// Of those, and of rarer ones, what is hardly written for anything but a name in a note: no sign,
// drug, place or verb has them. General knowledge.
constexpr std::u32string_view kOnlyGiven =
    U"婷娜莹婉娟娥嫣妍姗婕媛嫒璐瑶琪琳瑾瑜璇琦珺玥琬琰琼瑛璟轩涵梓萱怡馨雯霞倩颖蕾薇莎莉茜菲萍芳惠慧淑秀昊皓宇俊凯鹏鑫浩涛彬斌旭晖伟辰骏翔昕炜煜烨"
    U"祺睿楠桐枫榕彤恺懿苒瀚澍淼泓汐淇滢漪潇霖霏靖韬飒骁麟黛勋祯琴凤艳娣嫦娅娴娇姣妮妤琨珂珊珉玮珍莺蕙蓓菡菁莞焕烁烽熙钰钧铭锋锦鸿鹃麒骅骥谦谕诚诗"
    U"尧岚峥嵘崇巍帆慕懋栋柯楷毓沛渊湘滨灿璋铎磊豪";

constexpr char32_t kFirst = 0x4E00;
constexpr std::size_t kCount = 0x5200;

using Points = std::array<std::uint8_t, kCount>;
const Points& points() {
  static const Points kPoints = [] {
    Points points{};
    for (const char32_t c : kTypicalGiven) points[c - kFirst] = kTypicalPoints;
    for (const char32_t c : kOnlyGiven) points[c - kFirst] = kOnlyPoints;
    return points;
  }();
  return kPoints;
}

}  // namespace

const std::uint8_t* given_points_table() { return points().data(); }

}  // namespace emr::desensitize
