// Attachments as a hospital has them, each carrying the patient's name and number where such files
// really carry them: a PNG text chunk, a PDF page, DICOM attributes.
#pragma once

#include "base/bytes.h"
#include "people.h"
#include "random.h"

namespace demo {

/// An 8-bit grey PNG (width x width noise) with a tEXt comment.
emr::Bytes make_png(Random& random, std::uint32_t width, const Patient& patient);
/// A one-page PDF 1.4.
emr::Bytes make_pdf(Random& random, const Patient& patient);
/// A DICOM Part 10 file (explicit VR little endian, Secondary Capture, 16-bit pixels).
emr::Bytes make_dicom(Random& random, std::uint16_t width, const Patient& patient);

}  // namespace demo
