// demo-flip DIRECTORY core|sidecar|certificate|state|content
// Plays the intruder of the demo: changes one bit in the middle of one stored value of the class,
// inside the database, so that no checksum of the file system could notice.
#include <cstdio>
#include <string>

#include "store/store.h"

namespace {

using emr::store::Table;

struct Class {
  const char* name;
  Table table;
};
constexpr Class kClasses[] = {{"core", Table::kBlocks},
                              {"sidecar", Table::kSidecars},
                              {"certificate", Table::kCertificates},
                              {"state", Table::kState},
                              {"content", Table::kContent}};

struct Record {
  emr::Bytes key;
  emr::Bytes value;
};

/// The longest value: of the blocks it is one with many entries, and never a trivial record.
Record longest_record(const emr::store::Store& store, Table table) {
  Record longest;
  store.snapshot()->visit(table, {}, [&longest](emr::ByteView key, emr::ByteView value) {
    if (value.size() > longest.value.size()) longest = {emr::to_bytes(key), emr::to_bytes(value)};
    return true;
  });
  return longest;
}

int flip(const std::string& directory, Table table) {
  auto store = emr::store::Store::open(directory);
  if (!store) {
    std::fprintf(stderr, "demo-flip: error: %s\n", store.error().message.c_str());
    return 66;
  }
  Record record = longest_record(**store, table);
  if (record.value.empty()) return 1;
  record.value[record.value.size() / 2] ^= 0x01;
  emr::store::WriteBatch batch;
  batch.put(table, record.key, record.value);
  return (*store)->apply(batch).ok() ? 0 : 74;
}

}  // namespace

int main(int argc, char** argv) {
  for (const Class& item : kClasses) {
    if (argc == 3 && std::string(argv[2]) == item.name) return flip(argv[1], item.table);
  }
  std::fprintf(stderr, "usage: demo-flip DIRECTORY core|sidecar|certificate|state|content\n");
  return 2;
}
