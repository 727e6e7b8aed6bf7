// emr-grant: the rules by which a patient allows and forbids the reading of records.
#include "cli/cli.h"
#include "emr_grant.h"

int main(int argc, char** argv) {
  const emr::cli::ToolSpec tool{.name = "emr-grant",
                                .summary = "allow and forbid the reading of records",
                                .verbs = {emr::grant::give_verb(), emr::grant::revoke_verb(),
                                          emr::grant::request_verb(), emr::grant::approve_verb(),
                                          emr::grant::deny_verb(),
                                          emr::grant::break_glass_verb(), emr::grant::review_verb(),
                                          emr::grant::deregister_verb(),
                                          emr::grant::list_verb(), emr::grant::check_verb()},
                                .exit_status = {{0, "written, listed, or permitted"},
                                                {1, "no such rule, or check: not permitted"},
                                                {3, "in part: lines were skipped, or check: some "
                                                    "records were not judged"},
                                                {65, "bad input"},
                                                {77, "denied"}},
                                .see_also = {"emr-sign", "emr-tx", "emr-query"},
                                .handles_secrets = true};
  return emr::cli::run(tool, argc, argv);
}
