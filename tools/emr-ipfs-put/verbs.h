// The verbs of emr-ipfs-put, one file each.
#pragma once

#include "cli/cli.h"

namespace emr::put {

/// Default: a stream of emr.sealed records; under --only-hash the CID of a plain file.
Status put_records(cli::Context& context);
/// One file or stream as an object of its own.
Status put_object(cli::Context& context);
/// Back from the store, block by block.
Status get_object(cli::Context& context);
/// The CID of the plain input, as one JSON line.
Status hash_plain(cli::Context& context);

}  // namespace emr::put
