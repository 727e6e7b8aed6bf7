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

TEST_CASE("addresses: villages, communities and estates that no place name precedes") {
  const Case cases[] = {
      {"去岭下村三组黎大奎家", "岭下村三组"},
      {"顺路看下湾屯覃老六", "下湾屯"},
      {"女 62 城西乡胡家畈 高血压", "城西乡胡家畈"},
      {"现场 安居苑B区12#楼 患者", "安居苑B区12#楼"},
      {"予镇静，咪唑镇静组，盐酸曲马多镇痛，乡镇", ""},
      {"下午：龙潭沟三组石家贵家", "龙潭沟三组"},
      {"，盘信镇大湾村四组人", "盘信镇大湾村四组"},
      {"去望江门社区金狮苑6幢2单元501给", "望江门社区金狮苑6幢2单元501"},
      {"接高新区科苑路与规划三路交叉口西南角", "高新区科苑路与规划三路交叉口西南角"},
      {"住鼓楼区上海路82号后楼302。", "鼓楼区上海路82号后楼302"},
      {"寄 沈阳市铁西区兴华南街21甲3-12-1 寄", "沈阳市铁西区兴华南街21甲3-12-1"},
      {"，石碣村2社，", "石碣村2社"},
      {"居家，府青路街道八里社区。", "府青路街道八里社区"},
      {"我镇近湖街道双湖社区五组居民", "近湖街道双湖社区五组"},
      {"（住翠湖天地12栋2单元301室）", "翠湖天地12栋2单元301室"},
      {"住昌盛五金厂宿舍3栋507。", "昌盛五金厂宿舍3栋507"},
      {"现住福海楼1204室", "福海楼1204室"},
      {"常住户口地址夏县瑶峰镇南关村第三居民组，", "夏县瑶峰镇南关村第三居民组"},
      {"住花园路社区机床厂家属院4排2号，", "花园路社区机床厂家属院4排2号"},
      {"在建设路伊藤洋华堂地下车库", "建设路伊藤洋华堂"},
      {"在一环路东三段88号某店", "一环路东三段88号"},
      {"地址武昌区中南路中商广场正门口 男", "武昌区中南路中商广场正门口"},
      {"病人，住沙田瀝源邨福海樓1204室，", "沙田瀝源邨福海樓1204室"},
      {"住黑沙環祐漢新村第四街康泰樓3樓B座，", "黑沙環祐漢新村第四街康泰樓3樓B座"},
      {"ADDR=南京西路1515号|嘉里中心2101|TEL=1", "南京西路1515号|嘉里中心2101"},
      {"住址：南京西路1515号 嘉里中心2101", "南京西路1515号 嘉里中心2101"},
      {"住抢救室2号，住外科大楼3楼，入住泌尿外科12床，住院3日", ""},
      {"在农村，去山村支教，回到社区，我村三组，各社区五组", ""},
      {"在尿路感染、在来院路上，在手术室2号，在回家路上", ""},
      {"寨卡病毒，到村医处，在村里，分三组，对照二组，骨科三组", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("hospitals: 市妇幼, a university's name before the city, not across lines") {
  const Case cases[] = {
      {"市妇幼提醒：明日接种", "市妇幼"},
      {"夕阳红护理院入住，住养老院", "夕阳红护理院"},
      {"申请医院：西吉县人民医院", "西吉县人民医院"},
      {"我所接松桃县民族中医院报称", "松桃县民族中医院"},
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

TEST_CASE("addresses: doors of estates, streets behind a preposition, highways, worksites") {
  const Case cases[] = {
      {"救护车到春江天玺12幢2单元602接病人", "春江天玺12幢2单元602"},
      {"接回 海棠香榭3号楼1单元502 高血压", "海棠香榭3号楼1单元502"},
      {"转至外科楼3栋2层，住院部2号楼5层", ""},
      {"患者于建设路被车撞", "建设路"},
      {"下班经过永丰路红绿灯时跌倒", "永丰路"},
      {"在丽水花园东门被狗咬伤", "丽水花园东门"},
      {"在滨河路菜市场旁接到患者", "滨河路菜市场旁"},
      {"系城关镇北街社区居民", "城关镇北街社区"},
      {"在209国道巫山段官渡镇附近车祸", "209国道巫山段官渡镇附近"},
      {"走国道去的，心动过速3次", ""},
      {"宿舍在兴业纺织厂5号宿舍楼306", "兴业纺织厂5号宿舍楼306"},
      {"在江油市武都镇绵广铁路SG-2标工地坠落", "江油市武都镇绵广铁路SG-2标工地"},
      {"地址：文昌大道59号西六A 312室。", "文昌大道59号西六A 312室"},
      {"参保地：茂县", "茂县"},
      {"地点：2号会议室", ""},
      {"游仙区晚晴老年公寓巡诊", "游仙区晚晴老年公寓"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("employers and schools: by who works or learns there, by what only one can be called") {
  const Case cases[] = {
      {"系东南理工大学大三学生", "东南理工大学"},
      {"就读：小星星幼儿园小班", "小星星幼儿园"},
      {"遗体由达州市殡仪馆接走", "达州市殡仪馆"},
      {"中铁五局项目部电工", "中铁五局"},
      {"其系城北工业园区鑫隆机械厂夜班工人", "城北工业园区鑫隆机械厂"},
      {"德阳师范学院外教，医师范学军", "德阳师范学院"},
      {"小学三年级，大学文化，公办幼儿园，辖区派出所", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(testing::found_of(one.text, {SpanType::kOrganization}) == one.finds);
  }
}

TEST_CASE("places: where people work or come from, whole cells, hamlets, branches of hospitals") {
  const Case cases[] = {
      {"儿子在珲春市打工，女儿在榆树市上学", "珲春市|榆树市"},
      {"籍贯 吉林龙井 民族 朝鲜族", "吉林龙井"},
      {"住：德惠市岔路口镇石岭村新村组", "德惠市岔路口镇石岭村新村组"},
      {"居 高新区创业大街亚泰豪苑C区22栋1门301室。", "高新区创业大街亚泰豪苑C区22栋1门301室"},
      {"转北华大学附属医院二部，吉林市中心医院南湖院区", "北华大学附属医院二部|吉林市中心医院南湖院区"},
      {"住院部二部，在市场工作", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("places: a town and its village anywhere, inns, 住：, stations of centres") {
  const Case cases[] = {
      {"我是石碣镇梁家村那边的", "石碣镇梁家村"},
      {"自称吴七，迓驾镇大湾村四组人", "迓驾镇大湾村四组"},
      {"住云海酒店1806房，发热", "云海酒店1806房"},
      {"住：鸿福花园翠竹苑B5-704", "鸿福花园翠竹苑B5-704"},
      {"寄至 东城街道温塘社区茶三花园路9号 收件人", "东城街道温塘社区茶三花园路9号"},
      {"下午转去官桥社区，无人", "官桥社区"},
      {"到社区医院，乡镇卫生院，镇静后", ""},
      {"签约：万江社区卫生服务中心石美站 张海", "万江社区卫生服务中心石美站"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("employers: firms behind a place and before their workers; 派出所 is no person") {
  const Case cases[] = {
      {"东莞光大机械注塑车间 发热", "东莞光大机械"},
      {"已报石龙派出所", "已报石龙派出所"},
      {"电子支气管镜，注塑车间，科技进步", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(testing::found_of(one.text, {SpanType::kOrganization, SpanType::kName}) == one.finds);
  }
}

TEST_CASE("addresses: lanes, an estate behind a crossing, entrances, shared homes; schools") {
  const Case cases[] = {
      {"住象山县石浦镇延庆街弄12号。", "象山县石浦镇延庆街弄12号"},
      {"地址：江北区慈城镇太阳殿路与中华路路口，云鹭湾朗晴苑11-2-602。",
       "江北区慈城镇太阳殿路与中华路路口，云鹭湾朗晴苑11-2-602"},
      {"地点 春晓街道洋沙山东六路梅山湾沙滩公园入口 患者", "春晓街道洋沙山东六路梅山湾沙滩公园入口"},
      {"地点杭甬高速上虞段142公里处，", "杭甬高速上虞段142公里处"},
      {"与工友合租周巷镇环城南路1288弄", "周巷镇环城南路1288弄"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
  CHECK(testing::found_of("学校（海曙中心小学）台阶摔的", {SpanType::kOrganization}) == "海曙中心小学");
}

TEST_CASE("addresses: whence people are, whole cells behind a colon; whose hospital it is") {
  const Case cases[] = {
      {"渔民（安徽枞阳人），广西河池籍", "安徽枞阳|广西河池"},
      {"湖南工人，河南农民，浙江商人，上海老人，四川省人", ""},
      {"现住：老城东关外火车站旁铁路宿舍", "老城东关外火车站旁铁路宿舍"},
      {"从万年路骑车来", "万年路"},
      {"我在沪蓉高速潜山服务区", "沪蓉高速潜山服务区"},
      {"家住县医院后面，你们医院，目前住养老院", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("addresses: a street with what stands beside it needs no preposition") {
  CHECK(places("，老司城路大转盘旁倒地") == "老司城路大转盘旁");
  CHECK(places("尿路结石，旁路移植，铁路对面") == "");
}

TEST_CASE("addresses: crossings that begin a line or follow 至, 村 in the name of a town") {
  const Case cases[] = {
      {"08:11 柳园路和利民路交叉口往南50米路西早餐店 老人", "柳园路和利民路交叉口往南50米路西早餐店"},
      {"行至东昌路与卫育路路口，与", "东昌路与卫育路路口"},
      {"20:40 明秀东路与友爱路口公交站旁 路人", "明秀东路与友爱路口公交站旁"},
      {"丈夫在广东佛山务工，冬天在海南三亚居住", "广东佛山|海南三亚"},
      {"呼叫：解放大道与黄浦大街交汇处公交站台 老人", "解放大道与黄浦大街交汇处公交站台"},
      {"去高唐县梁村镇走亲戚", "高唐县梁村镇"},
      {"父亲在河北省沧州市打鱼", "河北省沧州市"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
  CHECK(testing::found_of("单位 聊城双圆齿轮 入院", {SpanType::kOrganization}) == "聊城双圆齿轮");
}

TEST_CASE("addresses: crossroads, street offices, hamlets, yards, and where people work") {
  const Case cases[] = {
      {"小寨东路与翠华路十字东南角公交站，患者", "小寨东路与翠华路十字东南角公交站"},
      {"在长安路与友谊路十字晕倒", "长安路与友谊路十字"},
      {"寄阎良区凤凰路街道试飞院北区41号楼12号。", "阎良区凤凰路街道试飞院北区41号楼12号"},
      {"寄开福区湘雅路街道百善台社区留芳岭65号院内，如未收到",
       "开福区湘雅路街道百善台社区留芳岭65号院内"},
      {"住在枫树坪组最里头那一家", "枫树坪组"},
      {"今天去了沟北自然村四户", "沟北自然村四户"},
      {"在雁塔区电子城街道齐王村南口吃烧烤", "雁塔区电子城街道齐王村南口"},
      {"爱人在深圳龙华富士康上班", "深圳龙华富士康"},
      {"丈夫在宁波北仑务工", "宁波北仑"},
      {"她家就在医院后身新安街牡丹小区，她大儿来陪", "新安街牡丹小区"},
      {"在铁岭镇青梅村东山加油站后院赤身行走", "铁岭镇青梅村东山加油站后院"},
      {"住西圣林街老干部活动中心后院2号，失眠", "西圣林街老干部活动中心后院2号"},
      {"在靖江市新桥镇新扬子造船厂2号船坞高处坠落", "靖江市新桥镇新扬子造船厂2号船坞"},
      {"车祸，启扬高速姜堰出口匝道，白色轿车", "启扬高速姜堰出口匝道"},
      {"住泰州市寺巷街道帅于村，申请", "泰州市寺巷街道帅于村"},
      {"电焊工 高港区刁铺街道王营社区", "高港区刁铺街道王营社区"},
      {"黄桂林在靖江市新桥镇打工", "靖江市新桥镇"},
      {"于3月30日在八面通镇木材综合加工厂干活时", "八面通镇木材综合加工厂"},
      {"在柳河镇打麻将时，在马桥镇摔伤，在本镇饭店吃饭", ""},
      {"尿路结石，走路不稳，小区内散步，沿走路小区散步", ""},
      {"住在外科，在北京大学第一医院工作，十字韧带损伤，心脏十字交叉", "北京大学第一医院"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(places(one.text) == one.finds);
  }
}

TEST_CASE("addresses: no person lives inside one") {
  const std::initializer_list<SpanType> types = {SpanType::kAddress, SpanType::kName};
  CHECK(testing::found_of("住狮子山街南望山社区喻家湖小区东区5-301", types) ==
        "狮子山街南望山社区喻家湖小区东区5-301");
  CHECK(testing::found_of("父母家：沙市区胜利街道便河东路梅台巷4-2", types) ==
        "沙市区胜利街道便河东路梅台巷4-2");
  CHECK(testing::found_of("寄：黑龙江省牡丹江市阳明区机车路152号机车新村26栋1单元401室", types) ==
        "黑龙江省牡丹江市阳明区机车路152号机车新村26栋1单元401室");
}

}  // namespace
}  // namespace emr::desensitize
