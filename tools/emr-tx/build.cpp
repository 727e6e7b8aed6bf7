// build: argument lines, or emr.sealed records, become unsigned transactions. With --node a batch of
// records is looked up first, so that a second import of the same day builds nothing.
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/query_client.h"
#include "common/connection.h"
#include "contracts/limits.h"
#include "contracts/methods.h"
#include "emr_tx.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::tx {
namespace {

using nlohmann::json;
using ledger::Part;

/// Lines that are looked up together: one request, and little memory.
constexpr std::size_t kLookupLines = 200;

struct Known {
  bool unchanged = false;
  std::uint64_t version = 0;
};

struct Input {
  std::uint64_t line = 0;
  json value;
  std::optional<Known> known = std::nullopt;  ///< what the ledger has under this record tag
};

struct Method {
  std::string contract;
  std::string name;
};

Result<Method> parse_method(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) {
    return fail(Code::kUsage, "expected CONTRACT.METHOD").with_hint("emr-tx methods lists them");
  }
  Method method{text.substr(0, dot), text.substr(dot + 1)};
  if (contracts::method_table().find(method.contract, method.name) == nullptr) {
    return fail(Code::kUsage, "there is no such method").with_hint("emr-tx methods lists them");
  }
  return method;
}

class Builder {
 public:
  static Result<Builder> make(cli::Context& context) {
    EMR_ASSIGN(const Method method, parse_method(context.text("CONTRACT.METHOD")));
    EMR_ASSIGN(const crypto::Address from, crypto::parse_address(context.text("from")));
    Builder builder(context, method, from);
    if (!context.list("node").empty()) {
      EMR_ASSIGN(builder.connection_, tools::Connection::open(context));
      EMR_ASSIGN(tools::Identity identity,
                 tools::load_identity(context, builder.connection_->genesis()));
      builder.identity_.emplace(std::move(identity));
    }
    return builder;
  }

  Status run() {
    EMR_ASSIGN(cli::LineReader* const input, context_.input());
    std::vector<Input> batch;
    while (true) {
      EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
      if (line) {
        Result<Input> item = read(*line);
        if (!item) {
          EMR_TRY(flush(batch));
          EMR_TRY(context_.errors().failed(line->number, std::move(item).error()));
          continue;
        }
        batch.push_back(*std::move(item));
      }
      const bool pause = !line || !input->has_buffered_line();
      if (pause || batch.size() >= kLookupLines) EMR_TRY(flush(batch));
      if (!line) return {};
    }
  }

 private:
  Builder(cli::Context& context, Method method, const crypto::Address& from)
      : context_(context), method_(std::move(method)), from_(from) {}

  static Result<Input> read(const cli::Line& line) {
    if (line.fault) return *line.fault;
    EMR_ASSIGN(json value, emr::json::parse_object(line.text));
    return Input{line.number, std::move(value)};
  }

  static bool is_sealed(const json& value) { return value.value("type", "") == "emr.sealed"; }

  Status flush(std::vector<Input>& batch) {
    if (identity_) EMR_TRY(look_up(batch));
    EMR_ASSIGN(cli::LineWriter* const output, context_.output());
    for (const Input& input : batch) {
      const Result<std::string> line =
          is_sealed(input.value) ? record_line(input) : argument_line(input);
      if (line) {
        EMR_TRY(output->write(*line));
      } else {
        EMR_TRY(context_.errors().failed(input.line, line.error()));
      }
    }
    batch.clear();
    return {};
  }

  /// Asks once for all records of the batch that no earlier stage has found unchanged.
  Status look_up(std::vector<Input>& batch) {
    json tags = json::array();
    std::vector<Input*> asked;
    for (Input& input : batch) {
      if (!is_sealed(input.value) || input.value.value("unchanged", false)) continue;
      EMR_ASSIGN(const json* pair, emr::json::get_object(input.value, "tags"));
      EMR_ASSIGN(const Hash32 record, emr::json::get_hex32(*pair, "record", "/tags"));
      EMR_ASSIGN(const Hash32 content, emr::json::get_hex32(*pair, "content", "/tags"));
      tags.push_back({{"record", to_hex(record)}, {"content", to_hex(content)}});
      asked.push_back(&input);
    }
    if (asked.empty()) return {};
    client::QueryClient client(connection_->pool(), identity_->credential, connection_->random());
    EMR_ASSIGN(const client::Answer answer,
               client.ask({{"kind", "lookup"}, {"tags", std::move(tags)}}));
    if (answer.rows.size() != asked.size()) {
      return fail(Code::kProtocol, "the node answered for other tags").with_reason("bad_answer");
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
      EMR_ASSIGN(const json row, emr::json::parse_object(answer.rows[i]));
      const std::string state = row.value("state", "");
      if (state == "absent") continue;
      asked[i]->known = Known{state == "unchanged", row.value("version", std::uint64_t{0})};
    }
    return {};
  }

  Result<std::string> argument_line(const Input& input) {
    json args = input.value;
    return transaction(method_.name, std::move(args), {}, {}, input.line);
  }

  /// What a record becomes: a transaction, or the receipt that none is needed.
  Result<std::string> record_line(const Input& input) {
    if (method_.contract != "records") {
      return fail(Code::kData, "a sealed record needs records.create or records.amend")
          .with_pointer("/type");
    }
    if (input.value.contains("local")) {
      return fail(Code::kData, "the record still names local files")
          .with_pointer("/local")
          .with_hint("emr-ipfs-put comes before emr-tx build");
    }
    EMR_ASSIGN(const json* tags, emr::json::get_object(input.value, "tags"));
    const bool unchanged = input.value.value("unchanged", false) ||
                           (input.known && input.known->unchanged);
    if (unchanged) return record_receipt("unchanged", *tags, input);
    if (!input.known) return record_transaction(method_.name, *tags, input);
    const std::string& choice = context_.text("on-conflict");
    if (choice == "amend") return record_transaction("amend", *tags, input);
    return record_receipt(choice == "skip" ? "skipped" : "failed", *tags, input);
  }

  static Result<std::string> record_receipt(std::string_view status, const json& tags,
                                            const Input& input) {
    json receipt = receipt_base(status, input.line);
    EMR_ASSIGN(const Hash32 record, emr::json::get_hex32(tags, "record", "/tags"));
    receipt["record"] = to_hex(record);
    if (input.known) receipt["version"] = input.known->version;
    if (status == "failed") {
      receipt["error"] = {{"code", static_cast<int>(Code::kNegative)},
                          {"reason", "conflict"},
                          {"message", "the ledger has other content under this record"}};
    }
    return emr::json::canonical(receipt);
  }

  Result<std::string> record_transaction(const std::string& method, const json& tags,
                                         const Input& input) {
    EMR_ASSIGN(const json* index, emr::json::get_object(input.value, "index"));
    EMR_ASSIGN(const json* policy, emr::json::get_object(input.value, "policy"));
    EMR_ASSIGN(const Hash32 policy_hash, emr::json::get_hex32(*policy, "hash", "/policy"));
    json args = {{"policy", to_hex(policy_hash)}, {"handles", json::array()}};
    for (const char* name : {"record", "content", "patient", "doctor"}) {
      EMR_ASSIGN(const Hash32 tag, emr::json::get_hex32(tags, name, "/tags"));
      args[name] = to_hex(tag);
    }
    for (const char* name : {"docType", "confidentiality", "visitType", "month"}) {
      EMR_ASSIGN(args[name], emr::json::get_string(*index, name, {.max = 64}, "/index"));
    }
    if (method == "amend") {
      args["baseVersion"] = input.known ? input.known->version : context_.count("base-version");
      args["reasonCode"] = context_.text("reason-code");
    }
    std::vector<ledger::PayloadCommit> payload;
    ledger::Sidecar sidecar;
    EMR_TRY(add_part(Part::kPublic, input.value, "public", payload, sidecar));
    EMR_TRY(add_part(Part::kOriginal, input.value, "sealed", payload, sidecar));
    if (const auto attachments = input.value.find("attachments");
        attachments != input.value.end()) {
      EMR_ASSIGN(const json* handles, emr::json::get_array(*attachments, "handles",
                                                           ledger::kListItemsMax, "/attachments"));
      args["handles"] = *handles;
      EMR_TRY(add_part(Part::kManifest, *attachments, "manifest", payload, sidecar));
    }
    return transaction(method, std::move(args), std::move(payload), std::move(sidecar), input.line);
  }

  Status add_part(Part part, const json& from, const char* member,
                  std::vector<ledger::PayloadCommit>& payload, ledger::Sidecar& sidecar) {
    EMR_ASSIGN(const json* value, emr::json::get_object(from, member));
    Result<std::string> text = emr::json::canonical(*value);
    if (!text) {
      return std::move(text).error().with_pointer(std::string("/") + member);
    }
    auto [side, commit] = ledger::commit_part(part, *std::move(text), random_);
    sidecar.parts.push_back(std::move(side));
    payload.push_back(commit);
    return {};
  }

  Result<std::string> transaction(const std::string& method, json args,
                                  std::vector<ledger::PayloadCommit> payload,
                                  ledger::Sidecar sidecar, std::uint64_t line) {
    ledger::Core core;
    core.contract = method_.contract;
    core.method = method;
    core.from = from_;
    core.valid_until = static_cast<UnixSeconds>(std::time(nullptr)) + context_.seconds("valid-for");
    core.args = std::make_shared<const json>(std::move(args));
    core.payload = std::move(payload);
    random_.fill(core.nonce);
    EMR_ASSIGN(ledger::Transaction tx,
               ledger::make_transaction(std::move(core), contracts::method_table()));
    return ledger::transaction_line(
        {std::move(tx), std::move(sidecar), "{\"line\":" + std::to_string(line) + "}"});
  }

  cli::Context& context_;
  Method method_;
  crypto::Address from_;
  cli::SystemRandom random_;
  std::unique_ptr<tools::Connection> connection_;
  std::optional<tools::Identity> identity_;
};

Status build(cli::Context& context) {
  EMR_ASSIGN(Builder builder, Builder::make(context));
  return builder.run();
}

std::vector<cli::OptionSpec> build_options() {
  std::vector<cli::OptionSpec> options = {
      {.name = "from",
       .kind = cli::Kind::kAddress,
       .help = "account that will sign",
       .group = "Transaction",
       .required = true},
      {.name = "valid-for",
       .kind = cli::Kind::kDuration,
       .help = "how long the transaction may wait for its signature and commit",
       .group = "Transaction",
       .preset = "4h",
       .min = 60,
       .max = 86400},
      {.name = "on-conflict",
       .kind = cli::Kind::kChoice,
       .help = "when --node has other content under a record's tag",
       .group = "Records",
       .preset = "fail",
       .choices = {"amend", "skip", "fail"}},
      {.name = "reason-code",
       .help = "why a record is amended",
       .group = "Records",
       .preset = "correction"},
      {.name = "base-version",
       .kind = cli::Kind::kCount,
       .help = "version that records.amend builds on (looked up with --node)",
       .group = "Records",
       .preset = "1",
       .min = 1,
       .max = contracts::kVersionsMax}};
  std::vector<cli::OptionSpec> nodes = tools::node_options();
  for (cli::OptionSpec& option : nodes) option.required = false;
  return tools::joined(std::move(options),
                       tools::joined(std::move(nodes), tools::identity_options()));
}

}  // namespace

cli::VerbSpec build_verb() {
  return {.name = "build",
          .summary = "make unsigned transactions",
          .description =
              "Each input line is the arguments of CONTRACT.METHOD, or, for records.create and "
              "records.amend, an emr.sealed record. Payload parts are committed with fresh salts; "
              "the values go into the sidecar.\n\nWith --node, records are looked up in batches: "
              "unchanged ones become a receipt, changed ones what --on-conflict says.",
          .streams = cli::Streams::kFilter,
          .positionals = {{.name = "CONTRACT.METHOD", .help = "as emr-tx methods lists them",
                           .required = true}},
          .options = build_options(),
          .examples = {{"records of an import",
                        "emr-tx build records.create --from 0x… < sealed.jsonl | emr-sign -k k.json "
                        "--genesis genesis.json"},
                       {"approve an account",
                        "echo '{\"address\":\"0x…\",\"role\":\"doctor\"}' | emr-tx build "
                        "registration.approve --from 0x…"}},
          .handler = build};
}

}  // namespace emr::tx
