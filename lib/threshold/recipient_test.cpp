// An institution that joined after the genesis seals to its own archive key (R-026, R-079).
#include "threshold/recipient.h"

#include <doctest/doctest.h>

#include <string>

#include "base/hex.h"

using namespace emr;

TEST_CASE("recipient: a later member's archive key comes from its own descriptor") {
  const std::string key(64, 'a');
  const std::string line =
      R"({"archiveKey":")" + key + R"(","id":"hosp-e","type":"emr.node","v":1})";
  CHECK(to_hex(*threshold::descriptor_archive_key(line, "hosp-e")) == key);
  CHECK(threshold::descriptor_archive_key(line, "hosp-f").error().code == Code::kConfig);
  CHECK(!threshold::descriptor_archive_key(R"({"type":"emr.node","v":1,"id":"hosp-e"})", "hosp-e"));
  CHECK(!threshold::descriptor_archive_key(R"({"type":"emr.genesis","v":1})", "hosp-e"));
  CHECK(!threshold::descriptor_archive_key("{", "hosp-e"));
}
