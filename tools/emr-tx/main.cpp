// emr-tx: builds transactions, submits them, says what became of them.
#include "cli/cli.h"
#include "emr_tx.h"

int main(int argc, char** argv) {
  const emr::cli::ToolSpec tool{
      .name = "emr-tx",
      .summary = "build and submit ledger transactions",
      .verbs = {emr::tx::build_verb(), emr::tx::submit_verb(), emr::tx::status_verb(),
                emr::tx::methods_verb()},
      .exit_status = {{0, "done; with submit: every line has a good receipt"},
                      {1, "the contract could not do it (conflict, not found)"},
                      {3, "some lines failed; their receipts say why"},
                      {65, "bad input"},
                      {69, "no node can be reached"},
                      {75, "no quorum or outcome unknown: run again, it is safe"},
                      {77, "denied"}},
      .see_also = {"emr-sign", "emr-query"},
      .handles_secrets = true};
  return emr::cli::run(tool, argc, argv);
}
