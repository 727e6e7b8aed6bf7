#include "ledger/plain_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/json.h"
#include "json/leading.h"
#include "ledger/core_rules.h"
#include "ledger/limits.h"

namespace emr::ledger {

namespace {

/// No branch per digit: thousands of them in every block.
bool is_lower_hex(std::string_view text) noexcept {
  bool good = true;
  for (const char c : text) {
    const auto digit = static_cast<unsigned>(c - '0');
    const auto letter = static_cast<unsigned>(c - 'a');
    good &= (digit < 10U) | (letter < 6U);
  }
  return good;
}

/// Exactly `size` bytes in lower-case hex.
template <std::size_t size>
bool read_hex(std::string_view text, std::array<std::uint8_t, size>& out) {
  if (text.size() != 2 * size || !is_lower_hex(text)) return false;
  const auto bytes = from_hex(text);
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

}  // namespace

bool PlainReader::take(std::string_view literal) noexcept {
  if (!rest_.starts_with(literal)) return false;
  rest_.remove_prefix(literal.size());
  return true;
}

std::optional<std::string_view> PlainReader::take_text() noexcept {
  for (std::size_t at = 0; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (c == '"') {
      const std::string_view text = rest_.substr(0, at);
      rest_.remove_prefix(at + 1);
      return text;
    }
    if (c == '\\' || c < 0x20 || c > 0x7e) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Transaction> PlainReader::take_core(const MethodTable& methods) {
  const std::string_view before = rest_;
  Transaction tx;
  if (!take("{\"args\":") || !take_arguments(tx) || !take(",\"contract\":\"")) return std::nullopt;
  const auto contract = take_text();
  if (!contract || !take(",\"from\":\"")) return std::nullopt;
  const auto from = take_text();
  if (!from || !take(",\"method\":\"")) return std::nullopt;
  const auto method = take_text();
  if (!method || !take(",\"nonce\":\"")) return std::nullopt;
  const auto nonce = take_text();
  if (!nonce || !take(",\"payload\":[") || !take_payload(tx.core.payload)) return std::nullopt;
  if (!take(",\"suite\":\"")) return std::nullopt;
  const auto suite_text = take_text();
  if (!suite_text || !take(",\"validUntil\":\"")) return std::nullopt;
  const auto until = take_text();
  if (!until || !take("}")) return std::nullopt;

  tx.method = methods.find(*contract, *method);
  const auto address = crypto::parse_canonical_address(*from);
  const auto suite = crypto::suite_from_name(*suite_text);
  const auto time = parse_utc(*until);
  if (tx.method == nullptr || !address || !suite || !time || !read_hex(*nonce, tx.core.nonce)) {
    return std::nullopt;
  }
  if (!check_args(*tx.method, *tx.core.args, "") || !check_payload(*tx.method, tx.core.payload)) {
    return std::nullopt;
  }
  tx.core.contract = *contract;
  tx.core.method = *method;
  tx.core.from = *address;
  tx.core.suite = *suite;
  tx.core.valid_until = *time;
  if (!seal_core(tx, std::string(before.substr(0, before.size() - rest_.size())))) {
    return std::nullopt;
  }
  return tx;
}

bool PlainReader::take_arguments(Transaction& tx) {
  std::size_t stop = 0;
  auto args = json::parse_leading(rest_, stop, {.max_bytes = kTransactionLineBytesMax});
  if (!args || !args->is_object()) return false;
  const auto canonical = json::canonical(*args);
  if (!canonical || *canonical != rest_.substr(0, stop)) return false;
  tx.core.args = std::make_shared<const json::Json>(*std::move(args));
  rest_.remove_prefix(stop);
  return true;
}

/// Behind the opening bracket.
bool PlainReader::take_payload(std::vector<PayloadCommit>& payload) {
  if (take("]")) return true;
  do {
    if (!take("{\"commit\":\"")) return false;
    const auto commit = take_text();
    if (!commit || !take(",\"part\":\"")) return false;
    const auto name = take_text();
    if (!name || !take("}")) return false;
    const auto part = part_from_name(*name);
    PayloadCommit& one = payload.emplace_back();
    if (!part || !read_hex(*commit, one.commit)) return false;
    one.part = *part;
  } while (take(","));
  return take("]");
}

std::optional<Signature> PlainReader::take_signature() {
  if (!take("{\"by\":\"")) return std::nullopt;
  const auto by = take_text();
  if (!by || !take(",\"sig\":\"0x")) return std::nullopt;
  const auto digits = take_text();
  if (!digits || !take("}") || digits->size() > kSignatureHexMax || !is_lower_hex(*digits)) {
    return std::nullopt;
  }
  const auto address = crypto::parse_canonical_address(*by);
  auto bytes = from_hex(*digits);
  if (!address || !bytes) return std::nullopt;
  return Signature{*address, *std::move(bytes)};
}

}  // namespace emr::ledger
