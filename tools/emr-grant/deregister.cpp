// deregister: options -> the arguments of registration.deregister.
#include <nlohmann/json.hpp>

#include "emr_grant.h"

namespace emr::grant {
namespace {

using nlohmann::json;

Status deregister(cli::Context& context) {
  if (context.given("patient") == context.flag("account")) {
    return cli::Context::usage("give either --patient or --account");
  }
  json args = json::object();
  if (context.given("patient")) args["patient"] = context.text("patient");
  return write_unsigned(context, "registration", "deregister", std::move(args));
}

}  // namespace

cli::VerbSpec deregister_verb() {
  return {
      .name = "deregister",
      .summary = "write the end of a patient's file or of an account, for good",
      .description =
          "Writes one unsigned transaction. With --patient, for a wallet: where its word counts "
          "nobody writes about the patient any more, every rule ends, and what stays is sealed "
          "for every reader (an admin does so for a patient of whom his institution knows no "
          "wallet). A wallet that speaks for no other patient loses its account with it. With "
          "--account, for anybody: the account and its sessions end. The address cannot be used "
          "again; the identity may register anew.\n\nNothing is destroyed: institutions "
          "keep what the law makes them keep, and the nodes their copies, encrypted. emr-query "
          "retained says how many records stay where; erasing them is not possible yet.",
      .streams = cli::Streams::kOutput,
      .options = with_transaction({{.name = "patient",
                                    .value = "TOKEN",
                                    .help = "the patient whose file is closed",
                                    .group = "Deregistration"},
                                   {.name = "account",
                                    .kind = cli::Kind::kFlag,
                                    .help = "the signing account alone",
                                    .group = "Deregistration",
                                    .configurable = false}}),
      .examples = {{"a patient leaves",
                    "emr-grant deregister --from 0x… --patient TOKEN | emr-sign -k me.json "
                    "--genesis genesis.json | emr-tx submit --genesis genesis.json --node URL"}},
      .handler = deregister};
}

}  // namespace emr::grant
