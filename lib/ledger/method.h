// What the ledger must know of a contract method: its argument schema, which payload parts it
// carries, and the texts a wallet shows. The table itself is data of lib/contracts and is passed to
// the functions here, so that this layer knows no contract.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "crypto/eip712.h"

namespace emr::ledger {

/// The parts of a payload whose salted commitments a core carries. Closed list.
enum class Part : std::uint8_t { kPublic, kOriginal, kManifest, kReason };
std::string_view part_name(Part part) noexcept;
Result<Part> part_from_name(std::string_view name);

/// The closed list of argument kinds. There is deliberately no kind for free text: nothing a person
/// wrote can enter a core.
enum class ArgKind : std::uint8_t {
  kHash,        ///< 64 lower-case hex digits: token, tag, handle, key, transaction id
  kPublicKey,   ///< 66 lower-case hex digits: a compressed secp256k1 key
  kAddress,     ///< "0x" and 40 lower-case hex digits
  kIdentifier,  ///< [a-z0-9][a-z0-9-]*, institution and node ids, at most `max` characters
  kCode,        ///< [A-Za-z0-9._-]+, document classes and reason codes, at most `max` characters
  kEndpoint,    ///< host:port or http(s)://host:port, at most `max` characters
  kChoice,      ///< one of `choices`
  kMonth,       ///< "YYYY-MM"
  kTime,        ///< "YYYY-MM-DDTHH:MM:SSZ"
  kInteger,     ///< 0 .. max
  kObject,      ///< an object with exactly the members of `fields`
};

/// One value of a closed choice and the words a wallet shows for it.
struct Choice {
  std::string value;
  std::string label;
};

struct ArgSpec {
  std::string name;
  ArgKind kind = ArgKind::kHash;
  bool required = true;
  bool list = false;        ///< a list of such values, items_min .. items of them, no duplicates
  std::uint32_t items_min = 0;
  std::uint32_t items = 0;
  std::uint64_t max = 0;
  std::vector<Choice> choices = {};
  std::vector<ArgSpec> fields = {};
  std::string absent = "-";  ///< what a wallet shows when an optional argument is not there
};

/// One string member of the typed data. In `text`, {path} stands for an argument ("{to.id}"):
/// hashes are cut to 12 digits and an ellipsis, times become "2026-12-22 00:00 UTC", choices their
/// label, lists their values or their number, an absent argument the word of its spec.
struct TextSpec {
  std::string name;
  std::string text;
};

struct PartSpec {
  Part part = Part::kPublic;
  bool required = true;
};

struct MethodSpec {
  std::string contract;
  std::string method;
  std::string primary_type;  ///< the EIP-712 struct name, e.g. "RecordsCreate"
  std::string action;        ///< template of the member `action`
  std::vector<ArgSpec> args = {};
  std::vector<TextSpec> texts = {};
  std::vector<PartSpec> parts = {};
  /// Roles of active accounts that may call it; "any" = every active account, "anyone" = also an
  /// address that has no account yet.
  std::vector<std::string> roles = {};
  bool by_session = false;         ///< may a session key sign it for its wallet?
  bool reconfigures = false;       ///< may it change who validates? Then it may end its block
  std::uint32_t since = 1;         ///< version of the contract that brought it
  /// action, the method's texts, from, until, ledger, digest; made by the MethodTable.
  std::shared_ptr<const crypto::StructType> compiled = nullptr;
};

/// An immutable set of methods, looked up by contract and name (a walk: there are about twenty).
class MethodTable {
 public:
  explicit MethodTable(std::vector<MethodSpec> methods);
  /// Null when there is no such method. The pointer lives as long as the table.
  const MethodSpec* find(std::string_view contract, std::string_view method) const;
  const std::vector<MethodSpec>& all() const noexcept { return methods_; }

 private:
  std::vector<MethodSpec> methods_;
};

/// Does `args` match the schema exactly: every required member, no unknown one, every value in the
/// one spelling its kind allows? Pointers in the error start with `pointer`.
Status check_args(const MethodSpec& method, const nlohmann::json& args, std::string_view pointer);

/// A template filled from checked arguments.
std::string render_text(const MethodSpec& method, std::string_view text_template,
                        const nlohmann::json& args);

}  // namespace emr::ledger
