// All formats, in the order in which they are asked whether an input is theirs: the ones with an
// unmistakable head first, plain text last.
#include <array>

#include "desensitize/format.h"
#include "desensitize/formats/cda.h"
#include "desensitize/formats/csv.h"
#include "desensitize/formats/dicom.h"
#include "desensitize/formats/hl7.h"
#include "desensitize/formats/text.h"
#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {

std::span<const FormatSpec* const> formats() noexcept {
  static const std::array<const FormatSpec*, 7> kAll = {
      &dicom_format(), &hl7_format(), &cda_format(),  &fhir_format(),
      &json_format(),  &csv_format(), &text_format()};
  return kAll;
}

const FormatSpec* find_format(std::string_view name) noexcept {
  for (const FormatSpec* format : formats()) {
    if (format->name == name) {
      return format;
    }
  }
  return nullptr;
}

const FormatSpec* recognise_format(std::string_view head) noexcept {
  for (const FormatSpec* format : formats()) {
    if (format->recognises != nullptr && format->recognises(head)) {
      return format;
    }
  }
  return nullptr;
}

}  // namespace emr::desensitize
