// The HIS mapping: rows of two tables become emr.record lines (R-031: CSV exports enter the chain).
#include "desensitize/formats/csv_map.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "desensitize/formats/csv_mapper.h"
#include "desensitize/formats/csv_value.h"
#include "json/json.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

constexpr std::string_view kMap = R"({"map":"emr.csvmap/1","tz":"+08:00","system":"HIS-A",
 "key":["ORGAN_CODE","OUTP_NO"],"docType":"C0002",
 "fields":{"/org/id":"ORGAN_CODE","/visit/id":"OUTP_NO","/visit/type":{"const":"1"},
 "/visit/start":{"col":"VISIT_DATETIME","time":["%Y-%m-%d %H:%M:%S","%Y%m%d%H%M%S"]},
 "/visit/first":{"col":"FIRST","as":"boolean"},
 "/author/doctorId":{"lookup":"doctors.csv","by":"DOCTOR_SIGN","take":"DOCTOR_ID"},
 "/patient/localId":"PATIENT_ID","/patient/name":"PATIENT_NAME",
 "/patient/identifiers/0/type":{"const":"01"},"/patient/identifiers/0/value":"ID_NO",
 "/patient/birthDate":{"col":"BIRTHDAY","date":["%Y/%m/%d"]},
 "/patient/sex":{"col":"SEX","codes":{"男":"1","女":"2","*":"9"}},
 "/history/chiefComplaint":"CHIEF_COMPLAINT",
 "/diagnosis/0/code":"DIAG","/diagnosis/0/system":{"const":"ICD-10"},
 "/attachments/0/path":"ATTACHMENT"},
 "nulls":["NA","无"]})";

constexpr std::string_view kPatients =
    "\xef\xbb\xbfPATIENT_ID,PATIENT_NAME,SEX,BIRTHDAY,ID_NO,UNUSED\r\n"
    "P1,张某某,女,1949/12/31,11010519491231002X,x\r\n"
    "P2,\"李\"\"四\",未知,1990/1/5,NA,x\r\n";
constexpr std::string_view kDoctors = "DOCTOR_SIGN,DOCTOR_ID\n王医生,D-1\n";
constexpr std::string_view kHeader =
    "ORGAN_CODE,OUTP_NO,PATIENT_ID,VISIT_DATETIME,FIRST,DOCTOR_SIGN,CHIEF_COMPLAINT,DIAG,"
    "ATTACHMENT\r\n";

struct Run {
  std::vector<std::string> lines;
  std::vector<std::uint64_t> row_lines;
  std::vector<Error> errors;
  Status status;
};

Run run_map(std::string_view map_text, std::string_view visits, std::size_t chunk = 1 << 20,
            std::string_view patients = kPatients, const Status& fourth_line = {}) {
  Result<CsvMap> map = CsvMap::parse(map_text);
  REQUIRE(map.ok());
  CsvTable table = map->patients_table();
  REQUIRE(table.feed(patients).ok());
  REQUIRE(table.finish().ok());
  std::vector<CsvTable> lookups = map->lookup_tables();
  for (CsvTable& lookup : lookups) {
    REQUIRE(lookup.feed(kDoctors).ok());
    REQUIRE(lookup.finish().ok());
  }
  Run run;
  CsvMapper mapper(
      *map, &table, lookups,
      [&](std::string_view line, std::uint64_t row_line) {
        run.lines.emplace_back(line);
        run.row_lines.push_back(row_line);
        return row_line == 4 ? fourth_line : Status();
      },
      [&](Error error) {
        run.errors.push_back(std::move(error));
        return Status();
      });
  for (std::size_t at = 0; at < visits.size() && run.status.ok(); at += chunk) {
    run.status = mapper.feed(visits.substr(at, chunk));
  }
  if (run.status.ok()) run.status = mapper.finish();
  return run;
}

std::string visits(std::string_view rows) { return std::string(kHeader) + std::string(rows); }

}  // namespace

TEST_CASE("csv map: a visit and its patient become one canonical record line") {
  const std::string row =
      "ORG1,MZ1,P1,2026-11-22 09:15:00,是,王医生,\"咳嗽,\n发热\",J18.900,ct/IM1.DCM\r\n";
  const std::string expected =
      R"({"attachments":[{"id":"a1","kind":"dicom","mimeType":"application/dicom",)"
      R"("path":"ct/IM1.DCM"}],"author":{"doctorId":"D-1"},"confidentiality":"N",)"
      R"("diagnosis":[{"code":"J18.900","system":"ICD-10"}],)"
      R"("docType":{"code":"C0002","system":"2.16.156.10011.2.4"},)"
      R"("history":{"chiefComplaint":"咳嗽,\n发热"},"org":{"id":"ORG1"},)"
      R"("patient":{"birthDate":"1949-12-31",)"
      R"("identifiers":[{"type":"01","value":"11010519491231002X"}],"localId":"P1",)"
      R"("name":"张某某","sex":"2"},"recordId":"ORG1:MZ1:C0002",)"
      R"("recorded":"2026-11-22T01:15:00Z","source":{"format":"csv","system":"HIS-A"},)"
      R"("status":"current","type":"emr.record","v":1,"version":1,)"
      R"("visit":{"first":true,"id":"MZ1","start":"2026-11-22T01:15:00Z","type":"1"}})"
      "\n";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    const Run run = run_map(kMap, visits(row), chunk);
    REQUIRE(run.status.ok());
    REQUIRE(run.errors.empty());
    REQUIRE(run.lines.size() == 1);
    CHECK(run.lines[0] == expected);
  }
  const std::string line = expected.substr(0, expected.size() - 1);
  CHECK(*json::canonical(*json::parse_strict(line)) == line);
}

TEST_CASE("csv map: empty cells leave no trace, not even their constants") {
  const Run run = run_map(kMap, visits("ORG1,MZ2,P2,20261122091500,,王医生,无,NA,\r\n"));
  REQUIRE(run.errors.empty());
  REQUIRE(run.lines.size() == 1);
  CHECK(run.lines[0].find("attachments") == std::string::npos);
  CHECK(run.lines[0].find("diagnosis") == std::string::npos);
  CHECK(run.lines[0].find("identifiers") == std::string::npos);
  CHECK(run.lines[0].find("history") == std::string::npos);
  CHECK(run.lines[0].find("\"sex\":\"9\"") != std::string::npos);
  CHECK(run.lines[0].find(R"("name":"李\"四")") != std::string::npos);
}

TEST_CASE("csv map: every bad row is named by line, column and reason, never by value") {
  const struct {
    std::string_view row;
    std::string_view reason;
    std::string_view pointer;
  } cases[] = {
      {"ORG1,MZ1,P1,22.11.2026,,王医生,,,\n", "time_format", "/recorded"},
      {"ORG1,MZ1,P1,2026-02-30 00:00:00,,王医生,,,\n", "time_format", "/recorded"},
      {"ORG1,2.02611E+13,P1,20261122091500,,王医生,,,\n", "excel_number", ""},
      {"ORG1,MZ1,P9,20261122091500,,王医生,,,\n", "no_patient", ""},
      {"ORG1,MZ1,P1,20261122091500,,赵医生,,,\n", "lookup", "/author/doctorId"},
      {"ORG1,MZ1,P1,20261122091500,vielleicht,王医生,,,\n", "boolean", "/visit/first"},
      {"ORG1,,P1,20261122091500,,王医生,,,\n", "required", "/recordId"},
      {"ORG1,MZ 1,P1,20261122091500,,王医生,,,\n", "record_id", "/recordId"},
      {"ORG1,MZ1,P1,20261122091500,,王医生,,\n", "csv_fields", ""},
      {"ORG1,MZ1,P1,20261122091500,,王医生,\xc4\xe3,,\n", "charset", ""},
      {"ORG1,MZ1,P1,20261122091500,,王医生,\"咳\"嗽,,\n", "csv_quote", ""},
  };
  for (const auto& bad : cases) {
    CAPTURE(bad.reason);
    const Run run = run_map(
        kMap, visits(std::string(bad.row) + "ORG1,MZ3,P1,20261122091500,,王医生,,,\n"));
    REQUIRE(run.status.ok());
    REQUIRE(run.errors.size() == 1);
    CHECK(run.errors[0].reason == bad.reason);
    CHECK(*run.errors[0].line == 2);
    if (!bad.pointer.empty()) CHECK(run.errors[0].pointer == bad.pointer);
    CHECK(run.errors[0].message.find("MZ") == std::string::npos);
    CHECK(run.lines.size() == 1);  // the row after it came through
  }
}

TEST_CASE("csv map: a record has the line of its row, and what the sink refuses is no bad row") {
  const std::string rows = "ORG1,MZ1,P1,20261122091500,,王医生,\"咳嗽\n发热\",,\n"
                           "ORG1,MZ2,P1,20261122091500,,王医生,,,\n";
  CHECK(run_map(kMap, visits(rows)).row_lines == std::vector<std::uint64_t>{2, 4});
  const Run run = run_map(kMap, visits(rows), 1 << 20, kPatients,
                          fail(Code::kIo, "the disk is full").with_line(7));
  CHECK(run.errors.empty());
  REQUIRE(!run.status.ok());
  CHECK(run.status.error().line == 7);  // the sink's own, not the row's
}

TEST_CASE("csv map: a header that cannot be read ends the table") {
  for (const std::string_view header : {"\"ORGAN_CODE\"x,OUTP_NO\n", "\xc4\xe3,OUTP_NO\n"}) {
    const Run run = run_map(kMap, std::string(header) + visits(""));
    CHECK(!run.status.ok());
    CHECK(run.errors.empty());
  }
}

TEST_CASE("csv map: an identity number that a spreadsheet has rounded is refused") {
  const std::string patients =
      "PATIENT_ID,PATIENT_NAME,SEX,BIRTHDAY,ID_NO\nP1,张,男,1949/12/31,110105194912310000\n";
  const Run run = run_map(kMap, visits("ORG1,MZ1,P1,20261122091500,,王医生,,,\n"), 1 << 20, patients);
  REQUIRE(run.errors.size() == 1);
  CHECK(run.errors[0].reason == "excel_number");
  CHECK(run.errors[0].pointer == "/patient/identifiers/0/value");
}

TEST_CASE("csv map: GB18030 exports, with four-byte characters split over chunks") {
  std::string map(kMap);
  map.replace(map.find("\"tz\""), 4, "\"encoding\":\"GB18030\",\"tz\"");
  const auto gb = [](std::string_view text) { return *recode(text, "GB18030", "UTF-8"); };
  Result<CsvMap> parsed = CsvMap::parse(map);
  REQUIRE(parsed.ok());
  CsvTable table = parsed->patients_table();
  const std::string patients = gb("PATIENT_ID,PATIENT_NAME,SEX,BIRTHDAY,ID_NO\n"
                                  "P1,\xf0\xa0\xae\xb7某,女,1949/12/31,\n");
  for (const char c : patients) REQUIRE(table.feed(std::string_view(&c, 1)).ok());
  REQUIRE(table.finish().ok());
  std::vector<CsvTable> lookups = parsed->lookup_tables();
  REQUIRE(lookups[0].feed(gb(kDoctors)).ok());
  REQUIRE(lookups[0].finish().ok());
  std::string out;
  CsvMapper mapper(*parsed, &table, lookups, [&](std::string_view line, std::uint64_t) {
    out.append(line);
    return Status();
  });
  const std::string rows = gb(visits("ORG1,MZ1,P1,20261122091500,,王医生,咳嗽,,\n"));
  for (const char c : rows) REQUIRE(mapper.feed(std::string_view(&c, 1)).ok());
  REQUIRE(mapper.finish().ok());
  CHECK(out.find("\xf0\xa0\xae\xb7某") != std::string::npos);
  CHECK(out.find("咳嗽") != std::string::npos);
}

TEST_CASE("csv map: several attachments in one cell") {
  std::string map(kMap);
  const std::string one = "\"/attachments/0/path\":\"ATTACHMENT\"";
  map.replace(map.find(one), one.size(),
              "\"/attachments/*/path\":{\"col\":\"ATTACHMENT\",\"split\":\";\"}");
  const Run run = run_map(map, visits("ORG1,MZ1,P1,20261122091500,,王医生,,,a.pdf; b.png;\n"));
  REQUIRE(run.lines.size() == 1);
  CHECK(run.lines[0].find(R"([{"id":"a1","kind":"pdf","mimeType":"application/pdf",)"
                          R"("path":"a.pdf"},{"id":"a2","kind":"image","mimeType":"image/png",)"
                          R"("path":"b.png"}])") != std::string::npos);
}

TEST_CASE("csv map: faults of the map are found before the first row") {
  const auto refused = [](std::string_view from, std::string_view to) {
    std::string map(kMap);
    const std::size_t at = map.find(from);
    REQUIRE(at != std::string::npos);
    map.replace(at, from.size(), to);
    const Result<CsvMap> parsed = CsvMap::parse(map);
    return !parsed.ok() && parsed.error().code == Code::kConfig;
  };
  CHECK(refused("emr.csvmap/1", "emr.csvmap/2"));
  CHECK(refused("\"/patient/name\"", "\"/patiant/name\""));
  CHECK(refused("\"/visit/id\":\"OUTP_NO\",", ""));
  CHECK(refused("%Y%m%d%H%M%S", "%Y%Q"));
  CHECK(refused("\"/patient/name\"", "\"/patient/sex/x\""));
  CHECK(refused("+08:00", "Asia/Shanghai"));
  CHECK(refused("\"as\":\"boolean\"", "\"as\":\"decimal\""));
}

TEST_CASE("csv map: a column that no table has is named") {
  const Run run = run_map(kMap, "ORGAN_CODE,OUTP_NO,PATIENT_ID\nO,1,P1\n");
  REQUIRE(!run.status.ok());
  CHECK(run.status.error().reason == "csv_header");
  CHECK(run.status.error().message.find("ATTACHMENT") != std::string::npos);
}

TEST_CASE("csv values: spreadsheet numbers and file types") {
  CHECK(is_scientific_number("1.10105E+17"));
  CHECK(is_scientific_number("1.1e17"));
  CHECK(is_scientific_number("7E+12"));
  CHECK_FALSE(is_scientific_number("7E12"));
  CHECK_FALSE(is_scientific_number("E10.900"));
  CHECK_FALSE(is_scientific_number("I10"));
  CHECK(is_rounded_id_number("110105194912310000"));
  CHECK_FALSE(is_rounded_id_number("11010519491231002X"));
  CHECK(file_type("a/b.JPEG").kind == "image");
  CHECK(file_type("noextension").mime_type == "application/octet-stream");
}
