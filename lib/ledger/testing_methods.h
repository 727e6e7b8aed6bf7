// A small method table for the tests of this layer, which knows no contract.
#pragma once

#include <nlohmann/json.hpp>

#include "ledger/testing.h"

namespace emr::ledger::testing {

inline const MethodTable& toy_methods() {
  static const MethodTable table({
      {.contract = "notes",
       .method = "write",
       .primary_type = "NotesWrite",
       .action = "WRITE {effect} 写",
       .args = {{.name = "note", .kind = ArgKind::kHash},
                {.name = "effect",
                 .kind = ArgKind::kChoice,
                 .choices = {{"big", "BIG 大"}, {"small", "SMALL 小"}}},
                {.name = "at", .kind = ArgKind::kTime, .required = false, .absent = "never"},
                {.name = "tags",
                 .kind = ArgKind::kHash,
                 .required = false,
                 .list = true,
                 .items_min = 1,
                 .items = 3,
                 .absent = "all 全部"},
                {.name = "to",
                 .kind = ArgKind::kObject,
                 .required = false,
                 .fields = {{.name = "id", .kind = ArgKind::kIdentifier, .max = 8}}},
                {.name = "count", .kind = ArgKind::kInteger, .required = false, .max = 9}},
       .texts = {{"note", "{note}"}, {"at", "{at}"}, {"tags", "{tags}"}, {"to", "{to.id}"}},
       .parts = {{Part::kPublic, true}, {Part::kReason, false}}},
      {.contract = "notes",
       .method = "touch",
       .primary_type = "NotesTouch",
       .action = "TOUCH",
       .reconfigures = true},
  });
  return table;
}

inline nlohmann::json write_args() {
  return {{"note", hex_of("note")}, {"effect", "big"}, {"at", "2026-12-22T00:00:00Z"}};
}

/// An unsigned transaction line of `notes.write` with one public part.
inline TransactionLine note_line(std::string_view writer, std::uint8_t nonce = 1,
                                 const nlohmann::json& args = write_args()) {
  crypto::SeededRandom random(nonce);
  TransactionLine line;
  auto [part, commit] = commit_part(Part::kPublic, R"({"sex":"2"})", random);
  Core core;
  core.contract = "notes";
  core.method = "write";
  core.from = key_of(writer).address();
  core.nonce[15] = nonce;
  core.valid_until = kStart + 3600;
  core.args = std::make_shared<const nlohmann::json>(args);
  core.payload = {commit};
  auto tx = make_transaction(std::move(core), toy_methods());
  EMR_CHECK(tx.ok());
  line.transaction = *std::move(tx);
  line.sidecar.parts = {part};
  return line;
}

inline VerifiedPtr verified_note(std::string_view writer, std::uint8_t nonce,
                                 const ChainId& chain) {
  Transaction tx = note_line(writer, nonce).transaction;
  const Status signed_ok = sign_transaction(tx, chain, key_of(writer));
  EMR_CHECK(signed_ok.ok());
  auto verified = verify_transaction(std::move(tx), chain);
  return *std::move(verified);
}

}  // namespace emr::ledger::testing
