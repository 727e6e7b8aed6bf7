// HL7 v2: delimiters, escapes, framing, batches, character sets, Z segments (R-040).
#include "desensitize/formats/hl7.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "desensitize/formats/charset.h"
#include "desensitize/formats/hl7_syntax.h"
#include "desensitize/formats/testing.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

std::shared_ptr<const Policy> policy() {
  return *Policy::parse(
      R"({"type":"emr.policy","v":1,"id":"t","unknown":"keep","rules":[
      {"id":"family","class":"NAME","technique":"substitute","args":{"by":"text","with":"A|B&C"},
       "match":{"hl7":"PID-5.1"}},
      {"id":"name","class":"NAME","technique":"null","match":{"hl7":"PID-5"}},
      {"id":"note","class":"TEXT","technique":"redact-text","match":{"hl7":"NTE-3"}},
      {"id":"file","class":"FILE","technique":"delete","match":{"hl7":"OBX-5","key":"ED"}},
      {"id":"mine","class":"CODE","technique":"keep","match":{"hl7":"ZPI"}},
      {"id":"gone","class":"CODE","technique":"delete","match":{"hl7":"IN1"}}]})");
}

testing::Run run(std::string_view text, std::size_t chunk = 1 << 20) {
  return testing::run_format(hl7_format(), policy(), text, {}, chunk);
}

}  // namespace

TEST_CASE("hl7: leaves change, everything around them keeps its bytes") {
  const std::string in =
      "MSH|^~\\&|APP|FAC\rPID|1||7^^^H~8||DOE&van^JOHN~ROE^JANE\r"
      "OBX|1|ED|X||PDF^base64\rOBX|2|TX|X||PDF^base64\rIN1|1|x\rZZZ|1|secret\rZPI|1|kept\r";
  const std::string expected =
      "MSH|^~\\&|APP|FAC\rPID|1||7^^^H~8||A\\F\\B\\T\\C&A\\F\\B\\T\\C^~A\\F\\B\\T\\C^\r"
      "OBX|1|ED|X||^\rOBX|2|TX|X||PDF^base64\rZPI|1|kept\r";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{9}, std::size_t{1} << 20}) {
    const testing::Run result = run(in, chunk);
    CHECK(result.errors.empty());
    CHECK(result.out == expected);
  }
}

TEST_CASE("hl7: a message may choose its own delimiters") {
  CHECK(run("MSH#*!?%#APP\nPID#1####DOE*J\n").out == "MSH#*!?%#APP\nPID#1####A|B&C*\n");
}

TEST_CASE("hl7: MLLP frames and batches are cut at their messages") {
  const std::string framed = "\x0bMSH|^~\\&|A\rPID|||||DOE\r\x1c\r\x0bMSH|^~\\&|B\r\x1c\r";
  const std::string batch =
      "FHS|^~\\&|X\r\nBHS|^~\\&|X\r\nMSH|^~\\&|A\r\nPID|||||DOE\r\nMSH|^~\\&|B\r\nBTS|2\r\n"
      "FTS|1\r\n";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{1} << 20}) {
    CHECK(run(framed, chunk).out ==
          "\x0bMSH|^~\\&|A\rPID|||||A\\F\\B\\T\\C\r\x1c\r\x0bMSH|^~\\&|B\r\x1c\r");
    CHECK(run(batch, chunk).out ==
          "FHS|^~\\&|X\r\nBHS|^~\\&|X\r\nMSH|^~\\&|A\r\nPID|||||A\\F\\B\\T\\C\r\nMSH|^~\\&|B\r\n"
          "BTS|2\r\nFTS|1\r\n");
  }
}

TEST_CASE("hl7: escapes are read before a rule looks, and written again") {
  const Hl7Delimiters usual;
  std::string text;
  hl7_unescape("a\\T\\b\\.br\\c\\X41C3A9\\d\\H\\e\\N\\ \\odd", usual, "UTF-8", text);
  CHECK(text == "a&b\ncA\xc3\xa9" "de \\odd");
  std::string raw;
  hl7_escape("a&b|c^d~e\\f\ng", usual, raw);
  CHECK(raw == "a\\T\\b\\F\\c\\S\\d\\R\\e\\E\\f\\.br\\g");
}

TEST_CASE("hl7: the character set of MSH-18 is kept, although its bytes hold delimiters") {
  // U+4E28 is 0x81 0x7C in GB18030: its second byte is the field separator '|'.
  const std::string utf8 = "MSH|^~\\&|A||||||||||||||GB18030\rPID|||||丨^x\rNTE|1||丨丨\r";
  const std::string in = *recode(utf8, "GB18030", "UTF-8");
  const testing::Run result = run(in);
  CHECK(result.errors.empty());
  CHECK(*recode(result.out, "UTF-8", "GB18030") ==
        "MSH|^~\\&|A||||||||||||||GB18030\rPID|||||A\\F\\B\\T\\C^\rNTE|1||丨丨\r");
}

TEST_CASE("hl7: the authority of a merged number is treated as that of the number that stays") {
  const auto preset = Policy::preset("hl7v2");
  REQUIRE(preset.ok());
  const std::string out =
      testing::run_format(hl7_format(), *preset,
                          "MSH|^~\\&|A||||||ADT^A40\rPID|||7^^^GULOU\rMRG|8^^^GULOU||9^^^GULOU\r")
          .out;
  CHECK(out.find("GULOU") == out.npos);
  const std::string authority = out.substr(out.find("^^^") + 3, 35);
  CHECK(out.rfind("^^^" + authority) > out.find("MRG|"));
}

TEST_CASE("hl7: a message with unusable delimiters is a broken message and no plain text") {
  for (const char* head : {"MSH|^&&^|A|B", "MSH|^&&^##|A|B", "MSH!$r?@!A!B", "MSH|^~\\&"}) {
    CAPTURE(head);
    CHECK(recognise_format(head) == &hl7_format());
  }
  for (const char* text : {"MSH: melanocytes", "MSH-6 - a gene", "MSH (hormone)", "MSH--"}) {
    CAPTURE(text);
    CHECK(recognise_format(text) != &hl7_format());
  }
}

TEST_CASE("hl7: what a dictionary calls a code stays") {
  const std::string in =
      "MSH|^~\\&|A||||||ORU^R01\r"
      "OBR|1|||TPO^ANTI THYROPEROXIDASE ANTIBODIES(TPO)^L\r"
      "OBX|1|NM|788-0^Erythrocyte distribution width [Ratio] by Automated count^LN^G^"
      "GLUCOSE:MCNC:PT:SER/PLAS:QN||5\rAL1|1|DA|1^Penicillin G benzathine^RXN\r";
  const testing::Run result =
      testing::run_format(hl7_format(), testing::preset("hl7v2"), in);
  CHECK(result.out == in);
}

TEST_CASE("hl7: bad messages are refused and the next one still comes through") {
  const struct {
    std::string_view message;
    std::string_view reason;
  } cases[] = {
      {"PID|1||7\r", "hl7_no_msh"},
      {"MSH|\rPID|1\r", "hl7_delimiters"},
      {"MSH|^^\\&|A\rPID|1\r", "hl7_delimiters"},
      {"MSH|^~\\&|A\rnot a segment\r", "hl7_segment"},
  };
  for (const auto& bad : cases) {
    CAPTURE(bad.reason);
    const testing::Run result = run(std::string(bad.message) + "MSH|^~\\&|B\r");
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].reason == bad.reason);
    CHECK(result.out == "MSH|^~\\&|B\r");
  }
}

TEST_CASE("hl7: no name, number or address of the sample messages is left") {
  const std::string folder = EMR_SOURCE_DIR "/../shared/data/hl7v2";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: no HL7 samples");
    return;
  }
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = "hl7v2/" + file.path().filename().string();
    CAPTURE(name);
    const std::string in = testing::sample(name);
    CHECK(recognise_format(in.substr(0, 4096)) == &hl7_format());
    const testing::Run result =
        testing::run_format(hl7_format(), testing::preset("hl7v2"), in);
    CHECK(result.errors.empty());
    for (const std::string_view secret :
         {"DUCK", "EVERYMAN", "Woolfson", "1234567^", "111 DUCK", "Hospital Lane", "8885551212",
          "10006579", "Bixby", "Madelynn", "123456789^^^USSSA"}) {
      CHECK(result.out.find(secret) == std::string::npos);
    }
    for (std::size_t cut = 1; cut < in.size(); cut += 97) {
      testing::run_format(hl7_format(), policy(), in.substr(0, cut));  // must not crash
    }
  }
}

TEST_CASE("hl7: addresses, telephones and people go wherever their data types stand") {
  const std::string in =
      "MSH|^~\\&|A|B|C|D|20250305||ADT^A01|77|P|2.7\r"
      "NK1|1||||||||||||||||||||||||||||||||||||||||444441^^CP\r"
      "ACC|||||||10535^G1^L1||||5 Elm^^VAX^^20324\r"
      "IN1|1|||||||||||||||||||||||||||||10536^G2^L2\r"
      "SCH|||||||||||||444442^^CP|6 Elm^^VAX^^20325\r"
      "PES||10537^G3^L3|7 Elm^^VAX^^20326|444443^^CP\r"
      "RXO" + std::string(35, '|') + "8 Elm^^VAX^^20327\r";
  for (const auto& [preset, purpose] :
       {std::pair("hl7v2", ""), {"hl7v2", "treatment"}, {"hl7v2", "research"}, {"hl7v2", "public"},
        {"hipaa-safe-harbor", ""}, {"gbt37964", ""}, {"gbt37964", "treatment"}}) {
    CAPTURE(preset);
    CAPTURE(purpose);
    const auto with = Policy::preset(preset, purpose, "hl7v2");
    REQUIRE(with.ok());
    const std::string out = testing::run_format(hl7_format(), *with, in).out;
    CAPTURE(out);
    for (const char* part : {"44444", "1053", "Elm", "VAX", "2032", "G1", "L1", "G2", "L2", "G3"}) {
      CHECK(out.find(part) == std::string::npos);
    }
  }
}

TEST_CASE("hl7: what a code is called is a term, unless it proves to be a person") {
  const auto run = [](const std::string& name) {
    return testing::run_format(hl7_format(), testing::preset("hl7v2"),
                               "MSH|^~\\&|A|B|C|D|||ORU^R01|1|P|2.5\rPID|1||7||Odom^Zeb\r"
                               "OBR|1|||1^" + name + "^L\rOBX|1|NM|2571-8^" + name + "^LN||5\r")
        .out;
  };
  CHECK(run("Triglycerides").find("1^Triglycerides^L\rOBX|1|NM|2571-8^Triglycerides^LN") !=
        std::string::npos);
  CHECK(run("Zeb Odom").find("Odom") == std::string::npos);
  CHECK(run("Dr. Quartermain").find("Quartermain") == std::string::npos);
}
