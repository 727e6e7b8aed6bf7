// 挂号, appointments: who holds a place in a hospital's hours. A slot is an opaque tag that the
// hospital computes under its own key from department, doctor, time and number, because nothing of
// these may stand on a ledger for ever; that it is taken once is all that the ledger has to know.
// Cancelling (退号) frees the slot and keeps the booking. Typed reading and writing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "crypto/address.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The value of appointment/booking/<id>.
struct Booking {
  std::string id;  ///< txid
  std::string institution;
  std::string patient;
  std::string slot;
  std::string month;
  crypto::Address by{};
  std::string in_trust_by;  ///< institution whose staff booked for the patient; "" = his wallet
  UnixSeconds since = 0;
  std::string cancelled_by;  ///< address; "" = it stands
  UnixSeconds cancelled = 0;

  bool stands() const { return cancelled_by.empty(); }
};
std::optional<Booking> find_booking(const ledger::StateReader& state, std::string_view id);
/// One row of an answer.
std::string booking_json(const Booking& booking);

}  // namespace emr::contracts
