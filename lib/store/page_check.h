// Looks at the pages that LMDB's copy is going to walk, before it does. LMDB believes what a page
// says: a damaged count of pages made it write hundreds of megabytes of the process' memory, with
// whatever secrets stood there, into the backup, and a circle of branches ran it off its stack.
// The layout is that of LMDB 0.9 (lmdb.h: data version 1) on 64-bit machines, little endian.
#pragma once

#include <cstddef>

namespace emr::store {

enum class PagesVerdict {
  kWhole,
  kDamaged,
  kOutdated,  ///< the file is past this transaction: begin another one and ask again
};

/// The pages of the data file that the transaction of this number sees. The caller has it open, so
/// that nobody writes over them.
PagesVerdict check_pages(int data_file, std::size_t transaction);

}  // namespace emr::store
