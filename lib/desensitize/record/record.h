// emr.record v1 (domain schema 3.3): strict checks of what every later stage relies on, and the
// facts that the ledger may hear of. Everything the schema does not name is refused; unknown data
// belongs into "ext".
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

struct RecordAttachment {
  std::string id;
  std::string path;  ///< relative, without ".."
  std::string name;
  std::string mime_type;
  std::string kind;
};

/// What is taken out of a record for its tags and its index. Identities are not normalised yet.
struct RecordFacts {
  std::string organisation;
  std::string visit_id;
  std::string visit_type;         ///< "1" | "2" | "3" | "9"
  std::string month;              ///< "2026-11" of the visit's start, UTC
  std::string document_type;      ///< "C0002"
  std::string confidentiality;    ///< "N" | "R" | "V"
  std::string patient_id_number;  ///< identifier of type 01, or ""
  std::string patient_local_id;
  std::string doctor_id;
  std::vector<RecordAttachment> attachments;
};

/// kData with pointer and reason; never a value.
Result<RecordFacts> read_record(const nlohmann::json& record);

}  // namespace emr::desensitize
