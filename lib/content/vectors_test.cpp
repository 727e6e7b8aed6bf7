// The shared vector file (vectors/ipfs.json beside the checkout): files, deep trees, directories,
// Kubo's own fixtures and sealed containers. Skipped, and said so, where the file is absent; files
// of a gigabyte only run under EMR_LONG_TESTS.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "content/blob.h"
#include "content/importer.h"
#include "content/testing.h"
#include "crypto/hash.h"
#include "json/json.h"

namespace emr::content {
namespace {

using json::Json;
using testing::KeyStream;

constexpr std::uint64_t kLongSize = 200'000'000;

/// The vectors, parsed once; null when the file is absent.
const Json& vectors() {
  static const Json tree = [] {
    const std::optional<std::string> text = testing::shared_vectors("ipfs.json");
    if (!text) {
      MESSAGE("skipped: ../shared/vectors/ipfs.json is not beside the checkout");
      return Json();
    }
    return json::parse_strict(*text).value();
  }();
  return tree;
}

std::string text_of(const Json& tree, const char* key) { return tree.at(key).get<std::string>(); }
std::uint64_t number_of(const Json& tree, const char* key) {
  return tree.at(key).get<std::uint64_t>();
}

const std::pair<const char*, Layout> kProfiles[] = {
    {"cidv0", kUnixFs2015}, {"cidv1_raw", kCidV1Raw}, {"profile_2025", kUnixFs2025}};

TEST_CASE("vectors: files") {
  if (vectors().is_null()) return;
  for (const Json& file : vectors().at("files")) {
    const std::uint64_t size = number_of(file, "n");
    if (size > kLongSize && !testing::long_tests()) continue;
    CAPTURE(size);
    for (const auto& [key, layout] : kProfiles) {
      KeyStream stream(size);
      const ImportedFile got = testing::import(layout, stream).value();
      const std::string name = key;
      CHECK(format_cid(got.root) == text_of(file, key));
      if (file.contains(name + "_hex")) {
        CHECK(to_hex(cid_bytes(got.root)) == text_of(file, (name + "_hex").c_str()));
      }
      if (file.contains(name + "_tsize")) {
        CHECK(got.total_size == number_of(file, (name + "_tsize").c_str()));
      }
      if (name == "cidv0" && file.contains("cidv1_dagpb")) {
        CHECK(format_cid(to_version_1(got.root)) == text_of(file, "cidv1_dagpb"));
      }
    }
  }
}

TEST_CASE("vectors: deep trees") {
  if (vectors().is_null()) return;
  for (const Json& tree : vectors().at("deep_trees").at("vectors")) {
    const Layout layout{static_cast<std::uint8_t>(number_of(tree, "cid_version")),
                        tree.at("raw_leaves").get<bool>(),
                        number_of(tree, "chunk"),
                        number_of(tree, "width"),
                        {}};
    KeyStream stream(number_of(tree, "n"));
    const ImportedFile got = testing::import(layout, stream).value();
    CHECK(format_cid(got.root) == text_of(tree, "cid"));
    CHECK(got.total_size == number_of(tree, "tsize"));
  }
}

TEST_CASE("vectors: Kubo's published fixtures") {
  if (vectors().is_null()) return;
  for (const Json& fixture : vectors().at("kubo_published_vectors").at("vectors")) {
    const Layout layout = layout_of_profile(text_of(fixture, "profile")).value();
    if (fixture.contains("literal")) {
      const std::string literal = text_of(fixture, "literal");
      CHECK(format_cid(testing::import(layout, as_bytes(literal)).value().root) ==
            text_of(fixture, "cid"));
      continue;
    }
    const std::uint64_t size = number_of(fixture, "n");
    if (size > kLongSize && !testing::long_tests()) continue;
    const Hash32 key = hash_from_hex(text_of(fixture, "chacha20_key_hex")).value();
    KeyStream stream(EVP_chacha20(), key, size);
    CHECK(format_cid(testing::import(layout, stream).value().root) == text_of(fixture, "cid"));
  }
}

TEST_CASE("vectors: sealed containers") {
  if (vectors().is_null()) return;
  const Json& container = vectors().at("encrypted_container");
  BlobHeader header;
  header.salt = hash_from_hex(text_of(container, "salt")).value();
  const Bytes prefix = from_hex(text_of(container, "prefix")).value();
  std::copy(prefix.begin(), prefix.end(), header.prefix.begin());
  const crypto::Secret32 key(hash_from_hex(text_of(container, "ikm")).value());
  const SegmentCipher cipher(key, header);
  for (const Json& row : container.at("vectors")) {
    const std::uint64_t size = number_of(row, "n");
    const Bytes plain = testing::generate(size);
    Bytes sealed;
    const std::uint64_t count = segment_count(size);
    CHECK(count == number_of(row, "blocks"));
    for (std::uint64_t i = 0; i < count; ++i) {
      const SegmentSpan span = plain_span(i);
      const std::size_t length = std::min<std::size_t>(span.size, plain.size() - span.first);
      append(sealed, cipher.seal(i, i + 1 == count, ByteView(plain).subspan(span.first, length)));
    }
    CHECK(sealed.size() == number_of(row, "ct_len"));
    CHECK(to_hex(crypto::sha256(sealed)) == text_of(row, "sha256"));
    CHECK(to_hex(ByteView(sealed).first(48)) == text_of(row, "first48"));
    CHECK(format_cid(testing::import(kUnixFs2025, sealed).value().root) == text_of(row, "cid"));
  }
}

}  // namespace
}  // namespace emr::content
