// The outside of a DICOM file (PS3.10): preamble, file meta information, deflated data sets. Files
// without preamble and without meta information are read too; their syntax is guessed from the
// first element. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "desensitize/formats/dicom_syntax.h"

namespace emr::desensitize {

struct DicomFile {
  bool has_preamble = false;
  bool has_meta = false;
  std::string_view sop_class;        ///< (0002,0002), raw
  std::string_view sop_instance;     ///< (0002,0003), raw
  std::string_view transfer_syntax;  ///< (0002,0010), raw, or what is true
  DicomSyntax syntax;                ///< of the data set
  std::size_t data_set = 0;          ///< where it begins
  bool compressed = false;           ///< pixel data is encapsulated
};

/// kData with reason "dicom_…" for what is no DICOM file.
Result<DicomFile> parse_dicom_file(ByteView bytes);

/// Does the input begin like a DICOM file, with or without preamble?
bool recognises_dicom_file(std::string_view head);

/// Preamble (zeroed: it may hold a whole TIFF header) and a fresh meta group with the given
/// instance UID. What identifies the sender (0002,0016…0102) is not carried over.
void append_dicom_meta(std::string& out, const DicomFile& file, std::string_view sop_instance);

/// A deflated data set; kData beyond kMaxDicomInflatedBytes.
Result<std::string> inflate_data_set(std::string_view bytes);
Result<std::string> deflate_data_set(std::string_view bytes);

/// The component of a file ID (and the name of the file) that a token stands for: eight of A-Z 0-9
/// from its hexadecimal digits, which DICOM media allow; 41 bits keep a directory's files apart.
std::string dicom_file_id(std::string_view token);

}  // namespace emr::desensitize
