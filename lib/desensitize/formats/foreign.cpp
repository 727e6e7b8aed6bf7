#include "desensitize/formats/foreign.h"

#include <algorithm>
#include <array>
#include <string>

namespace emr::desensitize {
namespace {

constexpr std::string_view kExport = "export it as plain text first";
constexpr std::string_view kUnpack = "unpack it first";
constexpr std::string_view kImage = "of images, DICOM alone is read";

struct Mark {
  std::string_view bytes;
  ForeignFile file;
};
constexpr std::array<Mark, 15> kMarks{{
    {"%PDF-", {"a PDF", "convert it to text first (pdftotext)"}},
    {"{\\rtf", {"RTF", kExport}},
    {"%!PS", {"PostScript", kExport}},
    {"PK\x03\x04", {"a ZIP archive or an office document", "unpack it or export it as text"}},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {"an old office document", kExport}},
    {"\x1f\x8b", {"a gzip file", "unpack it first: gzip -dc FILE | emr-desensitize"}},
    {"BZh", {"a bzip2 file", kUnpack}},
    {"\xfd" "7zXZ", {"an xz file", kUnpack}},
    {"\x28\xb5\x2f\xfd", {"a zstd file", kUnpack}},
    {"7z\xbc\xaf\x27\x1c", {"a 7z archive", kUnpack}},
    {"Rar!\x1a", {"a RAR archive", kUnpack}},
    {"\x89PNG", {"a PNG image", kImage}},
    {"\xff\xd8\xff", {"a JPEG image", kImage}},
    {"GIF8", {"a GIF image", kImage}},
    {"SQLite format 3", {"an SQLite database", "export its tables as CSV first"}},
}};

bool starts_with_word(std::string_view bytes, std::string_view word) {
  return bytes.size() >= word.size() &&
         std::equal(word.begin(), word.end(), bytes.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
         });
}

/// A line of a mail's head that says that what follows is spelt with other letters.
bool has_encoded_part(std::string_view bytes) {
  constexpr std::string_view kField = "content-transfer-encoding:";
  for (std::size_t line = 0; line < bytes.size();) {
    std::string_view rest = bytes.substr(line);
    if (starts_with_word(rest, kField)) {
      rest.remove_prefix(kField.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
      if (starts_with_word(rest, "base64") || starts_with_word(rest, "quoted-printable")) {
        return true;
      }
    }
    const std::size_t end = bytes.find('\n', line);
    line = end == bytes.npos ? bytes.size() : end + 1;
  }
  return false;
}

}  // namespace

std::optional<ForeignFile> foreign_file(std::string_view head) noexcept {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  for (const Mark& mark : kMarks) {
    if (head.starts_with(mark.bytes)) return mark.file;
  }
  if (has_encoded_part(head)) {
    return ForeignFile{"a mail in a transfer encoding", "decode it first (munpack, ripmime)"};
  }
  return std::nullopt;
}

Error foreign_error(const ForeignFile& file) {
  return fail(Code::kData, "this is " + std::string(file.name) + ", which is not read")
      .with_reason("foreign")
      .with_hint(std::string(file.hint));
}

}  // namespace emr::desensitize
