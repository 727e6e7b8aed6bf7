// The mapping file `emr.csvmap/1`: which column of a HIS export becomes which member of an
// `emr.record` v1. Nothing about column names is built in, because real exports spell them in every
// way. FORMAT (all members but map and fields optional):
//
//   {"map":"emr.csvmap/1","encoding":"GB18030","delimiter":",","tz":"+08:00","system":"HIS-A",
//    "key":["ORGAN_CODE","OUTP_NO"],"docType":"C0002","nulls":["","NA","无"],
//    "patients":{"by":"PATIENT_ID"},
//    "fields":{POINTER: SPEC, …}}
//
// POINTER is a JSON pointer into the record; all-digit keys make arrays. SPEC is one of
//   "COLUMN"                              the text
//   {"const": any JSON}                   the same in every record
//   {"col":C,"time":[FORMAT…]}            local time to UTC ("tz" or a %z in the text)
//   {"col":C,"date":[FORMAT…]}            a date
//   {"col":C,"codes":{FROM:TO,"*":TO}}    a closed table; "*" takes the rest
//   {"col":C,"as":"integer"|"boolean"}    (no decimals: the ledger's canonical JSON has none)
//   {"lookup":FILE,"by":COLUMN,"take":COLUMN[,"key":COLUMN]}   through a second table; "key" is the
//                                         column of FILE to compare with, "by" when absent
//   {"col":C,"split":";"}                 only for "/attachments/*/path": several files in one cell
//
// A column is taken from the visits table, and when that has none of this name from the patients
// table, whose row is joined by patients.by. Columns that no SPEC names do not enter.
//
// What the map leaves out is filled in: type, v, version 1, status "current", confidentiality "N",
// docType.system 2.16.156.10011.2.4, recordId (key columns and document type joined by ':', all of
// it [A-Za-z0-9._:-]), recorded (= visit.start), source.format, and for each attachment path id,
// mimeType and kind. The line number is deliberately not in the record: it moves from night to
// night and would make every unchanged record look amended.
//
// Values: parsed once, immutable, usable from several threads.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desensitize/formats/csv_table.h"

namespace emr::desensitize {

/// How one member of the record comes about.
struct CsvSpec {
  enum class Kind {
    kText, kConst, kTime, kDate, kCodes, kInteger, kBoolean, kLookup,
    kRecordId, kMimeType, kAttachmentKind, kAttachments,
  };
  Kind kind = Kind::kText;
  std::string pointer;                ///< in the record, for errors
  std::string column;                 ///< the column that is read
  std::string constant;               ///< kConst: JSON text; kLookup: file; kAttachments: separator
  std::string take;                   ///< kLookup
  std::string lookup_key;             ///< kLookup
  std::vector<std::string> formats;   ///< kTime, kDate
  std::map<std::string, std::string, std::less<>> codes;
  std::string allowed;                ///< one-letter values the schema allows, "" = any
  bool required = false;
  bool identifier = false;            ///< refuse what a spreadsheet has mangled
};

/// The record's shape: members in the order of canonical JSON.
struct CsvMapNode {
  enum class Kind { kObject, kArray, kValue };
  Kind kind = Kind::kObject;
  std::map<std::string, std::unique_ptr<CsvMapNode>, std::less<>> children;  ///< kObject, kArray
  std::size_t spec = 0;       ///< kValue: index into CsvMap::specs
  bool from_row = false;      ///< does anything below depend on the row?
};

class CsvMap {
 public:
  /// kConfig with a pointer into the map.
  static Result<CsvMap> parse(std::string_view text);

  const std::string& charset() const noexcept { return charset_; }
  char delimiter() const noexcept { return delimiter_; }
  int utc_offset_seconds() const noexcept { return offset_seconds_; }
  const std::vector<std::string>& key() const noexcept { return key_; }
  const std::string& doc_type() const noexcept { return doc_type_; }
  const std::vector<std::string>& nulls() const noexcept { return nulls_; }
  const std::string& patients_by() const noexcept { return patients_by_; }
  const std::vector<CsvSpec>& specs() const noexcept { return specs_; }
  const CsvMapNode& root() const noexcept { return *root_; }

  /// Every column that a record can need from the visits or the patients table.
  std::vector<std::string> columns() const;
  /// The empty patients table, to be filled from --patients.
  CsvTable patients_table() const;
  /// One empty table for each distinct look-up, to be filled from the file table.name().
  std::vector<CsvTable> lookup_tables() const;

 private:
  friend class CsvMapCompiler;
  CsvMap() : root_(std::make_unique<CsvMapNode>()) {}

  std::string charset_ = "UTF-8";
  char delimiter_ = 0;
  int offset_seconds_ = 0;
  std::vector<std::string> key_;
  std::string doc_type_;
  std::vector<std::string> nulls_{""};
  std::string patients_by_ = "PATIENT_ID";
  std::vector<CsvSpec> specs_;
  std::unique_ptr<CsvMapNode> root_;
};

}  // namespace emr::desensitize
