// The two callbacks through which the format layer talks to its caller. The layer is pure: the
// tool reads files and pipes and pushes chunks in; what comes out goes to a Sink. Both callbacks
// may fail; their error ends the run. One thread per parser object.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace emr::desensitize {

/// Takes the next piece of output. The view is valid during the call only.
using Sink = std::function<Status(std::string_view)>;

/// Takes the error of one bad unit (a row, a message, a line). Returning ok skips the unit and
/// goes on; returning an error (usually the same one) stops.
using Reject = std::function<Status(Error)>;

/// The Reject of `--on-error stop`.
inline Status stop_at_first(Error error) { return error; }

}  // namespace emr::desensitize
