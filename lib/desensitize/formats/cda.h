// CDA, C-CDA, WS/T 500 and other XML under a policy. One document is one record. Attributes, runs
// of text and comments are leaves; their bytes are replaced in place and everything else (case,
// white space, BOM, entities, namespace prefixes) stays.
//
// What a rule sees: `path` of local names, "ClinicalDocument.recordTarget.patientRole.@x";
// `key` the element's name, "@extension" or "#comment"; `code` for @extension the OID in @root, for
// other leaves the code of the nearest enclosing entry or section that has a <code code="DE02…">.
// A deleted element goes; a nulled one becomes <name nullFlavor="MSK"/>. Errors point to the path.
#pragma once

#include "desensitize/format.h"

namespace emr::desensitize {

const FormatSpec& cda_format() noexcept;

}  // namespace emr::desensitize
