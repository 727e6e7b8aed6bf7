#include "desensitize/detect/char_set.h"

#include <doctest/doctest.h>

#include <string_view>

namespace emr::desensitize {
namespace {

/// Against looking through the set: every character there is.
template <CharSet kSet>
void check_all() {
  const std::u32string_view members(kSet.characters);
  std::size_t found = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (one_of<kSet>(c)) {
      ++found;
      CHECK(members.find(c) != std::u32string_view::npos);
    }
  }
  for (const char32_t c : members) {
    CHECK(one_of<kSet>(c));
  }
  CHECK(found > 0);
  CHECK(found <= members.size());
}

TEST_CASE("sets of characters hold their members and nothing else, least of all 0") {
  check_all<U"a">();
  check_all<U"省市区">();
  check_all<U"aa，,">();
  check_all<U"为在于是(至变更改迁还到了【[“\"">();
  check_all<U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼">();
  check_all<U"路街巷弄村里道屯庄苑寨坊湾营坡沟城府邸园轩阁居庭郡墅岭冲梁塬坝坪坳岗塘浜渡桥洲集堡窑圩垸坨峪"
            U"号栋幢室楼层座组號樓段队户房门社区院镇乡县旗市州盟省">();
  CHECK_FALSE(one_of<U"a">(0));
  CHECK_FALSE(one_of<U"省市区路街巷弄村里道">(0));
}

}  // namespace
}  // namespace emr::desensitize
