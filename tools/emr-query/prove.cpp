// emr-query prove: what the state says of one key, as a line that holds offline from the genesis
// alone. A node can neither invent an entry nor hide one: absence is proven like presence.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/cli.h"
#include "client/query_client.h"
#include "common/connection.h"
#include "common/ledger_guard.h"
#include "contracts/keys.h"
#include "emr_query.h"
#include "ledger/state_proof.h"
#include "offline_proof.h"

namespace emr::query {
namespace {

namespace keys = contracts::keys;

Result<std::string> hash_option(const cli::Context& context, const char* name) {
  const std::string& text = context.text(name);
  if (hash_from_hex(text)) return text;
  return cli::Context::usage(std::string("--") + name + " takes 64 hex digits");
}

/// The key that the one given option stands for.
Result<std::string> key_of(const cli::Context& context) {
  constexpr const char* kWhat[] = {"record", "grant", "institution", "account", "state-key"};
  const auto given = std::count_if(std::begin(kWhat), std::end(kWhat),
                                   [&](const char* name) { return context.given(name); });
  if (given != 1 || context.given("grant") != context.given("patient")) {
    return cli::Context::usage("say which one entry is to be proven")
        .with_hint("--record, --grant with --patient, --institution, --account or --state-key");
  }
  if (context.given("record")) {
    EMR_ASSIGN(const std::string record, hash_option(context, "record"));
    return keys::record(record);
  }
  if (context.given("grant")) {
    EMR_ASSIGN(const std::string grant, hash_option(context, "grant"));
    EMR_ASSIGN(const std::string patient, hash_option(context, "patient"));
    return keys::grant(patient, grant);
  }
  if (context.given("institution")) return keys::institution(context.text("institution"));
  if (context.given("account")) {
    EMR_ASSIGN(const crypto::Address address, crypto::parse_address(context.text("account")));
    return keys::account(address);
  }
  return context.text("state-key");
}

Error bad_answer() {
  return fail(Code::kProtocol, "the node's proof does not hold").with_reason("proof");
}

/// A line, checked before anybody sees it, and what it shows.
struct Answered {
  std::string line;
  ledger::ProvenEntry proven;
};

Result<Answered> ask_node(cli::Context& context, const std::string& key) {
  EMR_ASSIGN(const auto connection, tools::Connection::open(context));
  EMR_ASSIGN(const tools::Identity identity, tools::load_identity(context, connection->genesis()));
  client::QueryClient client(connection->pool(), identity.credential, connection->random(),
                             connection->timeout());
  EMR_ASSIGN(const client::Answer answer, client.ask({{"kind", "prove"}, {"key", key}}));
  if (answer.rows.size() != 1) return bad_answer();
  const auto proof = ledger::parse_state_proof(answer.rows.front());
  if (!proof || proof->key != key) return bad_answer();
  auto holds = ledger::verify_state_proof(*proof, connection->genesis());
  if (!holds) return bad_answer();
  return Answered{answer.rows.front(), *std::move(holds)};
}

Result<Answered> read_copy(cli::Context& context, const std::string& key) {
  EMR_ASSIGN(const ledger::Genesis genesis, tools::load_genesis(context));
  tools::guard_ledger(context);
  EMR_ASSIGN(const auto store, store::Store::open_copy(context.text("ledger")));
  EMR_ASSIGN(const ledger::StateProof proof, prove_from_copy(*store->snapshot(), genesis, key));
  EMR_ASSIGN(ledger::ProvenEntry proven, ledger::verify_state_proof(proof, genesis));
  return Answered{ledger::encode_state_proof(proof), std::move(proven)};
}

Status prove(cli::Context& context) {
  EMR_ASSIGN(const std::string key, key_of(context));
  if (!ledger::is_state_key(key)) return cli::Context::usage("no key of the state looks like this");
  const bool is_copy = context.given("ledger");
  if (is_copy && context.given("node")) return cli::Context::usage("--ledger or --node, not both");
  EMR_ASSIGN(const auto answered, is_copy ? read_copy(context, key) : ask_node(context, key));
  const auto& [line, proven] = answered;
  if (proven.height < context.count("min-height")) {
    return fail(Code::kTempFail, "the newest checkpoint is of height " +
                                     std::to_string(proven.height))
        .with_reason("no_checkpoint")
        .with_hint("ask again after the next checkpoint");
  }
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_TRY(output->write(line));
  if (!proven.value && context.flag("exit-status")) return fail(Code::kNegative, "");
  return {};
}

std::vector<cli::OptionSpec> own_options() {
  const auto what = [](const char* name, cli::Kind kind, const char* value, const char* help) {
    return cli::OptionSpec{
        .name = name, .kind = kind, .value = value, .help = help, .group = "Entry"};
  };
  return {what("record", cli::Kind::kText, "TAG", "the head of this record"),
          what("grant", cli::Kind::kText, "TXID", "this rule, with its --patient"),
          what("patient", cli::Kind::kText, "TOKEN", "patient of the --grant"),
          what("institution", cli::Kind::kText, "ID", "this member of the alliance"),
          what("account", cli::Kind::kAddress, "ADDRESS", "this account"),
          what("state-key", cli::Kind::kText, "KEY",
               "any other key, as emr-query state prints them"),
          {.name = "ledger",
           .kind = cli::Kind::kFolder,
           .help = "make it from this copied data directory instead of asking a node",
           .group = "Proof"},
          {.name = "min-height",
           .kind = cli::Kind::kCount,
           .help = "only as of this height or later",
           .group = "Proof",
           .preset = "0"},
          {.name = "exit-status",
           .short_name = 'e',
           .kind = cli::Kind::kFlag,
           .help = "exit 1 when what is proven is that the entry is not there",
           .group = "Proof"}};
}

}  // namespace

cli::VerbSpec prove_verb() {
  return {
      .name = "prove",
      .summary = "prove that an entry is in the state, or is not",
      .description =
          "Writes one emr.state-proof line: what the state said about one key at the last "
          "certified checkpoint. emr-query verify checks it offline, from the genesis file alone, "
          "whatever members have come and gone since. It is checked before it is written, so a "
          "node can neither invent an entry nor hide one.\n\nThe line holds the value of the "
          "entry and the keys beside it with the hashes of their values, so only auditors and "
          "administrators may ask a node. It has no checkpoint to prove from right after its "
          "start: exit status 75. A copied data directory (emr-pbft-node backup) has one as soon "
          "as the ledger has: with --ledger the proof is made from it, without a node, by "
          "executing its blocks again.",
      .streams = cli::Streams::kOutput,
      .options = tools::joined(own_options(),
                               tools::joined(tools::node_options(), tools::identity_options())),
      .examples = {{"a rule was revoked, as of height 5000 or later",
                    "emr-query prove --grant TXID --patient TOKEN --min-height 5000 --genesis "
                    "genesis.json --node http://127.0.0.1:8001 --session me.session > proof.jsonl"},
                   {"no such record, offline",
                    "emr-query verify --trust genesis.json proof.jsonl | jq -e '.ok and "
                    "(.present | not)'"}},
      .handler = prove};
}

}  // namespace emr::query
