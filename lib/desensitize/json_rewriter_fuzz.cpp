// Whatever JSON comes in, what comes out is JSON again, or an error.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "desensitize/json/json_rewriter.h"
#include "json/tokenizer.h"

namespace {

using namespace emr::desensitize;  // NOLINT one short file

FieldTransformer& transformer() {
  static FieldTransformer with(
      *Policy::parse(R"({"type":"emr.policy","v":1,"id":"f","unknown":"scan","rules":[
        {"match":{"key":"b"},"technique":"delete"},
        {"match":{"key":"n"},"technique":"null"},
        {"class":"NAME","match":{"key":"m"},"technique":"mask","args":{"first":1}}]})"),
      nullptr);
  return with;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  JsonRewriter rewriter;
  std::string out;
  if (!rewriter.rewrite(record, transformer(), out) ||
      out.find_first_not_of(" \t\r\n") == std::string::npos) {
    return 0;
  }
  std::string again;  // now the paths are known and their keys are guessed
  EMR_CHECK(rewriter.rewrite(record, transformer(), again));
  EMR_CHECK(again == out);
  const std::array together = {record, record};
  rewriter.expect(together, transformer());
  for (const std::string_view each : together) {
    std::string one;
    EMR_CHECK(rewriter.rewrite(each, transformer(), one));
    EMR_CHECK(one == out);
  }
  emr::json::Tokenizer tokens(out, emr::json::Profile::kForeign,
                              {.max_bytes = std::size_t{1} << 30, .max_depth = 512});
  auto token = tokens.next();
  while (token.kind != emr::json::TokenKind::kEnd) {
    EMR_CHECK(token.kind != emr::json::TokenKind::kError);
    token = tokens.next();
  }
  return 0;
}
