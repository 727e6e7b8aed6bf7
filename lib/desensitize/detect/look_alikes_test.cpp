// Codes, measured values and versions that are built like dates or phone numbers.
#include <doctest/doctest.h>

#include "desensitize/scanner.h"

namespace emr::desensitize {
namespace {

std::string dates(std::string_view text, Language language = Language::kAuto) {
  std::vector<Span> spans;
  TextScanner(ScanOptions{.language = language}).scan(text, nullptr, spans);
  std::string result;
  for (const Span& span : spans) {
    result.append(result.empty() ? "" : "|");
    result.append(text.substr(span.start, span.stop - span.start));
  }
  return result;
}

TEST_CASE("a code of LOINC, of the races or of a drug is no date and no phone") {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    for (const char* code : {"2093-3", "2106-3", "1988-5", " 2085-9 ", "0069-2587-10",
                             "50242-040-62", "60575-4112-1", "12345-6789-01"}) {
      CAPTURE(code);
      CHECK(dates(code, language).empty());
    }
  }
  CHECK_FALSE(dates("13812-3456-78").empty());  // a mobile, whatever its marks
  CHECK_FALSE(dates("1988.05 Lily", Language::kEnglish) == "");
  CHECK(dates("LDL (LOINC 2089-1, HDL 2085-9) repeated").empty());
  CHECK(dates("检验项目 2093-3 胆固醇").empty());
  CHECK(dates("ventilator software 3.1.62 installed").empty());
  CHECK(dates("呼吸机软件3.1.62 已升级").empty());
}

TEST_CASE("the moments of computers are one date with their weekday and year") {
  CHECK(dates("Thu Apr 19 11:14:42 EDT 2018") == "Thu Apr 19 11:14:42 EDT 2018");
  CHECK(dates("built Mon Mar 02 08:05:00 2020 by") == "Mon Mar 02 08:05:00 2020");
  CHECK(dates("Apr 19 11:14 seen") == "Apr 19");
}

TEST_CASE("a month of one digit is a date when something beside it says so") {
  CHECK(dates("seen since 2019-3 for asthma") == "2019-3");
  CHECK(dates("Date: 2019-3") == "2019-3");
  CHECK(dates("于2019-3 行手术") == "2019-3");
  CHECK(dates("化疗2019-3至2019-6 结束") == "2019-3|2019-6");
  CHECK(dates("行 stent 术（2018.4）。Hx from his sister") == "2018.4");
  // Without the check digit of a code it is a month wherever it stands.
  for (const char* text : {"LMP 2021-8", "died 2021-8", "2019-5 surgery", "末次月经2021-8",
                           "患者2021-8无明显诱因", "2021-8诊断高血压"}) {
    CAPTURE(text);
    CHECK_FALSE(dates(text).empty());
  }
  CHECK(dates("D.O.B. 1988-5") == "1988-5");
  CHECK(dates("Visit: 12.05.21") == "12.05.21");  // no version
  CHECK(dates("入院时23.11.08 行手术") == "23.11.08");
  CHECK(dates("2019-3-5") == "2019-3-5");
  CHECK(dates("2019-03") == "2019-03");
  CHECK(dates("05.03.2019") == "05.03.2019");
}

TEST_CASE("a decimal number, a range of them and a number with a unit are no dates") {
  for (const char* value : {"1988.5", "2010.12", "<2010.12", "1950.5-2010.3", "1988.5 pg/mL",
                            "1988.5pg/mL", "2010.12%", "1950.5-2010.3 U/L", "2010.1 ℃"}) {
    CAPTURE(value);
    CHECK(dates(value, Language::kChinese).empty());
    CHECK(dates(value, Language::kEnglish).empty());
  }
  CHECK(dates("B12 was 1988.5 pg/mL (range 1950.5-2010.3), repeated").empty());
  CHECK(dates("2010.12.05") == "2010.12.05");
  CHECK(dates("20101212") == "20101212");
  CHECK(dates("202.555.0123") == "202.555.0123");
}

TEST_CASE("a moment of 12 digits is a date, and so is the second date of a range") {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    CHECK(dates("202105041201", language) == "20210504");
    CHECK(dates("20210504120100+0515", language) == "20210504");
    CHECK(dates("20080825-20080901", language) == "20080825|20080901");
    CHECK(dates("202113041201", language).empty());
    CHECK(dates("202105042561", language).empty());
  }
  CHECK(dates("入院202508251116，出院") == "20250825");
  CHECK(dates("seen at 202508251116 again") == "20250825");
  CHECK(dates("MRN: 202508251116") == "202508251116");
}

TEST_CASE("look-alikes: a dotted month is a date where the text says so, and an amount elsewhere") {
  for (const char* text :
       {"患者2021.8因胆囊结石行胆囊切除术", "2021.8 行胃镜检查", "1988.05参加工作", "出生年月：1988.05",
        "2019.12诊断为高血压", "既往史：2015.6阑尾切除", "末次月经2021.8", "自2021.8起",
        "2021.8-2022.3化疗6周期", "分别于外院住2次，2020.3，2020.9", "外院2021.11 MRI", "手术史：2016.07",
        "discharged 3.5.21 home"}) {
    CAPTURE(text);
    CHECK_FALSE(dates(text).empty());
  }
  for (const char* text :
       {"白蛋白 35.8", "血肌酐 2021.8 umol/L", "BNP 1988.05pg/ml，余正常", "铁蛋白2021.8ng/mL",
        "住院费用2021.8元", "合计：1988.05元", "肌酸激酶 1988.5↑", "LDH 2021.8(升高)",
        "总量2021.8ml", "NT-proBNP：2021.8，肌钙蛋白0.05", "ALT 2001.2，AST 1999.4",
        "section 3.5.21 of the guideline", "score 3.5.21"}) {
    CAPTURE(text);
    CHECK(dates(text).empty());
  }
}

}  // namespace
}  // namespace emr::desensitize
