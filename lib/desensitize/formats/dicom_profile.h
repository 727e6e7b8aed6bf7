// DICOM PS3.15 Annex E: the Basic Application Level Confidentiality Profile and its options, as
// data (all 621 rows of table E.1-1, 2024e) and as a policy. An implementation that knows no IOD
// takes, of combined actions like X/Z/D, the one that is valid whatever the element's type is.
// Tables are constant; usable from every thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

struct DicomProfileRow {
  std::uint32_t tag;
  char action;            ///< X remove, Z empty, D dummy, U map UID
  std::uint16_t options;  ///< bits below
};

enum DicomOptionBit : std::uint16_t {
  kFullDatesKeep = 0x001, kModifiedDatesClean = 0x002, kUidsKeep = 0x004, kPatientKeep = 0x008,
  kPatientClean = 0x010, kDeviceKeep = 0x020, kDeviceClean = 0x040, kInstitutionKeep = 0x080,
  kDescriptorsClean = 0x100, kGraphicsClean = 0x200, kStructuredClean = 0x400,
  kPrivateClean = 0x800,
};

/// The 617 rows with one tag each, sorted. Curves (50xx,xxxx), overlays (60xx,3000) (60xx,4000) and
/// private elements are the four remaining rows of the table.
std::span<const DicomProfileRow> dicom_profile() noexcept;

/// The value representation of a tag as two letters ("PN"); "OB" for all numbers, codes and bulk
/// data that the profile does not list; "" for a tag that is not in the dictionary.
std::string_view dicom_vr(std::uint32_t tag) noexcept;

/// One option of the profile.
struct DicomOption {
  std::string_view name;     ///< "retain-uids"
  std::string_view code;     ///< "113110"
  std::string_view meaning;  ///< of the code, PS3.16
  std::uint16_t keep;        ///< rows of these bits stay
  std::uint16_t clean;       ///< rows of these bits are cleaned
};
std::span<const DicomOption> dicom_options() noexcept;

/// The policy (emr.policy v1, JSON) of the basic profile with these options, by name. kUsage for
/// an unknown option or for full and modified dates together. Rule ids of an option begin with
/// "dicom-" and its code, which is how the writer fills (0012,0064).
Result<std::string> dicom_policy(std::span<const std::string> options);

/// Is this private element on PS3.15's list of safe ones (table E.3.10-1)? `creator` is the text
/// of its private creator element.
bool is_safe_private(std::string_view creator, std::uint32_t tag) noexcept;
bool is_safe_private_creator(std::string_view creator) noexcept;

/// "(0010,0010)".
std::string dicom_tag_text(std::uint32_t tag);

}  // namespace emr::desensitize
