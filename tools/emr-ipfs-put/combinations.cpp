#include "combinations.h"

namespace emr::put {
namespace {

constexpr const char* kForPlain = "is for --only-hash and --plaintext: what is sealed has one form";

/// Options of a layout beside what is sealed.
Status refuse_layout(const cli::Context& context) {
  return context.refuse_typed(
      {"profile", "cid-version", "raw-leaves", "chunker", "max-file-links"}, kForPlain);
}

/// Where the blocks go to, and who asks the nodes.
Status check_target(const cli::Context& context) {
  if (context.typed("store") && context.typed("ipfs-api")) {
    return cli::Context::usage("give either --store or --ipfs-api");
  }
  if (!context.given("ipfs-api")) {
    EMR_TRY(context.refuse_typed({"ipfs-token-file"}, "is for --ipfs-api"));
  }
  if (context.given("node")) return {};
  return context.refuse_typed({"session", "key-file", "passphrase-file", "passphrase-fd"},
                              "is for --node: nobody else is asked");
}

Status check_hashing(const cli::Context& context) {
  EMR_TRY(context.refuse_typed(
      {"node", "genesis", "store", "ipfs-api", "ipfs-token-file", "session", "key-file",
       "passphrase-file", "passphrase-fd", "timeout", "pad"},
      "has no effect beside --only-hash: nothing is put"));
  return context.refuse_typed({"rejects"}, "is for records");
}

}  // namespace

Status check_records_options(const cli::Context& context) {
  if (context.flag("only-hash")) {
    EMR_TRY(context.refuse_typed({"attachments-root", "descriptor"}, "is for records"));
    return check_hashing(context);
  }
  EMR_TRY(refuse_layout(context));
  EMR_TRY(context.refuse_typed({"cid-format"}, "is for --only-hash and the verb put"));
  return check_target(context);
}

Status check_put_options(const cli::Context& context) {
  if (context.flag("only-hash")) {
    EMR_TRY(context.refuse_typed({"manifest"}, "is for what is sealed: it holds the key"));
    return check_hashing(context);
  }
  EMR_TRY(context.refuse_typed({"rejects"}, "is for records"));
  if (!context.flag("plaintext")) {
    EMR_TRY(refuse_layout(context));
    return check_target(context);
  }
  EMR_TRY(context.refuse_typed({"manifest", "pad"}, "is for what is sealed"));
  EMR_TRY(context.refuse_typed({"store", "node", "session", "key-file"},
                               "does not go with --plaintext, which is for an IPFS node"));
  return check_target(context);
}

Status check_get_options(const cli::Context& context) { return check_target(context); }

}  // namespace emr::put
