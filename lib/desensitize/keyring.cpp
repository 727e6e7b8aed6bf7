#include "desensitize/keyring.h"

#include <utility>
#include <vector>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "desensitize/limits.h"

namespace emr::desensitize {
namespace {

/// Version of the derivation: another scheme gets another word, so that tokens never mix.
constexpr std::string_view kDerivation = "emr/desens/v1/";

// Tokens are padded in steps of 12 bytes (0x80, then zeros). So every name of up to 11 bytes has a
// token of one length, and with the 16-byte tag the base64 text always ends in "==", which lets
// --restore find the end of a token inside a sentence.
constexpr std::size_t kPadStep = 12;

std::string pad(std::string_view text) {
  std::string padded(text);
  padded.push_back('\x80');
  padded.append((kPadStep - padded.size() % kPadStep) % kPadStep, '\0');
  return padded;
}

Result<std::string> unpad(std::string_view padded) {
  const std::size_t marker = padded.find_last_not_of('\0');
  if (marker == std::string_view::npos || padded[marker] != '\x80') {
    return fail(Code::kData, "token has no padding").with_reason("bad_token");
  }
  return std::string(padded.substr(0, marker));
}

}  // namespace

struct KeyRing::Impl {
  crypto::Secret32 master;

  std::string purpose(std::string_view field_class, std::string_view use) const {
    std::string text(kDerivation);
    return text.append(field_class).append("/").append(use);
  }
  crypto::Secret32 sub_key(std::string_view field_class, std::string_view use) const {
    return crypto::derive_key(master.view(), purpose(field_class, use));
  }

  // The sub-keys are few (classes x uses) and each value needs one: they are derived once. A dozen
  // entries are compared faster in a row than through a tree.
  template <class Key>
  struct Entry {
    std::string field_class;
    std::string use;
    std::unique_ptr<Key> key;
  };
  /// One key, for texts of every length and for brief ones.
  struct MacKey {
    explicit MacKey(ByteView key) : any(key), brief(key) {}
    Hash32 mac(std::string_view text) const {
      const ByteView bytes = as_bytes(text);
      return bytes.size() <= crypto::ShortHmac::kMaxBytes ? brief.mac(bytes) : any.mac(bytes);
    }
    crypto::HmacSha256 any;
    crypto::ShortHmac brief;
  };
  mutable std::vector<Entry<MacKey>> macs;
  mutable const MacKey* date_shift = nullptr;  ///< one of them, asked for by every record
  mutable std::vector<Entry<crypto::Aes256Siv>> sivs;

  template <class Key>
  static const Key* find(const std::vector<Entry<Key>>& entries, std::string_view field_class,
                         std::string_view use) {
    for (const Entry<Key>& entry : entries) {
      if (entry.field_class == field_class && entry.use == use) {
        return entry.key.get();
      }
    }
    return nullptr;
  }

  const MacKey& mac_key(std::string_view field_class, std::string_view use) const {
    const MacKey* known = find(macs, field_class, use);
    if (known != nullptr) {
      return *known;
    }
    auto made = std::make_unique<MacKey>(sub_key(field_class, use).view());
    macs.push_back({std::string(field_class), std::string(use), std::move(made)});
    return *macs.back().key;
  }
  const MacKey& shift_key() const {
    if (date_shift == nullptr) date_shift = &mac_key("patient", "date-shift");
    return *date_shift;
  }
  const crypto::Aes256Siv& siv_key(std::string_view field_class) const {
    const std::string_view use = "encrypt";
    const crypto::Aes256Siv* known = find(sivs, field_class, use);
    if (known != nullptr) {
      return *known;
    }
    auto made = std::make_unique<crypto::Aes256Siv>(master, purpose(field_class, use));
    sivs.push_back({std::string(field_class), std::string(use), std::move(made)});
    return *sivs.back().key;
  }
};

KeyRing::KeyRing(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyRing::~KeyRing() = default;

Result<std::shared_ptr<const KeyRing>> KeyRing::create(ByteView master) {
  if (master.size() < kMinKeyBytes) {
    return fail(Code::kDenied, "the key is shorter than 32 bytes")
        .with_reason("short_key")
        .with_hint("make one with: head -c 32 /dev/urandom | xxd -p -c 64 > FILE; chmod 600 FILE");
  }
  auto impl = std::make_unique<Impl>();
  impl->master = crypto::derive_key(master, "emr/desens/v1/master");
  std::shared_ptr<KeyRing> ring(new KeyRing(std::move(impl)));
  ring->id_ = crypto::key_check(ring->impl_->master.view());
  return std::shared_ptr<const KeyRing>(std::move(ring));
}

std::shared_ptr<const KeyRing> KeyRing::clone() const {
  auto impl = std::make_unique<Impl>();
  impl->master = impl_->master.clone();
  std::shared_ptr<KeyRing> ring(new KeyRing(std::move(impl)));
  ring->id_ = id_;
  return ring;
}

Hash32 KeyRing::mac(std::string_view field_class, std::string_view use,
                    std::string_view text) const {
  return impl_->mac_key(field_class, use).mac(text);
}

const crypto::ShortHmac& KeyRing::short_key(std::string_view field_class,
                                            std::string_view use) const {
  return impl_->mac_key(field_class, use).brief;
}

Bytes KeyRing::seal(std::string_view field_class, std::string_view text) const {
  return impl_->siv_key(field_class).seal(as_bytes(field_class), as_bytes(pad(text)));
}

Result<std::string> KeyRing::open(std::string_view field_class, ByteView sealed) const {
  EMR_ASSIGN(const crypto::SecretBytes plain,
             impl_->siv_key(field_class).open(as_bytes(field_class), sealed));
  return unpad(plain.text());
}

Hash32 KeyRing::derive(std::string_view field_class, std::string_view use) const {
  return impl_->sub_key(field_class, use).bytes();
}

int KeyRing::shift_days(std::string_view identity, int max_days, bool whole_weeks) const {
  return shift_days(impl_->shift_key().mac(identity), max_days, whole_weeks);
}

const crypto::ShortHmac& KeyRing::shift_key() const { return impl_->shift_key().brief; }

int KeyRing::shift_days(const Hash32& mac, int max_days, bool whole_weeks) noexcept {
  const int unit = whole_weeks ? 7 : 1;
  const int steps = max_days / unit;
  if (steps <= 0) {
    return 0;
  }
  std::uint64_t draw = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    draw = draw << 8 | mac[i];
  }
  // Zero is left out: a patient whose dates do not move would stand in clear.
  const int slot = static_cast<int>(draw % (2 * static_cast<std::uint64_t>(steps)));
  return unit * (slot < steps ? slot - steps : slot - steps + 1);
}

}  // namespace emr::desensitize
