// CSV and TSV under a policy: what is not named keeps its bytes (R-040: formats, bad input).
#include "desensitize/formats/csv.h"

#include <doctest/doctest.h>

#include "desensitize/formats/charset.h"
#include "desensitize/formats/csv_row.h"
#include "desensitize/formats/testing.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

std::shared_ptr<const Policy> policy() {
  return *Policy::parse(
      R"({"type":"emr.policy","v":1,"id":"t","unknown":"keep","rules":[
      {"id":"name","class":"NAME","technique":"mask","args":{"first":1},"match":{"key":"NAME"}},
      {"id":"phone","class":"PHONE","technique":"delete","match":{"key":"PHONE"}}]})");
}

testing::Run run(std::string_view text, std::size_t chunk = 1 << 20, FormatOptions options = {}) {
  return testing::run_format(csv_format(), policy(), text, options, chunk);
}

}  // namespace

TEST_CASE("csv: named columns change, every other byte stays") {
  const std::string in =
      "\xef\xbb\xbf" "ID,NAME,PHONE,NOTE\r\n"
      "1,abc,13800000000,\"two\r\nlines, \"\"quoted\"\"\"\r\n"
      "\r\n"
      "2,\"d\"\"e\",,5\" wide\n"
      "3,,x,last";
  const std::string expected =
      "\xef\xbb\xbf" "ID,NAME,PHONE,NOTE\r\n"
      "1,a**,,\"two\r\nlines, \"\"quoted\"\"\"\r\n"
      "\r\n"
      "2,\"d**\",,5\" wide\n"
      "3,,,last";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{5}, std::size_t{1} << 20}) {
    const testing::Run result = run(in, chunk);
    CHECK(result.errors.empty());
    CHECK(result.out == expected);
  }
}

TEST_CASE("csv: TAB and semicolon are found out") {
  CHECK(run("ID\tNAME\n1\tabc\n").out == "ID\tNAME\n1\ta**\n");
  CHECK(run("ID;NAME\n1;abc\n").out == "ID;NAME\n1;a**\n");
}

TEST_CASE("csv: GB18030 rows come out as GB18030, four-byte characters too") {
  const auto gb = [](std::string_view text) { return *recode(text, "GB18030", "UTF-8"); };
  const testing::Run result = run(gb("NAME,注\n张某某,\xf0\xa0\xae\xb7\n"));
  CHECK(result.errors.empty());
  CHECK(result.out == gb("NAME,注\n张**,\xf0\xa0\xae\xb7\n"));
}

TEST_CASE("csv: bad rows are refused one by one") {
  const struct {
    std::string_view row;
    std::string_view reason;
  } cases[] = {
      {"1,a,b\n", "csv_fields"},
      {"1,\"a\"x,b,c\n", "csv_quote"},
      {std::string_view("1,a\0,b,c\n", 9), "csv_nul"},
  };
  for (const auto& bad : cases) {
    CAPTURE(bad.reason);
    const testing::Run result =
        run("ID,NAME,PHONE,NOTE\n" + std::string(bad.row) + "2,xy,,ok\n");
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].reason == bad.reason);
    CHECK(result.out.ends_with("2,x*,,ok\n"));
  }
  const testing::Run open = run("ID,NAME,PHONE,NOTE\n1,\"a,b\nc");
  REQUIRE(open.errors.size() == 1);
  CHECK(open.errors[0].reason == "csv_unclosed_quote");
  CHECK(run("ID,ID\n1,2\n").errors[0].reason == "csv_header");
}

TEST_CASE("csv: a table without a header row is refused, and its first row does not go out") {
  for (const std::string_view row :
       {"1,13800000000,x\n", "abc,11010519491231002X\n", "John Smith,m,45\n", "45,1949-12-31\n",
        "m,北京市朝阳区示例路1号\n", "x@example.org,1\n", "1,110105194912310021\n",
        "王大明,肺炎,死亡\n", "1,欧阳静,女\n", "患者张三丰,男,主诉头痛\n"}) {
    CAPTURE(row);
    const testing::Run result = run(std::string(row) + "2,b\n");
    REQUIRE_FALSE(result.errors.empty());
    CHECK(result.errors[0].reason == "csv_header");
    CHECK(result.errors[0].message.find(row.substr(0, 4)) == std::string::npos);
    CHECK(result.out.empty());
  }
  for (const std::string_view row :
       {"患者姓名,身份证号,出生日期,家庭住址\n", "First Name,Date of Birth,ICD10,CA125\n", "2026,2026-11\n",
        "PatientID,LastName,City\n", "北京协和医院,朝阳区\n",
        "项目,单位,方法,金额,毛重,白蛋白,单价,规格,用法,来源,身高,高血压\n", "DE02.01.039.00,DE04.50.001.00\n"}) {
    CAPTURE(row);
    CHECK(run(row).out == row);
  }
}

TEST_CASE("csv: recognised by shape, prose is not") {
  CHECK(csv_format().recognises("a,b,c\n1,2,3\n4,5,6\n"));
  CHECK(csv_format().recognises("\xef\xbb\xbf" "id;sex\n1;m\n"));
  CHECK_FALSE(csv_format().recognises("The patient, a man of 40, came.\nNothing else.\n"));
  CHECK_FALSE(csv_format().recognises("患者何涛，因不适入院。\n"));
}

TEST_CASE("csv: a character set that does not fit is an error, never a question mark") {
  FormatOptions options;
  options.charset = "utf-8";
  const testing::Run result = run("NAME,X\n\xc4\xe3,1\n", 1 << 20, options);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].reason == "charset");
  CHECK(charset_name("gb 18030-2000").value() == "GB18030");
  CHECK(charset_name("UNICODE UTF-8").value() == "UTF-8");
  CHECK_FALSE(charset_name("klingon").ok());
  CHECK_FALSE(recode("\x81", "UTF-8", "GB18030").ok());
}
