// Names by their place: forms without colons, tables, relatives, broken lines; and what stays.
#include <doctest/doctest.h>

#include "desensitize/detect/testing.h"

namespace emr::desensitize {
namespace {

using testing::Case;

/// Names and dates.
std::string found(std::string_view text) {
  return testing::found_of(text, {SpanType::kName, SpanType::kDate});
}

TEST_CASE("slot names: people without surnames in lists and behind 由") {
  CHECK(testing::found_of("同室白桂芳、古力娜尔行筛查", {SpanType::kName}) == "白桂芳|古力娜尔");
  CHECK(testing::found_of("职工敖日格勒、高娃体检异常", {SpanType::kName}).find("敖日格勒") == 0);
  CHECK(testing::found_of("由才仁卓玛翻译", {SpanType::kName}) == "才仁卓玛");
}

TEST_CASE("names by place: roles without a colon, relatives, tokens that a date or sex follows") {
  const Case cases[] = {
      {"管床赵雪梅 上级钱国良", "赵雪梅|钱国良"},
      {"上机 孙丽华 下机 李秀芳", "孙丽华|李秀芳"},
      {"双签晁国栋　抄方　韩雪芹", "晁国栋|韩雪芹"},
      {"姓名：李　强 性别：男", "李　强"},
      {"审核医师：何 苗  报告医师：王　丽", "何 苗|王　丽"},
      {"姓名：王 男 45岁", ""},
      {"同班护士周春燕建立静脉通道", "周春燕"},
      {"直接寻吴凤岐或打电话", "吴凤岐"},
      {"家里人已到。郑景芳之长女冯丽娟陪同", "郑景芳|冯丽娟"},
      {"今日陈小乐妈妈抱来复查", "陈小乐"},
      {"|到达|郗文舒 03-22 15:05|", "郗文舒|03-22"},
      {"代诉：宫丽华自年前起疑人害己", "宫丽华"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("names by place: what children and strangers are called, by the word that says so") {
  CHECK(found("送入，自称“小凤”，说") == "小凤");
  CHECK(found("苗苗（大名苗舒窈），女") == "苗苗|苗舒窈");
  CHECK(found("小名：豆豆，") == "豆豆");
  CHECK(found("自称“头晕”，“小便”多，渐渐（好转）") == "");
}

TEST_CASE("English names among ideographs: a given name, and people behind it, not things") {
  CHECK(found("窦性心律, John Smith") == "John Smith");
  CHECK(found("由Maria Lopez陪同来诊") == "Maria Lopez");
  CHECK(found("联系人：John A. Smith，电话") == "John A. Smith");
  CHECK(found("患者 Emily Johnson 女 34岁 于外院") == "Emily Johnson");
  for (const char* text : {"可闻及Austin Flint杂音", "Charlson Comorbidity Index 3分", "行Allen Brown试验",
                           "予 Rose Bengal 染色", "Carbon Dioxide 结合力", "Grace评分"}) {
    CAPTURE(text);
    CHECK(found(text) == "");
  }
}

TEST_CASE("names by place: the column of a table whose header names people") {
  CHECK(found("时间 内容 签名\n0700 夜间安睡 檀香\n1120 切口疼痛，给药 宣妙音\n") == "檀香|宣妙音");
  CHECK(found("序号;姓名;电话;坐席\n1;盖叫天;;甄珍\n") == "盖叫天|甄珍");
  CHECK(found("名字 王芳 性别 女\n白细胞 6.8 谷丙 18\n") == "王芳");
  CHECK(found("│床号│姓名│年龄│护士│\n│1│洪七│71│乔峰│\n") == "洪七|乔峰");
  CHECK(found("住院号,性别,电话,主管医师\n001,男,,阴晓峰\n002,女,,强春霞\n") == "阴晓峰|强春霞");
  CHECK(found("序号\t姓名\t职称\t签名\n1\t钟声\t医师\t钟声\n") == "钟声|钟声");
}

TEST_CASE("broken lines and spaced characters are read as they were meant") {
  CHECK(found("姓\n名\n科\n室\n手术者查良\n镛\n") == "查良\n镛");
  CHECK(found("入院日期2 0 2 3 年 1 月 9 日 性 别 女") == "2 0 2 3 年 1 月 9 日");
  CHECK(found("病 人 乐 嘉 怡性别女 2 0 2 3 年 1 月 9 日入院") == "乐 嘉 怡|2 0 2 3 年 1 月 9 日");
}

TEST_CASE("dates of the Republic and of the moon") {
  CHECK(found("出生民國四十七年六月三日") == "民國四十七年六月三日");
  CHECK(found("症狀改善於113年5月20日出院") == "113年5月20日");
  CHECK(found("入院二〇二三年四月初九") == "二〇二三年四月初九");
  CHECK(found("收缩压11/9之比，\n评分 3-22 分") == "");
}

TEST_CASE("the marks between a field and its name: lines, arrows, brackets, tags, list numbers") {
  for (const char* text :
       {"姓名：____孔令辉____", "姓名__孔令辉__年龄", "主治医师→孔令辉", "联系人：『孔令辉』", "签名：*孔令辉*",
        "家属-孔令辉", "<td>姓名</td><td>孔令辉</td>", "<姓名>孔令辉</姓名>", "责任护士……孔令辉",
        "家属：1.孔令辉", "家属：①孔令辉", "姓名；孔令辉；性别；女", "**患者姓名**：孔令辉", "患者姓名＝孔令辉"}) {
    CAPTURE(text);
    CHECK(found(text) == "孔令辉");
  }
  CHECK(found("患者-对照研究，家属→谈话，护士：①翻身②吸痰，医师——护士") == "");
}

TEST_CASE("names that hold a word of grammar: 东升, 为民, 亦菲") {
  const Case cases[] = {
      {"患者李东升诉腹痛", "李东升"},
      {"患者刘为民，男，56岁", "刘为民"},
      {"家属周其仁签字", "周其仁"},
      {"请杨从军医师会诊", "杨从军"},
      {"患者曾因车祸住院，患者王芳年65岁", "王芳"},
      {"护士张从北京来", ""},
      {"家属赵先生签署，李阿姨陪护", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("people of messages, lists, brackets and single-character roles") {
  const Case cases[] = {
      {"@肖志军 请看结果", "肖志军"},
      {"与龚文俊（其子）沟通", "龚文俊"},
      {"委托孙玉梅代为签字，遵江海波医嘱", "孙玉梅|江海波"},
      {"1.卢新华，失访\n2.邹瑞雪，无复发", "卢新华|邹瑞雪"},
      {"足月顺产，父郭啸天，母马秀英，", "郭啸天|马秀英"},
      {"交：石大明　接：金桂兰", "石大明|金桂兰"},
      {"由主管领导陈爱国担保", "陈爱国"},
      {"参加：王晓东（治疗师）、姚丽娜（护士）", "王晓东|姚丽娜"},
      {"审核医师：平安\n", "平安"},
      {"蒙根其其格，蒙古族，42岁", "蒙根其其格"},
      {"尹丽/女/45岁", "尹丽"},
      {"请魏东、廖婷、邹志超准时到。由段小燕联系", "魏东|廖婷|邹志超|段小燕"},
      {"夜班换班：邹志超和孙丽丽对调", "邹志超|孙丽丽"},
      {"已接走，校医刁红测体温", "刁红"},
      {"出院的翁德水的儿子来电。昨日，鲁小军在路口跌伤", "翁德水|鲁小军"},
      {"姓名：山本健一 国籍", "山本健一"},
      {"丈夫安德烈·彼得罗夫陪同", "安德烈·彼得罗夫"},
      {"来访者方可心，女，大二", "方可心"},
      {"足月顺产，母洪梅，父程军，交给佟磊。", "洪梅|程军|佟磊"},
      {"汇报病史。滕建华：肺栓塞可能。", "滕建华"},
      {"丈夫才让扎西签字", "才让扎西"},
      {"患者=邱海棠&性别=女", "邱海棠"},
      {"7号机纪桂花：超滤2.3L，那个段文英今天引流，让薛凯晚上再看", "纪桂花|段文英|薛凯"},
      {"转入：成慧之子，关于屈凤莲会诊的切片", "成慧|屈凤莲"},
      {"巴氏染色；葛根素；单克隆；宁心；项圈", ""},
      {"被保险人李四，经王五副主任医师同意，3床赵六今日出院", "李四|王五|赵六"},
      {"本月12号复查，2号床，住院12号楼", "本月12号"},
      {"患者无名氏，男。请贵科会诊，与陈旧病灶相比，和解少阳", ""},
      {"用药：金水宝、施慧达、康忻", ""},
      {"护士长：加强巡视。护理：保持呼吸道通畅", ""},
      {"大夜班交班 患者：谢谢薛奶奶", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("names by place: words that stand where names do") {
  for (const char* text :
       {"李主任医师：查体合作，双肺清", "护理 常规 饮食 普食", "麻醉 全麻 体位 平卧", "处理 包扎 换药",
        "诊断 高血压 糖尿病", "检验 白细胞 6.8", "患者问能否上班", "姓名 性别 年龄 民族",
        "时间 内容 签名\n0700 安静 未签\n"}) {
    CAPTURE(text);
    CHECK(found(text) == (std::string_view(text).starts_with("李主任") ? found("李主任医师") : ""));
  }
}

}  // namespace
}  // namespace emr::desensitize
