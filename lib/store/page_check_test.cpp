// The look at LMDB's pages before they are copied, on a file made by hand.
#include "store/page_check.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace emr::store {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kLeafAt = 2 * kPageBytes;
constexpr std::size_t kNodeAt = 4000;

template <class Number>
void set(std::string& file, std::size_t at, Number value) {
  std::memcpy(file.data() + at, &value, sizeof value);
}

/// Of transaction 7: one leaf, number 2, that holds one database, whose root is `root`.
std::string file_with_root(std::uint64_t root) {
  std::string file(3 * kPageBytes, '\0');
  set(file, 40, static_cast<std::uint32_t>(kPageBytes));
  set(file, 128, std::uint64_t{2});          // the root of all
  set(file, 136, std::uint64_t{1'000'000});  // the last page
  set(file, 144, std::uint64_t{7});
  set(file, kLeafAt, std::uint64_t{2});
  set(file, kLeafAt + 10, std::uint16_t{2});   // a leaf
  set(file, kLeafAt + 12, std::uint16_t{18});  // of one node
  set(file, kLeafAt + 14, static_cast<std::uint16_t>(kNodeAt));
  set(file, kLeafAt + 16, static_cast<std::uint16_t>(kNodeAt));
  set(file, kLeafAt + kNodeAt, std::uint32_t{48});
  set(file, kLeafAt + kNodeAt + 4, std::uint16_t{2});  // a database
  set(file, kLeafAt + kNodeAt + 6, std::uint16_t{1});
  set(file, kLeafAt + kNodeAt + 9 + 40, root);
  return file;
}

PagesVerdict verdict(const std::string& bytes, std::size_t transaction) {
  char path[] = "/tmp/emr-pages-XXXXXX";
  const int file = ::mkstemp(path);
  REQUIRE(file >= 0);
  ::unlink(path);
  REQUIRE(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  const PagesVerdict result = check_pages(file, transaction);
  ::close(file);
  return result;
}

TEST_CASE("pages: an empty database is whole; another transaction's page is not the one") {
  CHECK(verdict(file_with_root(~std::uint64_t{0}), 7) == PagesVerdict::kWhole);
  CHECK(verdict(file_with_root(~std::uint64_t{0}), 8) == PagesVerdict::kOutdated);
  CHECK(verdict("", 7) == PagesVerdict::kDamaged);
}

TEST_CASE("pages: a database that claims to lie in itself ends the walk, not the stack") {
  CHECK(verdict(file_with_root(2), 7) == PagesVerdict::kDamaged);
  CHECK(verdict(file_with_root(1), 7) == PagesVerdict::kDamaged);
  CHECK(verdict(file_with_root(1'000'001), 7) == PagesVerdict::kDamaged);
}

}  // namespace
}  // namespace emr::store
