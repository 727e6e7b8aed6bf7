#include "cli/report.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "cli/error_json.h"
#include "cli/limits.h"
#include "json/tokenizer.h"

namespace emr::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// The clock is looked at once in so many calls of progress().
constexpr std::uint64_t kCallsPerLook = 64;

bool is_set(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool want_color(When when) {
  if (when != When::kAuto) return when == When::kAlways;
  const char* const term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
  return !dumb && !is_set("NO_COLOR") && isatty(STDERR_FILENO) != 0;
}

/// One system call for each message, so that lines of several processes do not mix.
void write_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left to tell
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string place_of(const Error& error) {
  std::string place;
  if (error.entry) place = "entry " + std::to_string(*error.entry);
  if (error.line) place += (place.empty() ? "line " : ", line ") + std::to_string(*error.line);
  if (!place.empty()) place += ": ";
  if (!error.pointer.empty()) place += error.pointer + ": ";
  return place;
}

}  // namespace

struct Reporter::State {
  std::string tool;
  ReportStyle style;
  std::mutex mutex;
  bool color = false;
  bool line_shown = false;
  Clock::time_point start = Clock::now();
  Clock::time_point last_shown{};
  std::atomic<std::uint64_t> calls = 0;

  void clear_line() {
    if (line_shown) write_stderr("\r\x1b[K");
    line_shown = false;
  }

  std::string label(std::string_view word, std::string_view color_code) const {
    if (!color) return tool + ": " + std::string(word) + ": ";
    return tool + ": \x1b[" + std::string(color_code) + "m" + std::string(word) + ":\x1b[0m ";
  }

  void say(std::string_view level, std::string_view message) {
    const std::lock_guard lock(mutex);
    clear_line();
    write_stderr(style.format == ErrorFormat::kJson
                     ? notice_json(tool, level, message) + "\n"
                     : tool + ": " + std::string(message) + "\n");
  }
};

Reporter::Reporter(std::string tool, ReportStyle style) : state_(std::make_unique<State>()) {
  state_->tool = std::move(tool);
  set_style(style);
}

Reporter::~Reporter() { clear_progress(); }

void Reporter::set_style(ReportStyle style) {
  const std::lock_guard lock(state_->mutex);
  state_->style = style;
  state_->color = want_color(style.color);
}

void Reporter::error(const Error& error) {
  if (error.message.empty()) return;
  const std::lock_guard lock(state_->mutex);
  state_->clear_line();
  if (state_->style.format == ErrorFormat::kJson) {
    write_stderr(error_json(state_->tool, error) + "\n");
    return;
  }
  std::string text = state_->label("error", "1;31") + place_of(error) + error.message + "\n";
  if (!error.hint.empty()) text += state_->label("hint", "36") + error.hint + "\n";
  write_stderr(text);
}

void Reporter::notice(std::string_view message) {
  if (!state_->style.quiet) state_->say("notice", message);
}

void Reporter::info(std::string_view message) {
  if (state_->style.verbosity >= 1) state_->say("info", message);
}

void Reporter::debug(std::string_view message) {
  if (state_->style.verbosity >= 2) state_->say("debug", message);
}

void Reporter::progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
  const When when = state_->style.progress;
  const bool json = state_->style.format == ErrorFormat::kJson;
  if (when == When::kNever || (when == When::kAuto && state_->style.quiet)) return;
  // JSON progress is for a program that asked for it; text only for a terminal that can erase it.
  if (when == When::kAuto && (json || isatty(STDERR_FILENO) == 0)) return;
  if (state_->calls.fetch_add(1) % kCallsPerLook != 0) return;
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(state_->mutex);
  if (now - state_->start < kProgressDelay || now - state_->last_shown < kProgressInterval) return;
  state_->last_shown = now;
  if (json) {
    std::string line = R"({"type":"emr.progress","v":1,"tool":)";
    json::append_quoted(line, state_->tool);
    line += ",\"what\":";
    json::append_quoted(line, what);
    line += ",\"done\":" + std::to_string(done);
    if (total != 0) line += ",\"total\":" + std::to_string(total);
    write_stderr(line + "}\n");
    return;
  }
  std::string line = "\r\x1b[K" + state_->tool + ": " + std::string(what) + " " +
                     std::to_string(done);
  if (total != 0) line += "/" + std::to_string(total);
  state_->line_shown = true;
  write_stderr(line);
}

void Reporter::clear_progress() {
  const std::lock_guard lock(state_->mutex);
  state_->clear_line();
}

}  // namespace emr::cli
