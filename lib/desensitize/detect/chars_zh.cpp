#include "desensitize/detect/chars_zh.h"

#include <string_view>
#include <vector>

#include "desensitize/detect/address_zh.h"
#include "desensitize/detect/labels_zh.h"
#include "desensitize/detect/name_evidence_zh.h"
#include "desensitize/detect/name_shape_zh.h"
#include "desensitize/detect/regions_zh.h"
#include "desensitize/detect/role_words_zh.h"
#include "desensitize/detect/spellings_zh.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/chars_zh.inc"

constexpr char32_t kFirst = 0x3400;
constexpr char32_t kLast = 0x9FFF;

class Table {
 public:
  Table() : classes_(kLast - kFirst + 1, kIdeograph) {
    mark(kCommonSurnames, kCommonSurname);
    mark(kRareSurnames, kRareSurname);
    mark(kGivenChars, kGivenName);
    mark(kNeverInNames, kNeverInName);
    mark(kTransliterationChars, kTransliteration);
    mark(kRegionEnds, kRegionEnd);
    mark(kHospitalEnds, kHospitalEnd);
    mark(kCompoundStarts, kCompoundStart);
    mark(place_first_characters(), kPlaceStart);
    mark(kTransliterationChars, kDotted);
    mark(kDottedChars, kDotted);
    mark(kOrganizationEnds, kOrganizationEnd);
    // A character that is usual in given names does not end a name.
    for (std::uint32_t& classes : classes_) {
      if ((classes & kGivenName) != 0) {
        classes &= ~std::uint32_t{kNeverInName};
      }
    }
    for (const char32_t c : kMoreGivenChars) {
      if ((classes_of(classes_.data(), c) & kNeverInName) == 0) {
        mark({&c, 1}, kGivenName);
      }
    }
    for (const std::u32string_view label : name_labels()) {
      mark(label.substr(label.size() - 1), kNameLabelEnd);
    }
    mark(U"者人员师士助手友板警", kNameLabelEnd);  // of any word for somebody who does something
    mark(id_label_ends(), kIdLabelEnd);
    mark(address_first_characters(), kAddressStart);
    mark(U"一二三四五六七八九十初廿幺", kChineseDigit);
    mark(U"床", kBedSign);
    mark(name_proof_starts(), kNameProof);
    mark(traditional_characters(), kOldForm);
    mark(road_last_characters(), kRoadEnd);
    mark(level_characters(), kAddressLevel);
    mark(plain_surnames(), kPlainSurname);
    mark(role_first_characters(), kRoleStart);
    mark(role_last_characters(), kRoleEnd);
    mark(kin_first_characters(), kKinStart);
    mark(U"华湘协齐西瑞盛阜积安宣天同仁浙邵荣亚", kBrandStart);
  }
  const std::uint32_t* data() const noexcept { return classes_.data(); }

 private:
  void mark(std::u32string_view characters, CharClass char_class) {
    for (const char32_t c : characters) {
      if (c >= kFirst && c <= kLast) {
        classes_[c - kFirst] |= char_class;
      }
    }
  }
  std::vector<std::uint32_t> classes_;
};

}  // namespace

const std::uint32_t* char_classes() noexcept {
  static const Table table;
  return table.data();
}

}  // namespace emr::desensitize
