#include "attachments.h"

#include <zlib.h>

#include <string>
#include <string_view>

#include "base/wire.h"

namespace demo {
namespace {

using emr::Bytes;

Bytes noise(Random& random, std::size_t size) {
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

void append_chunk(emr::WireWriter& png, std::string_view type, const Bytes& data) {
  Bytes body = emr::to_bytes(type);
  emr::append(body, data);
  png.u32(static_cast<std::uint32_t>(data.size())).raw(body);
  png.u32(static_cast<std::uint32_t>(crc32(0, body.data(), static_cast<uInt>(body.size()))));
}

Bytes deflated(const Bytes& data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  Bytes packed(size);
  EMR_CHECK(compress(packed.data(), &size, data.data(), static_cast<uLong>(data.size())) == Z_OK);
  packed.resize(size);
  return packed;
}

/// Little-endian DICOM data elements with explicit VR (PS3.5 section 7.1.2).
class DicomWriter {
 public:
  void element(std::uint16_t group, std::uint16_t number, std::string_view vr, Bytes value) {
    const bool is_text = vr != "OB" && vr != "OW" && vr != "UI" && vr != "US" && vr != "UL";
    if (value.size() % 2 != 0) value.push_back(is_text ? ' ' : '\0');
    little(group, 2);
    little(number, 2);
    emr::append(bytes_, vr);
    if (vr == "OB" || vr == "OW") {
      little(0, 2);
      little(value.size(), 4);
    } else {
      little(value.size(), 2);
    }
    emr::append(bytes_, value);
  }
  void text(std::uint16_t group, std::uint16_t number, std::string_view vr,
            std::string_view value) {
    element(group, number, vr, emr::to_bytes(value));
  }
  void us(std::uint16_t group, std::uint16_t number, std::uint16_t value) {
    element(group, number, "US",
            {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8)});
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  void little(std::size_t value, int size) {
    for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  Bytes bytes_;
};

std::string uid(Random& random) { return "2.25." + std::to_string(random.next() | 1); }

Bytes dicom_meta(std::string_view class_uid, std::string_view instance_uid) {
  DicomWriter rest;
  rest.element(2, 0x0001, "OB", {0, 1});
  rest.text(2, 0x0002, "UI", class_uid);
  rest.text(2, 0x0003, "UI", instance_uid);
  rest.text(2, 0x0010, "UI", "1.2.840.10008.1.2.1");
  rest.text(2, 0x0012, "UI", "2.25.314159265358979");
  DicomWriter head;
  const auto size = static_cast<std::uint32_t>(rest.bytes().size());
  head.element(2, 0, "UL",
               {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8),
                static_cast<std::uint8_t>(size >> 16), static_cast<std::uint8_t>(size >> 24)});
  Bytes meta(128, 0);
  emr::append(meta, std::string_view("DICM"));
  emr::append(meta, head.bytes());
  emr::append(meta, rest.bytes());
  return meta;
}

}  // namespace

Bytes make_png(Random& random, std::uint32_t width, const Patient& patient) {
  Bytes rows;
  for (std::uint32_t y = 0; y < width; ++y) {
    rows.push_back(0);  // filter type "none"
    emr::append(rows, noise(random, width));
  }
  emr::WireWriter header;
  header.u32(width).u32(width).u8(8).u8(0).u8(0).u8(0).u8(0);
  Bytes comment = emr::to_bytes(std::string_view("Comment"));
  comment.push_back(0);
  emr::append(comment, std::string_view(patient.name));
  emr::append(comment, " " + patient.resident_id);

  emr::WireWriter png;
  png.raw(Bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
  append_chunk(png, "IHDR", std::move(header).take());
  append_chunk(png, "tEXt", comment);
  append_chunk(png, "IDAT", deflated(rows));
  append_chunk(png, "IEND", {});
  return std::move(png).take();
}

Bytes make_pdf(Random& random, const Patient& patient) {
  const std::string page = "BT /F1 12 Tf 72 720 Td (Report for " + patient.resident_id + " phone " +
                           patient.phone + " no " + random.digits(12) + ") Tj ET";
  const std::vector<std::string> objects = {
      "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
      "/Resources<</Font<</F1 5 0 R>>>>>>",
      "<</Length " + std::to_string(page.size()) + ">>\nstream\n" + page + "\nendstream",
      "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"};
  std::string pdf = "%PDF-1.4\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string offset = std::to_string(pdf.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    pdf += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string start = std::to_string(pdf.size());
  const std::string count = std::to_string(objects.size() + 1);
  pdf += "xref\n0 " + count + "\n" + table + "trailer\n<</Size " + count +
         "/Root 1 0 R>>\nstartxref\n" + start + "\n%%EOF\n";
  return emr::to_bytes(std::string_view(pdf));
}

Bytes make_dicom(Random& random, std::uint16_t width, const Patient& patient) {
  constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
  const std::string instance = uid(random);
  DicomWriter data;
  data.text(0x0008, 0x0005, "CS", "ISO_IR 192");
  data.text(0x0008, 0x0016, "UI", kSecondaryCapture);
  data.text(0x0008, 0x0018, "UI", instance);
  data.text(0x0008, 0x0020, "DA", "20261122");
  data.text(0x0008, 0x0060, "CS", "OT");
  data.text(0x0010, 0x0010, "PN", patient.name);
  data.text(0x0010, 0x0020, "LO", patient.resident_id);
  data.text(0x0010, 0x0040, "CS", patient.sex == "男" ? "M" : "F");
  data.text(0x0020, 0x000d, "UI", uid(random));
  data.text(0x0020, 0x000e, "UI", uid(random));
  data.us(0x0028, 0x0002, 1);
  data.text(0x0028, 0x0004, "CS", "MONOCHROME2");
  data.us(0x0028, 0x0010, width);
  data.us(0x0028, 0x0011, width);
  data.us(0x0028, 0x0100, 16);
  data.us(0x0028, 0x0101, 16);
  data.us(0x0028, 0x0102, 15);
  data.us(0x0028, 0x0103, 0);
  data.element(0x7fe0, 0x0010, "OW", noise(random, std::size_t{2} * width * width));
  Bytes file = dicom_meta(kSecondaryCapture, instance);
  emr::append(file, data.bytes());
  return file;
}

}  // namespace demo
