// emr-query: ask nodes what you may see, open what you may read, verify everything offline.
#include "cli/cli.h"
#include "emr_query.h"
#include "state.h"
#include "verify.h"

int main(int argc, char** argv) {
  std::vector<emr::cli::VerbSpec> verbs = emr::query::list_verbs();
  verbs.push_back(emr::query::open_verb());
  verbs.push_back(emr::query::release_verb());
  verbs.push_back(emr::query::unseal_verb());
  verbs.push_back(emr::query::prove_verb());
  verbs.push_back(emr::query::stats_verb());
  verbs.push_back(emr::query::verify_verb());
  verbs.push_back(emr::query::state_verb());
  verbs.push_back(emr::query::fields_verb());
  verbs.push_back(emr::query::crypto_verb());
  const emr::cli::ToolSpec tool{.name = "emr-query",
                                .summary = "query, open and verify records on the ledger",
                                .verbs = std::move(verbs),
                                .exit_status = {{0, "ok; an empty result is ok"},
                                                {1, "not found, check: denied, or not verified"},
                                                {3, "in part: lines were skipped, records not "
                                                    "judged, nodes silent, or envelopes left "
                                                    "closed"},
                                                {65, "bad input"},
                                                {74, "a ledger is damaged, or reading or writing "
                                                     "failed"},
                                                {77, "denied, or a key file is too open"}},
                                .see_also = {"emr-tx", "emr-grant"},
                                .handles_secrets = true};
  return emr::cli::run(tool, argc, argv);
}
