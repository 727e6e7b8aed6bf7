// The stage, which becomes the state in one step, and views that are pinned.
#include <doctest/doctest.h>

#include "store/testing.h"

namespace emr::store {
namespace {

using testing::open_store;
using testing::sample_block;
using testing::TempDir;

TEST_CASE("store: the stage becomes the state in one step, also for views of before and after") {
  const TempDir dir;
  {
    const auto store = open_store(dir.path);
    WriteBatch batch;
    put_committed(batch, sample_block(1));
    batch.put(Table::kStage, as_bytes("fetched"), as_bytes("x"));
    REQUIRE(store->apply(batch).ok());
    const auto before = store->snapshot();
    CHECK(!store->state().get("fetched").has_value());
    WriteBatch install;
    install.install_stage();
    REQUIRE(store->apply(install).ok());
    CHECK(before->get("records/a") == "1");
    CHECK(!before->get("fetched").has_value());
    CHECK(store->state().get("fetched") == "x");
    CHECK(!store->state().get("records/a").has_value());
    CHECK(store->current().count(Table::kStage) == 0);
  }
  const auto store = open_store(dir.path);  // the roles are durable
  CHECK(store->state().get("fetched") == "x");
  WriteBatch again;
  again.put(Table::kStage, as_bytes("second"), as_bytes("y"));
  again.install_stage();
  REQUIRE(store->apply(again).ok());
  CHECK(store->state().get("second") == "y");
  WriteBatch rest;
  rest.put(Table::kStage, as_bytes("left"), as_bytes("z"));
  REQUIRE(store->apply(rest).ok());
  WriteBatch clear;
  clear.clear_stage();
  REQUIRE(store->apply(clear).ok());
  CHECK(store->current().count(Table::kStage) == 0);
}

TEST_CASE("store: a pinned view stays what it was, until the map has to grow") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  WriteBatch batch;
  put_committed(batch, sample_block(1));
  REQUIRE(store->apply(batch).ok());
  const auto pin = store->pin();
  WriteBatch next;
  put_committed(next, sample_block(2));
  REQUIRE(store->apply(next).ok());
  std::uint64_t height = 0;
  CHECK(pin->with([&](const Snapshot& view) { height = view.tip().value()->height; }));
  CHECK(height == 1);
  WriteBatch large;
  large.put(Table::kContent, as_bytes("cid"), Bytes(kMapBytesInitial, 7));
  REQUIRE(store->apply(large).ok());
  CHECK(!pin->with([](const Snapshot&) {}));
}

}  // namespace
}  // namespace emr::store
