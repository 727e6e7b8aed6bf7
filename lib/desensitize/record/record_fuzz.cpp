// Fuzzes the readers of emr.record lines and of the index of persons:
// the first byte chooses one.
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "desensitize/identities.h"
#include "desensitize/record/record.h"
#include "json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  if (size == 0) return 0;
  const std::string_view text = as_text(ByteView(data + 1, size - 1));
  if (data[0] % 2 == 0) {
    static_cast<void>(desensitize::Identities::parse(text));
    return 0;
  }
  const auto tree = json::parse_object(text);
  if (tree) static_cast<void>(desensitize::read_record(*tree));
  return 0;
}
