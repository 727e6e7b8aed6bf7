#include "job.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/files.h"
#include "crypto/hash.h"
#include "desensitize/formats/dicom_file.h"
#include "desensitize/formats/foreign.h"
#include "desensitize/limits.h"
#include "files.h"
#include "json/json.h"

namespace emr::tool {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxHierarchyBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxGenesisBytes = std::size_t{4} << 20;

/// A preset by name, or the text of a file.
Result<std::string> policy_text(const std::string& name) {
  auto preset = desensitize::preset_text(name);
  if (preset || preset.error().reason != "no_preset") {
    return preset;
  }
  auto text = cli::read_file(name, desensitize::kMaxPolicyBytes);
  if (!text && text.error().code == Code::kNoInput) {
    return std::move(text).error().with_hint("a policy is a file or one of the " +
                                             preset.error().hint);
  }
  return text;
}

/// {"to":"hierarchy","file":"age.csv"}: the file's text takes the place of its name, so that the
/// policy's hash covers it.
Status read_hierarchies(Json& policy, const std::string& folder) {
  if (!policy.contains("rules") || !policy["rules"].is_array()) {
    return {};
  }
  for (Json& rule : policy["rules"]) {
    if (!rule.is_object() || !rule.contains("args") || !rule["args"].is_object() ||
        !rule["args"].contains("file") || !rule["args"]["file"].is_string()) {
      continue;
    }
    const std::string name = rule["args"]["file"].get<std::string>();
    const std::string path = name.starts_with('/') ? name : folder + name;
    EMR_ASSIGN(std::string csv, cli::read_file(path, kMaxHierarchyBytes));
    rule["args"].erase("file");
    rule["args"]["csv"] = std::move(csv);
  }
  return {};
}

Error as_config(Error error) {
  error.code = Code::kConfig;
  return error;
}

}  // namespace

Result<InputKind> choose_input(const cli::Context& context, std::string_view bytes) {
  const std::string& name = context.text("in");
  const std::string decoded = decoded_head(context.text("charset"), bytes);
  const std::string_view head = decoded;
  // A DICOM file may begin with anything.
  const auto foreign = desensitize::foreign_file(head);
  if (foreign && name != "dicom" && !desensitize::recognises_dicom_file(bytes)) {
    return desensitize::foreign_error(*foreign);
  }
  if (name == "record" || context.given("map")) {
    return InputKind{true, nullptr};
  }
  if (name != "auto") {
    return InputKind{false, desensitize::find_format(name)};
  }
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return InputKind{false, desensitize::find_format("json")};
  }
  if (head[first] == '{' && head.find("\"emr.record\"") != std::string_view::npos) {
    return InputKind{true, nullptr};
  }
  const desensitize::FormatSpec* format = desensitize::recognise_format(
      desensitize::recognises_dicom_file(bytes) ? bytes : head);
  if (format == nullptr) {
    return fail(Code::kData, "the format of the input is not recognised")
        .with_reason("format")
        .with_hint("name it with --in; UTF-16 is named by --charset too");
  }
  return InputKind{false, format};
}

Result<std::shared_ptr<const desensitize::KeyRing>> load_keys(const cli::Context& context) {
  if (context.given("key-file") && context.given("key-fd")) {
    return cli::Context::usage("--key-file and --key-fd exclude each other");
  }
  if (context.given("key-fd")) {
    EMR_ASSIGN(const crypto::SecretBytes key,
               read_master_key_fd(static_cast<int>(context.count("key-fd"))));
    return desensitize::KeyRing::create(key.view());
  }
  if (context.given("key-file")) {
    EMR_ASSIGN(const crypto::SecretBytes key, read_master_key(context.text("key-file")));
    return desensitize::KeyRing::create(key.view());
  }
  if (context.given("institution-key")) {
    EMR_ASSIGN(const crypto::Secret32 institution,
               cli::read_key_file(context.text("institution-key")));
    const crypto::Secret32 key =
        crypto::derive_key(institution.view(), "emr/desens/v1/from-institution-key");
    return desensitize::KeyRing::create(key.view());
  }
  return std::shared_ptr<const desensitize::KeyRing>();
}

Result<std::shared_ptr<const desensitize::Policy>> load_policy(const cli::Context& context,
                                                               std::string_view fallback) {
  const std::string name =
      context.given("policy") ? context.text("policy") : std::string(fallback);
  EMR_ASSIGN(const std::string text, policy_text(name));
  auto parsed = json::parse_object(text);
  if (!parsed) {
    return as_config(std::move(parsed).error());
  }
  const std::size_t slash = name.find_last_of('/');
  EMR_TRY(read_hierarchies(*parsed, slash == std::string::npos ? "" : name.substr(0, slash + 1)));
  if (context.flag("strict")) {
    (*parsed)["unknown"] = "fail";
  } else if (context.given("unknown")) {
    (*parsed)["unknown"] = context.text("unknown");
  }
  auto changed = json::canonical(*parsed);
  if (!changed) {
    return as_config(std::move(changed).error());
  }
  return desensitize::Policy::parse(*changed, context.text("profile"), fallback);
}

Result<std::unique_ptr<Decoder>> make_decoder(const cli::Context& context,
                                              const desensitize::FormatSpec* format) {
  if (format != nullptr && format->name != "json" && format->name != "fhir") {
    return std::unique_ptr<Decoder>();
  }
  return Decoder::create(context.text("charset"));
}

namespace {

/// --blank X,Y,W,H as the DICOM format reads it; what is no number is refused there.
std::string boxes_json(const std::vector<std::string>& boxes) {
  std::string json;
  for (const std::string& box : boxes) {
    json.append(json.empty() ? "{\"boxes\":[[" : "],[").append(box);
  }
  return json + "]]}";
}

}  // namespace

desensitize::FormatOptions format_options(const cli::Context& context) {
  desensitize::FormatOptions options;
  options.charset = context.text("charset");
  const std::string& delimiter = context.text("delimiter");
  options.delimiter = delimiter == "tab" ? '\t' : delimiter.empty() ? '\0' : delimiter.front();
  options.allow_pixels = context.flag("allow-pixels");
  options.extra = context.list("blank").empty() ? context.text("format-options")
                                                : boxes_json(context.list("blank"));
  return options;
}

namespace {

/// Messages and documents have policies of their own; these of records keep little of them.
void tell_foreign_policy(cli::Context& context, const InputKind& kind) {
  const std::string& name = context.text("policy");
  const std::string_view own = kind.record ? "" : kind.format->default_policy;
  const auto is_in = [](std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (is_in(own, {"hl7v2", "cda"}) && is_in(name, {"strict", "paper", "ws445"})) {
    context.reporter().notice("the policy " + name + " is made for records and tables and keeps " +
                              "little here; " + std::string(own) + " is made for this format");
  }
}

}  // namespace

Result<Job> load_job(cli::Context& context, InputKind kind) {
  tell_foreign_policy(context, kind);
  Job job;
  job.format = kind.format;
  const std::string_view fallback = kind.record ? "paper" : kind.format->default_policy;
  EMR_ASSIGN(job.policy, load_policy(context, fallback));
  EMR_ASSIGN(job.keys, load_keys(context));
  job.format_options = format_options(context);
  job.verify = context.flag("verify");
  if (context.given("identities")) {
    EMR_ASSIGN(const std::string csv,
               cli::read_file(context.text("identities"), desensitize::kMaxIdentityBytes));
    EMR_ASSIGN(job.identities, desensitize::Identities::parse(csv));
  }
  return job;
}

Result<std::optional<SealInputs>> load_seal_inputs(const cli::Context& context) {
  const bool asked = context.given("seal-to");
  if (!asked || context.flag("no-seal")) {
    return std::optional<SealInputs>();
  }
  for (const char* name : {"institution", "institution-key", "linkage-key"}) {
    if (!context.given(name)) {
      return cli::Context::usage(std::string("--seal-to needs --") + name + " too");
    }
  }
  SealInputs inputs;
  EMR_ASSIGN(const std::string genesis, cli::read_file(context.text("seal-to"), kMaxGenesisBytes));
  std::string descriptor;
  if (context.given("descriptor")) {
    EMR_ASSIGN(descriptor, cli::read_file(context.text("descriptor"), kMaxGenesisBytes));
  }
  EMR_ASSIGN(inputs.target, desensitize::SealTarget::from_genesis(
                                genesis, context.text("institution"), descriptor));
  EMR_ASSIGN(inputs.institution_key, cli::read_key_file(context.text("institution-key")));
  EMR_ASSIGN(inputs.linkage_key, cli::read_key_file(context.text("linkage-key")));
  if (!inputs.target.linkage_check.empty() &&
      crypto::key_check(inputs.linkage_key.view()) != inputs.target.linkage_check) {
    return fail(Code::kDenied, "the linkage key is not the one of this genesis file")
        .with_reason("linkage_key");
  }
  inputs.attachments_root = context.text("attachments-root");
  std::error_code fault;
  if (!inputs.attachments_root.empty() &&
      !std::filesystem::is_directory(inputs.attachments_root, fault)) {
    return fail(Code::kNoInput, "the attachments root is no folder that can be read");
  }
  return std::optional<SealInputs>(std::move(inputs));
}

}  // namespace emr::tool
