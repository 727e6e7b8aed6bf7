// Every limit of the store, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace emr::store {

/// The first map: small enough for a laptop, large enough that a demo never grows it.
inline constexpr std::size_t kMapBytesInitial = std::size_t{64} << 20;
/// No limit can be set below this: an empty store with its tables must fit.
inline constexpr std::size_t kMapBytesLeast = std::size_t{1} << 20;
/// The map doubles until this step and then grows by it: 45,000 full maps of address space remain.
inline constexpr std::size_t kMapGrowthBytesMax = std::size_t{4} << 30;
/// Simultaneous read transactions: query workers, the I/O thread and the core, with room to spare.
inline constexpr unsigned kReadersMax = 256;
/// A new reader lets the thread that grows the map go first for at most this long.
inline constexpr std::chrono::milliseconds kGrowthCourtesy{250};
/// LMDB's own bound on a key (its compiled default); state keys are checked against it.
inline constexpr std::size_t kKeyBytesMax = 511;
/// Above this share of the file system, or of the configured limit, the node warns.
inline constexpr unsigned kDiskWarnUsedPercent = 90;
/// Below this much free space nothing more is written: room for the commit in flight and for the
/// administrator to act. The node stops cleanly before the file system makes it stop.
inline constexpr std::size_t kDiskReserveBytes = std::size_t{64} << 20;
/// Receipts of one block on disk: 4096 entries of 4 KiB is the most the ledger allows.
inline constexpr std::size_t kReceiptsBytesMax = std::size_t{16} << 20;

/// The vote journal: some full blocks, so that what waits in it is moved into the database only
/// every few heights.
inline constexpr std::size_t kJournalBytesMax = std::size_t{4} << 20;

/// The memtable. A round through the key space takes twice so many batches: the slices are then
/// some keys a page even of a tree of a million keys. Large batches get fewer slices.
inline constexpr std::size_t kMemtableSlices = 256;
/// So many changes gather unless they are large: those of many small blocks share pages too.
inline constexpr std::size_t kMemtableEntriesLeast = 1024;
/// Neighbours that fill a good part of a page; fewer gather as everything else.
inline constexpr std::size_t kMemtableNeighboursLeast = 8;
/// Runs of one batch that are searched one by one before they become one ...
inline constexpr std::size_t kMemtableRunsJoined = 8;
/// ... and runs of so many batches before they are merged into all that waits, which costs a look
/// at every entry.
inline constexpr std::size_t kMemtableRunsMerged = 4;
/// What is logged at most, in memory too and read again at a start: more than a round of full
/// blocks of ordinary transactions, so that nothing has to be settled at once.
inline constexpr std::size_t kMemtableBytesMax = std::size_t{256} << 20;
/// Logs at most. A round over the fewest changes that gather takes up to 2,700 batches of one; each
/// costs half a kilobyte of memory, and a commit looks at all of them.
inline constexpr std::size_t kMemtableBatchesMax = 4096;
/// Two pieces of a log and their keys fill a page; a value above half a page would take pages of
/// its own, in a row.
inline constexpr std::size_t kLogPieceBytes = 2000;

/// Memory that a batch keeps for its successor: a full block of ordinary transactions.
inline constexpr std::size_t kBatchBytesKept = std::size_t{4} << 20;

}  // namespace emr::store
