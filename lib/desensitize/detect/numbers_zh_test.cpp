// Numbers, beds and dates of Chinese notes as other hospitals write them: exports with Latin keys,
// labels that no list has, dictation; and the numbers that are no person's.
#include <doctest/doctest.h>

#include "desensitize/scanner.h"

namespace emr::desensitize {
namespace {

std::string numbers(std::string_view text) {
  std::vector<Span> spans;
  TextScanner(ScanOptions{.language = Language::kChinese}).scan(text, nullptr, spans);
  std::string result;
  for (const Span& span : spans) {
    result.append(result.empty() ? "" : "|").append(span_type_name(span.type, Language::kChinese));
    result.append(":").append(text.substr(span.start, span.stop - span.start));
  }
  return result;
}

struct Case {
  const char* text;
  const char* finds;
};

TEST_CASE("keys of exports: English words and the initials of pinyin") {
  const Case cases[] = {
      {"PAT_NAME=卫长安;DIAG=胃炎", "NAME:卫长安"},
      {"xm:卫长安|zyh:2021019922|ch:09|诊断:胃炎", "NAME:卫长安|MRN:2021019922|BED:09"},
      {"\"PatientID\":\"A100023881\",\"诊断\":\"胃炎\"", "MRN:A100023881"},
      {"Hospital: 西宁市儿童医院  Doctor: 于睿 Dx: 肾结石", "HOSPITAL:西宁市儿童医院|NAME:于睿"},
      {"诊断=胃炎;LXDZ=新桥大队三组;", "ADDRESS:新桥大队三组"},
      {"诊断 BP:120/80 HR:78 SpO2:98 WBC:12000", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("a word that numbers something is a label, unless the number is a thing's") {
  const Case cases[] = {
      {"筛选号S01-0175", "MRN:S01-0175"},
      {"就诊流水单号：20240819003317", "MRN:20240819003317"},
      {"登记 ID88213 完", "MRN:88213"},
      {"住院号=0730518", "MRN:0730518"},
      {"患者（病案0293381）", "MRN:0293381"},
      {"电话 0513-80551234 25元", "PHONE:0513-80551234"},
      {"住院号：__0730518__", "MRN:0730518"},
      {"<td>住院号</td><td>0730518</td>", "MRN:0730518"},
      {"住院号→0730518", "MRN:0730518"},
      {"<住院号>0730518</住院号>", "MRN:0730518"},
      {"床号→12，床位：A区", "BED:12"},
      {"房间号1203，24.5.6版，评分12/5/3", ""},
      {"病历编号【A00918273】", "MRN:A00918273"},
      {"登记 №2024321，NO:00321987", "MRN:2024321|MRN:00321987"},
      {"医保电子凭证 330100D15600", "INSURANCE_ID:330100D15600"},
      {"驾照号 330106198001011234", "PERMIT:330106198001011234"},
      {"军官证：军字第0123456号", "PERMIT:军字第0123456号"},
      {"设备SN：AB12345678", "DEVICE_ID:AB12345678"},
      {"电话Tel:+86-571-88886666", "PHONE:+86-571-88886666"},
      {"生产批号：2024081901，型号 GE2000", ""},
      {"流水号 420106201705026996（非证件）", ""},
      {"门诊3号 1200米，第八号 20240", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("dates without a year, by what stands around them") {
  const Case cases[] = {
      {"08-01入院，08-03手术，今08-06诉痛", "DATE:08-01|DATE:08-03|DATE:08-06"},
      {"拟06-11行ESD。结石，7.21夜急诊ERCP", "DATE:06-11|DATE:7.21"},
      {"下次产检 6.5 医生", "DATE:6.5"},
      {"复诊11.20 医师", "DATE:11.20"},
      {"10/19 去三组随访", "DATE:10/19"},
      {"换药 8/30复查白蛋白29", "DATE:8/30"},
      {"补液后好转 5.2 06:00 离院", "DATE:5.2"},
      {"初診113/05/20 主訴", "DATE:113/05/20"},
      {"足跟血8-18采集", "DATE:8-18"},
      {"2024-09-02至09-06住院", "DATE:2024-09-02|DATE:09-06"},
      {"值班5月18-19日", "DATE:5月18|DATE:19日"},
      {"1.低脂 2.4月10日左右复查", "DATE:4月10日"},
      {"8-14 夜班小结", "DATE:8-14"},
      {"患者于3/5因胸痛就诊", "DATE:3/5"},
      {"氢氧化钙封药 12.2复诊", "DATE:12.2"},
      {"下次约5/20。复查", "DATE:5/20"},
      {"能否20号左右问您，12号复查", "DATE:20号|DATE:12号"},
      {"3号上床，5号诊室，第8号，10号针头，2号楼前后", ""},
      {"3.16 晴\n上午", "DATE:3.16"},
      {"于2024-11-0616:12电话", "DATE:2024-11-06"},
      {"出险时间2025-01-2517时，", "DATE:2025-01-25"},
      {"淋巴结2/14转移", ""},
      {"BP 120/80，3/6级杂音，1/2片 bid，3/5 级肌力", ""},
      {"血钾7.2行血透，复查 5.6，今天6.1 昨日7.8", ""},
      {"3-5天换药，术后2-3次，每日1/2片，于3-5天后拆线，WBC 6.2(3.5-9.5)", ""},
      {"3.5版 2-3指 5-8个 评分12/30中度 视力 5/10 矫正", ""},
      {"病程3月12周，随访3月2次，鼻饲于8-10分", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("papers, bands and Latin words that number something; flights and foreign phones") {
  const Case cases[] = {
      {"检验申请单：2406180231 标本", "MRN:2406180231"},
      {"工单 20240903114207 派车", "MRN:20240903114207"},
      {"检查申请单 2024-09-03，报告单3张", "DATE:2024-09-03"},
      {"接种编码3302120220118", "MRN:3302120220118"},
      {"献血码 01011240098231", "EXAM_ID:01011240098231"},
      {"取件码：553021", "MRN:553021"},
      {"Policy PHX2209118，Group 77213-04", "MRN:PHX2209118|MRN:77213-04"},
      {"HKID A1234563 住院", "ID_CARD:A1234563"},
      {"疾病编码 M8140/3，手术代码 45.2300，尺码 40", ""},
      {"车牌号 K23Q8", "PLATE:K23Q8"},
      {"女|52|0000918273|E11.900", "MRN:0000918273"},
      {"乘CZ3547航班，再乘G1203次到，K3次，3F支架，D3次", "PLATE:CZ3547|PLATE:G1203"},
      {"家属+1 415-555-0187", "PHONE:+1 415-555-0187"},
      {"英国+44 (0)20 7946 0958", "PHONE:+44 (0)20 7946 0958"},
      {"妻蕭玉嫦 9655 3021，", "NAME:蕭玉嫦|PHONE:9655 3021"},
      {"尿量 9655 3021，", ""},
      {"患者 IDP0091276 Braden", "MRN:P0091276"},
      {"电话(853) 6688 2190", "PHONE:(853) 6688 2190"},
      {"Ca2+ 2.25，CD3+ 1200 CD4+ 600，蛋白+2 糖+1 酮+3 120-150", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("numbers in the columns of a table") {
  CHECK(numbers("床号 姓名 住院号 诊断\n3 卢新华 Z0012 胃炎\n") == "BED:3|NAME:卢新华|MRN:Z0012");
  CHECK(numbers("时间 项目 结果 床号\n0800 体温 36.5 无\n") == "");
}

TEST_CASE("dictated digits, beds in characters") {
  const Case cases[] = {
      {"病历号七七零二一三发给医保办", "MRN:七七零二一三"},
      {"电话幺三八零五七一二二三四", "PHONE:幺三八零五七一二二三四"},
      {"住十八床", "BED:十八床"},
      {"心脏科 BED 22 申请", "BED:22"},
      {"申请科室：骨科　床：17\n", "BED:17"},
      {"加盖一床被子，卧床：休息", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("short dates: two digits of a year, parts of a month, days without 日") {
  const Case cases[] = {
      {"签发 24.9.9", "DATE:24.9.9"},
      {"记录 23/12/1\n", "DATE:23/12/1"},
      {"已于5月底停药，11月上旬复查", "DATE:5月底|DATE:11月上旬"},
      {"六月十三可以走", "DATE:六月十三"},
      {"2023年六月二日", "DATE:2023年六月二日"},
      {"术后 May 18, 2024 复查，18-May-2024 出院", "DATE:May 18, 2024|DATE:18-May-2024"},
      {"三月十次，比 3.12.1 版，服药3月余", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("numbers: extensions, long numbers without a birthday, beds in cells, days behind 第…次") {
  const Case cases[] = {
      {"医务科 内线 6120，分机：8021", "PHONE:6120|PHONE:8021"},
      {"卡片编号：510700202411000235", "MRN:510700202411000235"},
      {"流水号510700199811100235", ""},
      {"科室 呼吸内科 床21", "BED:21"},
      {"小床2张", ""},
      {"第二次10.28拨打无人接听；第三次10.30其子接", "DATE:10.28|DATE:10.30"},
      {"第三次5.6，正常", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("short dates: at the beginning of lines, in brackets behind a time, before a call") {
  const Case cases[] = {
      {"服务中心。12.05 电话追访", "DATE:12.05"},
      {"\n12-26 PT 40分钟\n12-27 外出检查 停\n", "DATE:12-26|DATE:12-27"},
      {"随访30天(11/20)：好转", "DATE:11/20"},
      {"淋巴结(2/14)，每次(1/2)片，10-15 次", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("short dates: months of last year, lunar days of the first month, days behind a name") {
  const Case cases[] = {
      {"去年11月曾查肠镜，今年3月余", "DATE:11月"},
      {"乙巳年正月十六诊", "DATE:乙巳年正月十六"},
      {"经办：应飞燕 2/10\n肌力 4/5\n左侧 3/5\n", "NAME:应飞燕|DATE:2/10"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(numbers(one.text) == one.finds);
  }
}

TEST_CASE("short dates: behind a name that a duty precedes") {
  CHECK(numbers("药带着呢。村医展令生 4/11") == "NAME:展令生|DATE:4/11");
  CHECK(numbers("胸骨左缘 3/6\n双侧 2/5\n") == "");
}

}  // namespace
}  // namespace emr::desensitize
