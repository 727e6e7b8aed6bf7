// What a cell of a hospital export means: local times to UTC, dates, numbers that a spreadsheet
// has mangled, attachment types by file name. Pure functions; errors never quote the cell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

/// "+08:00" or "Z" to seconds east of UTC.
Result<int> parse_utc_offset(std::string_view text);

/// Is this a format of %Y %m %d %H %M %S %f %z %% and literals, with year, month and day?
bool is_time_format(std::string_view format) noexcept;

/// A local time in the first format that fits, as "YYYY-MM-DDTHH:MM:SSZ". A zone in the text (%z)
/// goes before `offset_seconds`. kData, reason "time_format", when none fits.
Result<std::string> utc_from_local(std::string_view text, const std::vector<std::string>& formats,
                                   int offset_seconds);
/// The same, as "YYYY-MM-DD" of the text itself (a date of birth has no zone).
Result<std::string> date_from_local(std::string_view text, const std::vector<std::string>& formats);

/// 1.10105E+17: what a spreadsheet makes of a long number. The lost digits do not come back.
bool is_scientific_number(std::string_view text) noexcept;
/// An 18-digit identity number whose last three digits became 000 and whose check digit fails.
bool is_rounded_id_number(std::string_view text) noexcept;

struct FileType {
  std::string_view mime_type;
  std::string_view kind;  ///< image, dicom, pdf, cda, waveform, video, other
};
/// By the extension, case ignored; application/octet-stream for an unknown one.
FileType file_type(std::string_view path) noexcept;

/// Without blanks, TABs and ideographic spaces at both sides.
std::string_view trim_cell(std::string_view text) noexcept;

}  // namespace emr::desensitize
