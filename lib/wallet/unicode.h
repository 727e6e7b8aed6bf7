// Unicode normalisation of passphrases and mnemonics (utf8proc).
#pragma once

#include "base/result.h"
#include "crypto/secret.h"

namespace emr::wallet {

enum class Form { kNfkc, kNfkd };

/// kData when the text is not UTF-8.
Result<crypto::SecretBytes> normalize(ByteView utf8, Form form);

}  // namespace emr::wallet
