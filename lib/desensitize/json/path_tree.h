// The paths of a stream of JSON records, each decided once. Array indexes are no part of a path, so
// a thousand contacts have one node. The members of a record nearly always come in the order of
// the record before: the child that followed last time is tried first.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/formats/fhir_people.h"
#include "desensitize/formats/fhir_query.h"
#include "desensitize/policy.h"
#include "desensitize/value.h"
#include "json/tokenizer.h"

namespace emr::desensitize {

/// What a format on top of JSON knows beyond keys.
struct JsonDialect {
  /// The type of member `key` in an object of type `parent` (FHIR); nullptr: no types.
  std::string_view (*type_of)(std::string_view parent, std::string_view key, ValueKind kind) =
      nullptr;
  /// Cuts a value of this type at the part that a rule treats ("Patient/" + id); false: all of it.
  bool (*split)(std::string_view type, std::string_view text, std::string_view& before,
                std::string_view& part, std::string_view& after) = nullptr;
  /// Puts a new part into its place again.
  std::string (*join)(std::string_view before, std::string_view part, std::string_view after) =
      nullptr;
  /// Cuts a value of this type into several parts, each with a rule of its own; empty: split it.
  std::vector<FhirQueryPiece> (*pieces)(std::string_view type, std::string_view text) = nullptr;
  /// Is the unit of numbers of this type told beside them, in the member "code" or "unit"? The unit
  /// where it is not told; nullopt: no.
  std::optional<std::string_view> (*unit)(std::string_view type, std::string_view key) = nullptr;
  /// Does this container stay although a rule deletes it (it says why something is not there)?
  bool (*stays)(std::string_view container) = nullptr;
  /// What an object of this type becomes when nothing of it is left; "": it goes.
  std::string_view (*instead)(std::string_view type) = nullptr;
  /// The parts of a record that speak of one patient each, the whole record first; nullptr: rules
  /// find the patient.
  std::vector<FhirPerson> (*people)(std::string_view record) = nullptr;
  /// A record is an object: anything else has no members that a rule could name, and is refused.
  bool objects_only = false;
  /// Nothing is empty, and null is no value: what would be goes.
  bool no_empties = false;
};

struct PathNode {
  std::string key;       ///< as written
  std::string path;      ///< "patient.contacts.name"
  std::string type;      ///< of the dialect
  ValueKind kind = ValueKind::kNull;
  Decision decision;
  std::vector<std::uint32_t> children;
  std::array<std::uint32_t, 4> elements{};  ///< of an array, by ValueKind; 0: not made yet
  bool identifies = false;  ///< the key tells a person: the member goes as a whole

  Field field() const;
  /// What may be told of a member whose key tells a person.
  Field field_without_key(std::string& room) const;
};

/// Values that need no look at their record where a rule keeps them.
enum class KeptFirst : std::uint8_t { kNone, kCodes, kCodesAndUris, kPlaces };

/// What is looked at for every member of every record: one line of the processor's cache.
struct alignas(64) PathStep {
  json::WrittenKey written;
  std::uint32_t parent = 0;
  std::uint32_t last_child = 0;  ///< the child that was found last
  std::uint32_t next_guess = 0;  ///< the sibling that followed this one last time
  const Rule* rule = nullptr;    ///< the decision's
  ValueKind kind = ValueKind::kNull;
  bool observed = false;  ///< own value or patient identity
  KeptFirst first = KeptFirst::kNone;  ///< what the first conditional rule keeps
  bool kept = false;      ///< "keep" whatever the value: nothing needs to be decoded
  bool descends = true;   ///< of an object or array: its members are looked at
  bool plain = false;     ///< one rule always applies, to the value as a whole
  bool foretold = false;  ///< and it has work that the first pass can give away
};

class PathTree {
 public:
  PathTree(const Policy& policy, const JsonDialect& dialect);

  static constexpr std::uint32_t kRoot = 0;
  const PathNode& node(std::uint32_t index) const { return nodes_[index]; }
  const PathStep& step(std::uint32_t index) const { return steps_[index]; }
  /// The member that followed the last one of `parent` the time before; kRoot: none did.
  std::uint32_t expected(std::uint32_t parent) const {
    return steps_[steps_[parent].last_child].next_guess;
  }
  /// The node of a member whose key is that of `guess`, which was expected(parent).
  std::uint32_t follow(std::uint32_t parent, std::uint32_t guess, ValueKind kind) {
    if (steps_[guess].kind == kind && steps_[guess].parent == parent) {
      return steps_[parent].last_child = guess;
    }
    return child(parent, std::string(nodes_[guess].key), kind);
  }
  /// The node of a member; made and decided when it is new. `kind` takes part, because a rule may
  /// ask for it.
  std::uint32_t child(std::uint32_t parent, std::string_view key, ValueKind kind);
  /// The node of a scalar in an array: the array's own, but where a rule may ask for the kind.
  std::uint32_t element(std::uint32_t array, ValueKind kind);
  /// Forgets everything when the tree has grown beyond kMaxCachedPaths (keys that are data). Only
  /// between records.
  void trim();

 private:
  std::uint32_t make(std::uint32_t parent, std::string_view key, ValueKind kind);
  std::uint32_t add(PathNode node, std::uint32_t parent);

  const Policy& policy_;
  JsonDialect dialect_;
  std::vector<PathNode> nodes_;
  std::vector<PathStep> steps_;  ///< of the same indexes
};

}  // namespace emr::desensitize
