// The finders look closer only where marks and filters say that something could be there. These
// tests hold the filters to what the finders know: every kind of proof behind names of every
// length, every word of an index.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "desensitize/detect/word_index.h"
#include "desensitize/scanner.h"

namespace emr::desensitize {
namespace {

bool finds_name(const std::string& text, const std::string& name) {
  std::vector<Span> spans;
  TextScanner().scan(text, nullptr, spans);
  for (const Span& span : spans) {
    if (span.type == SpanType::kName && text.substr(span.start, span.stop - span.start) == name) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("names: each kind of proof counts behind names of two, three and four characters") {
  struct Row {
    const char* before;
    const char* behind;
  };
  constexpr std::array<Row, 12> kRows = {{{"；", "，男，48岁"},
                                          {"请", "(女)"},
                                          {"，", "，，女"},
                                          {"由", " 48岁"},
                                          {"\n", "主任医师查房"},
                                          {"请", "先生来电"},
                                          {"，", "、李志明协助"},
                                          {"今日请", "、李志明两位医师"},
                                          {"\n", "\n再次查看"},
                                          {"| ", "| 复查"},
                                          {"Dear Dr. ", "，"},
                                          {"(", ""}}};
  for (const Row& row : kRows) {
    for (const std::string name : {"王强", "王志强", "欧阳志强"}) {
      const std::string text = std::string(row.before).append(name).append(row.behind);
      CHECK_MESSAGE(finds_name(text, name), text);
    }
  }
  for (const std::string name : {"王志强", "欧阳志强"}) {  // a deed proves longer names only
    CHECK(finds_name("请" + name + "会诊", name));
  }
}

TEST_CASE("own values: a long number is found although the next one is written behind it") {
  PatientContext patient;
  patient.add_own(SpanType::kIdCard, "110105194912310021");
  patient.add_own(SpanType::kMrn, "1234567");
  std::vector<Span> spans;
  const auto covered = [&](std::string_view text) {
    TextScanner(ScanOptions{}).scan(text, &patient, spans);
    return std::any_of(spans.begin(), spans.end(), [&](const Span& span) {
      return text.substr(span.start, span.stop - span.start) == "110105194912310021";
    });
  };
  CHECK(covered("身份证1101051949123100212025年3月12日入院"));
  TextScanner(ScanOptions{}).scan("编码12345678990", &patient, spans);
  CHECK(spans.empty());  // a short one is chance
}

TEST_CASE("own values: what stands in a longer find of its kind goes with it, not out of it") {
  PatientContext patient;
  patient.add_own(SpanType::kName, "丽华");  // HL7's 王^丽华
  patient.add_own(SpanType::kPhone, "83106666");
  const std::string text = "患者王丽华于今晨入院，电话025-83106666。";
  std::vector<Span> spans;
  TextScanner().scan(text, &patient, spans);
  REQUIRE(spans.size() == 2);
  CHECK(text.substr(spans[0].start, spans[0].stop - spans[0].start) == "王丽华");
  CHECK(text.substr(spans[1].start, spans[1].stop - spans[1].start) == "025-83106666");
}

TEST_CASE("word index: every word is found by its two characters, the longest first") {
  const std::vector<std::u32string_view> words = {U"医师", U"主治医师", U"主任医师", U"护士",
                                                  U"护士长", U"主任"};
  const WordIndex by_end(WordIndex::By::kLastTwo, words);
  const WordIndex by_start(WordIndex::By::kFirstTwo, words);
  const DecodedText text("请主任医师与护士长");
  CHECK(by_end.longest_before(text, 5) == U"主任医师");
  CHECK(by_end.longest_before(text, 3) == U"主任");
  CHECK(by_end.longest_before(text, 4).empty());
  CHECK(by_end.longest_before(text, 1).empty());
  CHECK(by_start.longest_at(text, 1) == U"主任医师");
  CHECK(by_start.longest_at(text, 6) == U"护士长");
  CHECK(by_start.longest_at(text, 8).empty());
  for (const std::u32string_view word : words) {
    CHECK_FALSE(by_start.of(word[0], word[1]).empty());
  }
}

}  // namespace emr::desensitize
