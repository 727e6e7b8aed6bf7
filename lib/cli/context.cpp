#include "cli/context.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/number.h"
#include "cli/standard_streams.h"
#include "cli/values.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::cli {
namespace {

const std::string kNoText;
const std::vector<std::string> kNoTexts;

bool same_file(int fd, const std::string& path) {
  struct stat a {};
  struct stat b {};
  return fstat(fd, &a) == 0 && stat(path.c_str(), &b) == 0 && S_ISREG(a.st_mode) &&
         a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Would the two paths name one file, whether or not it is there?
bool same_path(const std::string& a, const std::string& b) {
  const auto name_of = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  const auto is_same = [](const std::string& one, const std::string& other) {
    struct stat first {};
    struct stat second {};
    return stat(one.c_str(), &first) == 0 && stat(other.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
  };
  struct stat info {};
  if (stat(a.c_str(), &info) == 0) return S_ISREG(info.st_mode) && is_same(a, b);
  return name_of(a) == name_of(b) && is_same(folder_of(a), folder_of(b));
}

/// An outcome after which what was written still counts: good lines went on, or the answer is no.
bool keeps_output(const Status& outcome) {
  if (outcome.ok()) return true;
  return outcome.error().code == Code::kPartial || outcome.error().code == Code::kNegative;
}

}  // namespace

struct Context::State {
  int input_fd = -1;
  std::unique_ptr<LineReader> reader;
  std::unique_ptr<LineWriter> writer;
  std::optional<AtomicFile> file;
  std::unique_ptr<ErrorPolicy> policy;
  std::optional<Error> rejects_failure;

  ~State() {
    if (input_fd > STDERR_FILENO) close(input_fd);
  }
};

Context::Context(const ToolSpec& tool, const VerbSpec& verb, const Values& values,
                 Reporter& reporter)
    : tool_(tool),
      verb_(verb),
      values_(values),
      reporter_(reporter),
      state_(std::make_unique<State>()) {}

Context::~Context() = default;

const Value* Context::look_up(std::string_view name) const {
  const Value* const value = values_.find(name);
  // A misspelled name in a handler must not read as "not given".
  if (value == nullptr) EMR_CHECK(values_.known.contains(name));
  return value;
}

bool Context::flag(std::string_view name) const {
  const Value* const value = look_up(name);
  return value != nullptr && !value->texts.empty();
}

bool Context::given(std::string_view name) const {
  const Value* const value = look_up(name);
  return value != nullptr && !value->preset;
}

bool Context::typed(std::string_view name) const {
  const Value* const value = look_up(name);
  return value != nullptr && value->origin == kCommandLine;
}

const std::string& Context::text(std::string_view name) const {
  const Value* const value = look_up(name);
  return value == nullptr || value->texts.empty() ? kNoText : value->texts.front();
}

std::optional<std::string> Context::maybe(std::string_view name) const {
  const Value* const value = look_up(name);
  if (value == nullptr || value->texts.empty()) return std::nullopt;
  return value->texts.front();
}

std::uint64_t Context::count(std::string_view name) const {
  const Value* const value = look_up(name);
  if (value == nullptr) return 0;
  // A repeated flag counts its uses; a number was validated by the table.
  if (value->texts.empty() || value->texts.front() == "true") return value->texts.size();
  return parse_u64(value->texts.front()).value();
}

std::int64_t Context::seconds(std::string_view name) const {
  const Value* const value = look_up(name);
  return value == nullptr ? 0 : parse_duration_seconds(value->texts.front()).value();
}

const std::vector<std::string>& Context::list(std::string_view name) const {
  const Value* const value = look_up(name);
  return value == nullptr ? kNoTexts : value->texts;
}

Error Context::usage(std::string message) { return fail(Code::kUsage, std::move(message)); }

Status Context::refuse_typed(std::initializer_list<std::string_view> names,
                             std::string_view why) const {
  for (const std::string_view name : names) {
    if (typed(name)) return usage("--" + std::string(name) + " " + std::string(why));
  }
  return {};
}

Result<PassphraseSource> Context::secret_source(const std::string& name,
                                                std::string prompt) const {
  const std::string file = name + "-file";
  const std::string fd = name + "-fd";
  if (typed(file) && typed(fd)) return usage("give either --" + file + " or --" + fd);
  PassphraseSource source{.prompt = std::move(prompt)};
  if (given(fd)) {
    source.fd = static_cast<int>(count(fd));
  } else {
    source.file = text(file);
  }
  return source;
}

Result<int> Context::input_fd() {
  EMR_CHECK(verb_.streams == Streams::kFilter);
  if (state_->input_fd >= 0) return state_->input_fd;
  const std::string path = text("INPUT").empty() ? "-" : text("INPUT");
  if (path == "-") {
    if (stream_was_closed(STDIN_FILENO)) return fail(Code::kNoInput, "stdin is closed");
    if (!given("INPUT") && isatty(STDIN_FILENO) != 0) {
      return fail(Code::kUsage, "there is no input: stdin is a terminal")
          .with_hint("name a file, or - to type the records");
    }
    state_->input_fd = STDIN_FILENO;
  } else {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat info {};
    if (fd < 0 || fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
      if (fd >= 0) close(fd);
      return fail(Code::kNoInput, path + ": the input cannot be opened");
    }
    state_->input_fd = fd;
  }
  const std::string& target = text("output");
  if (target != "-" && same_file(state_->input_fd, target)) {
    return fail(Code::kUsage, "input and output are the same file");
  }
  return state_->input_fd;
}

Result<LineReader*> Context::input() {
  if (state_->reader == nullptr) {
    EMR_ASSIGN(const int fd, input_fd());
    state_->reader = std::make_unique<LineReader>(fd);
  }
  return state_->reader.get();
}

Result<LineWriter*> Context::output() {
  EMR_CHECK(verb_.streams != Streams::kNone);
  if (state_->writer != nullptr) return state_->writer.get();
  if (verb_.streams == Streams::kFilter) EMR_TRY(input_fd());
  int fd = STDOUT_FILENO;
  if (text("output") != "-") {
    remove_left_overs(folder_of(text("output")));
    EMR_ASSIGN(AtomicFile file, AtomicFile::create(text("output"), 0600));
    state_->file = std::move(file);
    fd = state_->file->fd();
  } else if (stream_was_closed(STDOUT_FILENO)) {
    return fail(Code::kIo, "stdout is closed");
  }
  state_->writer = std::make_unique<LineWriter>(fd);
  return state_->writer.get();
}

/// Before the rejects are made: they are kept whatever happens, in the place of what was there.
Status Context::check_rejects(const std::string& path) const {
  const std::string& input = text("INPUT");
  const bool is_input = input.empty() || input == "-" ? same_file(STDIN_FILENO, path)
                                                      : same_path(input, path);
  if (is_input) return usage("input and rejects are the same file");
  const bool is_output = text("output") == "-" ? same_file(STDOUT_FILENO, path)
                                               : same_path(text("output"), path);
  if (is_output) return usage("output and rejects are the same file");
  return {};
}

ErrorPolicy& Context::errors() {
  EMR_CHECK(verb_.streams == Streams::kFilter);
  if (state_->policy == nullptr) {
    state_->policy = std::make_unique<ErrorPolicy>(
        text("on-error") == "skip", [this](const Error& error) { reporter_.error(error); });
    if (const std::optional<std::string> path = maybe("rejects")) {
      Status opened = check_rejects(*path);
      if (opened) opened = state_->policy->open_rejects(*path);
      if (!opened) state_->rejects_failure = std::move(opened).error();
    }
  }
  return *state_->policy;
}

Status Context::prepare_streams() {
  if (verb_.streams != Streams::kFilter) return {};
  errors();
  if (state_->rejects_failure) return *state_->rejects_failure;
  return {};
}

Status Context::finish(Status outcome) {
  reporter_.clear_progress();
  // A call that was not understood leaves the rejects of an earlier one alone.
  const bool refused = !outcome.ok() && outcome.error().code == Code::kUsage;
  if (state_->policy != nullptr && !(refused && state_->policy->skipped() == 0)) {
    const Status skipped = state_->policy->finish();
    if (outcome.ok()) outcome = skipped;
  }
  if (!keeps_output(outcome)) return outcome;  // a file that was not committed does not exist
  if (state_->writer != nullptr) EMR_TRY(state_->writer->finish());
  if (state_->file) EMR_TRY(state_->file->commit());
  return outcome;
}

Status run_lines(Context& context,
                 const std::function<Result<std::string>(const Line& line)>& fn) {
  EMR_ASSIGN(LineReader* const input, context.input());
  EMR_ASSIGN(LineWriter* const output, context.output());
  ErrorPolicy& errors = context.errors();
  while (true) {
    EMR_ASSIGN(std::optional<Line> line, input->next());
    if (!line) return {};
    Result<std::string> answer = line->fault ? Result<std::string>(*line->fault) : fn(*line);
    if (!answer) {
      EMR_TRY(errors.failed(line->number, std::move(answer).error()));
      continue;
    }
    if (!answer->empty()) EMR_TRY(output->write(*answer));
  }
}

Status run_records(Context& context, const RecordRule& rule,
                   const std::function<Status(nlohmann::json& record, const Line& line)>& fn) {
  return run_lines(context, [&](const Line& line) -> Result<std::string> {
    EMR_ASSIGN(json::Json record,
               json::parse_object(line.text, {.allow_fractions = rule.allow_fractions}));
    EMR_TRY(json::expect_type(record, rule.type));
    EMR_TRY(fn(record, line));
    return rule.allow_fractions ? json::write(record) : json::canonical(record);
  });
}

}  // namespace emr::cli
