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
