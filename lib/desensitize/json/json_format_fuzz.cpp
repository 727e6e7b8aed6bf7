// Fuzzes JSON as a stream: lines, documents and arrays cut at every place. Without a rule that
// changes anything, what is accepted must come out as it was.
#include "desensitize/formats/fuzzing.h"
#include "desensitize/json/json_rewriter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  using namespace emr::desensitize;
  static const auto keep = *Policy::parse(
      R"({"type":"emr.policy","v":1,"id":"k","unknown":"keep",)"
      R"("rules":[{"match":{"path":"**"},"technique":"keep"}]})");
  if (size == 0) return 0;
  const std::string_view text = as_text(ByteView(data + 1, size - 1));
  const auto small = testing::run_format(json_format(), keep, text, {}, std::size_t{1} + data[0]);
  const auto whole = testing::run_format(json_format(), keep, text);
  EMR_CHECK(small.errors.size() == whole.errors.size() && small.out == whole.out);
  if (whole.errors.empty()) EMR_CHECK(whole.out == text);
  return testing::fuzz_format(json_format(), "strict", {data, size});
}
