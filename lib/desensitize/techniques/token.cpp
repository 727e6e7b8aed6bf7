// token: HMAC-SHA256, one way. The same value of one class has the same token on every host and
// day that uses the key, so tables can still be joined; nobody without the key can test a guess.
// Numbers are of one class here: what HL7 calls a visit is an identifier like any other in FHIR.
#include <algorithm>
#include <array>
#include <span>

#include "desensitize/detect/fold.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"
#include "desensitize/techniques/token_text.h"

namespace emr::desensitize {
namespace {

/// Not every format says what kind of number stands somewhere, so the kind must not decide about
/// the token: it would be another one in the next format, and nothing could be joined.
constexpr std::array<std::string_view, 14> kNumbers = {
    "MRN",      "ID_CARD",  "ID",   "VISIT_ID", "ORDER_ID",     "EXAM_ID",   "DOCTOR",
    "STAFF_ID", "PASSPORT", "USCC", "PERMIT",   "INSURANCE_ID", "DEVICE_ID", "SSN"};

std::string_view domain_of(std::string_view field_class) noexcept {
  const bool number = std::find(kNumbers.begin(), kNumbers.end(), field_class) != kNumbers.end();
  return number ? kNumbers.front() : field_class;
}

class Token final : public Technique {
 public:
  explicit Token(Arguments& arguments)
      : fold_(arguments.flag("fold", true)),
        uuid_(arguments.choice("form", {"hex", "uuid"}) == 1),
        prefix_(arguments.text("prefix", "")) {}

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    EMR_CHECK(scope.keys != nullptr);
    if (settled_without_text(value, out)) {
      return {};
    }
    // "１１０１０５…00２x" and "110105…002X" are one person: spelling is folded first. The outcome's
    // text serves as room for that, so no value costs an allocation.
    const Hash32* mac =
        scope.foretold == nullptr ? nullptr : scope.foretold->find(this, value.text);
    Hash32 made;
    if (mac == nullptr) {
      made = scope.keys->mac(domain_of(scope.field_class), "token",
                             folded(value.text, out.text));
      mac = &made;
    }
    out.action = Action::kReplace;
    out.kind = ValueKind::kString;
    if (uuid_) {
      out.text.assign(prefix_).append(uuid_token(*mac));
      return {};
    }
    out.text.resize(prefix_.size() + kOneWayTokenBytes);
    std::copy(prefix_.begin(), prefix_.end(), out.text.begin());
    write_one_way_token(
        *mac, std::span<char, kOneWayTokenBytes>(out.text.data() + prefix_.size(),
                                                 kOneWayTokenBytes));
    return {};
  }

  bool foretells() const noexcept override { return true; }
  void foretell(const Value& value, const Scope& scope, Foretold& foretold) const override {
    if (value.kind == ValueKind::kString || value.kind == ValueKind::kNumber) {
      std::string room;
      foretold.add(this, value.text, key_of(scope), folded(value.text, room));
    }
  }

 private:
  static const crypto::ShortHmac& key_of(const Scope& scope) {
    const crypto::ShortHmac* known = nullptr;
    const crypto::ShortHmac*& key = scope.kept_key == nullptr ? known : *scope.kept_key;
    if (key == nullptr) {
      key = &scope.keys->short_key(domain_of(scope.field_class), "token");
    }
    return *key;
  }
  std::string_view folded(std::string_view text, std::string& room) const {
    return fold_ ? fold_identifier(text, room) : text;
  }

  bool fold_;
  bool uuid_;  ///< where only a UUID is legal
  std::string prefix_;
};

}  // namespace

MadeTechnique make_token(const nlohmann::json& arguments) { return make_from<Token>(arguments); }

}  // namespace emr::desensitize
