// Fuzzes the CSV map: the first line is a map, the rest a table.
#include "desensitize/formats/csv_mapper.h"

#include <algorithm>

#include "base/bytes.h"

using namespace emr;
using namespace emr::desensitize;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  const std::size_t line = std::min(text.find('\n'), text.size());
  const Result<CsvMap> map = CsvMap::parse(text.substr(0, line));
  if (!map) return 0;
  const std::vector<CsvTable> lookups = map->lookup_tables();
  CsvMapper mapper(*map, nullptr, lookups, [](std::string_view, std::uint64_t) { return Status(); },
                   [](Error) { return Status(); });
  if (mapper.feed(text.substr(std::min(line + 1, text.size())))) {
    const Status status = mapper.finish();
    static_cast<void>(status.ok());
  }
  return 0;
}
