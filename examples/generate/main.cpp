// demo-generate DIR [VISITS [ATTACHMENTS [SEED]]]
// Writes visits.csv, patients.csv, doctors.csv (GB18030), attachments/ with attachments.txt, and
// planted.txt: every identifier that was planted, one per line in UTF-8, for demo-scan.
#include <iconv.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "attachments.h"
#include "base/number.h"
#include "visits.h"

namespace {

using namespace demo;
namespace fs = std::filesystem;

std::string to_gb18030(std::string text) {
  iconv_t converter = iconv_open("GB18030", "UTF-8");
  EMR_CHECK(converter != reinterpret_cast<iconv_t>(-1));
  std::string result(text.size() * 2, '\0');
  char* in = text.data();
  char* out = result.data();
  std::size_t in_left = text.size();
  std::size_t out_left = result.size();
  EMR_CHECK(iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1));
  iconv_close(converter);
  result.resize(result.size() - out_left);
  return result;
}

bool write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) std::fprintf(stderr, "demo-generate: error: cannot write %s\n", path.c_str());
  return static_cast<bool>(file);
}

bool write_attachments(const fs::path& folder, Random& random, std::vector<Visit>& visits,
                       const std::vector<Patient>& patients, std::size_t count) {
  fs::create_directories(folder);
  for (std::size_t i = 0; i < count && i < visits.size(); ++i) {
    Visit& visit = visits[i * visits.size() / count];
    const Patient& patient = patients[visit.patient];
    emr::Bytes bytes;
    if (i % 3 == 0) {
      visit.attachment = "image" + std::to_string(i) + ".png";
      bytes = make_png(random, 400, patient);
    } else if (i % 3 == 1) {
      visit.attachment = "report" + std::to_string(i) + ".pdf";
      bytes = make_pdf(random, patient);
    } else {
      visit.attachment = "study" + std::to_string(i) + ".dcm";
      // One study of three IPFS blocks shows that a file may be larger than one block.
      bytes = make_dicom(random, i == 2 ? 1200 : 256, patient);
    }
    if (!write_file(folder / visit.attachment, emr::as_text(bytes))) return false;
  }
  return true;
}

std::string planted_list(const std::vector<Visit>& visits, const std::vector<Patient>& patients,
                         const std::vector<Doctor>& doctors) {
  std::set<std::string> planted;
  for (const Visit& visit : visits) {
    const Patient& patient = patients[visit.patient];
    planted.insert({patient.id, patient.name, patient.resident_id, patient.phone, patient.address});
    planted.insert({visit.number, visit.relative, doctors[visit.doctor].name});
  }
  std::string text;
  for (const std::string& value : planted) text += value + "\n";
  return text;
}

/// Which patient each attachment belongs to, as the hospital knows: "file<TAB>name" lines.
std::string attachment_list(const std::vector<Visit>& visits,
                            const std::vector<Patient>& patients) {
  std::string text;
  for (const Visit& visit : visits) {
    if (visit.attachment.empty()) continue;
    text += visit.attachment + "\t" + patients[visit.patient].name + "\n";
  }
  return text;
}

std::size_t argument(int argc, char** argv, int index, std::size_t fallback) {
  if (argc <= index) return fallback;
  const emr::Result<std::uint64_t> value = emr::parse_u64(argv[index], 10'000'000);
  return value ? static_cast<std::size_t>(*value) : fallback;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 5) {
    std::fprintf(stderr, "usage: demo-generate DIR [VISITS [ATTACHMENTS [SEED]]]\n");
    return 2;
  }
  const fs::path folder = argv[1];
  const std::size_t visit_count = argument(argc, argv, 2, 1000);
  const std::size_t attachment_count = argument(argc, argv, 3, 20);
  Random random(argument(argc, argv, 4, 20261122));

  const std::vector<Patient> patients = make_patients(random, visit_count / 2 + 1);
  const std::vector<Doctor> doctors = make_doctors(random, 12);
  std::vector<Visit> visits = make_visits(random, patients, doctors, visit_count);
  const bool ok =
      write_attachments(folder / "attachments", random, visits, patients, attachment_count) &&
      write_file(folder / "visits.csv", to_gb18030(visits_csv(visits, patients, doctors))) &&
      write_file(folder / "patients.csv", to_gb18030(patients_csv(patients))) &&
      write_file(folder / "doctors.csv", to_gb18030(doctors_csv(doctors))) &&
      write_file(folder / "attachments.txt", attachment_list(visits, patients)) &&
      write_file(folder / "planted.txt", planted_list(visits, patients, doctors));
  return ok ? 0 : 74;
}
