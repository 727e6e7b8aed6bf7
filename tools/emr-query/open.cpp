// open: the one way to read a sealed part. An access transaction is committed first (so no read can
// happen unseen); then a quorum of nodes releases key parts; the plain text exists only here.
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "client/release.h"
#include "client/submit.h"
#include "common/argument_source.h"
#include "common/connection.h"
#include "content/manifest.h"
#include "contracts/limits.h"
#include "contracts/methods.h"
#include "emr_query.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/proof.h"
#include "opened_folder.h"

namespace emr::query {
namespace {

using nlohmann::json;
using threshold::Part;

/// Blocks as a node hands them out; FileReader hashes each of them.
class NodeBlocks final : public content::BlockSource {
 public:
  explicit NodeBlocks(client::QueryClient& client) : client_(client) {}
  Result<Bytes> get(const content::Cid& cid) override {
    return client_.block(content::format_cid(content::to_version_1(cid)));
  }

 private:
  client::QueryClient& client_;
};

/// A committed version as the ledger proves it, with its sidecar checked against the commitments.
struct ProvenVersion {
  ledger::Proven proven;
  std::string institution;
  std::uint64_t version = 0;
  ledger::Sidecar sidecar;
};

class Opener {
 public:
  Opener(cli::Context& context, cli::LineWriter& output, tools::Connection& connection,
         tools::Identity identity, OpenedFolder folder)
      : context_(context),
        output_(output),
        folder_(std::move(folder)),
        connection_(connection),
        identity_(std::move(identity)),
        box_(identity_.box ? std::move(*identity_.box)
                           : crypto::generate_box_keys(connection.random())),
        queries_(connection.pool(), identity_.credential, connection.random()) {}

  Status run() {
    json report = {{"type", "emr.opened"}, {"v", 1}, {"record", context_.text("record")}};
    if (context_.given("emergency")) {
      EMR_ASSIGN(const client::TxOutcome declared, declare_emergency());
      report["emergency"] = to_hex(access_);
      if (declared.receipt.status != ledger::ReceiptStatus::kOk) return denied(report, declared);
      EMR_ASSIGN(const json data, emr::json::parse_object(declared.receipt.data_json));
      EMR_ASSIGN(report["emergency"], emr::json::get_string(data, "emergency", {.max = 64}));
    }
    EMR_ASSIGN(const client::TxOutcome outcome, commit_access());
    EMR_ASSIGN(json data, emr::json::parse_object(outcome.receipt.data_json));
    report["access"] = to_hex(access_);
    if (outcome.receipt.status != ledger::ReceiptStatus::kOk) return denied(report, outcome);
    report["decision"] = "permit";
    report["basis"] = data.value("basis", "");
    EMR_ASSIGN(const std::uint64_t version, emr::json::get_u64(data, "version"));
    EMR_ASSIGN(const ProvenVersion proven, fetch_version(version));
    report["version"] = version;
    EMR_TRY(open_original(proven));
    folder_.keep();  // a lost attachment must not hide the record from who treats the patient
    EMR_TRY(open_attachments(proven, report));
    report["misbehaving"] = misbehaving_;
    return output_.write(emr::json::canonical_checked(report));
  }

 private:
  // --- the access -----------------------------------------------------------------------------

  /// Beside the access, because it is another act: it is reviewed, and covers what is opened next.
  Result<client::TxOutcome> declare_emergency() {
    return commit("emergency", {{"record", context_.text("record")},
                                {"reasonCode", context_.text("emergency")},
                                {"minutes", contracts::kEmergencyMinutesMax}});
  }

  Result<client::TxOutcome> commit_access() {
    json args = {{"record", context_.text("record")},
                 {"parts", {"original", "manifest"}},
                 {"purpose", purpose()},
                 {"boxKey", to_hex(box_.public_key)},
                 {"minutes", context_.count("minutes")}};
    if (context_.given("record-version")) args["version"] = context_.count("record-version");
    return commit("access", std::move(args));
  }

  std::string purpose() const {
    return context_.given("emergency") ? "BTG" : context_.text("purpose");
  }

  /// Signs and submits one transaction of the permission contract; its id is then access_.
  Result<client::TxOutcome> commit(const char* method, json args) {
    ledger::Core core;
    core.contract = "permission";
    core.method = method;
    core.from = identity_.credential.from;
    core.valid_until = static_cast<UnixSeconds>(std::time(nullptr)) + 600;
    core.args = std::make_shared<const json>(std::move(args));
    connection_.random().fill(core.nonce);
    EMR_ASSIGN(
        ledger::Transaction tx,
        tools::at_source(ledger::make_transaction(std::move(core), contracts::method_table()),
                         {{"/record", "--record"},
                          {"/version", "--record-version"},
                          {"/purpose", "--purpose"},
                          {"/reasonCode", "--emergency"},
                          {"/minutes", "--minutes"}}));
    EMR_TRY(ledger::sign_transaction(tx, connection_.genesis().chain(), identity_.credential.key));
    access_ = tx.txid;
    return submit(ledger::transaction_line({std::move(tx), {}, "{}"}));
  }

  Result<client::TxOutcome> submit(const std::string& line) {
    const client::Outgoing outgoing{access_, line};
    client::TxOutcome result;
    client::ReceiptCheck check(connection_.genesis());
    EMR_TRY(client::submit_until(
        connection_.pool(), check, {&outgoing, 1},
        std::chrono::steady_clock::now() + connection_.timeout(),
        [&result](std::size_t, client::TxOutcome outcome) { result = std::move(outcome); }));
    if (result.state == client::TxState::kCommitted) return result;
    if (result.state == client::TxState::kRefused) {
      return fail(Code::kDenied, "the access was refused: " + result.reason)
          .with_reason(result.reason);
    }
    return fail(Code::kTempFail, "no quorum committed the access in time");
  }

  Status denied(json report, const client::TxOutcome& outcome) {
    report["decision"] = "deny";
    report["reason"] = outcome.receipt.reason;
    EMR_TRY(output_.write(emr::json::canonical_checked(report)));
    const bool is_denied = outcome.receipt.status == ledger::ReceiptStatus::kDenied;
    return fail(is_denied ? Code::kDenied : Code::kNegative,
                is_denied ? "the ledger denies this access" : "the ledger cannot serve this access")
        .with_reason(outcome.receipt.reason)
        .with_hint(hint_of(outcome.receipt.reason));
  }

  static std::string hint_of(std::string_view reason) {
    if (reason == "no_rule") {
      return "emr-grant request asks the patient for a rule; --emergency is for who may not wait";
    }
    if (reason == "not_found") return "the ledger has no such record, or no such version of it";
    return "";
  }

  // --- what is to be opened -------------------------------------------------------------------

  Result<ProvenVersion> fetch_version(std::uint64_t version) {
    EMR_ASSIGN(const client::Answer answer, queries_.ask({{"kind", "sidecar"},
                                                          {"record", context_.text("record")},
                                                          {"version", version}}));
    if (answer.rows.size() != 1) return lie("sidecar");
    EMR_ASSIGN(const json row, emr::json::parse_object(answer.rows.front()));
    ProvenVersion result;
    result.version = version;
    EMR_ASSIGN(result.institution, emr::json::get_string(row, "institution", {.max = 64}));
    EMR_ASSIGN(const Hash32 txid, emr::json::get_hex32(row, "txid"));
    EMR_ASSIGN(const json* parts, emr::json::get_array(row, "parts", 8));
    EMR_ASSIGN(result.sidecar,
               ledger::parse_sidecar(emr::json::canonical_checked(json{{"parts", *parts}})));
    EMR_ASSIGN(const client::TxStatus status,
               client::transaction_status(connection_.pool(), txid, std::chrono::seconds(0),
                                          contracts::method_table(), connection_.patience()));
    // The node may be ahead of the others, or make it up: then nothing shows that it is a version.
    if (status.outcome.state != client::TxState::kCommitted) {
      return fail(Code::kTempFail, "no node proves that this version is committed")
          .with_reason("unproven")
          .with_hint("name more nodes with --node, or try again");
    }
    EMR_ASSIGN(const ledger::Proof proof, ledger::parse_proof(status.proof_line));
    EMR_ASSIGN(result.proven,
               ledger::verify_proof(proof, connection_.genesis(), contracts::method_table()));
    const ledger::Core& core = result.proven.transaction.core;
    if (!ledger::check_sidecar(core, result.sidecar)) return lie("commitment");
    if (core.args->value("record", "") != context_.text("record")) return lie("record");
    return result;
  }

  static Error lie(const char* what) {
    return fail(Code::kProtocol, "the node's answer does not match the ledger").with_reason(what);
  }

  Result<crypto::SecretBytes> open_part(const ProvenVersion& version, ledger::Part ledger_part,
                                        Part part) {
    for (const ledger::SidecarPart& candidate : version.sidecar.parts) {
      if (candidate.part != ledger_part) continue;
      EMR_ASSIGN(const json value, emr::json::parse_object(candidate.value_json));
      EMR_ASSIGN(const threshold::Envelope envelope, threshold::Envelope::from_json(value));
      EMR_ASSIGN(const threshold::Label label, label_of(version, part));
      const client::ReleaseContext release{access_, &identity_.credential.key, &box_.secret};
      EMR_ASSIGN(
          const client::Released released,
          client::release_part(connection_.pool(), release, envelope, label, connection_.random()));
      for (const std::string& node : released.misbehaving) misbehaving_.push_back(node);
      return threshold::open_with_key(envelope, released.content_key);
    }
    return fail(Code::kNegative, "this version has no such part").with_reason("not_found");
  }

  /// The label as the ledger has it, not as the envelope claims.
  Result<threshold::Label> label_of(const ProvenVersion& version, Part part) const {
    const json& args = *version.proven.transaction.core.args;
    EMR_ASSIGN(const Hash32 record, emr::json::get_hex32(args, "record"));
    EMR_ASSIGN(const Hash32 content, emr::json::get_hex32(args, "content"));
    return threshold::Label{connection_.genesis().hash, version.institution, record, content, part};
  }

  // --- files ----------------------------------------------------------------------------------

  Status open_original(const ProvenVersion& version) {
    EMR_ASSIGN(const crypto::SecretBytes text,
               open_part(version, ledger::Part::kOriginal, Part::kOriginal));
    return folder_.write("record.json", text.view());
  }

  Status open_attachments(const ProvenVersion& version, json& report) {
    report["attachments"] = json::array();
    const auto& handles = version.proven.transaction.core.args->at("handles");
    if (handles.empty()) return {};
    EMR_ASSIGN(const crypto::SecretBytes text,
               open_part(version, ledger::Part::kManifest, Part::kManifest));
    EMR_ASSIGN(const std::vector<content::ManifestObject> objects,
               content::parse_manifest(text.text()));
    NodeBlocks blocks(queries_);
    for (const content::ManifestObject& object : objects) {
      const std::string handle = to_hex(content::content_handle(object.blinding, object.cid));
      if (std::find(handles.begin(), handles.end(), json(handle)) == handles.end()) {
        return fail(Code::kData, "the manifest names an object that is not on the ledger")
            .with_reason("handle");
      }
      queries_.start_at_holder(content::content_handle(object.blinding, object.cid));
      EMR_TRY(folder_.fetch(object, blocks));
      report["attachments"].push_back({{"id", object.id}, {"size", object.size}});
    }
    return {};
  }

  cli::Context& context_;
  cli::LineWriter& output_;
  OpenedFolder folder_;
  tools::Connection& connection_;
  tools::Identity identity_;
  crypto::BoxKeyPair box_;
  client::QueryClient queries_;
  Hash32 access_{};
  std::vector<std::string> misbehaving_;
};

Status open(cli::Context& context) {
  if (context.given("emergency") && context.typed("purpose")) {
    return cli::Context::usage("--emergency has a purpose of its own, BTG");
  }
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection, tools::Connection::open(context));
  EMR_ASSIGN(tools::Identity identity, tools::load_identity(context, connection->genesis()));
  // Both before the access, which stays on the ledger for ever: a read that shows nothing is none.
  EMR_ASSIGN(OpenedFolder folder, OpenedFolder::claim(context.text("output-dir")));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return Opener(context, *output, *connection, std::move(identity), std::move(folder)).run();
}

/// Asks the first --node directly for its key parts under an access: what an honest reader's client
/// does q times, and what a node must refuse to everybody else.
Status release(cli::Context& context) {
  const auto access = hash_from_hex(context.text("access"));
  if (!access) return cli::Context::usage("--access takes a transaction id, 64 hex digits");
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection, tools::Connection::open(context));
  EMR_ASSIGN(const tools::Identity identity, tools::load_identity(context, connection->genesis()));
  const client::ReleaseContext release{*access, &identity.credential.key, nullptr};
  std::uint64_t nonce = 0;
  for (const std::uint8_t byte : connection->random().bytes(8)) nonce = nonce << 8 | byte;
  EMR_ASSIGN(const std::string lines,
             client::request_release(connection->pool().current(), release, {Part::kOriginal},
                                     connection->genesis().chain(), nonce));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write_block(lines);
}

std::vector<cli::OptionSpec> with_connection(std::vector<cli::OptionSpec> options) {
  return tools::joined(std::move(options),
                       tools::joined(tools::node_options(), tools::identity_options()));
}

}  // namespace

cli::VerbSpec open_verb() {
  return {
      .name = "open",
      .summary = "open the original of a record and its attachments",
      .description =
          "Commits an access transaction (the only permission there is, and the audit's entry), "
          "collects a quorum of key parts, and writes record.json and attachments/ into "
          "--output-dir with mode 0600. The directory is for one record: it must be new or empty, "
          "which is checked before the access is asked for. Everything is checked on arrival: the "
          "proof of the record's transaction against the genesis, the sidecar against its "
          "commitments, every block against its hash.",
      .streams = cli::Streams::kOutput,
      .options = with_connection({{.name = "record",
                                   .value = "TAG",
                                   .help = "record tag",
                                   .group = "Access",
                                   .required = true},
                                  {.name = "record-version",
                                   .kind = cli::Kind::kCount,
                                   .help = "version; the newest when absent",
                                   .group = "Access",
                                   .min = 1},
                                  {.name = "purpose",
                                   .kind = cli::Kind::kChoice,
                                   .help = "purpose of use (HL7 PurposeOfUse)",
                                   .group = "Access",
                                   .preset = "TREAT",
                                   .choices = contracts::access_purposes()},
                                  {.name = "emergency",
                                   .kind = cli::Kind::kChoice,
                                   .help = "declare an emergency first, for this reason: no rule "
                                           "is needed, and somebody else will review it",
                                   .group = "Access",
                                   .choices = contracts::emergency_reasons(),
                                   .configurable = false},
                                  {.name = "minutes",
                                   .kind = cli::Kind::kCount,
                                   .help = "how long the access may be used",
                                   .group = "Access",
                                   .preset = "10",
                                   .min = 1,
                                   .max = 60},
                                  {.name = "output-dir",
                                   .kind = cli::Kind::kFolder,
                                   .help = "new or empty directory for this record's plain text; "
                                           "its mode becomes 0700",
                                   .group = "Access",
                                   .required = true}}),
      .examples = {{"open for treatment",
                    "emr-query open --record TAG --purpose TREAT --output-dir out --genesis "
                    "genesis.json --node http://127.0.0.1:8001 --session me.session"},
                   {"an unconscious patient at night, without any rule",
                    "emr-query open --record TAG --emergency unconscious --output-dir out "
                    "--genesis genesis.json --session me.session"}},
      .handler = open};
}

cli::VerbSpec release_verb() {
  return {.name = "release",
          .summary = "ask one node for its key part under a committed access",
          .description =
              "Shows what a node answers to a direct request: a sealed key part under "
              "a permitted access, and a refusal (exit 77) otherwise.",
          .streams = cli::Streams::kOutput,
          .options = with_connection({{.name = "access",
                                       .value = "TXID",
                                       .help = "transaction id of the access",
                                       .group = "Access",
                                       .required = true}}),
          .examples = {{"one node",
                        "emr-query release --access TXID --genesis genesis.json --node "
                        "http://127.0.0.1:8001 --session me.session"}},
          .handler = release};
}

}  // namespace emr::query
