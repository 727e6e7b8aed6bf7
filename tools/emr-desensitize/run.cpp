#include "run.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hex.h"
#include "cli/files.h"
#include "cli/system_random.h"
#include "desensitize/formats/csv_mapper.h"
#include "desensitize/formats/dicom_profile.h"
#include "desensitize/json/json_rewriter.h"
#include "files.h"
#include "job.h"
#include "json/json.h"
#include "tree.h"

namespace emr::tool {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHeadBytes = 4096;
constexpr std::size_t kMaxMapBytes = std::size_t{1} << 20;

/// One record per line, whatever stands in it.
class LineFramer final : public desensitize::Framer {
 public:
  Result<desensitize::Frame> next(std::string_view buffer, bool at_end) override {
    const std::size_t newline = buffer.find('\n');
    if (newline != std::string_view::npos) {
      return desensitize::Frame{newline + 1};
    }
    return desensitize::Frame{at_end ? buffer.size() : 0};
  }
  bool line_records() const override { return true; }
};

Result<PipelineSetup> base_setup(cli::Context& context) {
  PipelineSetup setup;
  setup.framer = std::make_unique<LineFramer>();
  setup.jobs = static_cast<unsigned>(context.count("jobs"));
  setup.stop_on_error = context.text("on-error") != "skip";
  setup.hash_streams = context.given("report");
  EMR_ASSIGN(setup.output, context.output());
  setup.errors = &context.errors();
  return setup;
}

/// Framer, limit and decoder of the input; `format` null: lines of emr.record.
Status use_format(PipelineSetup& setup, const cli::Context& context,
                  const desensitize::FormatSpec* format) {
  EMR_ASSIGN(setup.decoder, make_decoder(context, format));
  if (format == nullptr) return {};
  EMR_ASSIGN(setup.framer, format->make_framer(format_options(context)));
  setup.max_record_bytes = format->max_record_bytes;
  setup.too_large_hint = format->too_large_hint;
  return {};
}

/// The input's first bytes, read before the format is known. They are waited for only where the
/// format is told by them: what it is must not depend on how fast the input comes.
struct Head {
  int fd = 0;
  std::string bytes;
};
Result<Head> read_head(cli::Context& context) {
  const bool told_by_bytes =
      context.text("in") == "auto" && !context.given("map") && !context.flag("detect");
  Head head;
  EMR_ASSIGN(head.fd, context.input_fd());
  bool full = false;
  while (!full) {
    std::string piece(kHeadBytes, '\0');
    EMR_ASSIGN(const std::size_t size, read_some(head.fd, piece));
    head.bytes.append(piece, 0, size);
    full = size == 0 || head.bytes.size() >= kHeadBytes ||
           (!told_by_bytes && !has_input(head.fd, 0));
  }
  return head;
}

/// The whole input into `feed`. What ends it does not take the good records before it along, and
/// a record of a slow input is answered before the next one comes.
template <class Feed>
Status pump_into(Pipeline& pipeline, const Head& head, const Feed& feed) {
  constexpr int kLookMilliseconds = 1;
  Status fed = feed(head.bytes);
  if (fed) {
    fed = read_all(head.fd, feed, [&] {
      return pipeline.catch_up([&] { return has_input(head.fd, kLookMilliseconds); });
    });
  }
  if (fed) return {};
  EMR_TRY(pipeline.flush());
  return fed;
}

Status pump(Pipeline& pipeline, const Head& head) {
  EMR_TRY(pump_into(pipeline, head, [&](std::string_view bytes) { return pipeline.feed(bytes); }));
  return pipeline.finish();
}

/// The audit line: what was done, without any personal data.
Status write_report(cli::Context& context, Pipeline& pipeline, const Job& job) {
  if (!context.given("report")) {
    return {};
  }
  desensitize::RunReport total(*job.policy);
  for (const auto& worker : pipeline.workers()) {
    if (worker->report() != nullptr) {
      total.merge(*worker->report());
    }
  }
  total.records = pipeline.records();
  total.rejected = context.errors().skipped();
  total.bytes_in = pipeline.bytes_in();
  total.bytes_out = pipeline.bytes_out();
  Json extra = {{"tool", std::string("emr-desensitize ") + EMR_VERSION},
                {"input", to_hex(pipeline.input_digest())},
                {"output", to_hex(pipeline.output_digest())},
                {"profile", context.text("profile")},
                {"status", "pseudonymised: still personal data"}};
  if (job.keys != nullptr) {
    extra["key"] = job.keys->id();
  }
  return cli::write_file(context.text("report"),
                         total.to_json(*job.policy, json::canonical_checked(extra)) + "\n");
}

Status fill_table(desensitize::CsvTable& table, const std::string& path) {
  EMR_TRY(read_all_of(path, [&](std::string_view bytes) { return table.feed(bytes); }));
  return table.finish();
}

/// HIS export -> emr.record lines -> the pipeline.
Status pump_csv(cli::Context& context, Pipeline& pipeline, const Head& head) {
  EMR_ASSIGN(const std::string text, cli::read_file(context.text("map"), kMaxMapBytes));
  EMR_ASSIGN(const desensitize::CsvMap map, desensitize::CsvMap::parse(text));
  std::vector<desensitize::CsvTable> lookups = map.lookup_tables();
  for (desensitize::CsvTable& table : lookups) {
    const std::string folder = context.text("lookup-dir");
    EMR_TRY(fill_table(table, (folder.empty() ? "." : folder) + "/" + table.name()));
  }
  desensitize::CsvTable patients = map.patients_table();
  if (context.given("patients")) {
    EMR_TRY(fill_table(patients, context.text("patients")));
  }
  const auto reject = [&](Error error) -> Status {
    EMR_TRY(pipeline.flush());  // a row before it may be the one that stops the run
    const std::uint64_t line = error.line.value_or(0);
    return context.errors().failed(line, std::move(error));
  };
  desensitize::CsvMapper mapper(
      map, context.given("patients") ? &patients : nullptr, lookups,
      [&](std::string_view record, std::uint64_t line) {
        return pipeline.feed_record(record, line);
      },
      reject);
  EMR_TRY(pump_into(pipeline, head, [&](std::string_view bytes) { return mapper.feed(bytes); }));
  Status ended = mapper.finish();
  EMR_TRY(pipeline.flush());
  EMR_TRY(std::move(ended));
  return pipeline.finish();
}

/// A negative answer without words: the findings on stdout are the message.
Status negative_unless(bool clean) {
  return clean ? Status() : Status(fail(Code::kNegative, ""));
}

Status run_transform(cli::Context& context, const Head& head, InputKind kind) {
  EMR_ASSIGN(const Job job, load_job(context, kind));
  EMR_ASSIGN(const std::optional<SealInputs> seal, load_seal_inputs(context));
  EMR_ASSIGN(PipelineSetup setup, base_setup(context));
  EMR_TRY(use_format(setup, context, kind.format));
  if (kind.record) {
    setup.make_worker = [&] { return make_record_worker(job, seal ? &*seal : nullptr); };
  } else {
    setup.jobs = job.format->parallel ? setup.jobs : 1;
    setup.make_worker = [&] { return make_rewriter_worker(job); };
  }
  EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
  EMR_TRY(context.given("map") ? pump_csv(context, *pipeline, head) : pump(*pipeline, head));
  EMR_TRY(write_report(context, *pipeline, job));
  return negative_unless(!pipeline->negative());
}

/// What happens to a field does not depend on the key: whoever only asks needs none.
Status use_any_key(Job& job) {
  if (job.keys != nullptr) return {};
  cli::SystemRandom random;
  crypto::Secret32 key;
  random.fill(key.span());
  EMR_ASSIGN(job.keys, desensitize::KeyRing::create(key.view()));
  return {};
}

Status run_explain(cli::Context& context, const Head& head, InputKind kind) {
  EMR_ASSIGN(Job job, load_job(context, kind));
  EMR_TRY(use_any_key(job));
  EMR_ASSIGN(PipelineSetup setup, base_setup(context));
  setup.jobs = 1;
  ExplainTable table;
  EMR_TRY(use_format(setup, context, kind.format));
  setup.writes_documents = false;
  cli::LineWriter* output = setup.output;
  setup.make_worker = [&] { return make_explain_worker(job, table); };
  EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
  EMR_TRY(context.given("map") ? pump_csv(context, *pipeline, head) : pump(*pipeline, head));
  return context.flag("classify") ? table.write_classes(*output) : table.write(*output);
}

Status run_check(cli::Context& context, const Head& head, InputKind kind) {
  EMR_ASSIGN(PipelineSetup setup, base_setup(context));
  Job job;
  job.format = kind.record ? desensitize::find_format("json") : kind.format;
  job.format_options = format_options(context);
  // Messages and documents have policies of their own, which know what is a code there.
  const std::string_view own = kind.record ? "paper" : kind.format->default_policy;
  const bool known = own == "fhir-r4" || own == "hl7v2" || own == "cda" || own == "dicom-basic";
  if (known || context.given("policy")) {
    EMR_ASSIGN(job.policy, load_policy(context, own));
  }
  EMR_TRY(use_format(setup, context, kind.format));
  setup.writes_documents = false;
  setup.make_worker = [&] { return make_check_worker(job); };
  EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
  EMR_TRY(pump(*pipeline, head));
  return negative_unless(!pipeline->negative());
}

Status run_detect(cli::Context& context, const Head& head) {
  EMR_ASSIGN(PipelineSetup setup, base_setup(context));
  desensitize::ScanOptions options;
  const std::string& language = context.text("language");
  options.language = language == "zh"   ? desensitize::Language::kChinese
                     : language == "en" ? desensitize::Language::kEnglish
                                        : desensitize::Language::kAuto;
  const bool show = context.flag("show-values");
  EMR_ASSIGN(setup.decoder, make_decoder(context, nullptr));
  setup.make_worker = [=] { return make_detect_worker(options, show); };
  EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
  return pump(*pipeline, head);
}

/// The fields of the policy that was used go back as well: fpe, shifted dates.
Status run_restore_by_policy(cli::Context& context, const Head& head) {
  EMR_ASSIGN(InputKind kind, choose_input(context, head.bytes));
  if (kind.record) {
    kind = {false, desensitize::find_format("json")};
  }
  if (kind.format->name == "dicom" || kind.format->name == "text") {
    return cli::Context::usage("--restore with --policy reads json, fhir, csv, hl7 and cda");
  }
  EMR_ASSIGN(Job job, load_job(context, kind));
  job.restore = true;
  EMR_ASSIGN(PipelineSetup setup, base_setup(context));
  EMR_TRY(use_format(setup, context, job.format));
  setup.make_worker = [&] { return make_rewriter_worker(job); };
  EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
  return pump(*pipeline, head);
}

Status run_restore(cli::Context& context, const Head& head) {
  EMR_ASSIGN(const auto keys, load_keys(context));
  if (keys == nullptr) {
    return cli::Context::usage("--restore needs --key-file or --key-fd");
  }
  if (context.given("policy")) {
    return run_restore_by_policy(context, head);
  }
  EMR_ASSIGN(PipelineSetup setup, base_setup(context));
  const std::string text = decoded_head(context.text("charset"), head.bytes);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = context.text("in") == "json" || context.text("in") == "record" ||
                    (context.text("in") == "auto" && first != std::string::npos &&
                     (text[first] == '{' || text[first] == '['));
  if (json) {
    EMR_ASSIGN(setup.decoder, make_decoder(context, nullptr));
    setup.framer = std::make_unique<desensitize::JsonFramer>();
  }
  setup.make_worker = [&] { return make_restore_worker(keys, json); };
  EMR_ASSIGN(const auto pipeline, Pipeline::create(std::move(setup)));
  return pump(*pipeline, head);
}

std::string_view reach_name(desensitize::Reach reach) {
  switch (reach) {
    case desensitize::Reach::kValue: return "value";
    case desensitize::Reach::kRecord: return "record";
    case desensitize::Reach::kTable: return "table";
  }
  return "";
}

Status list_techniques(cli::Context& context) {
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  for (const desensitize::TechniqueSpec& spec : desensitize::technique_catalogue()) {
    const Json line = {{"type", "emr.technique"}, {"v", 1},
                       {"name", spec.name},       {"gbt37964", spec.term},
                       {"summary", spec.summary}, {"keyed", spec.keyed},
                       {"reversible", spec.reversible}, {"reach", reach_name(spec.reach)}};
    EMR_TRY(output->write(json::canonical_checked(line)));
  }
  return {};
}

Status list_policies(cli::Context& context) {
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  for (const desensitize::Preset& preset : desensitize::policy_presets()) {
    EMR_ASSIGN(const auto policy, desensitize::Policy::parse(preset.text));
    Json line = {{"type", "emr.policy-summary"}, {"v", 1},
                 {"id", preset.name},            {"hash", policy->hash()},
                 {"rules", policy->rules().size()}, {"keyed", policy->needs_key()}};
    if (preset.name == "dicom-basic") {  // PRESET+OPTION+OPTION
      for (const desensitize::DicomOption& option : desensitize::dicom_options()) {
        line["options"].push_back({{"name", option.name}, {"code", option.code}});
      }
    }
    EMR_TRY(output->write(json::canonical_checked(line)));
  }
  return {};
}

Status print_policy(cli::Context& context) {
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  EMR_ASSIGN(const std::string text, desensitize::preset_text(context.text("print-policy")));
  return output->write(text);
}

/// A slip in the options of a format must not leave, say, a box of pixels unblanked.
Status check_format_options(const cli::Context& context, const desensitize::FormatSpec* format) {
  if (context.given("format-options") && !json::parse_object(context.text("format-options"))) {
    return cli::Context::usage("--format-options must be a JSON object");
  }
  const bool given = context.given("format-options") || context.given("blank");
  if (given && (format == nullptr || format->name != "dicom")) {
    return cli::Context::usage("--format-options and --blank are for DICOM");
  }
  return {};
}

Status refuse_folder(const cli::Context& context) {
  std::error_code fault;
  const std::string& input = context.text("INPUT");
  if (!std::filesystem::is_directory(input, fault)) return {};
  return fail(Code::kNoInput, input + ": the input is a folder")
      .with_hint("--tree --output-dir DIR rewrites each file of a folder");
}

/// What no other format claims is read as text, where no field has a name that a rule could ask
/// for: a table with a broken row must not pass so unseen.
void tell_text(cli::Context& context, const InputKind& kind) {
  if (!kind.record && kind.format->name == "text" && context.text("in") == "auto") {
    context.reporter().notice("the input is read as plain text, which has no fields; --in names "
                              "another format");
  }
}

}  // namespace

Status desensitize_handler(cli::Context& context) {
  if (context.flag("list-techniques")) {
    return list_techniques(context);
  }
  if (context.flag("list-policies")) {
    return list_policies(context);
  }
  if (context.given("print-policy")) {
    return print_policy(context);
  }
  if (context.flag("assess") || context.given("k")) {
    return assess(context);
  }
  if (context.flag("tree")) {
    EMR_TRY(check_format_options(context, desensitize::find_format("dicom")));
    return desensitize_tree(context);
  }
  EMR_TRY(refuse_folder(context));
  EMR_ASSIGN(const Head head, read_head(context));
  if (context.flag("detect")) {
    return run_detect(context, head);
  }
  if (context.flag("restore")) {
    return run_restore(context, head);
  }
  EMR_ASSIGN(const InputKind kind, choose_input(context, head.bytes));
  tell_text(context, kind);
  EMR_TRY(check_format_options(context, kind.format));
  if (context.flag("check")) {
    return run_check(context, head, kind);
  }
  return context.flag("explain") || context.flag("classify") ? run_explain(context, head, kind)
                                 : run_transform(context, head, kind);
}

}  // namespace emr::tool
