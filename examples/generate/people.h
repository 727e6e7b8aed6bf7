// Invented patients and doctors with identifiers that are valid in form: check digits are right, so
// a detector has no excuse, and every value is unique, so a scanner can tell whose leak it found.
#pragma once

#include <string>
#include <vector>

#include "random.h"

namespace demo {

struct Patient {
  std::string id;  ///< the hospital's own number
  std::string name;
  std::string sex;  ///< 男 or 女, as the export spells it
  std::string birthday;
  std::string resident_id;  ///< GB 11643 with check character
  std::string phone;
  std::string address;
};

struct Doctor {
  std::string id;
  std::string name;
};

std::vector<Patient> make_patients(Random& random, std::size_t count);
std::vector<Doctor> make_doctors(Random& random, std::size_t count);

}  // namespace demo
