#include "wallet/session.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/access.h"
#include "json/json.h"
#include "wallet/limits.h"

namespace emr::wallet {
namespace {

// The members that are secret are wiped out of the text and of the tree by their owners' callers;
// nlohmann's own copies live for microseconds and core dumps are off in every tool that calls this.
void wipe_text(std::string& text) noexcept {
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

Result<crypto::Secret32> secret_member(nlohmann::json& json, const char* key) {
  EMR_ASSIGN(Hash32 value, json::get_hex32(json, key));
  crypto::Secret32 secret(value);
  crypto::wipe(value);
  wipe_text(json.at(key).get_ref<std::string&>());
  return secret;
}

}  // namespace

Session Session::create(const crypto::Address& from, const Hash32& genesis, UnixSeconds expires,
                        crypto::RandomSource& random) {
  return {crypto::SigningKey::generate(random), crypto::generate_box_keys(random), from, genesis,
          expires};
}

crypto::SecretBytes Session::encode() const {
  nlohmann::json json = {{"type", "emr.session"},
                         {"v", 1},
                         {"from", from.text()},
                         {"genesis", to_hex(genesis)},
                         {"expires", format_utc(expires)},
                         {"signKey", to_hex(sign_key.secret().view())},
                         {"boxKey", to_hex(box.secret.view())}};
  std::string text = json::canonical_checked(json) + "\n";
  crypto::SecretBytes encoded = crypto::SecretBytes::copy_of(as_bytes(text));
  wipe_text(text);
  wipe_text(json["signKey"].get_ref<std::string&>());
  wipe_text(json["boxKey"].get_ref<std::string&>());
  return encoded;
}

Result<Session> Session::decode(std::string_view text) {
  if (text.size() > kMaxSessionBytes) {
    return fail(Code::kData, "the session file is too large").with_reason("session");
  }
  EMR_ASSIGN(nlohmann::json json, json::parse_object(text));
  EMR_TRY(json::expect_type(json, "emr.session"));
  EMR_TRY(json::refuse_unknown_members(
      json, {"type", "v", "from", "genesis", "expires", "signKey", "boxKey"}));
  EMR_ASSIGN(const std::string from, json::get_string(json, "from", {.max = 42}));
  EMR_ASSIGN(const crypto::Address address, crypto::parse_canonical_address(from));
  EMR_ASSIGN(const Hash32 genesis, json::get_hex32(json, "genesis"));
  EMR_ASSIGN(const UnixSeconds expires, json::get_utc(json, "expires"));
  EMR_ASSIGN(crypto::Secret32 sign_secret, secret_member(json, "signKey"));
  EMR_ASSIGN(crypto::Secret32 box_secret, secret_member(json, "boxKey"));
  EMR_ASSIGN(crypto::SigningKey sign_key, crypto::SigningKey::from_secret(std::move(sign_secret)));
  const crypto::BoxPublicKey box_public = crypto::box_public_key(box_secret);
  return Session{
      std::move(sign_key), {std::move(box_secret), box_public}, address, genesis, expires};
}

Status Session::check(const Hash32& expected_genesis, UnixSeconds now) const {
  if (genesis != expected_genesis) {
    return fail(Code::kConfig, "the session is for another ledger").with_reason("genesis");
  }
  if (now >= expires) {
    return fail(Code::kDenied, "the session has expired")
        .with_reason("expired")
        .with_hint("emr-sign login makes a new one");
  }
  return {};
}

}  // namespace emr::wallet
