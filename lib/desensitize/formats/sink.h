// The two callbacks of the parts that turn one stream into another (the CSV map). The layer is
// pure: the tool reads files and pipes and pushes chunks in; what comes out goes to a Sink.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"

namespace emr::desensitize {

/// Takes the record of the row that starts on this line of the input. The view is valid during the
/// call only. An error is the sink's own: it stops, whatever becomes of bad rows.
using Sink = std::function<Status(std::string_view record, std::uint64_t line)>;

/// Takes the error of one bad row. Returning ok skips the row and goes on; returning an error
/// (usually the same one) stops.
using Reject = std::function<Status(Error)>;

/// The Reject of `--on-error stop`.
inline Status stop_at_first(Error error) { return error; }

}  // namespace emr::desensitize
