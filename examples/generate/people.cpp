#include "people.h"

#include <array>
#include <set>
#include <string_view>

#include "base/time.h"

namespace demo {
namespace {

using Words = std::vector<std::string_view>;

const Words kSurnames = {"赵", "钱", "孙", "李",   "周",   "吴",   "郑",  "王", "冯",
                         "陈", "褚", "卫", "蒋",   "沈",   "韩",   "杨",  "朱", "秦",
                         "许", "何", "吕", "施",   "张",   "孔",   "曹",  "严", "金",
                         "魏", "陶", "姜", "欧阳", "司马", "上官", "诸葛"};
const Words kGiven = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳",
                      "杰", "娟", "涛", "明", "超", "秀", "霞", "平", "刚", "桂", "建", "国",
                      "淑", "珍", "玉", "兰", "海", "波", "志", "鹏", "晓", "慧", "宇", "浩",
                      "然", "梓", "涵", "轩", "怡", "嘉", "琪", "雨", "欣", "子", "睿", "博"};
const Words kDivisions = {"110105", "310104", "330106", "440305", "510104", "420106", "320102"};
const Words kPlaces = {"北京市朝阳区",       "上海市徐汇区",       "浙江省杭州市西湖区",
                       "广东省深圳市南山区", "四川省成都市锦江区", "湖北省武汉市武昌区",
                       "江苏省南京市玄武区"};
const Words kRoads = {"文一西路", "人民南路", "建设大道", "解放东路", "珞瑜路", "中山北路"};
const Words kMobile = {"138", "139", "150", "159", "177", "186", "188", "199"};

/// A full name of at least three characters: shorter ones could occur in cipher text by chance.
std::string unique_name(Random& random, std::set<std::string>& used) {
  while (true) {
    std::string name(random.pick(kSurnames));
    name += random.pick(kGiven);
    name += random.pick(kGiven);
    if (used.insert(name).second) return name;
  }
}

char resident_check_character(std::string_view first17) {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += (first17[i] - '0') * kWeights[i];
  return std::string_view("10X98765432")[static_cast<std::size_t>(sum % 11)];
}

std::string two(int value) {
  return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

Patient make_patient(Random& random, std::size_t number, std::set<std::string>& names) {
  Patient patient;
  const bool male = random.below(2) == 0;
  const std::size_t place = random.below(kPlaces.size());
  const std::int64_t first_day = emr::days_from_civil({1935, 1, 1});
  const emr::CivilDate born =
      emr::civil_from_days(first_day + static_cast<std::int64_t>(random.below(80 * 365)));
  const std::string year = std::to_string(born.year);

  patient.id = "P" + std::to_string(70'000'000 + number * 37 + random.below(37));
  patient.name = unique_name(random, names);
  patient.sex = male ? "男" : "女";
  patient.birthday = year + "-" + two(born.month) + "-" + two(born.day);
  std::string id(kDivisions[place]);
  id += year + two(born.month) + two(born.day) + random.digits(2);
  id += static_cast<char>('0' + 2 * random.below(5) + (male ? 1 : 0));
  id += resident_check_character(id);
  patient.resident_id = id;
  patient.phone = std::string(random.pick(kMobile)) + random.digits(8);
  patient.address = std::string(kPlaces[place]) + std::string(random.pick(kRoads)) +
                    std::to_string(100 + random.below(900)) + "号" +
                    std::to_string(1 + random.below(30)) + "幢" + std::to_string(101 + number) +
                    "室";
  return patient;
}

}  // namespace

std::vector<Patient> make_patients(Random& random, std::size_t count) {
  std::set<std::string> names;
  std::vector<Patient> patients;
  for (std::size_t i = 0; i < count; ++i) patients.push_back(make_patient(random, i, names));
  return patients;
}

std::vector<Doctor> make_doctors(Random& random, std::size_t count) {
  std::set<std::string> names;
  std::vector<Doctor> doctors;
  for (std::size_t i = 0; i < count; ++i) {
    doctors.push_back({"D330100-" + std::to_string(2000 + i), unique_name(random, names)});
  }
  return doctors;
}

}  // namespace demo
