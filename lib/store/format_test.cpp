// The worked example of FORMAT.md: the bytes it shows are those that the store writes.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/hex.h"
#include "store/memtable.h"
#include "store/store.h"

namespace emr::store {
namespace {

/// FORMAT.md without its blanks.
std::string the_format() {
  std::ifstream file(EMR_SOURCE_DIR "/lib/store/FORMAT.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::string all = text.str();
  std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
  return all;
}

TEST_CASE("format: the log of a batch") {
  WriteBatch batch;
  batch.put(Table::kState, as_bytes("b"), as_bytes("1"));
  batch.put(Table::kVotes, as_bytes("v"), as_bytes("not gathered"));
  batch.erase(Table::kState, as_bytes("a"));
  const std::string log = to_hex(Memtable().after(batch, false).run->logs.front()->bytes);
  CHECK(the_format().find(log) != std::string::npos);
}

TEST_CASE("format: the log of neighbours") {
  WriteBatch batch;
  for (char last = '1'; last <= '8'; ++last) {
    batch.put(Table::kState, as_bytes(std::string("abc") + last), as_bytes("value"));
  }
  const MemStep step = Memtable().after(batch, false);
  CHECK(step.direct.size() == 8);
  CHECK(step.first_kept > step.number);  // nothing waits, so nothing has to be logged
  const Bytes& log = step.run->logs.front()->bytes;
  REQUIRE(log.size() == 8 * 11);
  CHECK(the_format().find(to_hex(ByteView(log).first(22))) != std::string::npos);
}

TEST_CASE("format: key of a height and position of a transaction") {
  const std::string all = the_format();
  CommittedBlock block;
  block.tip.height = 258;
  const std::vector<std::string> receipts{"{}", "{}", "{}"};
  std::vector<Hash32> txids(3);
  txids[2].fill(2);
  block.receipts = receipts;
  block.txids = txids;
  WriteBatch batch;
  put_committed(batch, block);
  std::size_t found = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Change change = batch.change(i);
    const bool is_block = change.table == Table::kBlocks;
    const bool is_third = change.table == Table::kTxIndex && change.key[0] == 2;
    if (!is_block && !is_third) continue;
    const std::string bytes = to_hex(is_block ? change.key : *change.value);
    CAPTURE(bytes);
    CHECK(all.find(bytes) != std::string::npos);
    ++found;
  }
  CHECK(found == 2);
}

}  // namespace
}  // namespace emr::store
