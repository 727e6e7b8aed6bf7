// The option table of emr-desensitize, group by group.
#include "options.h"

namespace emr::tool {
namespace {

using cli::Kind;
using cli::OptionSpec;

std::vector<OptionSpec> input_options() {
  const std::string group = "Input and output";
  return {
      {.name = "in", .kind = Kind::kChoice, .help = "format of the input", .group = group,
       .preset = "auto",
       .choices = {"auto", "record", "json", "fhir", "csv", "hl7", "cda", "dicom", "text"}},
      {.name = "tree", .kind = Kind::kFlag,
       .help = "INPUT is a folder; each file goes to --output-dir under a keyed name",
       .group = group},
      {.name = "output-dir", .value = "DIR", .help = "--tree: folder of the new files",
       .group = group},
      {.name = "charset",
       .help = "character set of the input (gb18030, utf-16); JSON is written in UTF-8",
       .group = group},
      {.name = "delimiter", .help = "CSV delimiter, or \"tab\"", .group = group},
      {.name = "map", .kind = Kind::kFile, .help = "CSV columns to emr.record (emr.csvmap/1)",
       .group = group},
      {.name = "patients", .kind = Kind::kFile, .help = "second CSV table with the patients",
       .group = group},
      {.name = "lookup-dir", .kind = Kind::kFolder, .help = "folder of the map's look-up tables",
       .group = group},
      {.name = "allow-pixels", .kind = Kind::kFlag,
       .help = "DICOM: pass images that may carry burned-in text", .group = group},
      {.name = "blank", .value = "X,Y,W,H",
       .help = "DICOM: blank this box of pixels in every frame", .group = group,
       .repeatable = true},
      {.name = "format-options", .value = "JSON", .help = "options of one format as JSON",
       .group = group},
      {.name = "jobs", .short_name = 'j', .kind = Kind::kCount,
       .help = "threads; the order of the records stays", .group = group, .preset = "1", .min = 1,
       .max = 64},
  };
}

std::vector<OptionSpec> policy_options() {
  const std::string group = "Policy and keys";
  return {
      {.name = "policy", .short_name = 'p', .value = "FILE|PRESET",
       .help = "rules to follow; see --list-policies", .group = group},
      {.name = "profile", .value = "PURPOSE",
       .help = "purpose of use (treatment, research, public): switches rules on", .group = group},
      {.name = "unknown", .kind = Kind::kChoice, .help = "fields that no rule names",
       .group = group, .choices = {"drop", "keep", "scan", "fail"}},
      {.name = "strict", .kind = Kind::kFlag, .help = "same as --unknown fail", .group = group},
      {.name = "key-file", .short_name = 'k', .kind = Kind::kFile,
       .help = "key of the keyed techniques, 32 bytes or more, mode 0600", .group = group},
      {.name = "identities", .kind = Kind::kFile,
       .help = "CSV, the numbers of one person a row: dates move alike in every format",
       .group = group},
      {.name = "key-fd", .kind = Kind::kCount, .value = "FD", .help = "read that key from FD",
       .group = group, .max = 1023, .configurable = false},
  };
}

std::vector<OptionSpec> seal_options() {
  const std::string group = "Sealing (emr.record to emr.sealed)";
  return {
      {.name = "seal-to", .kind = Kind::kFile, .value = "GENESIS",
       .help = "seal the original to the consortium of this genesis file", .group = group},
      {.name = "institution", .value = "ID", .help = "the writing institution", .group = group},
      {.name = "descriptor", .kind = Kind::kFile,
       .help = "its emr.node line, when it joined after the genesis", .group = group},
      {.name = "institution-key", .kind = Kind::kFile, .help = "key of the record tags",
       .group = group},
      {.name = "linkage-key", .kind = Kind::kFile, .help = "key of the pseudonyms",
       .group = group},
      {.name = "attachments-root", .kind = Kind::kFolder, .help = "folder of the attachments",
       .group = group},
      {.name = "no-seal", .kind = Kind::kFlag, .help = "write the de-identified records alone",
       .group = group},
  };
}

std::vector<OptionSpec> mode_options() {
  const std::string group = "Other modes";
  return {
      {.name = "explain", .kind = Kind::kFlag,
       .help = "write class, rule and technique of each field instead of records; needs "
               "no key",
       .group = group},
      {.name = "classify", .kind = Kind::kFlag,
       .help = "write private, non-private or attachment for each field, and the level",
       .group = group},
      {.name = "check", .kind = Kind::kFlag,
       .help = "is the input clean, but for what --policy leaves? findings on stdout, exit 1",
       .group = group},
      {.name = "verify", .kind = Kind::kFlag,
       .help = "scan the output again; a record with a find is an error", .group = group},
      {.name = "detect", .kind = Kind::kFlag,
       .help = "{\"id\",\"text\"} lines to {\"id\",\"spans\"} lines", .group = group},
      {.name = "language", .kind = Kind::kChoice, .help = "language for --detect",
       .group = group, .preset = "auto", .choices = {"auto", "zh", "en"}},
      {.name = "show-values", .kind = Kind::kFlag, .help = "--detect: add the found text",
       .group = group, .configurable = false},
      {.name = "restore", .kind = Kind::kFlag,
       .help = "tokens back into values; with --policy also fpe and shifted dates", .group = group,
       .configurable = false},
      {.name = "report", .kind = Kind::kOutput,
       .help = "write an audit line without personal data", .group = group},
      {.name = "list-techniques", .kind = Kind::kFlag,
       .help = "names, GB/T 37964 terms and properties", .group = group},
      {.name = "list-policies", .kind = Kind::kFlag, .help = "the built-in policies",
       .group = group},
      {.name = "print-policy", .value = "PRESET", .help = "write a built-in policy",
       .group = group},
  };
}

std::vector<OptionSpec> risk_options() {
  const std::string group = "Risk";
  return {
      {.name = "assess", .kind = Kind::kFlag,
       .help = "k, l, t, re-identification risk and grade of a table", .group = group},
      {.name = "k", .kind = Kind::kCount,
       .help = "generalise and suppress until each group has N rows", .group = group, .min = 2,
       .max = 1'000'000},
      {.name = "quasi", .value = "COLUMN", .help = "a quasi-identifier", .group = group,
       .repeatable = true},
      {.name = "sensitive", .value = "COLUMN", .help = "a sensitive attribute", .group = group,
       .repeatable = true},
      {.name = "hierarchy", .value = "COLUMN=FILE", .help = "generalisation hierarchy (CSV)",
       .group = group, .repeatable = true},
      {.name = "microaggregate", .value = "COLUMN",
       .help = "--k: numbers become the mean of N similar rows", .group = group,
       .repeatable = true},
      {.name = "max-suppressed", .value = "SHARE",
       .help = "--k: share of rows that may be deleted (0.05)", .group = group},
      {.name = "scenario", .help = "way of sharing: which k does it demand?", .group = group},
      {.name = "release", .kind = Kind::kChoice, .help = "who receives the table",
       .group = group, .preset = "controlled-public",
       .choices = {"public", "controlled-public", "enclave"}},
      {.name = "population", .kind = Kind::kFile,
       .help = "table of the population, for the journalist risk", .group = group},
      {.name = "environment", .value = "FACTOR",
       .help = "--scenario: factor of the receiver's protection (1)", .group = group},
      {.name = "control", .kind = Kind::kChoice, .help = "--release enclave: receiver's control",
       .group = group, .preset = "medium", .choices = {"high", "medium", "low"}},
      {.name = "ability", .kind = Kind::kChoice, .help = "motive and ability of an insider",
       .group = group, .preset = "medium", .choices = {"low", "medium", "high"}},
      {.name = "security", .kind = Kind::kChoice, .help = "protection against a breach",
       .group = group, .preset = "medium", .choices = {"high", "medium", "low"}},
      {.name = "acquaintance-share", .value = "SHARE",
       .help = "share of the population that is in the table (0.01)", .group = group},
  };
}

}  // namespace

std::vector<OptionSpec> all_options() {
  std::vector<OptionSpec> all;
  for (auto part :
       {policy_options(), input_options(), seal_options(), mode_options(), risk_options()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace emr::tool
