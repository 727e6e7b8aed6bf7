// The workers that look at text without a policy: --check, --detect, --restore.
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "desensitize/json/json_rewriter.h"
#include "desensitize/techniques/token_text.h"
#include "json/access.h"
#include "json/json.h"
#include "json/tokenizer.h"
#include "workers.h"

namespace emr::tool {
namespace {

using desensitize::Span;
using Json = nlohmann::json;

constexpr json::Limits kDetectLimits{desensitize::kMaxRecordBytes, 0, true};

class PlainWorker : public Worker {
 public:
  Status prologue(std::string_view bytes, std::string& out) override {
    return run(bytes, 1, out);
  }
};

/// Reports where identifiers stand, never what they are.
class CheckWorker final : public PlainWorker {
 public:
  explicit CheckWorker(bool json) : json_(json) {}

  Status run(std::string_view record, std::uint64_t line, std::string& out) override {
    return json_ ? check_json(record, line, out)
                 : check_text(record, line, [] { return std::string(); }, out);
  }
  bool negative() const override { return negative_; }

 private:
  Status check_json(std::string_view record, std::uint64_t line, std::string& out) {
    if (record.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      return {};
    }
    json::Tokenizer tokens(record, json::Profile::kForeign);
    for (json::Token token = tokens.next(); token.kind != json::TokenKind::kEnd;
         token = tokens.next()) {
      if (token.kind == json::TokenKind::kError) {
        return tokens.error();
      }
      const auto where = [&] { return json::pointer_at(record, token.start); };
      if (token.kind == json::TokenKind::kString) {
        const std::string text = json::unescape(tokens.content(token));
        EMR_TRY(check_text(text, line, where, out));
      } else if (token.kind == json::TokenKind::kNumber) {
        EMR_TRY(check_text(tokens.raw(token), line, where, out));
      }
    }
    return {};
  }

  /// `where` is asked for a finding only: it reads the record again.
  template <class Where>
  Status check_text(std::string_view text, std::uint64_t line, Where where, std::string& out) {
    if (!is_valid_utf8(text)) {
      return fail(Code::kData, "text is not valid UTF-8").with_reason("utf8");
    }
    scanner_.scan(text, nullptr, spans_);
    if (spans_.empty()) {
      return {};
    }
    negative_ = true;
    std::map<std::string, std::uint64_t> finds;
    for (const Span& span : spans_) {
      ++finds[std::string(span_type_name(span.type, desensitize::Language::kChinese))];
    }
    const Json finding = {{"type", "emr.finding"}, {"v", 1},         {"line", line},
                          {"pointer", where()},    {"finds", finds}};
    out.append(json::canonical_checked(finding)).append("\n");
    return {};
  }

  bool json_;
  bool negative_ = false;
  desensitize::TextScanner scanner_;
  std::vector<Span> spans_;
};

class DetectWorker final : public PlainWorker {
 public:
  DetectWorker(desensitize::ScanOptions options, bool show_values)
      : scanner_(options), show_values_(show_values) {}

  Status run(std::string_view record, std::uint64_t, std::string& out) override {
    EMR_ASSIGN(const Json input, json::parse_object(record, kDetectLimits));
    EMR_ASSIGN(const std::string text,
               json::get_string(input, "text",
                                {.max = desensitize::kMaxRecordBytes, .allow_empty = true}));
    scanner_.scan(text, nullptr, spans_);
    const auto chosen = scanner_.options().language;
    const auto language = chosen == desensitize::Language::kAuto
                              ? desensitize::language_of(text)
                              : chosen;
    Json spans = Json::array();
    std::size_t byte = 0;
    std::size_t point = 0;
    const auto point_at = [&](std::size_t offset) {
      point += count_code_points(std::string_view(text).substr(byte, offset - byte));
      byte = offset;
      return point;
    };
    for (const Span& span : spans_) {
      Json one = {{"start", point_at(span.start)},
                  {"stop", point_at(span.stop)},
                  {"byte_start", span.start},
                  {"byte_stop", span.stop},
                  {"type", span_type_name(span.type, language)}};
      if (show_values_) {
        one["value"] = text.substr(span.start, span.stop - span.start);
      }
      spans.push_back(std::move(one));
    }
    const Json* id = json::find_member(input, "id");
    const Json line = {{"id", id == nullptr ? Json() : *id}, {"spans", std::move(spans)}};
    EMR_ASSIGN(const std::string written, json::write(line));
    out.append(written).append("\n");
    return {};
  }

 private:
  desensitize::TextScanner scanner_;
  bool show_values_;
  std::vector<Span> spans_;
};

class RestoreWorker final : public PlainWorker {
 public:
  RestoreWorker(std::shared_ptr<const desensitize::KeyRing> keys, bool json)
      : keys_(std::move(keys)), json_(json) {}

  Status run(std::string_view record, std::uint64_t, std::string& out) override {
    return json_ ? restore_json(record, out) : restore_text(record, out);
  }

 private:
  Status restore_text(std::string_view record, std::string& out) {
    EMR_ASSIGN(const std::string text, desensitize::restore_tokens(*keys_, record));
    out.append(text);
    return {};
  }

  /// Only strings that hold a token are written anew.
  Status restore_json(std::string_view record, std::string& out) {
    std::size_t done = 0;
    json::Tokenizer tokens(record, json::Profile::kForeign);
    if (record.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      return {};
    }
    for (json::Token token = tokens.next(); token.kind != json::TokenKind::kEnd;
         token = tokens.next()) {
      if (token.kind == json::TokenKind::kError) {
        return tokens.error();
      }
      if (token.kind != json::TokenKind::kString ||
          tokens.content(token).find("tok:v1:") == std::string_view::npos) {
        continue;
      }
      auto text = desensitize::restore_tokens(*keys_, json::unescape(tokens.content(token)));
      if (!text) {
        return std::move(text).error().with_pointer(json::pointer_at(record, token.start));
      }
      out.append(record.substr(done, token.start - done));
      json::append_quoted(out, *text);
      done = token.stop;
    }
    out.append(record.substr(done));
    return {};
  }

  std::shared_ptr<const desensitize::KeyRing> keys_;
  bool json_;
};

}  // namespace

Result<std::unique_ptr<Worker>> make_check_worker(const Job& job) {
  const bool json = job.format == nullptr || job.format->name == "json" ||
                    job.format->name == "fhir";
  return std::unique_ptr<Worker>(std::make_unique<CheckWorker>(json));
}

Result<std::unique_ptr<Worker>> make_detect_worker(desensitize::ScanOptions options,
                                                   bool show_values) {
  return std::unique_ptr<Worker>(std::make_unique<DetectWorker>(options, show_values));
}

Result<std::unique_ptr<Worker>> make_restore_worker(
    std::shared_ptr<const desensitize::KeyRing> keys, bool json) {
  return std::unique_ptr<Worker>(std::make_unique<RestoreWorker>(keys->clone(), json));
}

}  // namespace emr::tool
