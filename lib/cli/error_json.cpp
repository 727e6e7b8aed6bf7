#include "cli/error_json.h"

#include "base/utf8.h"
#include "json/tokenizer.h"

namespace emr::cli {
namespace {

/// Builds one flat object in the order of the calls.
class FlatObject {
 public:
  explicit FlatObject(std::string_view type) { text("type", type).number("v", 1); }

  FlatObject& text(std::string_view name, std::string_view value) {
    begin(name);
    // A file name in a message may be any bytes; the record must stay UTF-8.
    json::append_quoted(out_, is_valid_utf8(value) ? value : "(not UTF-8)");
    return *this;
  }
  FlatObject& text_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
  }
  FlatObject& number(std::string_view name, std::uint64_t value) {
    begin(name);
    out_ += std::to_string(value);
    return *this;
  }
  std::string take() { return out_ + "}"; }

 private:
  void begin(std::string_view name) {
    out_ += out_.empty() ? '{' : ',';
    json::append_quoted(out_, name);
    out_ += ':';
  }

  std::string out_;
};

}  // namespace

std::string error_json(std::string_view tool, const Error& error) {
  FlatObject object("emr.error");
  object.text("tool", tool)
      .number("code", static_cast<std::uint64_t>(error.code))
      .text("kind", code_name(error.code))
      .text("message", error.message);
  if (error.entry) object.number("entry", *error.entry);
  if (error.line) object.number("line", *error.line);
  return object.text_if("pointer", error.pointer)
      .text_if("reason", error.reason)
      .text_if("hint", error.hint)
      .take();
}

std::string reject_json(const Error& error) {
  FlatObject object("emr.reject");
  if (error.entry) object.number("entry", *error.entry);
  if (error.line || !error.entry) object.number("line", error.line.value_or(0));
  return object.number("code", static_cast<std::uint64_t>(error.code))
      .text("kind", code_name(error.code))
      .text("message", error.message)
      .text_if("pointer", error.pointer)
      .text_if("reason", error.reason)
      .take();
}

std::string notice_json(std::string_view tool, std::string_view level, std::string_view message) {
  return FlatObject("emr.notice")
      .text("tool", tool)
      .text("level", level)
      .text("message", message)
      .take();
}

}  // namespace emr::cli
