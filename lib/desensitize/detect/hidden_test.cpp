// A reviewer's finds: zero-width characters and character references hid whole records, and one
// ideograph switched the English rules off.
#include <doctest/doctest.h>

#include "desensitize/detect/hidden.h"
#include "desensitize/detect/testing.h"
#include "desensitize/patient.h"

namespace emr::desensitize {
namespace {

using testing::Case;

std::string found(std::string_view text) {
  return testing::found_of(text, {SpanType::kName, SpanType::kPhone, SpanType::kIdCard},
                           Language::kAuto);
}

TEST_CASE("hidden: a text as it is seen, with the way back") {
  CHECK_FALSE(visible("AT&T & <b>").has_value());
  CHECK_FALSE(visible("&#; &#x; &#1114112; &#55296; &unknown; &#27;").has_value());
  const std::optional<VisibleText> seen = visible("a\u200B&#24352;&nbsp;b&#x5f20;\uFEFF");
  REQUIRE(seen.has_value());
  CHECK(seen->text == "a\u5F20\u00A0b\u5F20");
  REQUIRE(seen->starts.size() == seen->text.size());
  REQUIRE(seen->stops.size() == seen->text.size());
  CHECK(seen->starts[0] == 0);
  CHECK(seen->stops[0] == 1);
  CHECK(seen->starts[1] == 4);
  CHECK(seen->stops[3] == 12);
  CHECK(seen->stops.back() == 27);
}

TEST_CASE("hidden: invisible characters and references do not hide identifiers") {
  const Case cases[] = {
      {"电话138\u200B0013\u200B8000", "138\u200B0013\u200B8000"},
      {"姓名：张\u00AD三\u2060丰，女", "张\u00AD三\u2060丰"},
      {"\u202E患者王\uFE0F大明入院", "王\uFE0F大明"},
      {"<td>姓名：&#24352;&#19977;&#20016;</td>", "&#24352;&#19977;&#20016;"},
      {"<p>138&#48;013&#x38;000</p>", "138&#48;013&#x38;000"},
      {"电话 13&#2&#48;0;\u200B800138000", ""},
      {"电话138\u20110013\u20118000", "138\u20110013\u20118000"},
      {"电话138\u061C0013\u31648000", "138\u061C0013\u31648000"},
      {"电话138\u2009001&thinsp;38000", "138\u2009001&thinsp;38000"},
      {"电话138&shy;0013&ndash;8000", "138&shy;0013&ndash;8000"},
      {"电话1&#x00000000033;800138000", "1&#x00000000033;800138000"},
      {"phone:&nbsp;(212)&nbsp;555&#45;0134", "(212)&nbsp;555&#45;0134"},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.text));
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("hidden: what is invisible may part two numbers as well as hide one") {
  const Case cases[] = {
      {"年龄45\u200B13800138000", "13800138000"},
      {"联系 45\u200E13800138000", "13800138000"},
      {"年龄45&#8203;13800138000", "13800138000"},
      {"姓名：张\u200B三丰\u200B电话138\u200B00138000", "张\u200B三丰|138\u200B00138000"},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.text));
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("hidden: tags of markup do not hide identifiers") {
  const Case cases[] = {
      {"电话138<b>0013</b>8000", "138<b>0013</b>8000"},
      {"<p>电话<b>138</b>0013<i>8000</i></p>", "138</b>0013<i>8000"},
      {"<div>姓名：张<span class=\"x\">三</span>丰，女</div>", "张<span class=\"x\">三</span>丰"},
      {"电话138<!-- 1 -->0013<WBR/>8000", "138<!-- 1 -->0013<WBR/>8000"},
      {"电话138&lt;b&gt;0013&lt;/b&gt;8000", "138&lt;b&gt;0013&lt;/b&gt;8000"},
      {"<td>45</td><td>13800138000</td>", "13800138000"},
      {"<a href=\"tel:13800138000\">call</a>", "13800138000"},
      {"phone <b>(212)</b> 555-<i>0134</i>", "(212)</b> 555-<i>0134"},
      {"身份证<u>110105</u>19491231<u>002X</u>", "110105</u>19491231<u>002X"},
      {"WBC<3.5，Hb<b and c>90，138<0013>8000", ""},
      {"138<b 0013 8000", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.text));
    CHECK(found(one.text) == one.finds);
  }
}

TEST_CASE("hidden: what a patient's name may stand in, as written or as it is seen") {
  PatientContext patient;
  patient.add_own(SpanType::kName, "高建国");
  CHECK(patient.may_stand_in("陪同者高建国"));
  CHECK_FALSE(patient.may_stand_in("原发性高血压"));
  CHECK(patient.may_stand_in("高\u200B建国"));
  CHECK(patient.may_stand_in("高&#24314;国"));
  CHECK(patient.may_stand_in("高<b>建国"));
}

TEST_CASE("hidden: English sentences and forms among ideographs are read as English") {
  const Case cases[] = {
      {"北 Patient: SMITH, JOHN; phone (212) 555-0134", "SMITH, JOHN|(212) 555-0134"},
      {"主诉：头痛。She was seen by Dr. Kovacs and sent home. 复查。", "Kovacs"},
      {"使用Philips Ingenia 3.0T MRI扫描，Medtronic Solera Voyager系统。", ""},
      {"Ki-67 (+) ER (-) PR (-) HER2 (0) CK5/6 (+)，BP 120/80 mmHg HR 80 bpm", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.text));
    CHECK(found(one.text) == one.finds);
  }
}

}  // namespace
}  // namespace emr::desensitize
