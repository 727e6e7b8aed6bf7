// Names in running text, by what stands around them (issue 4).
#include <doctest/doctest.h>

#include "desensitize/detect/testing.h"

namespace emr::desensitize {
namespace {

using testing::Case;

std::string names(std::string_view text) {
  return testing::found_of(text, {SpanType::kName});
}

void check(std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(names(one.text) == one.finds);
  }
}

TEST_CASE("names before an illness, and eponyms that are none") {
  check({{"第一个是罗天顺肺癌术后", "罗天顺"},
         {"第二个卢小曼甲亢，加量", "卢小曼"},
         {"霍奇金淋巴瘤，何杰金淋巴瘤，原发性高血压，桥本甲状腺炎，康复期肺癌", ""}});
}

TEST_CASE("names behind an address or an employer") {
  check({{"去岭下村三组黎大奎家，血压高", "黎大奎"},
         {"送检：宁晋县交警大队支建辉。", "支建辉"},
         {"住岭下村三组高血压病史", ""}});
}

TEST_CASE("names in a row without a sign between them") {
  check({{"周末值班5月18日 方芳江燕郝丽丽 ；", "方芳|江燕|郝丽丽"},
         {"团队：匡国良谌芳易小妹", "匡国良|谌芳|易小妹"},
         {"诊断：高血压糖尿病，查体：安静平卧位", ""}});
}

TEST_CASE("names behind roles and departments that forms do not list") {
  check({{"同车间辛小兵、文国良，同宿舍卜志鹏，", "辛小兵|文国良|卜志鹏"},
         {"配血：单晓萌 发血于飞 接产仝秀云 新生儿", "单晓萌|于飞|仝秀云"},
         {"此复。血液科殷长青 2024.8.14", "殷长青"},
         {"采样员荣丽 采样点", "荣丽"},
         {"管床：花艺。", "花艺"},
         {"营养师建议洪承志（9床）：", "洪承志"},
         {"家属叫邢万里，十分钟后", "邢万里"},
         {"Anes:敬亭;Dx:结石", "敬亭"},
         {"护理：康复，夜班：安静入睡，主管：同意", ""},
         {"汉语翻译帕丽旦。", "帕丽旦"},
         {"换药一次，儿童期，病例讨论，先生活自理，血液科会诊", ""}});
}

TEST_CASE("names of lists, of children in order, behind roles that go on") {
  check({{"名单：仇雪、伊帆、辛未、安然、晏紫、明珠。带教：佟桂荣", "仇雪|伊帆|辛未|安然|晏紫|明珠|佟桂荣"},
         {"腊月廿三 辜老五 手被炸伤", "辜老五"},
         {"出疹；同班程诺、区天佑", "程诺|区天佑"},
         {"症状：发热、高热、安静，韩国，41岁", ""}});
}

TEST_CASE("names in Latin letters behind roles without a colon, and behind English labels") {
  check({{"紧急联系人Maria Gonzalez，电话", "Maria Gonzalez"},
         {"患者Mary McDonald，女，45岁", "Mary McDonald"},
         {"Park Min-ho，韩国，男，39岁", "Park Min-ho"},
         {"Patient: Olena Kovalenko 护照", "Olena Kovalenko"},
         {"患者Barthel Index 60分，患者Apgar Score 9分", ""}});
}

TEST_CASE("a name stops before a word of grammar or of speech") {
  check({{"协调员施云与其父谈话", "施云"},
         {"妈妈杭静讲，孩子", "杭静"},
         {"报廖凯医生后予补液", "廖凯"},
         {"待产 破膜 羊水清 胎心142", ""}});
}

TEST_CASE("names behind neighbours and one's own kin") {
  check({{"是我舅任保林，在老家突然不认人了", "任保林"},
         {"对门肖建国听到喊声报的警", "肖建国"},
         {"访视康莉产后7天", "康莉"},
         {"被罗小平持锄头击伤头部", "罗小平"},
         {"我妈高血压十年，我爸白内障，我哥安静，我妹方便带药", ""}});
}

}  // namespace
}  // namespace emr::desensitize
