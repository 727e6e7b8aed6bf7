// uid-remap: an OID or DICOM UID becomes 2.25.<128 bits of its HMAC in decimal>. The same key maps
// the same UID to the same UID everywhere, so that studies stay together. Registered UIDs (transfer
// syntaxes, SOP classes) describe formats, not people, and stay.
#include <algorithm>

#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

/// 128 bits, big-endian, in decimal: at most 39 digits, 44 characters with the prefix (limit 64).
std::string decimal(ByteView bytes) {
  std::string digits;
  Bytes number = to_bytes(bytes);
  while (std::any_of(number.begin(), number.end(), [](std::uint8_t b) { return b != 0; })) {
    unsigned rest = 0;
    for (std::uint8_t& byte : number) {
      rest = rest << 8 | byte;
      byte = static_cast<std::uint8_t>(rest / 10);
      rest %= 10;
    }
    digits.push_back(static_cast<char>('0' + rest));
  }
  std::reverse(digits.begin(), digits.end());
  return digits.empty() ? "0" : digits;
}

class UidRemap final : public Technique {
 public:
  explicit UidRemap(Arguments& arguments) : keep_(arguments.text("keep", "1.2.840.10008.")) {}

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    EMR_CHECK(scope.keys != nullptr);
    if (settled_without_text(value, out)) {
      return {};
    }
    // DICOM pads UIDs with NUL, URNs carry a prefix: neither is part of the UID.
    std::string_view uid = value.text;
    while (!uid.empty() && (uid.back() == '\0' || uid.back() == ' ')) {
      uid.remove_suffix(1);
    }
    std::string prefix;
    for (const std::string_view urn : {"urn:oid:", "urn:uuid:"}) {
      if (uid.starts_with(urn)) {
        prefix = "urn:oid:";
        uid.remove_prefix(urn.size());
      }
    }
    if (!keep_.empty() && uid.starts_with(keep_)) {
      out.action = Action::kKeep;
      return {};
    }
    const Hash32 mac = scope.keys->mac("UID", "remap", uid);
    replace_with(out, prefix + "2.25." + decimal(ByteView(mac).first(16)));
    return {};
  }

 private:
  std::string keep_;
};

}  // namespace

MadeTechnique make_uid_remap(const nlohmann::json& arguments) {
  return make_from<UidRemap>(arguments);
}

}  // namespace emr::desensitize
