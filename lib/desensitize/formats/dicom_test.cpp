// DICOM under PS3.15 Annex E: every table row, every sample file, broken and hostile files (R-040).
#include "desensitize/formats/dicom.h"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <map>

#include "desensitize/formats/dicom_charset.h"
#include "desensitize/formats/dicom_file.h"
#include "desensitize/formats/dicom_pixels.h"
#include "desensitize/formats/dicom_profile.h"
#include "desensitize/formats/limits.h"
#include "desensitize/formats/testing.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

FormatOptions any_pixels() {
  FormatOptions options;
  options.allow_pixels = true;
  return options;
}

testing::Run run(std::string_view bytes, std::shared_ptr<const Policy> policy,
                 const FormatOptions& options = any_pixels()) {
  return testing::run_format(dicom_format(), std::move(policy), bytes, options);
}

std::shared_ptr<const Policy> with_options(std::vector<std::string> options) {
  return *Policy::parse(*dicom_policy(options));
}

/// Path ("/tag/item/tag") to value bytes of every element that is no sequence.
using Elements = std::map<std::string, std::string>;

void collect(DicomReader& reader, std::size_t stop, const std::string& path, Elements& elements) {
  int item = 0;
  while (reader.at() < stop) {
    const Result<DicomElement> element = reader.header(stop);
    REQUIRE(element.ok());
    if (element->tag == kItemEndTag || element->tag == kSequenceEndTag) return;
    if (path.ends_with("(7fe0,0010)")) {  // fragments of compressed pixels are no data sets
      elements[path] += reader.text(element->value, element->length);
      reader.move_to(element->value + element->length);
      continue;
    }
    std::string here = path + "/" + dicom_tag_text(element->tag);
    if (element->tag == kItemTag) here = path + "/" + std::to_string(item++);
    const bool undefined = element->length == kUndefinedLength;
    const std::size_t end = undefined ? stop : element->value + element->length;
    if (element->tag == kItemTag || element->is_sequence() || undefined) {
      const DicomSyntax around = reader.syntax();
      if (element->unnamed_items) reader.set_syntax(reader.syntax_of_unnamed(*element));
      collect(reader, end, here, elements);
      reader.set_syntax(around);
      if (!undefined) reader.move_to(end);
    } else {
      elements[here] = std::string(reader.text(element->value, element->length));
      reader.move_to(end);
    }
  }
}

Elements elements_of(std::string_view bytes) {
  const Result<DicomFile> file = parse_dicom_file(as_bytes(bytes));
  REQUIRE(file.ok());
  std::string data(bytes.substr(file->data_set));
  if (file->syntax.deflated) data = *inflate_data_set(data);
  DicomReader reader(as_bytes(data), 0, file->syntax);
  Elements elements;
  collect(reader, data.size(), "", elements);
  return elements;
}

std::uint32_t last_tag(const std::string& path) {
  const std::size_t at = path.rfind('(');
  return static_cast<std::uint32_t>(
      std::stoul(path.substr(at + 1, 4) + path.substr(at + 6, 4), nullptr, 16));
}

const DicomProfileRow* row_of(std::uint32_t tag) {
  for (const DicomProfileRow& row : dicom_profile()) {
    if (row.tag == tag) return &row;
  }
  return nullptr;
}

std::string small_file(const std::function<void(std::string&)>& fill, DicomSyntax syntax = {}) {
  std::string out(128, '\0');
  out += "DICM";
  append_element(out, 0x00020010, "UI",
                 syntax.explicit_vr ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2", DicomSyntax{});
  fill(out);
  return out;
}

}  // namespace

TEST_CASE("dicom: all 621 rows of table E.1-1 have an action in the policy") {
  CHECK(dicom_profile().size() + 4 == 621);
  const std::shared_ptr<const Policy> policy = testing::preset("dicom-basic");
  for (const DicomProfileRow& row : dicom_profile()) {
    CAPTURE(dicom_tag_text(row.tag));
    const std::string_view vr = dicom_vr(row.tag);
    CHECK(!vr.empty());
    if (vr == "SQ") continue;
    Field field;
    field.dicom_tag = row.tag;
    field.vr = vr;
    const Decision decision = policy->decide(field);
    REQUIRE(decision.rule != nullptr);
    CHECK(decision.rule->spec->name != "keep");
  }
  for (const std::uint32_t tag : {0x50123456U, 0x60023000U, 0x60024000U, 0x00091001U}) {
    Field field;
    field.dicom_tag = tag;
    field.vr = "OB";
    CHECK(policy->decide(field).rule->spec->name == "delete");
  }
}

TEST_CASE("dicom: every sample file: no table tag unchanged, no private element, same pixels") {
  const std::string folder = EMR_SOURCE_DIR "/../shared/data/dicom";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: no DICOM samples");
    return;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") continue;
    CAPTURE(entry.path().filename().string());
    const std::string in = testing::sample("dicom/" + entry.path().filename().string());
    CHECK(recognise_format(in.substr(0, 4096)) == &dicom_format());
    const testing::Run result = run(in, testing::preset("dicom-basic"));
    REQUIRE(result.errors.empty());
    const Elements before = elements_of(in);
    const Elements after = elements_of(result.out);
    for (const auto& [path, value] : after) {
      CAPTURE(path);
      const std::uint32_t tag = last_tag(path);
      CHECK((tag >> 16) % 2 == 0);
      const auto old = before.find(path);
      const bool held = old != before.end() && !old->second.empty();
      if (row_of(tag) != nullptr && held) CHECK(old->second != value);
      if (tag == 0x7FE00010) CHECK(old->second == value);
    }
    for (std::size_t cut = 0; cut < in.size(); cut += 1 + in.size() / 40) {
      run(in.substr(0, cut), testing::preset("dicom-basic"));  // must not crash
    }
    ++files;
  }
  CHECK(files == 18);
}

TEST_CASE("dicom: the offsets of a DICOMDIR point to its records again") {
  const std::string in = testing::sample("dicom/DICOMDIR");
  if (in.empty()) {
    MESSAGE("skipped: no DICOMDIR");
    return;
  }
  const std::string out = run(in, testing::preset("dicom-basic")).out;
  CHECK(out.size() != in.size());
  int checked = 0;
  for (const auto& [path, value] : elements_of(out)) {
    const std::uint32_t tag = last_tag(path);
    if (tag != 0x00041200 && tag != 0x00041202 && tag != 0x00041400 && tag != 0x00041420) continue;
    const std::uint32_t offset = DicomReader(as_bytes(value), 0, {}).u32(0);
    if (offset == 0) continue;
    CHECK(out.substr(offset, 4) == std::string("\xfe\xff\x00\xe0", 4));
    ++checked;
  }
  CHECK(checked == 53);
}

TEST_CASE("dicom: options keep and clean what they say, and (0012,0064) names them") {
  const std::string in = testing::sample("dicom/CT_small.dcm");
  if (in.empty()) {
    MESSAGE("skipped: no CT sample");
    return;
  }
  const Elements before = elements_of(in);
  const Elements uids = elements_of(run(in, with_options({"retain-uids"})).out);
  CHECK(uids.at("/(0020,000d)") == before.at("/(0020,000d)"));
  CHECK(uids.at("/(0012,0064)/1/(0008,0100)") == "113110");
  const Elements full = elements_of(run(in, with_options({"retain-full-dates"})).out);
  CHECK(full.at("/(0008,0020)") == before.at("/(0008,0020)"));
  CHECK(full.at("/(0028,0303)") == "UNMODIFIED");
  const Elements moved = elements_of(run(in, with_options({"retain-modified-dates"})).out);
  CHECK(moved.at("/(0008,0020)") != before.at("/(0008,0020)"));
  CHECK(moved.at("/(0008,0020)") != "19000101");
  CHECK(moved.at("/(0028,0303)") == "MODIFIED");
  const Elements patient =
      elements_of(run(in, with_options({"retain-patient-characteristics"})).out);
  CHECK(patient.at("/(0010,0040)") == before.at("/(0010,0040)"));
  const Elements basic = elements_of(run(in, testing::preset("dicom-basic")).out);
  CHECK(basic.at("/(0012,0062)") == "YES ");
  CHECK(basic.at("/(0028,0303)") == "REMOVED ");
  CHECK(basic.at("/(0020,000d)").starts_with("2.25."));
  CHECK_FALSE(dicom_policy(std::vector<std::string>{"retain-everything"}).ok());
  CHECK_FALSE(
      dicom_policy(std::vector<std::string>{"retain-full-dates", "retain-modified-dates"}).ok());
}

TEST_CASE("dicom: lying lengths, deep nesting and half files are refused") {
  const DicomSyntax syntax;
  const auto reason = [&](const std::function<void(std::string&)>& fill) {
    const testing::Run result = run(small_file(fill), testing::preset("dicom-basic"));
    return result.errors.empty() ? std::string() : result.errors[0].reason;
  };
  CHECK(reason([&](std::string& out) {
          append_header(out, 0x00100010, "PN", 60, syntax);
          out += "short";
        }) == "dicom_length");
  CHECK(reason([&](std::string& out) {
          append_header(out, 0x00081140, "SQ", 8, syntax);
          append_header(out, kItemTag, "", 0xFFFFFF00, syntax);
        }) == "dicom_length");
  CHECK(reason([&](std::string& out) {
          for (std::size_t at = 0; at <= kMaxDicomDepth; ++at) {
            append_header(out, 0x0040A730, "SQ", kUndefinedLength, syntax);
            append_header(out, kItemTag, "", kUndefinedLength, syntax);
          }
        }) == "dicom_depth");
  CHECK(reason([&](std::string& out) {
          append_header(out, 0x00081140, "SQ", kUndefinedLength, syntax);
        }) == "dicom_truncated");
  CHECK(reason([&](std::string& out) { out += "12345678"; }) == "dicom_vr");
  CHECK(reason([&](std::string& out) {
          append_header(out, 0x7FE00010, "OB", kUndefinedLength, syntax);
          append_header(out, kItemTag, "", 0x7FFFFFFF, syntax);
        }) == "dicom_length");
  CHECK(run("no DICOM at all", testing::preset("dicom-basic")).errors[0].reason == "dicom_magic");
  // Found by the fuzzer: big endian with implicit VR does not exist, and was guessed here once.
  const std::string impossible("\0\x08\x01\0\0\0\x08\x01N\x02\0}\0UT", 15);
  CHECK(run(impossible, testing::preset("dicom-basic")).errors[0].reason == "dicom_magic");
}

TEST_CASE("dicom: implicit syntax finds sequences by the dictionary, lengths are made right") {
  const DicomSyntax syntax{.explicit_vr = false};
  const std::string in = small_file(
      [&](std::string& out) {
        std::string item;
        append_element(item, 0x00081155, "UI", "1.2.3", syntax);
        std::string items;
        append_header(items, kItemTag, "", static_cast<std::uint32_t>(item.size()), syntax);
        items += item;
        append_element(out, 0x00081140, "SQ", items, syntax);
        append_element(out, 0x00100020, "LO", "P1", syntax);
        append_element(out, 0x00280010, "US", std::string_view("\x08\x00", 2), syntax);
      },
      syntax);
  const testing::Run result = run(in, testing::preset("dicom-basic"));
  REQUIRE(result.errors.empty());
  const Elements after = elements_of(result.out);
  CHECK(after.at("/(0008,1140)/0/(0008,1155)").starts_with("2.25."));
  CHECK(after.at("/(0010,0020)").starts_with("tk:"));
  CHECK(after.at("/(0028,0010)") == std::string_view("\x08\x00", 2));
}

TEST_CASE("dicom: a data set in the other syntax than declared is read as it is written") {
  // pydicom's SC_rgb_jpeg.dcm declares an explicit syntax and is implicit; others do the reverse.
  for (const bool has_vr : {false, true}) {
    CAPTURE(has_vr);
    const DicomSyntax written{.explicit_vr = has_vr};
    std::string in = small_file([](std::string&) {}, DicomSyntax{.explicit_vr = !has_vr});
    append_element(in, 0x00080008, "CS", "ORIGINAL", written);
    append_element(in, 0x00100020, "LO", "P1234567", written);
    const testing::Run result = run(in, testing::preset("dicom-basic"));
    REQUIRE(result.errors.empty());
    CHECK(result.out.find("P1234567") == result.out.npos);
    const Result<DicomFile> file = parse_dicom_file(as_bytes(result.out));
    REQUIRE(file.ok());
    CHECK(file->syntax.explicit_vr == has_vr);
    CHECK(dicom_syntax(file->transfer_syntax).explicit_vr == has_vr);
    CHECK(elements_of(result.out).at("/(0010,0020)").starts_with("tk:"));
  }
}

TEST_CASE("dicom: what a writer passed on as unknown is what the dictionary says") {
  // As in pydicom's rtdose_rle.dcm: a sequence with a length, called UN, of implicit items; then
  // the same of explicit ones, which should not be.
  std::array<std::string, 2> items;
  for (const bool has_vr : {false, true}) {
    const DicomSyntax inner{.explicit_vr = has_vr};
    std::string item;
    append_element(item, 0x00081155, "UI", "1.2.123.456", inner);
    append_header(items[has_vr], kItemTag, "", static_cast<std::uint32_t>(item.size()), inner);
    items[has_vr] += item;
  }
  const DicomSyntax syntax;
  const std::string in = small_file([&](std::string& out) {
    append_element(out, 0x00100020, "UN", "P1234567", syntax);
    append_element(out, 0x00181020, "UN", "call 13800138000", syntax);
    append_element(out, 0x00280010, "UN", std::string_view("\x08\x00", 2), syntax);
    append_element(out, 0x300C0002, "UN", items[0], syntax);
    append_element(out, 0x300C0060, "UN", items[1], syntax);
  });
  const testing::Run result = run(in, testing::preset("dicom-basic"));
  REQUIRE(result.errors.empty());
  for (const char* secret : {"P1234567", "13800138000", "1.2.123.456"}) {
    CAPTURE(secret);
    CHECK(result.out.find(secret) == result.out.npos);
  }
  const Elements after = elements_of(result.out);
  CHECK(after.at("/(0028,0010)") == std::string_view("\x08\x00", 2));
  CHECK(after.at("/(300c,0002)/0/(0008,1155)").starts_with("2.25."));
}

// PS3.5, 6.2.2: so values of more than 64 KiB are written; the last ones were cut off.
TEST_CASE("dicom: values that are too long for their representation stay whole") {
  const DicomSyntax syntax;
  std::string values = "call 13800138000";
  for (int i = 0; i < 10'000; ++i) values += "\\version";
  const std::string in = small_file([&](std::string& out) {
    append_element(out, 0x00181020, "UN", values + "\\the end", syntax);
  });
  const testing::Run result = run(in, testing::preset("dicom-basic"));
  REQUIRE(result.errors.empty());
  CHECK(result.out.find("13800138000") == result.out.npos);
  CHECK(elements_of(result.out).at("/(0018,1020)").ends_with("the end"));
}

TEST_CASE("dicom: images that may carry text wait for a person; boxes are blanked") {
  const DicomSyntax syntax;
  const std::string in = small_file([&](std::string& out) {
    append_element(out, 0x00080060, "CS", "US", syntax);
    append_element(out, 0x00280002, "US", std::string_view("\x01\x00", 2), syntax);
    append_element(out, 0x00280010, "US", std::string_view("\x02\x00", 2), syntax);
    append_element(out, 0x00280011, "US", std::string_view("\x04\x00", 2), syntax);
    append_element(out, 0x00280100, "US", std::string_view("\x08\x00", 2), syntax);
    append_element(out, 0x7FE00010, "OB", "abcdefgh", syntax);
  });
  const auto policy = testing::preset("dicom-basic");
  CHECK(run(in, policy, {}).errors[0].reason == "pixels_need_review");
  FormatOptions boxes;
  boxes.extra = R"({"boxes":[[1,0,2,1],[3,1,9,9]]})";
  const Elements after = elements_of(run(in, policy, boxes).out);
  CHECK(after.at("/(7fe0,0010)") == std::string("a\0\0defg\0", 8));
  CHECK(after.at("/(0028,0301)") == "NO");
  CHECK(after.at("/(0012,0064)/1/(0008,0100)") == "113101");
  CHECK_FALSE(parse_pixel_boxes(R"({"boxes":[[1,2,3]]})").ok());
  CHECK_FALSE(parse_pixel_boxes(R"({"boxes":[[1,2,3,-4]]})").ok());
}

TEST_CASE("dicom: safe private elements stay only under their option") {
  const DicomSyntax syntax;
  const std::string in = small_file([&](std::string& out) {
    append_element(out, 0x00190010, "LO", "GEMS_ACQU_01", syntax);
    append_element(out, 0x00191023, "DS", "2.5", syntax);
    append_element(out, 0x00191099, "LO", "Doe", syntax);
    append_element(out, 0x00210010, "LO", "UNKNOWN MAKER", syntax);
    append_element(out, 0x00211023, "LO", "Doe", syntax);
  });
  const Elements after = elements_of(run(in, with_options({"retain-safe-private"})).out);
  CHECK(after.at("/(0019,1023)") == "2.5 ");
  CHECK(after.count("/(0019,1099)") == 0);
  CHECK(after.count("/(0021,0010)") == 0);
  CHECK(after.count("/(0021,1023)") == 0);
  CHECK(elements_of(run(in, testing::preset("dicom-basic")).out).count("/(0019,1023)") == 0);
}

TEST_CASE("dicom: values are read in their character set and always fit their VR") {
  DicomCharset charset;
  std::string text;
  charset.set("ISO_IR 192");
  CHECK(charset.decode("张", text));
  charset.set("\\ISO 2022 IR 58");
  CHECK(charset.decode("Wang^\x1b$)A\xcd\xf5", text));
  CHECK(text == "Wang^王");
  charset.set("GB18030");
  CHECK(charset.encode("王") == "\xcd\xf5");
  CHECK_FALSE(charset.decode("\x81", text));
  CHECK(fit_to_vr("DA", "ANONYMIZED") == "19000101");
  CHECK(fit_to_vr("DS", "ANONYMIZED") == "0");
  CHECK(fit_to_vr("CS", "tk:ab-1") == "TKAB1");
  CHECK(fit_to_vr("SH", "12345678901234567890") == "1234567890123456");
  CHECK(fit_to_vr("LO", "张").size() == 3);
}
