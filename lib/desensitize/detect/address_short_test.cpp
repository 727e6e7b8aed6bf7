// Places by their short names, estates of Hong Kong, and how addresses go on behind the last sign.
#include <doctest/doctest.h>

#include "desensitize/detect/testing.h"

namespace emr::desensitize {
namespace {

std::string places(std::string_view text) { return testing::found_of(text, {SpanType::kAddress}); }

TEST_CASE("short places: two levels without signs, and what stands behind them") {
  CHECK(places("称老人在绍兴上虞老家休养") == "绍兴上虞");
  CHECK(places("我是佛山顺德大良这边的") == "佛山顺德大良");
  CHECK(places("口音似贵州毕节一带，") == "贵州毕节");
  CHECK(places("出院后去侯马女儿家住了") == "侯马");
  CHECK(places("婆家在盐城大丰。") == "盐城大丰");
  CHECK(places("儿子居于内地东莞樟木头，") == "东莞樟木头");
}

TEST_CASE("short places: a county without its sign, and what lies in it") {
  CHECK(places("他在惠东平海镇老家") == "惠东平海镇");
  CHECK(places("，互助县五十镇班彦新村人，") == "互助县五十镇班彦新村");
  CHECK(places("82岁，章丘区明水街道双山西路政法小区，") == "章丘区明水街道双山西路政法小区");
  CHECK(places("原居慈溪市观海卫镇卫东村沃家，") == "慈溪市观海卫镇卫东村沃家");
  CHECK(places("平素在苏州吴江盛泽开布行") == "苏州吴江盛泽");
  CHECK(places("在金牛区茶店子西口公交站旁骑车") == "金牛区茶店子西口公交站旁");
  CHECK(places("去昆明呈贡斗南花卉市场进货") == "昆明呈贡斗南花卉市场");
  CHECK(places("家属马玉龙，吴忠利通区") == "吴忠利通区");
  CHECK(places("从察布查尔县孙扎齐牛录镇来") == "察布查尔县孙扎齐牛录镇");
  CHECK(places("，独居，龙海区浯屿村，渔村，") == "龙海区浯屿村");
  CHECK(places("马尾神经阻滞后镇痛良好。") == "");
  CHECK(places("他在巢湖半汤住着呢") == "巢湖半汤");
  CHECK(places("住陵水新村港渔排，") == "陵水新村港渔排");
  CHECK(places("渔船在舟山嵊泗枸杞岛外海作业") == "舟山嵊泗枸杞岛外海");
  CHECK(places("丈夫在浙江温岭打工") == "浙江温岭");
  CHECK(places("家人在老家酉阳。") == "酉阳");
}

TEST_CASE("short places: hospitals, firms and cities alone stay") {
  for (const char* text : {"转北京朝阳医院手术", "山东齐鲁制药有限公司", "在上海手术后", "到武汉复查，", "江苏恒瑞产", "（浙江杭州）"}) {
    CAPTURE(text);
    CHECK(places(text) == "");
  }
}

TEST_CASE("places: estates of Hong Kong by their 邨") {
  CHECK(places("从大埔区太和邨的家里跌倒") == "大埔区太和邨");
  CHECK(places("到荃湾石围角邨石桃楼探访") == "荃湾石围角邨石桃楼");
  CHECK(places("住黄大仙下邨龙泽楼1203室，") == "黄大仙下邨龙泽楼1203室");
}

TEST_CASE("places: a spot with a name, whatever happens there") {
  CHECK(places("2小时前在河南市场大门口卖打糕") == "河南市场大门口");
  CHECK(places("常在东莞南城鸿福路地铁A出口大哭") == "东莞南城鸿福路地铁A出口");
  CHECK(places("于观塘海滨道工地高处坠下") == "观塘海滨道工地");
  for (const char* text : {"在门诊大厅门口晕倒", "在护士站旁边", "于胆囊颈部附近", "在我院住院部楼下"}) {
    CAPTURE(text);
    CHECK(places(text) == "");
  }
}

TEST_CASE("places: what follows the last sign, up to a deed") {
  CHECK(places("去宁武县凤凰镇张家崖村大庙跟前接产妇") == "宁武县凤凰镇张家崖村大庙跟前");
  CHECK(places("称哈尔滨市道外区南直路与先锋路交叉口往东二百米有人被撞") ==
        "哈尔滨市道外区南直路与先锋路交叉口往东二百米");
  CHECK(places("左权县石匣乡川口煤矿井下。") == "左权县石匣乡川口煤矿井下");
  CHECK(places("住新城区海东路呼和佳苑北区，") == "新城区海东路呼和佳苑北区");
  CHECK(places("家住伊宁县胡地亚于孜镇盖买村。") == "伊宁县胡地亚于孜镇盖买村");
  CHECK(places("住阿拉尔市金银川镇一团三连，") == "阿拉尔市金银川镇一团三连");
  CHECK(places("住静安区石门二路长春里18支弄3号前楼，楼梯陡") == "静安区石门二路长春里18支弄3号前楼");
  CHECK(places("宿舍电话：陕西师范大学长安校区学府苑4号楼512有") == "长安校区学府苑4号楼512");
  CHECK(places("我们住蓝光雍锦湾附近您看") == "蓝光雍锦湾附近");
  CHECK(places("在信宜市钱排镇达垌村河堤玩水") == "信宜市钱排镇达垌村河堤");
  CHECK(places("户主某，舒城县桃溪镇红光村大后郢，") == "舒城县桃溪镇红光村大后郢");
  CHECK(places("在祥云县财富工业园区换瓦时坠落") == "祥云县财富工业园区");
  CHECK(places("在唐山市丰南区临港工业园炼铁车间倒地") == "唐山市丰南区临港工业园炼铁车间");
  CHECK(places("租住医院南门对面城中花园5-302。") == "医院南门对面城中花园5-302");
  CHECK(places("，合肥市高新区望江西路宿舍区，") == "合肥市高新区望江西路宿舍区");
  CHECK(places("住苗栗县公馆乡玉谷村12邻210号") == "苗栗县公馆乡玉谷村12邻210号");
}

}  // namespace
}  // namespace emr::desensitize
