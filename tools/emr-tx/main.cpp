// emr-tx: make transactions, send them, say what became of them.
#include "cli/cli.h"
#include "verbs.h"

int main(int argc, char** argv) {
  const emr::cli::ToolSpec tool{
      .name = "emr-tx",
      .summary = "make and submit ledger transactions",
      .verbs = {emr::tx::build_verb(), emr::tx::submit_verb(), emr::tx::status_verb(),
                emr::tx::methods_verb(), emr::tx::slots_verb()},
      .exit_status = {{0, "every line was committed, unchanged or skipped"},
                      {1, "not found; or the only line met a conflict"},
                      {3, "some lines failed; their receipts say why"},
                      {65, "bad input"},
                      {75, "outcome unknown, or the journal is in use: run it again"},
                      {76, "status: the nodes that answer do not prove what they say"},
                      {77, "the contract denied the only line"},
                      {78, "the genesis is that of another ledger than the nodes'"}},
      .see_also = {"emr-sign", "emr-query", "emr-ipfs-put"},
      .handles_secrets = true};
  return emr::cli::run(tool, argc, argv);
}
