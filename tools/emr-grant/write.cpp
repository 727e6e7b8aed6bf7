// What the verbs that write a transaction share.
#include <ctime>

#include <nlohmann/json.hpp>

#include "cli/system_random.h"
#include "common/argument_source.h"
#include "contracts/limits.h"
#include "contracts/methods.h"
#include "crypto/address.h"
#include "emr_grant.h"
#include "ledger/transaction.h"

namespace emr::grant {

Result<ledger::Transaction> make_unsigned(const cli::Context& context, const char* contract,
                                          const char* method, nlohmann::json args) {
  ledger::Core core;
  core.contract = contract;
  core.method = method;
  EMR_ASSIGN(core.from, crypto::parse_address(context.text("from")));
  core.valid_until = static_cast<UnixSeconds>(std::time(nullptr)) + context.seconds("valid-for");
  core.args = std::make_shared<const nlohmann::json>(std::move(args));
  cli::SystemRandom random;
  random.fill(core.nonce);
  return ledger::make_transaction(std::move(core), contracts::method_table());
}

Status write_transaction(cli::Context& context, ledger::Transaction tx) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(ledger::transaction_line({std::move(tx), {}, "{}"}));
}

Status write_unsigned(cli::Context& context, const char* contract, const char* method,
                      nlohmann::json args) {
  EMR_ASSIGN(ledger::Transaction tx,
             tools::at_source(make_unsigned(context, contract, method, std::move(args)),
                              {{"/patient", "--patient"},
                               {"/record", "--record"},
                               {"/to", "--to"},
                               {"/scope/records", "--records"},
                               {"/scope/docTypes", "--doc-types"},
                               {"/scope/institutions", "--institutions"},
                               {"/purpose", "--purpose"},
                               {"/since", "--since"},
                               {"/until", "--until"},
                               {"/grant", "--grant"},
                               {"/emergency", "--emergency"}}));
  return write_transaction(context, std::move(tx));
}

Result<UnixSeconds> time_option(const cli::Context& context, const std::string& option) {
  Result<UnixSeconds> time = parse_utc(context.text(option));
  if (time) return time;
  return fail(Code::kData, "--" + option + ": " + time.error().message);
}

Result<UnixSeconds> end_of_rule(const cli::Context& context, UnixSeconds since, UnixSeconds now) {
  if (context.given("for") == context.given("until")) {
    return cli::Context::usage("give either --for or --until");
  }
  UnixSeconds until = since;
  if (context.given("for")) {
    until += context.seconds("for");
  } else {
    EMR_ASSIGN(until, time_option(context, "until"));
  }
  // The contract would refuse it as well, but only after a patient has signed it.
  if (until - since > contracts::kGrantSecondsMax) {
    return fail(Code::kData, "a rule lasts six years at the most")
        .with_reason("period_too_long")
        .with_hint("renewing it is one signature");
  }
  if (until > since && until > now) return until;
  return fail(Code::kData, until > now ? "the rule would end before it begins"
                                       : "the rule would have ended already")
      .with_reason("empty_period");
}

std::vector<cli::OptionSpec> with_transaction(std::vector<cli::OptionSpec> options) {
  options.push_back({.name = "from",
                     .kind = cli::Kind::kAddress,
                     .help = "account that will sign",
                     .group = "Transaction",
                     .required = true});
  options.push_back({.name = "valid-for",
                     .kind = cli::Kind::kDuration,
                     .help = "how long the unsigned transaction may wait for its signature and "
                             "commit",
                     .group = "Transaction",
                     .preset = "1h",
                     .min = 60,
                     .max = 86400});
  return options;
}

std::vector<cli::OptionSpec> with_end(std::vector<cli::OptionSpec> options, const char* meaning) {
  options.push_back({.name = "for",
                     .kind = cli::Kind::kDuration,
                     .help = std::string(meaning) + ", from now: 30d",
                     .group = "Request",
                     .min = 60,
                     .max = static_cast<std::uint64_t>(contracts::kGrantSecondsMax)});
  options.push_back({.name = "until",
                     .value = "TIME",
                     .help = std::string(meaning) + ", to this time, UTC",
                     .group = "Request"});
  return options;
}

std::string piped(const std::string& command) {
  return command +
         " | emr-sign -k me.json --genesis genesis.json | emr-tx submit --genesis genesis.json "
         "--node URL";
}

}  // namespace emr::grant
