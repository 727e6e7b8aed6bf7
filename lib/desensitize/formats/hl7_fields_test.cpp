// Fields of rarer segments that name people, numbers, places and devices: numbers become tokens,
// names and places go, whatever the detectors of free text think of them.
#include <doctest/doctest.h>

#include "desensitize/formats/testing.h"

namespace emr::desensitize {
namespace {

struct Segment {
  std::string_view text;
  std::string_view secrets[4];  ///< what must not be left of it
};

constexpr Segment kSegments[] = {
    {"AUT|PPO|HC02|X|20220110|20220310|QZ71001111", {"QZ71001111"}},
    {"BLG|||ACC-1167", {"ACC-1167"}},
    {"DB1|1|PT|DB-123X", {"DB-123X"}},
    {"NTE|1||text||MLEE^QATTEND^QAARON|20220101", {"MLEE", "QATTEND", "QAARON"}},
    {"OBX|1|ST|1^a^LN||x||||||F|||20220101|ORG-15^the lab|||EI12.3", {"ORG-15", "EI12.3"}},
    {"ORC|RE|||||||PLAC-8&X^FILL-8&X", {"PLAC-8", "FILL-8"}},
    {"ORC|RE||||||||||||||||ACMSE004", {"ACMSE004"}},
    {"PRD|RP|||^^^GENERAL FACILITY|||PLN1001|||GOOD HEALTH HOSPITAL^^QORG|1031 QDRIVE",
     {"GENERAL FACILITY", "PLN1001", "GOOD HEALTH", "QDRIVE"}},
    {"PRT|1|AD||AD|||1^Unit|Memorial Place|OMU B^Room 7^Bed 03|DEV-10.1",
     {"Memorial", "Room 7", "Bed 03", "DEV-10.1"}},
    {"PRT|1|AD||AD||||||||||||00643169001763|||LOT1|21A11F4855|RA123B",
     {"00643169001763", "21A11F4855", "RA123B"}},
    {"PV1|1|I|||V-55^^^TEST&Q^VN^Unity House", {"V-55", "TEST", "Unity House"}},
    {"PV2|^ROOM1&2.16^BED1^FACILITY1^^^BUILDING1^FLOOR1",
     {"ROOM1", "BED1", "FACILITY1", "BUILDING1"}},
    {"RF1|P|R|M||O|226839^EPIC|||||11001^EXT|||||||||12131^McWilliams",
     {"226839", "11001", "12131", "McWilliams"}},
    {"RXE|||1||mg||||||||||PN15X", {"PN15X"}},
    {"SAC|1|EA54678|A59032|C487892", {"EA54678", "A59032", "C487892"}},
    {"TXA|1|DS||||||||||||||QWANG-54302.pdf", {"QWANG", "54302"}},
};

TEST_CASE("hl7: numbers, people, places and devices of rarer segments do not stay") {
  for (const char* preset : {"hl7v2", "gbt37964", "hipaa-safe-harbor"}) {
    for (const Segment& segment : kSegments) {
      CAPTURE(preset);
      CAPTURE(segment.text);
      const auto policy = Policy::preset(preset, "", "hl7v2");
      REQUIRE(policy.ok());
      const std::string in = "MSH|^~\\&|A|B|||20250310||ADT^A01|1|P|2.8\rPID|1||7\r" +
                             std::string(segment.text) + "\r";
      const testing::Run result = testing::run_format(*find_format("hl7"), *policy, in);
      REQUIRE(result.errors.empty());
      for (const std::string_view secret : segment.secrets) {
        CAPTURE(secret);
        CHECK((secret.empty() || result.out.find(secret) == std::string::npos));
      }
    }
  }
}

TEST_CASE("hl7: a driving licence goes, and its state stays") {
  const testing::Run result = testing::run_format(
      *find_format("hl7"), testing::preset("hl7v2"),
      "MSH|^~\\&|A|B|||20250310||ADT^A01|1|P|2.8\rPID|1||7||||||||||||||||"
      "|T05349638^KY^20300101~DL^T05349639\r");
  CHECK(result.out.find("T0534963") == std::string::npos);
  CHECK(result.out.find("^KY^20") != std::string::npos);
}

}  // namespace
}  // namespace emr::desensitize
