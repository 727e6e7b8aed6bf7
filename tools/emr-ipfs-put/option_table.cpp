#include "option_table.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "common/connection.h"
#include "common/kubo_options.h"
#include "ipfs/limits.h"
#include "verbs.h"

namespace emr::put {
namespace {

using cli::Kind;
using cli::OptionSpec;
using Options = std::vector<OptionSpec>;

Options joined(std::initializer_list<Options> lists) {
  Options all;
  for (const Options& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

Options where_to() {
  const std::string group = "Where to";
  const Options consortium = {
      {.name = "node",
       .kind = Kind::kUrl,
       .help = "node of the consortium; repeat it, the next one is asked when one does not answer",
       .group = group,
       .repeatable = true},
      {.name = "genesis",
       .kind = Kind::kFile,
       .help = "genesis file of the consortium",
       .group = group},
  };
  const Options folder = {
      {.name = "store",
       .kind = Kind::kFolder,
       .help = "folder that takes the blocks instead, one file each",
       .group = group},
      {.name = "timeout",
       .kind = Kind::kDuration,
       .help = "longest wait for an answer",
       .group = group,
       .preset = "30s",
       .min = 1,
       .max = 3600},
  };
  const char* const api = "RPC address of an IPFS node (Kubo) that takes the blocks instead";
  return joined({consortium, tools::kubo_options(api, group), folder});
}

Options sealing() {
  const std::string group = "Sealing";
  return {
      {.name = "pad",
       .kind = Kind::kChoice,
       .help = "hide the exact size (at most 12 % more)",
       .group = group,
       .preset = "padme",
       .choices = {"padme", "none"}},
      {.name = "dry-run",
       .short_name = 'n',
       .kind = Kind::kFlag,
       .help = "do everything but the effect; output carries \"dry_run\":true",
       .group = group,
       .configurable = false},
  };
}

Options hashing() {
  const std::string group = "Hashing";
  return {
      {.name = "threads",
       .kind = Kind::kCount,
       .help = "threads that hash and seal",
       .group = group,
       .preset = "2",
       .min = 1,
       .max = ipfs::kMaxThreads},
      {.name = "only-hash",
       .kind = Kind::kFlag,
       .help = "only print the CID of the plain input; nothing is put",
       .group = group,
       .configurable = false},
      {.name = "plaintext",
       .kind = Kind::kFlag,
       .help = "the input is taken as it is, not sealed: for public data only",
       .group = group,
       .configurable = false},
      {.name = "profile",
       .kind = Kind::kChoice,
       .help = "how a plain file is cut and named (unixfs-v1-2025; with any of the four options "
               "below, what ipfs add does by default: unixfs-v0-2015)",
       .group = group,
       .choices = {"unixfs-v1-2025", "unixfs-v0-2015", "legacy-cid-v0", "cidv1-raw"}},
      {.name = "cid-version",
       .kind = Kind::kCount,
       .help = "as in ipfs add: 0 or 1",
       .group = group,
       .max = 1},
      {.name = "raw-leaves",
       .kind = Kind::kChoice,
       .help = "as in ipfs add; the switch alone means true",
       .group = group,
       .choices = {"true", "false"}},
      {.name = "chunker", .help = "as in ipfs add: size-262144", .group = group},
      {.name = "max-file-links",
       .kind = Kind::kCount,
       .help = "as in ipfs add: links of one tree node",
       .group = group,
       .min = 2,
       .max = 8192},
      {.name = "cid-format",
       .kind = Kind::kChoice,
       .help = "how the member cid is written",
       .group = group,
       .preset = "native",
       .choices = {"native", "base32", "base58", "hex"}},
  };
}

Options record_options() {
  return {{.name = "attachments-root",
           .kind = Kind::kFolder,
           .help = "folder that attachment paths are relative to; links below it are refused",
           .group = "Records"},
          {.name = "descriptor",
           .kind = Kind::kFile,
           .help = "emr.node line of an institution that joined after the genesis",
           .group = "Records"}};
}

Options object_options() {
  return {{.name = "manifest",
           .kind = Kind::kOutput,
           .help = "new file for the key and the CID",
           .group = "Sealing",
           .configurable = false}};
}

Options get_options() {
  const std::string group = "Output";
  return {{.name = "output",
           .short_name = 'o',
           .kind = Kind::kOutput,
           .help = "write to this file, which appears complete or not at all",
           .group = group,
           .preset = "-",
           .configurable = false},
          {.name = "manifest",
           .kind = Kind::kFile,
           .help = "manifest that opens the object",
           .group = group,
           .configurable = false},
          {.name = "range",
           .value = "FIRST-LAST",
           .help = "only these bytes, both counted in",
           .group = group,
           .configurable = false}};
}

cli::VerbSpec records_verb() {
  return {
      .name = "records",
      .summary = "put the attachments of emr.sealed records",
      .description =
          "Reads emr.sealed records. For each attachment of the member local, size and SHA-256 are "
          "verified, the file is sealed as emr-blob/1 under its own random key, and its blocks are "
          "put. Names, types, CIDs and keys go into a manifest that is sealed to the "
          "consortium and to the institution's archive key; local is removed and handles are "
          "added.\n\n"
          "A record whose tags the ledger already has is passed on with unchanged set to true; "
          "nothing of it is put. It is there when f + 1 nodes say so; when fewer are named with "
          "--node, those of the genesis are asked too.",
      .streams = cli::Streams::kFilter,
      .progress = true,
      .options =
          joined({record_options(), where_to(), tools::identity_options(), sealing(), hashing()}),
      .examples = {{"put a day's attachments",
                    "emr-ipfs-put --attachments-root his/attachments --genesis genesis.json "
                    "--node http://127.0.0.1:8001 -k bot.json --passphrase-file pass "
                    "< sealed.jsonl > put.jsonl"},
                   {"the CID that IPFS gives a file",
                    "emr-ipfs-put --only-hash --plaintext scan.dcm"}},
      .handler = put_records,
  };
}

cli::VerbSpec put_verb() {
  return {
      .name = "put",
      .summary = "put one file or stream as an object of its own",
      .description =
          "Seals the input and puts its blocks, in constant memory. The key goes to --manifest, a "
          "new file of mode 0600; get opens the object with it.",
      .streams = cli::Streams::kFilter,
      .options =
          joined({object_options(), where_to(), tools::identity_options(), sealing(), hashing()}),
      .examples = {{"seal a stream into a folder",
                    "pg_dump his | emr-ipfs-put put --store blocks --manifest dump.manifest -"}},
      .handler = put_object,
  };
}

cli::VerbSpec get_verb() {
  return {
      .name = "get",
      .summary = "get an object back, every block verified",
      .description =
          "Fetches the blocks below a CID, hashes each of them and writes the file; with "
          "--manifest "
          "it is opened. A range fetches only the blocks that hold it.",
      .streams = cli::Streams::kNone,
      .positionals = {{.name = "CID",
                       .help = "in base32, base58 or hex; that of the manifest's only object when "
                               "absent"}},
      .options = joined({get_options(), where_to(), tools::identity_options()}),
      .examples = {{"the first megabyte of a sealed object",
                    "emr-ipfs-put get --store blocks --manifest dump.manifest --range 0-1048575 "
                    "> start"}},
      .handler = get_object,
  };
}

}  // namespace

cli::ToolSpec tool_spec() {
  return {
      .name = "emr-ipfs-put",
      .summary = "seal attachments and put them into the content store",
      .verbs = {records_verb(), put_verb(), get_verb()},
      .default_verb = "records",
      .exit_status = {{0, "done"},
                      {1, "not found, or the range lies outside the object"},
                      {3, "some records were skipped"},
                      {65, "a record, an attachment or a block is not what it should be"},
                      {66, "an attachment is missing"},
                      {69, "no node answered in time"},
                      {76, "a node or IPFS lied or answered nonsense"},
                      {77, "a node refused, or a key file is too open"}},
      .sections = {{"SECURITY",
                    "Only ciphertext leaves this tool. Each object has its own random key, so two "
                    "equal files have nothing in common, and the number of blocks is blurred by "
                    "padding. Erasure means destroying the key and the blocks on every node; "
                    "copies that were read before cannot be taken back."}},
      .see_also = {"emr-desensitize", "emr-tx", "emr-query"},
      .handles_secrets = true,
  };
}

}  // namespace emr::put
