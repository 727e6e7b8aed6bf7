#include "desensitize/detect/given_chars_zh.h"

#include <bitset>
#include <cstddef>
#include <string_view>

#include "desensitize/detect/text.h"

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
    U"丞祺荫璋瑛灿馨悦铎杉晨遥徵钰妃雁檀苑懿雍蔚茹枫鹰建国强明文海红";

}  // namespace

bool is_typical_given(char32_t c) {
  constexpr char32_t kFirst = 0x4E00;
  constexpr std::size_t kCharacters = 0x5200;
  static const std::bitset<kCharacters> kTypical = [] {
    std::bitset<kCharacters> typical;
    for (const char32_t character : kTypicalGiven) typical.set(character - kFirst);
    return typical;
  }();
  // Who meets a character of the later planes in a record meets it in a name.
  return is_rare_cjk(c) || (c >= kFirst && c < kFirst + kCharacters && kTypical[c - kFirst]);
}

}  // namespace emr::desensitize
