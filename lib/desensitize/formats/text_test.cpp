// Plain text by paragraph, and the recogniser behind --in auto.
#include "desensitize/formats/text.h"

#include <doctest/doctest.h>

#include "desensitize/formats/charset.h"
#include "desensitize/formats/foreign.h"
#include "desensitize/formats/testing.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

testing::Run run(std::string_view text, std::size_t chunk = 1 << 20) {
  return testing::run_format(text_format(), testing::preset("strict"), text, {}, chunk);
}

}  // namespace

TEST_CASE("text: finds go, the rest stays, in any chunks and in GB18030") {
  const std::string in = "电话13800138000。\r\n\r\n体温38.9℃，\n咳嗽3天\n\n末行";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{4}, std::size_t{1} << 20}) {
    const testing::Run result = run(in, chunk);
    CHECK(result.errors.empty());
    CHECK(result.out.find("13800138000") == std::string::npos);
    CHECK(result.out.ends_with("。\r\n\r\n体温38.9℃，\n咳嗽3天\n\n末行"));
  }
  const std::string gb = *recode(in, "GB18030", "UTF-8");
  const testing::Run result = run(gb);
  CHECK(result.errors.empty());
  CHECK(recode(result.out, "UTF-8", "GB18030")->find("咳嗽3天") != std::string::npos);
  CHECK(result.out.find("13800138000") == std::string::npos);
}

TEST_CASE("text: what is no text is refused, it does not pass as clean") {
  const std::string utf16 = *recode("患者张三丰\n", "UTF-16LE", "UTF-8");
  for (const std::string& in : {std::string(100, '\0'), std::string("PK\x03\x04\0\0", 6),
                                std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), utf16,
                                std::string("{\\rtf1 \\u24352?}"), std::string("%PDF-1.4\n%x\n"),
                                std::string("To: a\ncontent-transfer-encoding:  Base64\n\n5\n")}) {
    const testing::Run result = run(in);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].code == Code::kData);
    CHECK(result.out.empty());
    CHECK(recognise_format(in) != &text_format());
  }
  CHECK(run("a\tb\f\x1b[0m\x1a").errors.empty());
  FormatOptions named;
  named.charset = "UTF-16LE";
  const auto read = testing::run_format(text_format(), testing::preset("strict"),
                                        *recode("电话13800138000。\n", "UTF-16LE", "UTF-8"), named,
                                        1 << 20);
  CHECK(read.errors.empty());
  CHECK(recode(read.out, "UTF-8", "UTF-16LE")->find("13800138000") == std::string::npos);
}

TEST_CASE("formats: a PDF, RTF, a mail or an archive is named, and is none of the formats") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"%PDF-1.4\n1 0 obj", "a PDF"},
      {"\xef\xbb\xbf%PDF-1.4\n", "a PDF"},
      {"\r\n{\\rtf1\\ansi x}", "RTF"},
      {"%!PS-Adobe-3.0\n", "PostScript"},
      {"PK\x03\x04" "abc", "a ZIP archive or an office document"},
      {"\x89PNG\r\n\x1a\n", "a PNG image"},
      {"From: a\r\nContent-Transfer-Encoding: BASE64\r\n", "a mail in a transfer encoding"},
  };
  for (const auto& [head, name] : cases) {
    CAPTURE(name);
    REQUIRE(foreign_file(head).has_value());
    CHECK(foreign_file(head)->name == name);
    CHECK(recognise_format(head) != &text_format());
  }
  for (const std::string_view text :
       {"{\"a\":1}", "From: a\nContent-Type: text/plain\n", "", "Bz"}) {
    CHECK_FALSE(foreign_file(text).has_value());
  }
}

TEST_CASE("formats: each input is recognised by its first bytes") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"{\"resourceType\":\"Patient\"}", "fhir"},
      {"{\"a\":1}\n{\"a\":2}\n", "json"},
      {"\xef\xbb\xbf" "MSH|^~\\&|A\rPID|1", "hl7"},
      {"\x0bMSH|^~\\&|A\r", "hl7"},
      {"<?xml version=\"1.0\"?><ClinicalDocument/>", "cda"},
      {std::string_view("\x08\x00\x05\x00" "CS\x0a\x00", 8), "dicom"},
      {"a,b,c\n1,2,3\n", "csv"},
      {"患者何涛，因不适入院。", "text"},
      {"MSHL is a word\n", "text"},
      {"", "text"},
  };
  for (const auto& [head, name] : cases) {
    CAPTURE(name);
    REQUIRE(recognise_format(head) != nullptr);
    CHECK(recognise_format(head)->name == name);
  }
}
