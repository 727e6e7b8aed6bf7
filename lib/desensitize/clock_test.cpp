// The time of day belongs to its date: it stays with a shifted one and goes with a year.
#include "desensitize/clock.h"

#include <doctest/doctest.h>

#include "desensitize/formats/hl7.h"
#include "desensitize/formats/testing.h"
#include "desensitize/formats/text.h"

namespace emr::desensitize {
namespace {

struct Case {
  const char* date;
  const char* time;
};

constexpr Case kCases[] = {
    {"20080825", "111630"},        {"20080825", "111630+0515"},    {"20080825", "111630.25-0500"},
    {"20080825", "T1116"},         {"2008年8月25日", "11时"},      {"2008年8月25日", " 下午3点20分"},
    {"2008-08-25", "T11:16:30Z"},  {"2008-08-25", " 11:16:30.000"}, {"2008-08-25", " 11:16 PM"},
    {"2008年8月25日", "11:16:30"}, {"2008-08-25", "T11:16:30+08:00"}};

std::string run(std::string_view text, std::string_view policy) {
  return testing::run_format(text_format(), testing::preset(policy), text).out;
}

TEST_CASE("clock: a date takes its time of day along, and no number of the sentence") {
  for (const Case& one : kCases) {
    const std::string_view date = one.date;
    const std::string text = std::string(date).append(one.time);
    CAPTURE(text);
    CHECK(clock_size(text + " 5", 0, date.size()) == std::string_view(one.time).size());
  }
  for (const Case& one : {Case{"2008-08-25", " 11 mg"}, Case{"20080825", " 1116"},
                          Case{"2008-08-25", " amoxicillin"}, Case{"2008-08-25", "-2008-08-26"},
                          Case{"2008年8月25日", "3天"}, Case{"2008-08-25", ".5"}}) {
    const std::string_view date = one.date;
    CAPTURE(one.time);
    CHECK(clock_size(std::string(date).append(one.time), 0, date.size()) == 0);
  }
}

TEST_CASE("clock: where a date is cut to its year, nothing of the time of day is left") {
  for (const Case& one : kCases) {
    const std::string text = std::string("入院 ").append(one.date).append(one.time);
    CAPTURE(text);
    CHECK(run(text + "，复查", "hipaa-safe-harbor") == "入院 2008，复查");
  }
  CHECK(run("seen 2021-05-04 12:01:00.000 again", "hipaa-safe-harbor") == "seen 2021 again");
  CHECK(run("at 20210504120100+0515 again", "hipaa-safe-harbor") == "at 2021 again");
}

TEST_CASE("clock: a moved date keeps its time of day, with 12 digits as with 14") {
  const std::string out =
      testing::run_format(hl7_format(), testing::preset("hl7v2"),
                          "MSH|^~\\&|A|F\rPID|1||77\rNTE|1||at 202105041201 or "
                          "20210504120100+0515 or 2021-05-04 12:01:00.000 ended\r").out;
  const std::string note = out.substr(out.find("at 2"));
  const std::string day = note.substr(3, 8);
  const std::string iso = day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2);
  CHECK(day != "20210504");
  CHECK(note == "at " + day + "1201 or " + day + "120100+0515 or " + iso + " 12:01:00.000 ended\r");
}

}  // namespace
}  // namespace emr::desensitize
