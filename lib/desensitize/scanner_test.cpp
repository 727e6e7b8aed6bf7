// Texts that are scanned together hold what they hold alone.
#include "desensitize/scanner.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace emr::desensitize {
namespace {

std::vector<std::string> texts() {
  std::string letter = "患者张三丰，男，48岁，住湖北省武汉市武昌区中山路12号。\n";
  while (letter.size() < 10000) letter += "查体：神清，双肺呼吸音清，未闻及干湿啰音。\n";
  return {
      "患者张三丰，男，48岁，电话13800138000。家属李秀英陪同，住成都市锦江区建国路643号。",
      "",
      "WBC",
      "Mr. John Smith, phone (217)555-0101, seen at Springfield General Hospital.",
      "患者李強，住臺北市中正區重慶南路一段122號。",
      "患者<b>王</b>建国，身份证11010519491231002X",
      "患者王&#24314;国，于2025年3月5日入院",
      "姓 名 ： 张 三 丰   性 别 ： 男",
      "姓\n名\n：\n张\n三\n丰\n",
      letter,
      "2.16.840.1.113883.6.1",
      "管床张三，经治李四，武汉市第一人民医院心内科，就职于武汉钢铁公司",
      "张三\xE2\x80\x8B丰，男，住院号00123456",
      "1床 张小明 男 5岁 上呼吸道感染",
      "收费员：赵敏 金额：128.50元 卡号6222021234567890128",
      "Zhang San (张三), MRN 00123456, seen 2025-03-05",
      "方芳江燕郝丽丽",
      "诊断：高血压病3级",
      "患者张三丰，由儿子送来。张三丰既往体健。",
  };
}

bool same(const std::vector<Span>& a, const std::vector<Span>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Span& x, const Span& y) {
    return x.start == y.start && x.stop == y.stop && x.type == y.type;
  });
}

TEST_CASE("texts that are scanned together hold what they hold alone") {
  const std::vector<std::string> all = texts();
  PatientContext patient;
  patient.add_own(SpanType::kName, "建国路");
  patient.add_own(SpanType::kMrn, "00123456");
  for (const Language language : {Language::kAuto, Language::kChinese, Language::kEnglish}) {
    const TextScanner scanner(ScanOptions{.language = language});
    for (const PatientContext* own : {static_cast<const PatientContext*>(nullptr),
                                      static_cast<const PatientContext*>(&patient)}) {
      std::vector<ScanTask> tasks;
      for (std::size_t i = 0; i < 3 * all.size(); ++i) {
        tasks.push_back({all[(i * 7) % all.size()], own, {Span{0, 1, SpanType::kName}}});
      }
      scanner.scan_all(tasks);
      for (const ScanTask& task : tasks) {
        CAPTURE(task.text);
        std::vector<Span> alone;
        scanner.scan(task.text, own, alone);
        CHECK(same(task.spans, alone));
      }
    }
  }
  TextScanner().scan_all({});
}

}  // namespace
}  // namespace emr::desensitize
