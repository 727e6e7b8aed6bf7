// Both profiles over any bytes: no crash, spans inside the text, strict is a subset of foreign, and
// what parse_strict accepts survives a round trip through its canonical text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/utf8.h"
#include "json/json.h"

namespace {

bool accepts(std::string_view text, emr::json::Profile profile) {
  emr::json::Tokenizer tokens(text, profile);
  std::size_t last = 0;
  while (true) {
    const emr::json::Token token = tokens.next();
    if (token.kind == emr::json::TokenKind::kEnd) return true;
    if (token.kind == emr::json::TokenKind::kError) {
      EMR_CHECK(tokens.error().pointer.size() <= emr::json::kMaxPointerBytes);
      return false;
    }
    EMR_CHECK(token.start >= last && token.stop > token.start && token.stop <= text.size());
    last = token.stop;
    if (token.kind == emr::json::TokenKind::kString) {
      EMR_CHECK(emr::is_valid_utf8(emr::json::unescape(tokens.content(token))));
    }
  }
}

/// Keys that were seen are guessed again: the walk must not differ, and what follows a key is the
/// same token whether the key was passed over before or in the same call.
void guess_keys(std::string_view text) {
  constexpr std::size_t kMaxKnown = 8;
  std::vector<emr::json::WrittenKey> known(1);  // the first is none
  emr::json::Tokenizer plain(text, emr::json::Profile::kForeign);
  emr::json::Tokenizer guessing(text, emr::json::Profile::kForeign);
  while (true) {
    const auto taken = std::find_if(known.begin(), known.end(), [&](const auto& key) {
      return emr::json::Tokenizer(guessing).take_key(key);
    });
    emr::json::Token expected = plain.next();
    std::size_t key_start = 0;
    const emr::json::Token got =
        guessing.next(taken == known.end() ? known.front() : *taken, key_start);
    EMR_CHECK((key_start != emr::json::Tokenizer::kNoKey) == (taken != known.end()));
    if (taken != known.end()) {
      EMR_CHECK(expected.kind == emr::json::TokenKind::kKey && expected.start == key_start);
      expected = plain.next();
    }
    EMR_CHECK(got.kind == expected.kind && got.start == expected.start &&
              got.stop == expected.stop && plain.position() == guessing.position());
    if (got.kind == emr::json::TokenKind::kEnd || got.kind == emr::json::TokenKind::kError) return;
    if (got.kind == emr::json::TokenKind::kKey && !got.escaped && known.size() < kMaxKnown) {
      known.push_back(emr::json::WrittenKey::of(plain.content(got)));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool foreign = accepts(text, emr::json::Profile::kForeign);
  const bool strict = accepts(text, emr::json::Profile::kStrict);
  EMR_CHECK(foreign || !strict);
  guess_keys(text);
  const emr::Result<emr::json::Json> tree = emr::json::parse_strict(text);
  if (!tree) return 0;
  EMR_CHECK(strict);
  const std::string once = emr::json::canonical_checked(*tree);
  const emr::Result<emr::json::Json> again = emr::json::parse_strict(once);
  EMR_CHECK(again.ok() && *again == *tree && emr::json::canonical_checked(*again) == once);
  return 0;
}
