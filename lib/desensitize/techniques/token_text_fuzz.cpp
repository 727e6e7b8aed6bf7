// Fuzzes the reader of reversible tokens: whatever text comes, what is no token of ours stays.
#include "desensitize/formats/testing.h"
#include "desensitize/techniques/token_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  using namespace emr::desensitize;
  static const auto keys = testing::test_keys();
  const std::string_view text = as_text(ByteView(data, size));
  const auto restored = restore_tokens(*keys, text);
  if (restored && !has_reversible_token(text)) EMR_CHECK(restored->text == text);
  const std::string token = reversible_token(*keys, "X", text);
  const auto back = restore_tokens(*keys, "(" + token + ")");
  EMR_CHECK(back.ok() && back->text == "(" + std::string(text) + ")");
  return 0;
}
