// CDA, C-CDA and WS/T 500: byte splice, codes, bombs.
#include "desensitize/formats/cda.h"

#include <doctest/doctest.h>

#include "desensitize/formats/charset.h"
#include "desensitize/formats/limits.h"
#include "desensitize/formats/testing.h"
#include "desensitize/formats/xml_document.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

testing::Run run(std::string_view text, std::string_view policy = "cda") {
  return testing::run_format(cda_format(), testing::preset(policy), text);
}

std::string reason_of(std::string_view text) {
  const testing::Run result = run(text);
  return result.errors.empty() ? "" : result.errors[0].reason;
}

}  // namespace

TEST_CASE("cda: people go, codes and every other byte stay") {
  const std::string in =
      "\xef\xbb\xbf<?xml version='1.0'?>\r\n<ClinicalDocument  xmlns=\"urn:hl7-org:v3\">\n"
      " <recordTarget><patientRole>\n"
      "  <id root=\"2.16.156.10011.1.3\" extension='11010519491231002X' />\n"
      "  <addr use='H'><city>Beijing</city></addr><telecom value=\"tel:1\"/>\n"
      "  <patient><name>A &amp; <![CDATA[<B>]]></name>"
      "<administrativeGenderCode code=\"2\"/></patient>\n"
      " </patientRole></recordTarget>\n <title>1 &#49;</title>\n</ClinicalDocument>\n";
  const testing::Run result = run(in);
  REQUIRE(result.errors.empty());
  CHECK(result.out.starts_with(in.substr(0, in.find("11010519"))));
  CHECK(result.out.find("11010519491231002X") == std::string::npos);
  CHECK(result.out.find("extension='tk:") != std::string::npos);
  CHECK(result.out.find("  <addr nullFlavor=\"MSK\"/><telecom nullFlavor=\"MSK\"/>\n"
                        "  <patient><name nullFlavor=\"MSK\"/>"
                        "<administrativeGenderCode code=\"2\"/>"
                        "</patient>\n </patientRole></recordTarget>\n <title>1 &#49;</title>\n"
                        "</ClinicalDocument>\n") != std::string::npos);
}

TEST_CASE("cda: WS/T 500 elements are known by their data-element code") {
  const std::string in =
      "<ClinicalDocument xmlns='urn:hl7-org:v3'><entry><observation>"
      "<code code='DE02.01.039.00' displayName='签名'/><value>李医生</value></observation></entry>"
      "<entry><observation><code code='DE04.01.119.00'/><value>咳嗽3天</value></observation>"
      "</entry></ClinicalDocument>";
  const testing::Run result = run(in);
  CHECK(result.errors.empty());
  CHECK(result.out.find("李医生") == std::string::npos);
  CHECK(result.out.find("咳嗽3天") != std::string::npos);
  CHECK(result.out.find("displayName='签名'") != std::string::npos);
}

TEST_CASE("cda: what is encoded in base64 goes wherever it stands, since no scan reads it") {
  const std::string out =
      run("<ClinicalDocument xmlns='urn:hl7-org:v3'><observation><code code='DE04.01.119.00'/>"
          "<value mediaType='text/plain' representation='B64'>5oKj6ICF546L5Li95Y2O</value>"
          "<value representation='TXT'>x</value></observation></ClinicalDocument>").out;
  CHECK(out.find("5oKj6ICF") == std::string::npos);
  CHECK(out.find("<value nullFlavor=\"MSK\"/><value representation='TXT'>x</value>") != out.npos);
}

TEST_CASE("cda: the patient's own name is found in the narrative") {
  const std::string in =
      "<ClinicalDocument xmlns='urn:hl7-org:v3'><recordTarget><patientRole><patient>"
      "<name><given>Zebulon</given><family>Quartermain</family></name></patient></patientRole>"
      "</recordTarget><section><text>Then Quartermain left.</text></section></ClinicalDocument>";
  CHECK(run(in).out.find("Quartermain") == std::string::npos);
}

TEST_CASE("cda: the number of an insured person is found in the narrative") {
  // The payers section of HL7's sample CCD repeats it as the contract number.
  const std::string out =
      run("<ClinicalDocument><section><text><table><tr><td>1138345</td></tr></table></text>"
          "<participant><participantRole><id root=\"2.16.840.1.113883.19\" "
          "extension=\"1138345\"/></participantRole></participant></section></ClinicalDocument>")
          .out;
  CHECK(out.find("1138345") == out.npos);
}

TEST_CASE("cda: the name of an organisation of the header is found in titles and the narrative") {
  const std::string out =
      run("<ClinicalDocument><title>Good Health Clinic Consultation Note</title>"
          "<custodian><assignedCustodian><representedCustodianOrganization>"
          "<name>Good Health Clinic</name></representedCustodianOrganization></assignedCustodian>"
          "</custodian><section><text>seen at Good Health Clinic</text></section>"
          "</ClinicalDocument>")
          .out;
  CHECK(out.find("Good Health") == out.npos);
  CHECK(out.find("Consultation Note</title>") != out.npos);
}

TEST_CASE("cda: identifiers and names of HL7 v3 messages, whose types hold items") {
  // As the interface messages of Chinese hospitals have them (PRPA_IN201305UV02).
  const std::string out =
      run("<PRPA_IN201305UV02><livingSubjectName><value><item><part value=\"茶香\"/></item></value>"
          "</livingSubjectName><patient><id><item root=\"2.16.156.10011.1.11\" "
          "extension=\"MZ000480000123\"/></id></patient><placer><id><item root=\"1.2\" "
          "extension=\"SQ7712345\"/></id></placer></PRPA_IN201305UV02>")
          .out;
  for (const char* secret : {"茶香", "MZ000480000123", "SQ7712345"}) {
    CAPTURE(secret);
    CHECK(out.find(secret) == out.npos);
  }
  CHECK(out.find("extension=\"tk:") != out.npos);
}

TEST_CASE("cda: white space between the parts of a name is no name") {
  const std::string in =
      "<a><name>\n    <given>Zed</given>\n    </name><text>He\n    left.</text></a>";
  CHECK(run(in).out == "<a><name nullFlavor=\"MSK\"/><text>He\n    left.</text></a>");
}

TEST_CASE("cda: a line of the narrative is one text, whatever is bold in it") {
  const std::string in =
      "<a><text>电话138<content styleCode='Bold'>0013</content>8000，&lt;5<br/>"
      "<content>姓名：张</content><content>三丰</content>，男。<list><item>13</item>"
      "<item>9001</item></list></text></a>";
  const testing::Run result = run(in);
  REQUIRE(result.errors.empty());
  CHECK(result.out ==
        "<a><text>电话[PHONE]<content styleCode='Bold'></content>，&lt;5<br/><content>姓名：[NAME]"
        "</content><content></content>，男。<list><item>13</item><item>9001</item></list></text></a>");
}

TEST_CASE("cda: a declared character set is kept") {
  const std::string utf8 =
      "<?xml version=\"1.0\" encoding=\"GB18030\"?><a><name>张</name><b>咳嗽</b></a>";
  const testing::Run result = run(*recode(utf8, "GB18030", "UTF-8"));
  CHECK(result.errors.empty());
  CHECK(*recode(result.out, "UTF-8", "GB18030") ==
        "<?xml version=\"1.0\" encoding=\"GB18030\"?><a><name nullFlavor=\"MSK\"/><b>咳嗽</b></a>");
}

TEST_CASE("cda: bombs and broken documents are refused") {
  CHECK(reason_of("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>") == "xml_doctype");
  CHECK(reason_of("<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>") ==
        "xml_doctype");
  CHECK(reason_of("<a><b></a>") == "xml_syntax");
  // The rules of CDA know no <value value="…"/>: the numbers of a patient would stay.
  CHECK(reason_of("<Patient xmlns='http://hl7.org/fhir'><id value='7'/></Patient>") == "xml_other");
  CHECK(reason_of("<f:Patient xmlns:x='urn:x' xmlns:f='http://hl7.org/fhir'/>") == "xml_other");
  CHECK(reason_of("<!-- a --><ADT_A01 xmlns='urn:hl7-org:v2xml'><PID/></ADT_A01>") == "xml_other");
  CHECK(reason_of("<NativeDicomModel xmlns='http://dicom.nema.org/PS3.19/models/NativeDICOM'/>") ==
        "xml_other");
  CHECK(reason_of("<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='http://hl7.org/fhir'/>") ==
        "");
  // Without a declaration, too: plain text has no fields.
  for (const char* in :
       {"<Patient xmlns=\"http://hl7.org/fhir\">", "<a xmlns='urn:hl7-org:v2xml'>"}) {
    CHECK(recognise_format(in) == &cda_format());
  }
  CHECK(recognise_format("<see http://hl7.org/fhir for this>") != &cda_format());
  CHECK(reason_of("<a>&b;</a>") == "xml_syntax");
  CHECK(reason_of("<a>") == "xml_syntax");
  CHECK(reason_of("<a>\xff</a>") == "xml_syntax");
  std::string deep;
  for (std::size_t at = 0; at <= kMaxXmlDepth; ++at) deep += "<a>";
  CHECK(reason_of(deep) == "xml_depth");
  CHECK(reason_of("<?xml version='1.0' encoding='klingon'?><a/>") == "charset_unknown");
}

TEST_CASE("cda: spans of the parser cover the document") {
  const std::string text = "<!-- c --><a x='1'  y=\"&lt;\"><b/>t&amp;u<!--d--><![CDATA[v]]></a>";
  const Result<XmlDocument> document = parse_xml(text);
  REQUIRE(document.ok());
  std::string seen;
  for (const XmlNode& node : document->nodes) {
    seen += node.name + "[" + text.substr(node.start, node.stop - node.start) + "]";
  }
  CHECK(seen == "#comment[<!-- c -->]a[" + text.substr(10) +
                    "]@x[1]@y[&lt;]b[<b/>][t&amp;u]#comment[<!--d-->][<![CDATA[v]]>]");
}

TEST_CASE("cda: no identifier of the sample documents is left") {
  for (const std::string name :
       {"CCD", "Discharge_Summary", "Patient-1", "Progress_Note", "eicr_yoda_zika"}) {
    CAPTURE(name);
    const std::string in = testing::sample("cda/" + name + ".xml");
    if (in.empty()) {
      MESSAGE("skipped: no sample");
      continue;
    }
    CHECK(recognise_format(in.substr(0, 4096)) == &cda_format());
    const testing::Run result = run(in);
    REQUIRE(result.errors.empty());
    CHECK(parse_xml(result.out.substr(result.out.starts_with("\xef\xbb\xbf") ? 3 : 0)).ok());
    for (const std::string_view secret :
         {"<given>", "<streetAddressLine", "tel:", "mailto:", "Puffer", "Amber Drive"}) {
      CHECK(result.out.find(secret) == std::string::npos);
    }
    for (std::size_t cut = 0; cut < in.size(); cut += 9973) {
      CHECK_FALSE(run(in.substr(0, cut)).errors.empty() == (cut > 0));
    }
  }
}

TEST_CASE("cda: a measured value is a number by its type, whatever date it could be") {
  const std::string in =
      "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:xsi='urn:x'><observation>"
      "<value xsi:type='PQ' value='1988.5' unit='pg/mL'/><value xsi:type='PQ' value='20101212'/>"
      "<value xsi:type='IVL_PQ'><low value='19801212'/></value>"
      "<value xsi:type='INT' value='20101212'/></observation></ClinicalDocument>";
  CHECK(run(in).out == in);
  CHECK(run(in, "hipaa-safe-harbor").out == in);
  for (const char* phone : {"6175550199", "110-22-333"}) {
    const std::string typed = "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:xsi='urn:x'>"
                              "<value xsi:type='INT' value='" + std::string(phone) +
                              "'/></ClinicalDocument>";
    CHECK(run(typed, "hipaa-safe-harbor").out.find(phone) == std::string::npos);
  }
  const std::string text = "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:xsi='urn:x'>"
                           "<value xsi:type='ST'>20101212</value></ClinicalDocument>";
  CHECK(run(text).out != text);
}

TEST_CASE("cda: the template of a document and its version stay under every policy") {
  const std::string id =
      "<templateId root='2.16.840.1.113883.10.20.22.1.1' extension='2014-06-09'/>";
  const std::string in = "<ClinicalDocument xmlns='urn:hl7-org:v3'>" + id + "</ClinicalDocument>";
  for (const char* policy : {"cda", "hipaa-safe-harbor", "gbt37964", "strict", "ws445", "paper"}) {
    CAPTURE(policy);
    CHECK(run(in, policy).out.find(id) != std::string::npos);
  }
  const std::string other = "<ClinicalDocument xmlns='urn:hl7-org:v3'><templateId root='1.2' "
                            "extension='11010519491231002X'/></ClinicalDocument>";
  CHECK(run(other).out.find("11010519491231002X") == std::string::npos);
}
