// The short way to read a transaction (private to lib/ledger): texts in exactly the spelling that
// our own programs write, which is nearly every text a node sees, are read member by member without
// a JSON tree. Anything else gives nullopt, and the caller takes the long way, which finds either
// the meaning or the error. What is accepted here, the long way accepts with the same result.
#pragma once

#include <optional>
#include <string_view>

#include "ledger/transaction.h"

namespace emr::ledger {

/// Walks a text from its front.
class PlainReader {
 public:
  explicit PlainReader(std::string_view text) noexcept : rest_(text) {}

  /// Passes over `literal` if the rest begins with it.
  bool take(std::string_view literal) noexcept;
  /// The bytes up to the next quote, which is passed over too: printable ASCII without a backslash.
  std::optional<std::string_view> take_text() noexcept;
  /// A core in canonical form, with its txid and its arguments checked against its method.
  std::optional<Transaction> take_core(const MethodTable& methods);
  /// {"by","sig"} in canonical form.
  std::optional<Signature> take_signature();

  std::string_view rest() const noexcept { return rest_; }

 private:
  bool take_arguments(Transaction& tx);
  bool take_payload(std::vector<PayloadCommit>& payload);

  std::string_view rest_;
};

}  // namespace emr::ledger
