// Who asks: a session (the usual case) or a service key, read from files that only we can read.
#pragma once

#include "base/result.h"
#include "cli/cli.h"
#include "crypto/signing.h"
#include "ledger/genesis.h"

namespace emr::put {

struct Credential {
  crypto::Address from{};
  crypto::SigningKey key;
};

/// From --session, else from --key-file with its passphrase; kUsage when neither is given.
Result<Credential> load_credential(const cli::Context& context, const ledger::Genesis& genesis);
/// --genesis; kConfig when it is no genesis.
Result<ledger::Genesis> load_genesis(const cli::Context& context);

}  // namespace emr::put
