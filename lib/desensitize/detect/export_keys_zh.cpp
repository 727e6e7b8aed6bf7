#include "desensitize/detect/export_keys_zh.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "desensitize/detect/address_reader_zh.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

struct Keys {
  SpanType type;
  std::string_view words;  ///< lower case without '_', each between blanks
};
constexpr auto kKeys = std::to_array<Keys>({
    {kName,
     " patname patientname ptname hzxm brxm xm xingming ysxm hsxm lxr lxrxm contactname doctor "
     "doctorname dr ys zzys zyys zrys zrhs kdys sqys shys bgys jcys jzys gcys shr shz czy czz "
     "nurse nursename operator reporter auditor physician surgeon attending "
     "reportdoctor applydoctor anes anesthetist scrubnurse assistant "},
    {kMrn,
     " patientid patid pid brid hzid zyh blh bah mzh jzh jzkh mrn hisid visitid visitno "
     "inpatientno inpno outpno admno caseno recordno regno djh empi patno patientno dabh tjbh tjh "
     "zylsh lsh "},
    {kExamId,
     " accno accession accessionno accessionnumber studyid jch jcbh ybid tmh barcode sampleid "
     "sampleno specimenno specimenid reportno reportid yxh bgdh sqdh applyno orderno "},
    {kIdCard, " idno idcard idcardno idnumber sfz sfzh sfzhm zjhm zjh certno identityno gmsfhm "},
    {kPhone,
     " tel telephone telno phone phoneno mobile mobileno cell dh lxdh sjh sjhm dhhm jtdh lxrdh "
     "contactphone "},
    {kAddress, " addr address homeaddr homeaddress dz lxdz jtzz jtdz xzz hkdz hjdz txdz gzdwdz "},
    {kBed, " bed bedno ch cw cwh "},
    {kInsuranceId, " ybkh sbkh insuranceno ylzh ybzh "},
    {kPostcode, " zip zipcode postcode yzbm "},
    {kOrganization, " gzdw dwmc company workunit employer "},
    {kHospital, " hospital hospitalname orgname yymc jgmc "},
});
constexpr std::size_t kLongestKey = 20;
constexpr std::size_t kLongestValue = 60;

const Keys* keys_of(const DecodedText& text, std::size_t start, std::size_t stop) {
  std::array<char, kLongestKey + 2> word{' '};
  std::size_t size = 1;
  for (std::size_t i = start; i < stop; ++i) {
    if (text[i] != U'_') {
      word[size++] = static_cast<char>(text[i] | 0x20U);
    }
  }
  word[size++] = ' ';
  const auto found = std::find_if(kKeys.begin(), kKeys.end(), [&](const Keys& keys) {
    return keys.words.find(std::string_view(word.data(), size)) != std::string_view::npos;
  });
  return found == kKeys.end() ? nullptr : &*found;
}

/// "  Doctor: ": the blank at `at` ends a value of words, because more blanks or a key follow.
bool ends_words(const DecodedText& text, std::size_t at) {
  if (!is_blank(text[at])) {
    return false;
  }
  std::size_t key = at + 1;
  while (is_alnum(text[key]) || text[key] == U'_') {
    ++key;
  }
  return is_blank(text[at + 1]) || (key > at + 1 && (text[key] == U':' || text[key] == U'='));
}

/// Where the value of this type that begins at `at` ends; `at` when there is none.
std::size_t value_end(const DecodedText& text, std::size_t at, SpanType type) {
  const bool name = type == kName;
  const bool words = type == kAddress || type == kOrganization || type == kHospital;
  std::size_t stop = at;
  std::size_t digits = 0;
  std::size_t dots = 0;
  while (stop - at < kLongestValue) {
    const char32_t c = text[stop];
    const bool dot = (text.marks(stop) & kNameDot) != 0;
    dots += dot ? 1 : 0;
    const bool inside = name    ? is_cjk(c) || dot
                        : words ? c != 0 && !one_of<U"\n\t;|,&}\"。">(c) && !ends_words(text, stop)
                                : is_alnum(c) || (one_of<U"-+/*_">(c) && stop > at);
    if (!inside) {
      break;
    }
    digits += is_digit(c) ? 1 : 0;
    ++stop;
  }
  while (stop > at && is_blank(text[stop - 1])) {
    --stop;
  }
  const std::size_t size = stop - at;
  const bool good = name           ? size >= 2 && (size <= 4 || dots > 0)
                    : words        ? size >= 4 && is_cjk(text[at])
                    : type == kBed ? size <= 6 && digits > 0
                                   : size <= 32 && digits >= 4;
  return good ? stop : at;
}

}  // namespace

std::size_t find_export_value_zh(const DecodedText& text, std::size_t at, Finds& finds) {
  std::size_t stop = at;
  while (is_alnum(text[stop]) || text[stop] == U'_') {
    if (++stop - at > kLongestKey) {
      return 0;
    }
  }
  std::size_t value = text[stop] == U'"' ? stop + 1 : stop;
  if (text[value] != U'=' && text[value] != U':') {
    return 0;
  }
  ++value;
  while (text[value] == U' ' || text[value] == U'"') {
    ++value;
  }
  const Keys* const keys = keys_of(text, at, stop);
  std::size_t end = keys == nullptr ? value : value_end(text, value, keys->type);
  if (end > value && keys->type == kAddress && text[end] == U'|') {
    AddressReader reader(text, value);  // 南京西路1515号|嘉里中心2101
    reader.read();
    end = std::max(end, reader.stop);
  }
  if (end == value) {
    return 0;
  }
  finds.push_back({value, end, keys->type, 62});
  return end;
}

}  // namespace emr::desensitize
