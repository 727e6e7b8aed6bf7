#include "wallet/unicode.h"

#include <utf8proc.h>

#include <cstdlib>
#include <cstring>

namespace emr::wallet {

Result<crypto::SecretBytes> normalize(ByteView utf8, Form form) {
  if (utf8.empty()) return crypto::SecretBytes();
  const auto composition = form == Form::kNfkc ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | composition);
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(utf8.data(), static_cast<utf8proc_ssize_t>(utf8.size()), &mapped, options);
  if (size < 0) return fail(Code::kData, "the text is not UTF-8").with_reason("utf8");
  const std::span<std::uint8_t> view(mapped, static_cast<std::size_t>(size));
  crypto::SecretBytes result = crypto::SecretBytes::copy_of(view);
  crypto::wipe(view);
  std::free(mapped);
  return result;
}

}  // namespace emr::wallet
