// RFC 6962: the roots of the certificate-transparency test vectors, and every path of every size.
#include "ledger/merkle.h"

#include <doctest/doctest.h>

#include "base/hex.h"

namespace emr::ledger {
namespace {

std::vector<Hash32> reference_leaves() {
  std::vector<Hash32> leaves;
  for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"}) {
    leaves.push_back(merkle_leaf(*from_hex(hex)));
  }
  return leaves;
}

TEST_CASE("Merkle roots equal the published ones of the certificate transparency project") {
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  const auto leaves = reference_leaves();
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    CHECK(to_hex(merkle_root(std::span(leaves).first(size))) == roots[size - 1]);
  }
  CHECK(to_hex(merkle_root({})) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("Merkle paths: every leaf of every size verifies, and nothing near it does") {
  std::vector<Hash32> leaves;
  for (std::uint8_t size = 1; size <= 33; ++size) {
    leaves.push_back(merkle_leaf(ByteView(&size, 1)));
    const Hash32 root = merkle_root(leaves);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto path = merkle_path(leaves, index);
      CHECK(merkle_verify(leaves[index], index, size, path, root));
      CHECK_FALSE(merkle_verify(leaves[index], index + 1, size, path, root));
      CHECK_FALSE(merkle_verify(leaves[(index + 1) % size], index, size, path, root) ==
                  (size > 1));
      path.push_back(root);  // longer than it must be
      CHECK_FALSE(merkle_verify(leaves[index], index, size, path, root));
      path.pop_back();
      if (path.empty()) continue;
      path.back()[0] ^= 1;
      CHECK_FALSE(merkle_verify(leaves[index], index, size, path, root));
      path.pop_back();
      CHECK_FALSE(merkle_verify(leaves[index], index, size, path, root));
    }
  }
}

}  // namespace
}  // namespace emr::ledger
