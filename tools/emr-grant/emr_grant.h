// The verbs of emr-grant. list and check ask the nodes; the others write unsigned emr.tx lines
// for emr-sign: a grant is a rule, so nothing else is needed there (no key, no node, no data).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/spec.h"
#include "ledger/transaction.h"

namespace emr::grant {

/// An unsigned transaction by --from; an argument's fault has its pointer in the transaction.
Result<ledger::Transaction> make_unsigned(const cli::Context& context, const char* contract,
                                          const char* method, nlohmann::json args);
/// The one line of output.
Status write_transaction(cli::Context& context, ledger::Transaction tx);
/// Both, for arguments that are options: a fault is named by its option.
Status write_unsigned(cli::Context& context, const char* contract, const char* method,
                      nlohmann::json args);
/// --from and --valid-for.
std::vector<cli::OptionSpec> with_transaction(std::vector<cli::OptionSpec> options);

/// --for and --until: how long, or to when; `meaning` is what then ends.
std::vector<cli::OptionSpec> with_end(std::vector<cli::OptionSpec> options, const char* meaning);
/// The command, signed and submitted: for examples.
std::string piped(const std::string& command);

/// An option that is a time in UTC.
Result<UnixSeconds> time_option(const cli::Context& context, const std::string& option);
/// The end by --for (from `since`) or --until; what has ended before it begins, or
/// lasts longer than the contract lets a rule last, is refused.
Result<UnixSeconds> end_of_rule(const cli::Context& context, UnixSeconds since, UnixSeconds now);

cli::VerbSpec give_verb();
cli::VerbSpec revoke_verb();
cli::VerbSpec request_verb();
cli::VerbSpec approve_verb();
cli::VerbSpec deny_verb();
cli::VerbSpec break_glass_verb();
cli::VerbSpec review_verb();
cli::VerbSpec deregister_verb();
cli::VerbSpec list_verb();
cli::VerbSpec check_verb();

}  // namespace emr::grant
