// emr-pbft-node: found a consortium, join it, run its node.
#include <openssl/crypto.h>

#include "verbs.h"

namespace {

std::vector<std::pair<std::string, std::string>> libraries() {
  return {{"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)}};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace emr::node_tool;
  const emr::cli::ToolSpec tool{
      .name = "emr-pbft-node",
      .summary = "found, join and run a consortium's node",
      .description =
          "One node per institution. Together they order transactions with PBFT, keep the ledger, "
          "the sealed attachments and the shares of the key that no single institution has.\n\n"
          "Each institution runs init and hands its descriptor line to the dealer; the dealer runs "
          "genesis once and hands every institution genesis.json and its own sealed share; each "
          "institution runs join, then run.\n\nA later member runs init, join without a share, and "
          "run; apply prints its application, which its admin signs and submits. The members' "
          "admins review it (emr-query nodes --pending), approve or reject it; admitted, the node "
          "observes, and a second decision makes it a validator.",
      .verbs = {init_verb(), genesis_verb(), join_verb(), run_verb(), sync_verb(), status_verb(),
                stop_verb(), doctor_verb(), backup_verb(), restore_verb(), prune_verb(),
                compact_verb(), apply_verb(), hand_over_verb(), rotate_verb(),
                set_weight_verb()},
      .exit_status = {{0, "done; for status: the node is ready"},
                      {1,
                       "doctor found a fault, a backup does not verify, or status --strict warns"},
                      {65, "a descriptor, genesis or share file is malformed"},
                      {66, "a file is missing"},
                      {69, "the node cannot be reached, or a port is taken"},
                      {73, "a file exists already, or cannot be created"},
                      {74, "the ledger in the data directory is damaged, or the disk fails"},
                      {75,
                       "not ready, not in step in time, the disk is full, or the data directory is "
                       "in use"},
                      {77, "a key file is readable by others"}},
      .sections =
          {{"FILES",
            "DIR/node.json: addresses to listen on. DIR/keys/: vote.key, transport.key, box.key; "
            "NAME.next.key: a key that is being renewed. "
            "DIR/genesis.json and DIR/share.key: made by join. DIR/data/: the ledger. "
            "DIR/institution/archive.key: keep it offline, it opens every record this institution "
            "ever wrote (emr-query unseal). DIR/institution/tag.key and linkage.key: for "
            "emr-desensitize."},
           {"SECURITY",
            "Every key file has mode 0600 and is refused otherwise. The HTTP interface has no TLS: "
            "bind it to loopback or put a TLS proxy before it. Peers authenticate each other by "
            "their registered transport keys."},
           {"SIGNALS", "TERM and INT stop the node cleanly. A killed node recovers by itself."}},
      .see_also = {"emr-sign", "emr-tx", "emr-query"},
      .handles_secrets = true,
      .build_info = libraries};
  return emr::cli::run(tool, argc, argv);
}
