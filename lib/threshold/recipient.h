// The writing institution as a recipient of its own envelopes. The founders' archive keys stand in
// the genesis; an institution that joined later has them in its descriptor, the emr.node line that
// `emr-pbft-node init` printed. Pure; any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "crypto/box.h"

namespace emr::threshold {

/// The archive key of `institution` from its descriptor. kConfig, reason "institution", when the
/// line describes another one; kData with a pointer when it is malformed.
Result<crypto::BoxPublicKey> descriptor_archive_key(std::string_view descriptor,
                                                    std::string_view institution);

}  // namespace emr::threshold
