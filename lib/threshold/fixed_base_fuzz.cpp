// Own curve arithmetic against the library's: any element, any scalar, the same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "threshold/fixed_base.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  using namespace emr::threshold;
  const ByteView input(data, size);
  const ByteView front = input.first(std::min<std::size_t>(size, 32));
  const ByteView back = input.subspan(front.size());
  const auto given = Element::decode(front);
  const Element element = given ? *given : hash_to_element("fuzz", front);
  const auto read = Scalar::decode(back.first(std::min<std::size_t>(back.size(), 32)));
  const Scalar scalar = read ? *read : Scalar::hash("fuzz", {back});
  const auto ours = FixedBase(element).times(scalar);
  const auto theirs = scale(scalar, element);
  EMR_CHECK(ours.ok() == theirs.ok() && (!ours || *ours == *theirs));
  return 0;
}
