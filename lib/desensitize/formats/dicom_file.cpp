#include "desensitize/formats/dicom_file.h"

#include <zlib.h>

#include <array>

#include "desensitize/formats/limits.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kPreamble = 128;
constexpr std::size_t kFileIdComponent = 8;
constexpr int kRawDeflate = -15;
constexpr std::size_t kMaxStrayBytes = 16;
/// 128 bits of SHA-256("emr-tools dicom writer"): names this writer, as (0002,0012) asks.
constexpr std::string_view kImplementationUid = "2.25.278801747949223418679923208305972606428";
constexpr std::string_view kImplementationName = "EMR-TOOLS";

Error bad(std::string message, std::string reason) {
  return fail(Code::kData, std::move(message)).with_reason(std::move(reason));
}

bool capital(std::uint8_t byte) { return byte >= 'A' && byte <= 'Z'; }

/// Bytes that stand before the first element of a file without preamble: none, or a few that a
/// careless cut has left. npos when nothing looks like an explicit first element.
std::size_t stray_bytes(ByteView bytes) {
  for (std::size_t at = 0; at <= kMaxStrayBytes && at + 8 <= bytes.size(); ++at) {
    const bool group = (bytes[at] == 2 || bytes[at] == 8) && bytes[at + 1] == 0;
    if (group && bytes[at + 3] == 0 && capital(bytes[at + 4]) && capital(bytes[at + 5])) return at;
  }
  return std::string_view::npos;
}

constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";

/// Some writers declare another syntax than they write. Whether a data set has value
/// representations shows in its first element, as it does to other readers; the meta group that is
/// written says what is true, where one of the two plain syntaxes is.
void correct_syntax(ByteView data_set, DicomFile& file) {
  if (data_set.size() < 8 || file.syntax.big_endian || file.syntax.deflated) return;
  const DicomReader reader(data_set, 0, DicomSyntax{});
  const bool has_vr = is_vr(reader.text(4, 2));
  const bool has_length = reader.u16(0) == 8 && reader.u32(4) <= data_set.size() - 8;
  if (has_vr == file.syntax.explicit_vr || (!has_vr && !has_length)) return;
  file.syntax.explicit_vr = has_vr;
  if (!file.compressed) file.transfer_syntax = has_vr ? kExplicitLittle : kImplicitLittle;
}

/// The syntax of a data set without meta information, from its first element.
Result<DicomSyntax> guess_syntax(ByteView bytes) {
  if (bytes.size() < 8) return bad("file is too short to be DICOM", "dicom_truncated");
  DicomSyntax syntax;
  syntax.big_endian = bytes[0] == 0 && bytes[1] != 0;
  syntax.explicit_vr = capital(bytes[4]) && capital(bytes[5]);
  const unsigned low = syntax.big_endian ? bytes[1] : bytes[0];
  const unsigned high = syntax.big_endian ? 0U : bytes[1];
  const unsigned group = low | high << 8U;
  // Big endian is always explicit; read as implicit, what is written would not be read again.
  const bool no_syntax = syntax.big_endian && !syntax.explicit_vr;
  if (no_syntax || group == 0 || group > 0x0020 || group % 2 != 0) {
    return bad("file does not begin like DICOM", "dicom_magic");
  }
  return syntax;
}

/// Reads group 0002, which is explicit little endian in every file.
Status read_meta(ByteView bytes, std::size_t start, DicomFile& file) {
  DicomReader reader(bytes, start, DicomSyntax{});
  while (reader.at() + 8 <= bytes.size() && reader.u16(reader.at()) == 2) {
    EMR_ASSIGN(const DicomElement element, reader.header(bytes.size()));
    if (element.length == kUndefinedLength) return bad("meta element has no length", "dicom_meta");
    const std::string_view value = reader.text(element.value, element.length);
    if (element.tag == 0x00020002) file.sop_class = value;
    if (element.tag == 0x00020003) file.sop_instance = value;
    if (element.tag == 0x00020010) file.transfer_syntax = value;
    reader.move_to(element.value + element.length);
    file.has_meta = true;
  }
  file.data_set = reader.at();
  return {};
}

bool is_compressed(std::string_view transfer_syntax) {
  return transfer_syntax.starts_with("1.2.840.10008.1.2.4.") ||
         transfer_syntax.starts_with("1.2.840.10008.1.2.5");
}

}  // namespace

Result<DicomFile> parse_dicom_file(ByteView bytes) {
  DicomFile file;
  std::size_t start = 0;
  if (bytes.size() >= kPreamble + 4 && as_text(bytes.subspan(kPreamble, 4)) == "DICM") {
    file.has_preamble = true;
    start = kPreamble + 4;
  } else if (const std::size_t stray = stray_bytes(bytes); stray != std::string_view::npos) {
    start = stray;
  }
  const bool meta = bytes.size() >= start + 8 && bytes[start] == 2 && bytes[start + 1] == 0;
  file.data_set = start;
  if (meta) EMR_TRY(read_meta(bytes, start, file));
  if (file.transfer_syntax.empty()) {
    EMR_ASSIGN(file.syntax, guess_syntax(bytes.subspan(file.data_set)));
  } else {
    file.syntax = dicom_syntax(file.transfer_syntax);
    file.compressed = is_compressed(file.transfer_syntax);
    correct_syntax(bytes.subspan(file.data_set), file);
  }
  return file;
}

bool recognises_dicom_file(std::string_view head) {
  if (head.size() >= kPreamble + 4 && head.substr(kPreamble, 4) == "DICM") return true;
  const ByteView bytes = as_bytes(head);
  if (stray_bytes(bytes) != std::string_view::npos) return true;
  if (bytes.size() < 8) return false;
  const bool big = bytes[0] == 0 && bytes[1] == 8 && bytes[2] == 0 && capital(bytes[4]);
  const bool implicit = bytes[0] == 8 && bytes[1] == 0 && bytes[3] == 0 && bytes[6] == 0 &&
                        bytes[7] == 0 && bytes[5] < 2;
  return big || implicit;
}

void append_dicom_meta(std::string& out, const DicomFile& file, std::string_view sop_instance) {
  if (file.has_preamble) {
    out.append(kPreamble, '\0');
    out.append("DICM");
  }
  if (!file.has_meta) return;
  const DicomSyntax syntax;
  std::string meta;
  append_element(meta, 0x00020001, "OB", std::string_view("\x00\x01", 2), syntax);
  if (!file.sop_class.empty()) append_element(meta, 0x00020002, "UI", file.sop_class, syntax);
  if (!sop_instance.empty()) append_element(meta, 0x00020003, "UI", sop_instance, syntax);
  if (!file.transfer_syntax.empty()) {
    append_element(meta, 0x00020010, "UI", file.transfer_syntax, syntax);
  }
  append_element(meta, 0x00020012, "UI", kImplementationUid, syntax);
  append_element(meta, 0x00020013, "SH", kImplementationName, syntax);
  append_header(out, 0x00020000, "UL", 4, syntax);
  append_u32(out, static_cast<std::uint32_t>(meta.size()), false);
  out.append(meta);
}

Result<std::string> inflate_data_set(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) return bad("cannot inflate", "dicom_deflate");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65536> buffer;
  int result = Z_OK;
  while (result == Z_OK && out.size() <= kMaxDicomInflatedBytes) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > kMaxDicomInflatedBytes) {
    return bad("deflated data set is larger than the limit", "dicom_inflated_size");
  }
  if (result != Z_STREAM_END) return bad("deflated data set is damaged", "dicom_deflate");
  return out;
}

Result<std::string> deflate_data_set(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawDeflate, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return bad("cannot deflate", "dicom_deflate");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return bad("cannot deflate", "dicom_deflate");
  if (out.size() % 2 != 0) out.push_back('\0');
  return out;
}

std::string dicom_file_id(std::string_view token) {
  std::uint64_t number = 0;
  for (const char c : token) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c >= 'a' && c <= 'f')) continue;
    number = number * 16 + static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  std::string text;
  for (std::size_t at = 0; at < kFileIdComponent; ++at) {
    text.push_back("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 36]);
    number /= 36;
  }
  return text;
}

}  // namespace emr::desensitize
