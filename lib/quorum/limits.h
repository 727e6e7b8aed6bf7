// Limits of the quorum layer, each with its reason.
#pragma once

#include <cstddef>

namespace emr::quorum {

/// Below four validators no fault at all can be tolerated (n >= 3f+1 with f >= 1).
inline constexpr std::size_t kMinValidators = 4;
/// One machine word holds the signer bitmap of a certificate, and a consortium of hospitals is tens
/// of institutions; PBFT's n^2 messages would be the wrong tool long before.
inline constexpr std::size_t kMaxValidators = 64;
/// Bytes of the longest encoded certificate: fixed part and one signature per validator.
inline constexpr std::size_t kMaxCertificateBytes = 8 + 1 + 8 + 8 + 32 + 8 + kMaxValidators * 64;

}  // namespace emr::quorum
