// What the detectors must find and what they must leave alone.
#include <doctest/doctest.h>

#include "desensitize/detect/check_digits.h"
#include "desensitize/detect/text.h"
#include "desensitize/scanner.h"

namespace emr::desensitize {
namespace {

/// "TYPE:text|TYPE:text"
std::string found(std::string_view text, Language language = Language::kChinese) {
  ScanOptions options;
  options.language = language;
  std::vector<Span> spans;
  TextScanner(options).scan(text, nullptr, spans);
  std::string result;
  for (const Span& span : spans) {
    result.append(result.empty() ? "" : "|").append(span_type_name(span.type, language));
    result.append(":").append(text.substr(span.start, span.stop - span.start));
  }
  return result;
}

TEST_CASE("marks: going from place to place finds what a look at every place finds") {
  const std::string piece =
      "王小明，男，ＡＢ１２3，12床 a@b.cn：买买提·吐尔逊 二〇二五年初三 病案号:Z12 é😀住院路5号 ";
  std::string text;
  DecodedText decoded;
  for (std::size_t size = 0; size < 40; ++size) {
    decoded.assign(text);
    for (std::uint32_t wanted = 1; wanted <= kKinStart; wanted *= 2) {
      Places places(decoded, wanted);
      std::size_t next = places.next(0);
      for (std::size_t i = 0; i < decoded.size(); ++i) {
        const bool marked = (decoded.marks(i) & wanted) != 0;
        CHECK(marked == (next == i));
        next = marked ? places.next(i + 1) : next;
        if (wanted == kRunStart) {
          CHECK(marked == (is_alnum(decoded[i]) && !is_alnum(decoded[i - 1])));
        }
      }
      CHECK(next == decoded.size());
    }
    std::size_t at = piece.size() * size / 40;  // other beginnings, other lengths
    while ((piece[at] & 0xC0) == 0x80) {
      ++at;
    }
    text = piece.substr(at) + text.substr(0, text.size() > 300 ? 0 : text.size());
  }
  CHECK(decoded.index_of(decoded.byte(3)) == 3);
}

TEST_CASE("a name that was found once is found everywhere, also one of hundreds") {
  std::string proven;
  std::string again;
  std::size_t names = 0;
  for (const char* surname : {"高", "马", "金", "石", "白", "方", "万", "安", "康", "温"}) {
    for (const char* middle : {"建", "志", "永", "文", "海"}) {
      for (const char* last : {"国", "强", "平", "华", "明", "军"}) {
        const std::string name = std::string(surname) + middle + last;
        proven += "姓名：" + name + "\n";
        again += "那时" + name + "嗯门外等着\n";
        ++names;
      }
    }
  }
  const auto count = [](const std::string& text) {
    const std::string all = "|" + found(text);
    std::size_t finds = 0;
    for (std::size_t at = all.find("|NAME:"); at != all.npos; at = all.find("|NAME:", at + 1)) {
      finds += 1;
    }
    return finds;
  };
  CHECK(count(again) == 0);
  CHECK(count(proven + again) == 2 * names);
}

TEST_CASE("one_of: the characters of the set and no other") {
  for (char32_t c = 0; c < 0xA000; ++c) {
    const std::u32string_view set = U"省市区县:、x";
    const bool member = set.find(c) != std::u32string_view::npos;
    CHECK_MESSAGE(one_of<U"省市区县:、x">(c) == member, static_cast<unsigned>(c));
  }
}

TEST_CASE("check digits") {
  CHECK(is_valid_id_card("11010519491231002X"));
  CHECK(is_valid_id_card("11010519491231002x"));
  CHECK_FALSE(is_valid_id_card("110105194912310021"));
  CHECK_FALSE(is_valid_id_card("11010519490231002X"));  // 31 February
  CHECK_FALSE(is_valid_id_card("99010519491231002X"));
  CHECK(is_valid_luhn("4111111111111111"));
  CHECK(is_valid_bank_card("4111111111111111"));
  CHECK_FALSE(is_valid_bank_card("4111111111111112"));
  CHECK(is_valid_vin("1M8GDM9AXKP042788"));
  CHECK_FALSE(is_valid_vin("1M8GDM9A1KP042788"));
  CHECK(is_valid_hong_kong_id("A1234563"));
  CHECK(is_valid_taiwan_id("A123456789"));
  CHECK(is_valid_iban("GB82WEST12345698765432"));
  CHECK_FALSE(is_valid_iban("GB82WEST12345698765431"));
  CHECK(is_plausible_ssn("219099999"));
  CHECK_FALSE(is_plausible_ssn("666099999"));
  CHECK(is_valid_npi("1234567893"));
}

TEST_CASE("Chinese identifiers, names, addresses, hospitals, dates") {
  struct Case {
    const char* text;
    const char* finds;
  };
  const Case cases[] = {
      {"身份证110105 19491231 002X。", "ID_CARD:110105 19491231 002X"},
      {"证件：１１０１０５１９４９１２３１００２Ｘ", "ID_CARD:１１０１０５１９４９１２３１００２Ｘ"},
      {"电话+86 138-0000-0000", "PHONE:+86 138-0000-0000"},
      {"科室电话(0571)87654321转801", "PHONE:(0571)87654321转801"},
      {"住院号：ZY0012345，床号：12", "MRN:ZY0012345|BED:12"},
      {"患者李建国诉头痛", "NAME:李建国"},
      {"联系人：欧阳明（配偶）", "NAME:欧阳明"},
      {"医师：买买提·吐尔逊", "NAME:买买提·吐尔逊"},
      {"王秀英，女，67岁", "NAME:王秀英"},
      {"现住：浙江省宁波市鄞州区中河街道四明路12号3幢201室。", "ADDRESS:浙江省宁波市鄞州区中河街道四明路12号3幢201室"},
      {"曾于烟台市毓璜顶医院住院", "HOSPITAL:烟台市毓璜顶医院"},
      {"二〇二五年三月五日复查", "DATE:二〇二五年三月五日"},
      {"于2025年3月5日入院", "DATE:2025年3月5日"},
      {"患者男，93岁", "AGE_OVER_89:93岁"},
      {"车牌浙A·12345", "PLATE:浙A·12345"},
      {"邮编：310000", "POSTCODE:310000"},
      {"随访人：孙国强", "NAME:孙国强"},
      {"家属电话：01082345678-123，", "PHONE:01082345678-123"},
      {"２０２２年１月１３日复查", "DATE:２０２２年１月１３日"},
      {"证件号：E12345678", "PASSPORT:E12345678"},
      {"持G12345678护照", "PASSPORT:G12345678"},
      {"加QQ12345678联系", "WECHAT:12345678"},
      {"转往昆明市精神卫生中心", "HOSPITAL:昆明市精神卫生中心"},
      {"于2020年1月3日8:00入院", "DATE:2020年1月3日"},
      {"甲辰年三月初八复诊", "DATE:甲辰年三月初八"},
      {"病案编号 00382716", "MRN:00382716"},
      {"X光号：20231108", "EXAM_ID:20231108"},
      {"住于都县贡江镇桥头村9组", "ADDRESS:于都县贡江镇桥头村9组"},
      {"家住海淀区学院路街道", "ADDRESS:海淀区学院路街道"},
      {"转平顶山市二院", "HOSPITAL:平顶山市二院"},
      {"在赤峰二中读书", "ORG:赤峰二中"},
      {"单位：中铁四局集团有限公司", "ORG:中铁四局集团有限公司"},
      {"参加：凌云志教授、方正医师", "NAME:凌云志|NAME:方正"},
      {"建档人肖扬 ", "NAME:肖扬"},
      {"请刘云霞会诊", "NAME:刘云霞"},
      {"配偶：陈郭秀琴，", "NAME:陈郭秀琴"},
      {"术者于家驹。", "NAME:于家驹"},
      {"其父巴图来电", "NAME:巴图"},
      {"姓 名 ： 尚 小 云    性 别 ： 女", "NAME:尚 小 云"},
      {"住 院 号 ：0 0 8 7 1 2 3 5  入 院 2 0 2 2 年 5 月 6 日",
       "MRN:0 0 8 7 1 2 3 5|DATE:2 0 2 2 年 5 月 6 日"},
      {"姓名：歐陽國榮 病歷號碼：1234567", "NAME:歐陽國榮|MRN:1234567"},
      {"家屬葉淑華陪同，就診醫院：臺大醫院", "NAME:葉淑華|HOSPITAL:臺大醫院"},
      {"夜班护士水淼，值班医生计伟解释不清", "NAME:水淼|NAME:计伟"},
      {"接待人：医务科查海山。", "NAME:查海山"},
      {"又去成都华西复查", "HOSPITAL:成都华西"},
      {"车架号：LSVAU2180N2183294", "VIN:LSVAU2180N2183294"},
      {"车牌使014578", "PLATE:使014578"},
      {"生于95年3月2日", "DATE:95年3月2日"},
      {"助产士仇丽。交警黎志勇到场", "NAME:仇丽|NAME:黎志勇"},
      {"工作单位（学校）：红旗实验小学", "ORG:红旗实验小学"},
      {"腕带号：20230419-0032", "MRN:20230419-0032"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("false friends stay") {
  for (const char* text :
       {"王氏征阴性，库欣面容，马尾综合征。", "皮肤黄疸，咳黄痰，白带正常，白细胞升高。",
        "肌张力正常，患者安静，何时起病不详。", "患者高热，石膏固定，温水擦浴，常规护理。",
        "患者于入院前3天无明显诱因出现腹痛。", "编号110105194912310021非身份证。",
        "血压120/80mmHg，心率78次/分，体温36.5℃。", "我院、外院及当地医院就诊。",
        "WBC 12.5×10^9/L，J18.900", "批号20230915，国药准字Z20053698。", "患者48岁，男性。", "患者坚持，家属希望出院。",
        "黄芩9g 白术15g 甘草3g", "患者：谢谢雷阿姨！", "小学文化，路人送来。",
        "转康复医院。", "Apgar评分9-10-10", "医师：查体：心肺无殊。"}) {
    CAPTURE(text);
    CHECK(found(text) == "");
  }
}

TEST_CASE("English identifiers") {
  const auto english = [](const char* text) { return found(text, Language::kEnglish); };
  CHECK(english("SSN: 219-09-9999.") == "US_SSN:219-09-9999");
  CHECK(english("mail a.b@example.org now") == "EMAIL_ADDRESS:a.b@example.org");
  CHECK(english("call (212) 555-0100 today") == "PHONE_NUMBER:(212) 555-0100");
  CHECK(english("seen on March 5, 2025 again") == "DATE_TIME:March 5, 2025");
  CHECK(english("MRN: 889231") == "MRN:889231");
  CHECK(english("Patient Jordan Whitfield denies pain") == "PERSON:Jordan Whitfield");
  CHECK(english("from 192.168.10.254") == "IP_ADDRESS:192.168.10.254");
  CHECK(english("2000-04-16 11:34:35") == "DATE_TIME:2000-04-16 11:34:35");
  CHECK(english("2000-04-16 11:34:3") == "DATE_TIME:2000-04-16 11:34");  // a text cut off
  CHECK(english("2000-04-16 11:3") == "DATE_TIME:2000-04-16");
  CHECK(english("Age: 39  Sex: F") == "AGE:39");
  CHECK(english("seen by MR HALVORSEN") == "TITLE:MR|PERSON:HALVORSEN");
  CHECK(english("(206) 555-0171 x204.") == "PHONE_NUMBER:(206) 555-0171 x204");
}

TEST_CASE("English people by the word before them, in whatever letters") {
  const char* cases[][2] = {
      {"PT NAME: HALVORSEN, BRITTA M   DOB", "PERSON:HALVORSEN, BRITTA M"},
      {"pt leilani kahananui c/o nausea", "PERSON:leilani kahananui"},
      {"seen with dr okafor, who agrees", "PERSON:okafor"},
      {"Provider: Capt Siobhan Reilly, Flight Medicine", "PERSON:Siobhan Reilly"},
      {"Verified by: J. Makowski", "PERSON:J. Makowski"},
      {"IMPRESSION: SIGMOID DIVERTICULITIS WITHOUT ABSCESS", ""},
      {"Hgb 13.4 Plt 244 Na 139 K 4.1 Cl 102", ""},
      {"wife helps with meds, patient denies pain", ""},
      {"DoD ID 1043928817", "MRN:1043928817"},
      {"UHID: 20230098761, Consultant Physician", "MRN:20230098761"},
      {"hospital number 123456 was used", "MRN:123456"},
      {"Tel: 020 7946 0018", "PHONE_NUMBER:020 7946 0018"},
  };
  for (const auto& one : cases) {
    CAPTURE(one[0]);
    CHECK(found(one[0], Language::kEnglish) == one[1]);
  }
}

TEST_CASE("an English address is one find in a sentence and many on lines of its own") {
  const auto english = [](const char* text) { return found(text, Language::kEnglish); };
  CHECK(english("Write to 418 Larkspur Lane, Apt 3, Dayton, OH 45402 please.") ==
        "STREET_ADDRESS:418 Larkspur Lane, Apt 3, Dayton, OH 45402");
  CHECK(english("Ann Grantham\n770 26 Elm Road\nSuite 12\nDayton\nCanada 45402\n") ==
        "PERSON:Ann Grantham|STREET_ADDRESS:770|STREET_ADDRESS:26 Elm Road|"
        "STREET_ADDRESS:Suite 12|GPE:Dayton|GPE:Canada|STREET_ADDRESS:45402");
  for (const char* amount : {"decrease to 2 tablets", "fracture of 2 ribs", "MINIMUM OF 2 VIEWS",
                             "prednisone to 20qOD alternating with 18qOD."}) {
    CAPTURE(amount);
    CHECK(english(amount) == "");
  }
  CHECK(english("he moved to 14 elm road") == "STREET_ADDRESS:14 elm road");
  CHECK(english("She lives at 450 Lindenweg 15, Kiel.") ==
        "STREET_ADDRESS:450|STREET_ADDRESS:Lindenweg 15|GPE:Kiel");
}

TEST_CASE("clinical English: eponyms, drugs and headings are no people, employers are no people") {
  const auto english = [](const char* text) { return found(text, Language::kEnglish); };
  for (const char* text : {"Babinski sign negative. Lasix held.", "Crohn's disease, Ewing sarcoma.",
                           "CT ABDOMEN: Liver unremarkable.", "Specimen: left breast.",
                           "Glucose:MCnc:Pt:Ser/Plas:Qn", "Continuity of Care Document",
                           "Helicobacter pylori Ag", "Leukocytes in Blood by Automated count",
                           "MR Brain W contrast", "Penicillin - Hives", "Decrease prednisone",
                           "Propensity to adverse reactions", "Complete PFTs with lung volumes.",
                           "Microorganism in Tissue by Immune stain", "HIV Ag/Ab - Serum"}) {
    CAPTURE(text);
    CHECK(english(text) == "");
  }
  CHECK(english("insured by Bayer AG, Leverkusen").starts_with("ORGANIZATION:Bayer AG"));
  CHECK(english("He works for Tescora.") == "ORGANIZATION:Tescora");
  CHECK(english("seen at Mercy General Hospital") == "ORGANIZATION:Mercy General Hospital");
  CHECK(english("Name: Okonkwo, Chidinma ") == "PERSON:Okonkwo, Chidinma");
}

TEST_CASE("the second net finds what proves itself, and nothing else") {
  std::vector<Span> spans;
  const TextScanner scanner;
  scanner.scan_check_digits("患者张伟 11010519491231002X", spans);
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].type == SpanType::kIdCard);
  scanner.scan_check_digits("110105194912310021 1234567", spans);
  CHECK(spans.empty());
}

}  // namespace
}  // namespace emr::desensitize
