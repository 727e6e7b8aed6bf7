// Which numbers belong to one person: a hospital's index of ID numbers, record numbers, FHIR ids
// and DICOM patient ids. With it, the dates of a patient move alike although each format names the
// patient by another number. Holds personal data: never printed. Immutable once read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

class Identities {
 public:
  /// CSV without header: one person a row, any number of identifiers; the first one is what the
  /// person is known by. kData when an identifier stands in two rows ("identity_twice"), or the
  /// table is too large; the message names the row and no value.
  static Result<std::shared_ptr<const Identities>> parse(std::string_view csv);

  /// The first identifier of the row that holds `identity` (folded as by fold_identifier); nullptr
  /// when no row does.
  const std::string* find(const std::string& identity) const noexcept;

 private:
  std::vector<std::string> people_;
  std::unordered_map<std::string, std::uint32_t> row_of_;
};

}  // namespace emr::desensitize
