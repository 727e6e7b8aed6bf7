// Fuzzes the table readers and the enforcement: the first byte chooses CSV or JSON Lines.
#include "base/bytes.h"
#include "desensitize/risk/enforce.h"
#include "desensitize/risk/metrics.h"

using namespace emr;
using namespace emr::desensitize::risk;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const TableFormat format = data[0] % 2 == 0 ? TableFormat::kCsv : TableFormat::kJsonLines;
  TableReader reader(format, {"a", "b"});
  if (!reader.feed(as_text(ByteView(data + 1, size - 1)))) return 0;
  const Result<Table> table = reader.finish();
  if (!table) return 0;
  const Result<Assessment> assessment = assess(*table, {"a"}, {"b"});
  EMR_CHECK(assessment.ok() && assessment->k >= 1);
  const std::vector<Hierarchy> hierarchies{Hierarchy::suppress_only("a")};
  const Result<Enforced> enforced = enforce_k(*table, hierarchies, {.k = 2, .max_suppressed = 0.5});
  if (!enforced) return 0;
  const Status written =
      write_enforced(*table, hierarchies, *enforced, [](std::string_view) { return Status(); });
  EMR_CHECK(written.ok());
  return 0;
}
