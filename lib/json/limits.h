// The limits of lib/json, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::json {

/// Our own records nest 8 deep at most; 64 leaves room and keeps every recursive consumer
/// (nlohmann's dump() dies of stack exhaustion at 100,000) far from its end.
inline constexpr unsigned kMaxDepthStrict = 64;
/// Foreign documents (FHIR extensions, HIS exports) nest deeper than ours, never this deep.
inline constexpr unsigned kMaxDepthForeign = 512;
/// The tokenizer keeps one bit per open container in place, so no token ever allocates.
inline constexpr unsigned kMaxDepthEver = 1024;
/// One line of a stream: the same bound as one HTTP request to a node.
inline constexpr std::size_t kMaxDocumentBytes = 16U << 20;
/// Largest integer that every JSON reader (jq, JavaScript) keeps exactly: 2^53 - 1.
inline constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;
/// A pointer in an error is for a person and a log line; deeper paths are cut.
inline constexpr std::size_t kMaxPointerBytes = 200;

static_assert(kMaxDepthStrict <= kMaxDepthForeign && kMaxDepthForeign <= kMaxDepthEver);

}  // namespace emr::json
