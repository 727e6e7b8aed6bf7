// perturb: a number moves by keyed noise: uniform in ±`percent` of the value or in ±`amount`. The
// noise comes from the key, the patient and the value, so a second run gives the same number and
// averaging repeated exports reveals nothing. Decimals stay as many as they were.
#include <array>
#include <charconv>
#include <cmath>

#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxNumberBytes = 32;

/// -1 .. +1 from 53 bits of a MAC.
double unit_noise(const Hash32& mac) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    bits = bits << 8 | mac[i];
  }
  return std::ldexp(static_cast<double>(bits >> 11), -52) - 1.0;
}

std::size_t decimals_of(std::string_view number) {
  const std::size_t dot = number.find('.');
  return dot == std::string_view::npos ? 0 : number.size() - dot - 1;
}

/// Powers of ten that a double holds exactly.
constexpr auto kPowers = [] {
  std::array<double, 23> powers{};
  double power = 1;
  for (double& each : powers) {
    each = power;
    power *= 10;
  }
  return powers;
}();

/// Fixed notation without the locale that printf would consult; `out` is replaced.
void write_fixed(double number, std::size_t decimals, std::string& out) {
  const double scale = decimals < kPowers.size() ? kPowers[decimals]
                                                 : std::pow(10.0, static_cast<double>(decimals));
  const auto scaled = static_cast<long long>(std::llround(std::fabs(number) * scale));
  std::array<char, 24> room{};
  const char* const end = std::to_chars(room.data(), room.data() + room.size(), scaled).ptr;
  const std::string_view digits(room.data(), static_cast<std::size_t>(end - room.data()));
  const std::size_t whole = digits.size() > decimals ? digits.size() - decimals : 0;
  out.assign(number < 0 && scaled != 0 ? "-" : "").append(digits.substr(0, whole));
  if (decimals > 0) {
    out.append(whole == 0 ? "0." : ".").append(decimals - (digits.size() - whole), '0');
    out.append(digits.substr(whole));
  }
}

bool is_plain_number(std::string_view text) {
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    dots += text[i] == '.' ? 1 : 0;
    const bool sign = i == 0 && text[i] == '-' && text.size() > 1;
    if (!sign && text[i] != '.' && (text[i] < '0' || text[i] > '9')) {
      return false;
    }
  }
  return dots <= 1 && text.back() != '.' && text.size() <= kMaxNumberBytes && text[0] != '.';
}

class Perturb final : public Technique {
 public:
  explicit Perturb(Arguments& arguments)
      : percent_(static_cast<double>(arguments.integer("percent", 0, 0, 100))),
        amount_(static_cast<double>(arguments.integer("amount", 0, 0, 1'000'000'000))),
        min_(arguments.has("min")
                 ? static_cast<double>(arguments.integer("min", 0, -1'000'000'000, 1'000'000'000))
                 : -1e15) {
    if (percent_ == 0 && amount_ == 0) {
      arguments.reject("percent", "or \"amount\" must be above 0");
    }
  }

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    EMR_CHECK(scope.keys != nullptr);
    if (settled_without_text(value, out)) {
      return {};
    }
    if (!is_plain_number(value.text)) {
      out.action = Action::kNull;
      return {};
    }
    const Hash32* known =
        scope.foretold == nullptr ? nullptr : scope.foretold->find(this, value.text);
    const Hash32 mac = known != nullptr
                           ? *known
                           : scope.keys->mac(scope.field_class, "perturb",
                                             hashed(value, scope, out.text));  // room that is there
    double number = 0;
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
    const double reach = amount_ + std::fabs(number) * percent_ / 100.0;
    const double moved = std::fmax(number + unit_noise(mac) * reach, min_);
    out.action = Action::kReplace;
    out.kind = value.kind;
    write_fixed(moved, decimals_of(value.text), out.text);
    return {};
  }

  bool foretells() const noexcept override { return true; }
  void foretell(const Value& value, const Scope& scope, Foretold& foretold) const override {
    if (value.kind != ValueKind::kString && value.kind != ValueKind::kNumber) return;
    const crypto::ShortHmac*& key = *scope.kept_key;
    if (key == nullptr) key = &scope.keys->short_key(scope.field_class, "perturb");
    std::string room;
    room.reserve(crypto::ShortHmac::kMaxBytes);  // in one piece
    foretold.add(this, value.text, *key, hashed(value, scope, room));
  }

 private:
  static std::string_view hashed(const Value& value, const Scope& scope, std::string& room) {
    room.assign(scope.patient == nullptr ? "" : scope.patient->identity());
    return room.append(1, '\0').append(value.text);
  }

  double percent_;
  double amount_;
  double min_;
};

}  // namespace

MadeTechnique make_perturb(const nlohmann::json& arguments) {
  return make_from<Perturb>(arguments);
}

}  // namespace emr::desensitize
