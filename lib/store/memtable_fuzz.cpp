// The log of a batch, out of a data directory that came from anywhere: no crash; what is accepted
// is in order, and each of its changes is found.
#include <cstdint>

#include "base/check.h"
#include "store/memtable.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::store;
  Memtable memtable;
  if (!memtable.add_logged(1, emr::to_bytes(emr::ByteView(data, size)))) return 0;
  memtable.end_logs();
  for (const Table table : {Table::kTxIndex, Table::kState}) {
    std::string before;
    for (Memtable::Cursor cursor(memtable, table, {}); cursor.get() != nullptr; cursor.next()) {
      const MemEntry& entry = *cursor.get();
      EMR_CHECK(entry.table == table && emr::as_text(entry.key()) > before);
      EMR_CHECK(memtable.find(table, entry.key()) == cursor.get());
      before = emr::as_text(entry.key());
    }
  }
  return 0;
}
