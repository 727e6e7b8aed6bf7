// The nightly export of a hospital information system: visits, patients and doctors as CSV in
// GB18030, the ID number in another file than the visit (as such exports really come).
#pragma once

#include <string>
#include <vector>

#include "people.h"

namespace demo {

struct Visit {
  std::size_t patient = 0;  ///< index into the patients
  std::size_t doctor = 0;
  std::string number;    ///< OUTP_NO
  std::string datetime;  ///< local time, "YYYY-MM-DD HH:MM:SS"
  std::string department;
  std::string complaint;
  std::string present_illness;
  std::string past_illness;
  std::string allergy;
  std::string diagnosis_code;
  std::string diagnosis_name;
  std::string relative;    ///< a relative's name that stands only in the free text
  std::string attachment;  ///< file name, "" for none
};

std::vector<Visit> make_visits(Random& random, const std::vector<Patient>& patients,
                               const std::vector<Doctor>& doctors, std::size_t count);

/// CSV texts in UTF-8 with CRLF; quoting as RFC 4180.
std::string visits_csv(const std::vector<Visit>& visits, const std::vector<Patient>& patients,
                       const std::vector<Doctor>& doctors);
std::string patients_csv(const std::vector<Patient>& patients);
std::string doctors_csv(const std::vector<Doctor>& doctors);

}  // namespace demo
