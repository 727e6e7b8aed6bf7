// Atomic values of EIP-712 documents as their 32-byte words. Part of eip712.cpp's strict encoder.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/typed_data_types.h"

namespace emr::crypto {

/// The word of one value whose type is not a struct and has no dimensions. `pointer` goes into the
/// error; the value does not.
Result<Hash32> encode_atom(const MemberType& type, const nlohmann::json& value,
                           const std::string& pointer);

}  // namespace emr::crypto
