#include "threshold/recipient.h"

#include <nlohmann/json.hpp>

#include "json/access.h"
#include "json/json.h"

namespace emr::threshold {

Result<crypto::BoxPublicKey> descriptor_archive_key(std::string_view descriptor,
                                                    std::string_view institution) {
  EMR_ASSIGN(const nlohmann::json line, json::parse_object(descriptor));
  EMR_TRY(json::expect_type(line, "emr.node"));
  EMR_ASSIGN(const std::string id, json::get_string(line, "id", {.max = 32}));
  if (id != institution) {
    return fail(Code::kConfig, "the descriptor is of another institution")
        .with_pointer("/id")
        .with_reason("institution");
  }
  return json::get_hex32(line, "archiveKey");
}

}  // namespace emr::threshold
