#include "desensitize/formats/csv_value.h"

#include <algorithm>
#include <array>

#include "base/time.h"

namespace emr::desensitize {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

struct LocalTime {
  CivilDate date{0, 0, 0};
  int hour = 0;
  int minute = 0;
  int second = 0;
  bool zoned = false;
  int offset = 0;
};

/// Reads `min` to `max` digits from the front of `text`; -1 when there are too few.
int take_digits(std::string_view& text, std::size_t min, std::size_t max) {
  int number = 0;
  std::size_t count = 0;
  while (count < max && count < text.size() && is_digit(text[count])) {
    number = number * 10 + (text[count] - '0');
    ++count;
  }
  text.remove_prefix(count);
  return count < min ? -1 : number;
}

bool take_fraction(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count > 0;
}

bool take_zone(std::string_view& text, LocalTime& time) {
  const std::size_t size = std::min<std::size_t>(text.find_first_not_of("+-0123456789:Z"),
                                                 text.size());
  const Result<int> offset = parse_utc_offset(text.substr(0, size));
  if (!offset) return false;
  time.zoned = true;
  time.offset = *offset;
  text.remove_prefix(size);
  return true;
}

bool take_directive(char directive, std::string_view& text, LocalTime& time) {
  switch (directive) {
    case 'Y': return (time.date.year = take_digits(text, 4, 4)) > 0;
    case 'm': return (time.date.month = take_digits(text, 1, 2)) > 0;
    case 'd': return (time.date.day = take_digits(text, 1, 2)) > 0;
    case 'H': return (time.hour = take_digits(text, 1, 2)) >= 0 && time.hour < 24;
    case 'M': return (time.minute = take_digits(text, 1, 2)) >= 0 && time.minute < 60;
    case 'S': return (time.second = take_digits(text, 1, 2)) >= 0 && time.second < 60;
    case 'f': return take_fraction(text);
    case 'z': return take_zone(text, time);
    default: return false;
  }
}

bool read_time(std::string_view text, std::string_view format, LocalTime& time) {
  time = LocalTime{};
  for (std::size_t at = 0; at < format.size(); ++at) {
    const bool directive = format[at] == '%' && at + 1 < format.size() && format[at + 1] != '%';
    if (directive) {
      if (!take_directive(format[++at], text, time)) return false;
      continue;
    }
    if (format[at] == '%') ++at;  // %% is one percent sign
    if (text.empty() || text.front() != format[at]) return false;
    text.remove_prefix(1);
  }
  return text.empty() && is_valid_date(time.date);
}

Result<LocalTime> read_first(std::string_view text, const std::vector<std::string>& formats) {
  LocalTime time;
  for (const std::string& format : formats) {
    if (read_time(text, format, time)) return time;
  }
  Error error = fail(Code::kData, "time fits none of the formats").with_reason("time_format");
  if (std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
      text.size() < 8) {
    return std::move(error).with_hint("a spreadsheet's day number? export the column as text");
  }
  return std::move(error).with_hint("add the format to \"time\" in the map");
}

constexpr std::array<std::pair<std::string_view, FileType>, 20> kFileTypes{{
    {"dcm", {"application/dicom", "dicom"}},
    {"dicom", {"application/dicom", "dicom"}},
    {"pdf", {"application/pdf", "pdf"}},
    {"jpg", {"image/jpeg", "image"}},
    {"jpeg", {"image/jpeg", "image"}},
    {"png", {"image/png", "image"}},
    {"gif", {"image/gif", "image"}},
    {"bmp", {"image/bmp", "image"}},
    {"tif", {"image/tiff", "image"}},
    {"tiff", {"image/tiff", "image"}},
    {"webp", {"image/webp", "image"}},
    {"xml", {"application/xml", "cda"}},
    {"cda", {"application/xml", "cda"}},
    {"scp", {"application/octet-stream", "waveform"}},
    {"edf", {"application/octet-stream", "waveform"}},
    {"mp4", {"video/mp4", "video"}},
    {"avi", {"video/x-msvideo", "video"}},
    {"mov", {"video/quicktime", "video"}},
    {"txt", {"text/plain", "other"}},
    {"docx",
     {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "other"}},
}};

}  // namespace

Result<int> parse_utc_offset(std::string_view text) {
  if (text == "Z") return 0;
  const Error bad = fail(Code::kData, "offset from UTC is not like +08:00").with_reason("offset");
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return bad;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = take_digits(text, 2, 2);
  if (text.starts_with(':')) text.remove_prefix(1);
  const int minutes = text.empty() ? 0 : take_digits(text, 2, 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || !text.empty()) return bad;
  return sign * (hours * 3600 + minutes * 60);
}

bool is_time_format(std::string_view format) noexcept {
  bool year = false;
  bool month = false;
  bool day = false;
  for (std::size_t at = 0; at < format.size(); ++at) {
    if (format[at] != '%') continue;
    if (++at == format.size()) return false;
    if (std::string_view("YmdHMSfz%").find(format[at]) == std::string_view::npos) return false;
    year = year || format[at] == 'Y';
    month = month || format[at] == 'm';
    day = day || format[at] == 'd';
  }
  return year && month && day;
}

Result<std::string> utc_from_local(std::string_view text, const std::vector<std::string>& formats,
                                   int offset_seconds) {
  EMR_ASSIGN(const LocalTime time, read_first(text, formats));
  const std::int64_t local = days_from_civil(time.date) * 86400 +
                             time.hour * 3600 + time.minute * 60 + time.second;
  const std::int64_t utc = local - (time.zoned ? time.offset : offset_seconds);
  const CivilDate day = civil_from_days(utc >= 0 ? utc / 86400 : (utc - 86399) / 86400);
  if (day.year < 1 || day.year > 9999) {
    return fail(Code::kData, "time is outside the years 1 to 9999").with_reason("time_range");
  }
  return format_utc(utc);
}

Result<std::string> date_from_local(std::string_view text,
                                    const std::vector<std::string>& formats) {
  EMR_ASSIGN(const LocalTime time, read_first(text, formats));
  return format_utc(days_from_civil(time.date) * 86400).substr(0, 10);
}

bool is_scientific_number(std::string_view text) noexcept {
  const std::size_t e = text.find_first_of("eE");
  if (e == text.npos || e == 0 || e + 1 >= text.size()) return false;
  const std::string_view mantissa = text.substr(0, e);
  std::string_view exponent = text.substr(e + 1);
  const bool sign = exponent.front() == '+';
  if (sign) exponent.remove_prefix(1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  if (!digits(exponent) || exponent.size() > 3) return false;
  const std::size_t dot = mantissa.find('.');
  if (dot == mantissa.npos) return sign && digits(mantissa);  // 7E12 may be a bed, 7E+12 is not
  return digits(mantissa.substr(0, dot)) && digits(mantissa.substr(dot + 1));
}

bool is_rounded_id_number(std::string_view text) noexcept {
  if (text.size() != 18 || !text.ends_with("000")) return false;
  if (!std::all_of(text.begin(), text.end(), is_digit)) return false;
  constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t at = 0; at < kWeights.size(); ++at) sum += kWeights[at] * (text[at] - '0');
  return std::string_view("10X98765432")[static_cast<std::size_t>(sum % 11)] != '0';
}

FileType file_type(std::string_view path) noexcept {
  const std::size_t dot = path.rfind('.');
  if (dot != path.npos && path.size() - dot - 1 <= 5) {
    std::string extension(path.substr(dot + 1));
    for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    for (const auto& [name, type] : kFileTypes) {
      if (name == extension) return type;
    }
  }
  return {"application/octet-stream", "other"};
}

std::string_view trim_cell(std::string_view text) noexcept {
  constexpr std::string_view kWide = "\xe3\x80\x80";  // U+3000
  while (true) {
    if (text.starts_with(kWide)) {
      text.remove_prefix(kWide.size());
    } else if (text.ends_with(kWide)) {
      text.remove_suffix(kWide.size());
    } else if (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
      text.remove_prefix(1);
    } else if (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
      text.remove_suffix(1);
    } else {
      return text;
    }
  }
}

}  // namespace emr::desensitize
