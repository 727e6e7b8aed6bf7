// The header of a block whose body is known to be its own: what consensus reads of a block that
// somebody sent.
#pragma once

#include "ledger/block.h"

namespace emr::ledger {

/// The header of an encoded block, after the checks of decode_block() and after the root of its
/// entries was found to be the header's: whoever knows the hash of this header knows every byte of
/// this block. kData; reason "tx_root" for the body of another block.
Result<BlockHeader> read_bound_header(ByteView block);

}  // namespace emr::ledger
