// Policy text from anywhere: parsed or refused, never more.
#include <cstddef>
#include <cstdint>

#include "desensitize/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto policy = emr::desensitize::Policy::parse(
      {reinterpret_cast<const char*>(data), size}, "research");
  if (policy) {
    emr::desensitize::Field field;
    field.path = "patient.name";
    field.key = "name";
    static_cast<void>((*policy)->decide(field));
  }
  return 0;
}
