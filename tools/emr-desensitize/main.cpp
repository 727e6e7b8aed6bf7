// emr-desensitize: medical records in, de-identified records out, the original sealed beside them.
// The options are in options.cpp, the modes in run.cpp.
#include "cli/cli.h"
#include "options.h"
#include "run.h"

int main(int argc, char** argv) {
  const emr::cli::ToolSpec tool{
      .name = "emr-desensitize",
      .summary = "de-identify medical records",
      .description =
          "Reads medical records, changes them by a policy so that they no longer tell who the "
          "patient is, and writes them in the same format. Records of type emr.record are, with "
          "the sealing options, written as emr.sealed: a public half as the policy allows it, and "
          "the original encrypted to the consortium.\n\nDates move with their patient, by the same "
          "days in every format: each line, CSV row and HL7 message, each element of a JSON array, "
          "each entry of a FHIR Bundle (by its subject, patient or encounter), each PID's part of "
          "a message and each patient's records of a DICOMDIR by their own. What cannot be "
          "attributed to one patient keeps the year of its dates alone. Formats know a patient by "
          "other numbers (FHIR by the id, HL7 by the record number, CDA and tables by the ID "
          "number where it is there): --identities says which are one person's. A number has one "
          "token in every format.\n\nMemory does not grow with the input: "
          "lines, messages, rows and the elements of a JSON array of objects may "
          "be any number. One of them is held whole (16 MiB at most), and so is a document: a "
          "FHIR Bundle (256 MiB at most, about five times its size in memory; NDJSON has no such "
          "limit), a CDA document (64 MiB) and a DICOM file (1 GiB).\n\nA record of a slow input "
          "is answered as soon as it is whole; with --in auto the first 4 KiB are waited for, "
          "because they tell the format.\n\nBytes that no rule touches stay as they are. JSON "
          "that is not UTF-8 (--charset gb18030) is written in UTF-8, and without its byte order "
          "mark.\n\n--on-error skip passes over a record, a row or (with "
          "--tree) a file that cannot be read, understood or de-identified, whatever the reason: "
          "each has its line in --rejects, and the exit status is 3. A table whose header is bad "
          "and a quoted field that no quote closes end the run all the same, since no row behind "
          "them can be told.\n\n--tree numbers everything below INPUT, because an old name may "
          "tell the patient: entry 12 of a message, a reject or an emr.file line is line 12 of "
          "(cd INPUT; find . -mindepth 1 | LC_ALL=C sort). Symbolic links, special files, empty "
          "files and files without a record left are passed over, and a notice says which. New "
          "names keep an extension that says what a file is.\n\n--check knows what a policy "
          "leaves: codes that it keeps, dates where it moves dates (a moved date looks like any "
          "other), labels and tokens. Without --policy, FHIR, HL7, CDA and DICOM are looked at "
          "with their own, and tables, JSON and text with none.\n\nThe output is "
          "pseudonymised data: it is "
          "still personal data in the sense of the law.",
      .verbs = {{.summary = "de-identify records",
                 .streams = emr::cli::Streams::kFilter,
                 .options = emr::tool::all_options(),
                 .examples =
                     {{"mask a bulk export by the policy of its format",
                       "emr-desensitize -k key < Patient.ndjson"},
                      {"what happens to each field",
                       "emr-desensitize -p paper -k key --explain < in.ndjson"},
                      {"is this text clean?", "emr-desensitize --in text --check < letter.txt"},
                      {"put the audit line of a run on the ledger",
                       "emr-desensitize -k key --report audit.json < in.ndjson > out && "
                       "emr-tx build records.desensitize --from 0x… < audit.json > tx"}},
                 .handler = emr::tool::desensitize_handler}},
      .exit_status = {{0, "done; with --check: clean"},
                      {1, "not clean (--check, --verify), or the demanded k is not reached"},
                      {3, "some records were skipped (--on-error skip)"},
                      {65, "the input is malformed"},
                      {66, "an input file cannot be opened"},
                      {77, "a key is missing, too short, or its file is too open"},
                      {78, "the policy or the map is wrong"}},
      .see_also = {"emr-ipfs-put", "emr-tx"},
      .handles_secrets = true};
  return emr::cli::run(tool, argc, argv);
}
