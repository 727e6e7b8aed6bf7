// Runs of one shape that are longer than any document needs: what stands before and behind them is
// found, and so is in them what a short one holds. A detector that walks such a run from each place
// in it makes these tests last for minutes.
#include <doctest/doctest.h>

#include <string>

#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/testing.h"

namespace emr::desensitize {
namespace {

std::string times(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += piece;
  }
  return text;
}

std::size_t count_of(std::string_view text, SpanType type, Language language) {
  std::vector<Span> spans;
  TextScanner(ScanOptions{.language = language}).scan(text, nullptr, spans);
  std::size_t count = 0;
  for (const Span& span : spans) {
    count += span.type == type ? 1 : 0;
  }
  return count;
}

TEST_CASE("the end of a run is the same from every place inside, and found by one walk") {
  const DecodedText text("x 1-0/1-1/1-2/1-3 y-z");
  std::size_t walks = 0;
  RunEnd ends;
  const auto end = [&](std::size_t at) {
    return ends.end(at, [&](std::size_t from) {
      ++walks;
      return token_end(text, from, true);
    });
  };
  for (std::size_t at = 2; at < 17; ++at) {
    CHECK(end(at) == token_end(text, at, true));
  }
  CHECK(walks == 1);
  CHECK(end(17) == 17);  // a blank is in no run
  CHECK(end(18) == 21);
  CHECK(end(2) == 17);
  CHECK(walks == 4);
}

TEST_CASE("what stands before and behind a long run is found") {
  constexpr std::size_t kMany = 20000;
  for (const char* piece :
       {"08 118/68 36.7 98%\n", "001 002 ", "1-0/1-1/", "1-", "2023-01-", "12 Oak ", "AA:BB:CC:",
        "1234 5678 9012 ", "MRN/1-", "ID:1*", "Dr. ", "一二三四", "www.a.b/", "Ab-",
         "一组", "五村", "1-2 ", "0000 ", "<a =\"", "<!--x", "<b>1</b>", "在人民路", "于A路",
         "住A酒店1房", "12栋3单元"}) {
    CAPTURE(piece);
    const std::string run = times(piece, kMany);
    const std::string chinese =
        "电话13800138000，\n" + run + " \n邮箱a@example.com，电话13900139000。";
    CHECK(testing::found_of(chinese, {SpanType::kEmail}) == "a@example.com");
    const std::string phones = testing::found_of(chinese, {SpanType::kPhone});
    CHECK(phones.starts_with("13800138000"));
    CHECK(phones.ends_with("13900139000"));
    const std::string english = "Mail a@example.com.\n" + run + " \nMail b@example.com today";
    CHECK(testing::found_of(english, {SpanType::kEmail}, Language::kEnglish) ==
          "a@example.com|b@example.com");
  }
}

TEST_CASE("a long run holds what as many short ones hold") {
  constexpr std::size_t kMany = 20000;
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    CHECK(count_of(times("13800138000 ", kMany), SpanType::kPhone, language) == kMany);
    CHECK(count_of(times("on 2023-01-05 ", kMany), SpanType::kDate, language) == kMany);
    CHECK(count_of(times("http://a/", kMany), SpanType::kUrl, language) == 1);
    CHECK(count_of(times("AA:BB:CC:", kMany) + "DD", SpanType::kIpAddress, language) == 1);
  }
  for (const char* named : {"患者王小明，", "，扎西次仁住院。", "伤者历秀芹，"}) {
    CAPTURE(named);
    CHECK(count_of(times(named, kMany), SpanType::kName, Language::kChinese) == kMany);
  }
}

TEST_CASE("a number with more digits than its kind has is none, however it goes on") {
  using enum SpanType;
  for (const std::string more : {"", "-5", "-5678-9012-3456-7890-1234"}) {
    CAPTURE(more);
    const std::string phone = "Call 555 123 4567 8901 2" + more;
    CHECK(testing::found_of(phone, {kPhone}, Language::kEnglish).starts_with("555") ==
          more.empty());
    const std::string landline = "电话：010-12345678-12345" + more;
    CHECK(testing::found_of(landline, {kPhone}).starts_with("010") == more.empty());
    const std::string card = "卡号：6222 0212 3456 7890 1234 567" + more;
    CHECK(testing::found_of(card, {kBankCard}).empty() == !more.empty());
  }
}

}  // namespace
}  // namespace emr::desensitize
