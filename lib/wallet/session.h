// A session: the key pairs that a login transaction delegates to. The signing key signs accesses,
// queries and the logout for the wallet named in `from`; the box key receives key parts. The file
// (0600; lib/cli reads and writes it) is named by --session or $EMR_SESSION.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/address.h"
#include "crypto/box.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/signing.h"

namespace emr::wallet {

struct Session {
  crypto::SigningKey sign_key;  ///< its address is the session key in the ledger
  crypto::BoxKeyPair box;
  crypto::Address from{};  ///< the wallet that it speaks for
  Hash32 genesis{};        ///< the ledger that it is for
  UnixSeconds expires = 0;

  static Session create(const crypto::Address& from, const Hash32& genesis, UnixSeconds expires,
                        crypto::RandomSource& random);
  /// `emr.session` v1, one line and a newline.
  crypto::SecretBytes encode() const;
  static Result<Session> decode(std::string_view text);

  /// kDenied (reason "expired") at and after `expires`; kConfig (reason "genesis") for another
  /// ledger.
  Status check(const Hash32& expected_genesis, UnixSeconds now) const;
};

}  // namespace emr::wallet
