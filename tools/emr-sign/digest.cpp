// digest: the EIP-712 hashes of any document, by the strict rules.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/eip712.h"
#include "emr_sign.h"
#include "json/json.h"

namespace emr::sign {
namespace {

Result<std::string> digest_line(const cli::Line& line) {
  EMR_ASSIGN(const crypto::TypedDataHash hash, crypto::hash_typed_data_text(line.text));
  return json::canonical({{"type", "emr.digest"},
                          {"v", 1},
                          {"primaryType", hash.primary_type},
                          {"encodeType", hash.encoded_type},
                          {"typeHash", to_hex_0x(hash.type_hash)},
                          {"structHash", to_hex_0x(hash.struct_hash)},
                          {"domainSeparator", to_hex_0x(hash.domain_separator)},
                          {"digest", to_hex_0x(hash.digest)}});
}

Status digest(cli::Context& context) {
  if (context.flag("personal")) return digest_personal(context);
  return cli::run_lines(context, digest_line);
}

}  // namespace

cli::VerbSpec digest_verb() {
  return {.name = "digest",
          .summary = "hash typed data",
          .description =
              "Reads EIP-712 documents, one per line, and writes their hashes. A "
              "document that wallets and libraries hash differently is refused: null "
              "and missing members, wrong lengths, numbers out of range, alias types.",
          .streams = cli::Streams::kFilter,
          .options = {personal_option()},
          .examples = {{"of a document over several lines",
                        "jq -c . typed-data.json | emr-sign digest"}},
          .handler = digest};
}

}  // namespace emr::sign
