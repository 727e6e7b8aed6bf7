// Addresses and hospitals as people write them when no form asks.
#include <doctest/doctest.h>

#include "desensitize/detect/testing.h"

namespace emr::desensitize {
namespace {

using testing::Case;

std::string places(std::string_view text) {
  return testing::found_of(text, {SpanType::kAddress, SpanType::kHospital});
}

TEST_CASE("addresses: crossings, pastures, named parts of villages, doors with letters") {
  const Case cases[] = {
      {"住址：合肥市包河区徽州大道与南二环交口国际花都C区9栋",
       "合肥市包河区徽州大道与南二环交口国际花都C区9栋"},
      {"从内蒙古锡林郭勒盟苏尼特右旗额仁淖尔苏木来院", "内蒙古锡林郭勒盟苏尼特右旗额仁淖尔苏木"},
      {"家庭地址：织金县以那镇五里村上寨组 邮编", "织金县以那镇五里村上寨组"},
      {"住址：常州市天宁区青竹苑14-丙-201", "常州市天宁区青竹苑14-丙-201"},
      {"住所：南丰县太和镇丹阳村委会", "南丰县太和镇丹阳村委会"},
      {"地点：舟山医院", "舟山医院"},
      {"新住址：宜昌市伍家岗区城东大道138号恒大绿洲6-2-1103",
       "宜昌市伍家岗区城东大道138号恒大绿洲6-2-1103"},
      {"在桐乡市濮院镇居住", "桐乡市濮院镇"},
      {"请寄到南京市秦淮区中山南路315号2幢1803谢谢", "南京市秦淮区中山南路315号2幢1803"},
      {"住址：青岛市市北区台东一路71号甲", "青岛市市北区台东一路71号甲"},
      {"家住解放南路与人民路交叉口东北角", "解放南路与人民路交叉口东北角"},
      {"住址：兴县蔚汾镇紫沟梁", "兴县蔚汾镇紫沟梁"},
      {"籍贯 湖北恩施　单位", "湖北恩施"},
      {"<td>住址</td><td>兴县蔚汾镇胡家沟村</td>", "兴县蔚汾镇胡家沟村"},
      {"住址：___兴县蔚汾镇胡家沟村___", "兴县蔚汾镇胡家沟村"},
      {"现场：凤起路与武林路交叉口东南角", "凤起路与武林路交叉口东南角"},
      {"病灶位于左肺门区，发生于右侧颞区", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("hospitals: 市妇幼, a university's name before the city, not across lines") {
  const Case cases[] = {
      {"市妇幼提醒：明日接种", "市妇幼"},
      {"转常州妇幼", "常州妇幼"},
      {"到港大深圳医院就诊", "港大深圳医院"},
      {"转院介绍信\n中山大学孙逸仙纪念医院：\n兹有病员一名前来贵院进一步检查和治疗，请予接洽为荷，\n此致\n敬礼",
       "中山大学孙逸仙纪念医院"},
      {"致复旦大学附属华山医院：", "复旦大学附属华山医院"},
      {"以前在桐乡二院做过手术", "桐乡二院"},
      {"由郑大一附院转入", "郑大一附院"},
      {"转哈医大四院", "哈医大四院"},
      {"曾在吉大一院、昆医附一院住院", "吉大一院|昆医附一院"},
      {"由武警浙江总队医院转入市传染病院", "武警浙江总队医院|市传染病院"},
      {"妇幼保健，妇幼卫生", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("addresses: what people find a place by; a road behind 在, a lane behind 住") {
  const Case cases[] = {
      {"其在环湖路菜市场门口被打伤", "环湖路菜市场门口"},
      {"醉倒在迎宾西路与建设路交叉口，", "迎宾西路与建设路交叉口"},
      {"患者倒在马家岗村口小卖部门前，", "马家岗村口小卖部门前"},
      {"上门地址：梧桐新村7栋对面平房。", "梧桐新村7栋对面平房"},
      {"住 东仓南巷安居小区 配偶", "东仓南巷安居小区"},
      {"地址：李家坳最里头那户", "李家坳最里头那户"},
      {"住址 文庙后院2号，家庭住址：梧桐城3期11-702 电话", "文庙后院2号|梧桐城3期11-702"},
      {"住址：同上，地址：不详，住址：与患者同住，地址：门诊楼3层B区", ""},
      {"在尿路感染基础上，在静脉通路建立后，在回家路上，在马路上，在小区散步", ""},
      {"倒在厕所门口，住院在楼道跌倒，住 院3天，在走廊里", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("hospitals: a kind of hospital is nobody's") {
  CHECK(places("建议上县医院，三级公立医院绩效，转上级综合医院") == "");
}

}  // namespace
}  // namespace emr::desensitize
