// Names without surnames in running text, and words that only begin like one.
#include <doctest/doctest.h>

#include "desensitize/detect/testing.h"

namespace emr::desensitize {
namespace {

std::string names(std::string_view text) { return testing::found_of(text, {SpanType::kName}); }

TEST_CASE("syllable names: parts of a closed stock, and what stands around them") {
  CHECK(names("斯日古楞，透析龄6年。") == "斯日古楞");
  CHECK(names("昨夜，买买提依明与库尔班因座位争吵，库尔班被击中。") == "买买提依明|库尔班|库尔班");
  CHECK(names("家属代表努尔买买提每日谈话") == "努尔买买提");
  CHECK(names("由女儿包萨日娜陪诊") == "包萨日娜");
  CHECK(names("旺堆，药浴5次") == "旺堆");
  CHECK(names("签约：吉日格勒，牧民，低流量吸氧。达娃央宗") == "吉日格勒|达娃央宗");
  CHECK(names("这个病人叫买合木提江三十六岁") == "买合木提江");
  CHECK(names("勉学仁，回族，涂阳") == "勉学仁");
  CHECK(names("马哈三、马麦燕夫妻争吵后服毒") == "马哈三|马麦燕");
  CHECK(names("岩甩、玉罕夫妇同来") == "岩甩|玉罕");
  CHECK(names("韩五十三，男，撒拉族，46岁") == "韩五十三");
}

TEST_CASE("unknown names: behind a role a first character that is no known surname") {
  CHECK(names("伤者历秀芹，女，头皮裂伤。家属历洪波已到") == "历秀芹|历洪波");
  CHECK(names("主治刀玉香医师，傣族") == "刀玉香");
  for (const char* text : {"家属已到场签字", "护士长晨间查房", "患者自觉好转，", "医师：精神可", "家属：没有。"}) {
    CAPTURE(text);
    CHECK(names(text) == "");
  }
}

TEST_CASE("scored names: what is said of people behind them proves names behind any word") {
  CHECK(names("包保户郑玲爱，住夏门镇夏门村") == "郑玲爱");
  CHECK(names("有个病人叫任改梅八十一岁了") == "任改梅");
  CHECK(names("4人呕吐，其中农小翠、覃莹、韦家明症状较重") == "农小翠|覃莹|韦家明");
  CHECK(names("请问是范姜素贞女士吗") == "范姜素贞");
  CHECK(names("48岁。出车万旭东、章婕。术前，产房宫雪、鹿明：") == "万旭东|章婕|宫雪|鹿明");
  CHECK(names("胸痛，胆总管结石，置胸管两根，班主任芦老师") == "");
  CHECK(names("一助卫斌麻醉师王宏丽手术日期") == "卫斌|王宏丽");
  CHECK(names("S：伍国权，61岁，右膝痛；病例3：雍建业，厨师，") == "伍国权|雍建业");
  CHECK(names("逝者俸桂香，瑶族，79岁") == "俸桂香");
  CHECK(names("李，回族，45岁") == "");
  CHECK(names("母亲糜春兰离异，") == "糜春兰");
  CHECK(names("已报谢军医生，予硝苯地平。易帆") == "谢军|易帆");
  CHECK(names("围术期注意容量。谢邀") == "");
  CHECK(names("评估TAVR。8月5日章琪") == "章琪");
  CHECK(names("傍晚，章志远在公园跑步") == "章志远");
  CHECK(names("亓欢，鼻出血，填塞") == "亓欢");
  CHECK(names("某人，鄂温克族，35岁；外来务工，26岁") == "");
  CHECK(names("住出租屋，住老人公寓，住康复中心") == "");
}

TEST_CASE("syllable names: places, drugs and words stay") {
  for (const char* text :
       {"乌兰浩特市人民医院随访", "转乌兰察布治疗", "口服阿托伐他汀", "美托洛尔25mg", "艾司洛尔泵入，心率下降",
        "予阿莫西林 口服", "巴音郭楞州来诊", "布洛芬混悬液", "见努力呼吸，", "左侧海里希氏征"}) {
    CAPTURE(text);
    CHECK(names(text) == "");
  }
}

}  // namespace
}  // namespace emr::desensitize
