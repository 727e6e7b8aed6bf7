// DICOM files and DICOMDIR under a policy (usually the profile of dicom_profile.h). One file is one
// record. Every element is shown to the policy with its tag and VR, in every item of every
// sequence, of defined or undefined length; encapsulated pixel data passes untouched; lengths are
// recomputed where something changed; a DICOMDIR's record offsets are made right again. Written
// beside: a fresh meta group, (0012,0062) (0012,0063) (0012,0064) (0028,0303).
//
// FormatOptions: `allow_pixels` passes images that may carry burned-in text (else kData, reason
// "pixels_need_review"); `extra` {"boxes":[[x,y,w,h]…]} blanks rectangles in uncompressed images,
// which also counts as reviewed. Errors point to "(gggg,eeee)".
#pragma once

#include "desensitize/format.h"

namespace emr::desensitize {

const FormatSpec& dicom_format() noexcept;

}  // namespace emr::desensitize
