// The workers that look at text without a policy: --check, --detect, --restore.
#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "desensitize/detect/lone_names_zh.h"
#include "desensitize/formats/charset.h"
#include "desensitize/json/json_rewriter.h"
#include "desensitize/techniques/token_text.h"
#include "json/access.h"
#include "json/json.h"
#include "json/tokenizer.h"
#include "inspect.h"
#include "left_values.h"
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
class CheckWorker : public PlainWorker {
 public:
  bool negative() const override { return negative_; }

 protected:
  void report(std::uint64_t line, const std::string& pointer, const Finds& finds,
              std::string& out) {
    negative_ = true;
    const Json finding = {{"type", "emr.finding"}, {"v", 1},         {"line", line},
                          {"pointer", pointer},    {"finds", finds}};
    out.append(json::canonical_checked(finding)).append("\n");
  }
  /// `where` is asked for a finding only: it reads the record again.
  template <class Where>
  Status check_text(std::string_view text, std::uint64_t line, Where where, std::string& out,
                    const Treated* treated = nullptr) {
    if (!is_valid_utf8(text)) {
      return fail(Code::kData, "text is not valid UTF-8").with_reason("utf8");
    }
    const std::string rest = without_own(text);
    text = rest;
    scanner_.scan(text, nullptr, spans_);
    if (spans_.empty() && desensitize::is_lone_name_zh(text)) {
      spans_.push_back({0, text.size(), desensitize::SpanType::kName});
    }
    Finds finds;
    for (const Span& span : spans_) {
      if (is_part_of_oid(span.type, text)) continue;
      if (treated == nullptr || proves_itself(span.type) ||
          !treated->leaves(span.type, text.substr(span.start, span.stop - span.start))) {
        ++finds[std::string(span_type_name(span.type, desensitize::Language::kChinese))];
      }
    }
    if (!finds.empty()) report(line, where(), finds, out);
    return {};
  }
  /// The same for what a policy left: a find that proves itself is one all the same.
  template <class Where>
  Status check_treated(std::string_view text, std::uint64_t line, Where where, std::string& out) {
    scanner_.scan_check_digits(text, spans_);
    Finds finds;
    for (const Span& span : spans_) {
      const bool masked = span.start > 0 && text[span.start - 1] == '*';
      if (proves_itself(span.type) && !masked && !is_part_of_oid(span.type, text)) {
        ++finds[std::string(span_type_name(span.type, desensitize::Language::kChinese))];
      }
    }
    if (!finds.empty()) report(line, where(), finds, out);
    return {};
  }

 private:
  bool negative_ = false;
  desensitize::TextScanner scanner_;
  std::vector<Span> spans_;
};

/// Of a document that was read as a whole: a run takes as much.
constexpr json::Limits kDocument{.max_bytes = desensitize::kMaxDocumentBytes,
                                 .max_depth = desensitize::kMaxDepth};

/// JSON: the pointers name array indexes. Keys are looked at too: somebody made them of patients.
class JsonCheckWorker final : public CheckWorker {
 public:
  /// `left` may be null: no policy, every find counts.
  explicit JsonCheckWorker(std::unique_ptr<LeftValues> left) : left_(std::move(left)) {}

  Status run(std::string_view record, std::uint64_t line, std::string& out) override {
    if (record.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      return {};
    }
    if (left_ != nullptr) left_->read(record);
    path_.clear();
    levels_.assign(1, {});
    json::Tokenizer tokens(record, json::Profile::kForeign, kDocument);
    for (json::Token token = tokens.next(); token.kind != json::TokenKind::kEnd;
         token = tokens.next()) {
      if (token.kind == json::TokenKind::kError) {
        return tokens.error();
      }
      const bool value = token.kind != json::TokenKind::kKey;
      const auto where = [&] { return place + pointer(value); };
      std::string text;
      if (token.kind == json::TokenKind::kNumber) text = tokens.raw(token);
      if (token.kind == json::TokenKind::kString || token.kind == json::TokenKind::kKey) {
        text = json::unescape(tokens.content(token));
      }
      step(token.kind, text);
      if (text.empty()) continue;
      const bool left = value && left_ != nullptr && left_->holds(path_, text);
      EMR_TRY(left ? check_treated(text, line, where, out)
                   : check_text(text, line, where, out,
                                left_ == nullptr ? nullptr : &left_->treated()));
    }
    return {};
  }

 private:
  struct Level {
    std::size_t path = 0;  ///< bytes of the path where the container stands
    bool array = false;
    std::size_t members = 0;  ///< of an array, so far
    std::string name;         ///< of an object's last member
  };

  /// Keeps path_ at the value: keys without array indexes, as policies name it.
  void step(json::TokenKind kind, const std::string& key) {
    switch (kind) {
      case json::TokenKind::kKey:
        path_.resize(levels_.back().path);
        path_.append(path_.empty() ? "" : ".").append(key);
        levels_.back().name = key;
        break;
      case json::TokenKind::kObjectStart:
      case json::TokenKind::kArrayStart:
        ++levels_.back().members;
        levels_.push_back({path_.size(), kind == json::TokenKind::kArrayStart, 0, {}});
        break;
      case json::TokenKind::kObjectStop:
      case json::TokenKind::kArrayStop:
        path_.resize(levels_.back().path);
        levels_.pop_back();
        break;
      default: ++levels_.back().members; break;
    }
  }

  /// Of the value, or of the object whose key it is: made for a find only, from what is open, since
  /// a large Bundle has too many finds to read it again for each.
  std::string pointer(bool value) const {
    std::string pointer;
    for (std::size_t i = 1; i < levels_.size(); ++i) {
      if (levels_[i].array) {
        json::append_pointer(pointer, levels_[i].members - 1);
      } else if (value || i + 1 < levels_.size()) {
        json::append_pointer(pointer, levels_[i].name);
      }
    }
    return pointer;
  }

  std::unique_ptr<LeftValues> left_;
  std::string path_;
  std::vector<Level> levels_;  ///< the open containers, the document around them
};

/// Plain text, in UTF-8 or the charset of --charset (GB18030 when it is not UTF-8).
class TextCheckWorker final : public CheckWorker {
 public:
  TextCheckWorker(std::string charset, std::unique_ptr<Treated> treated)
      : charset_(std::move(charset)), treated_(std::move(treated)) {}
  Status run(std::string_view record, std::uint64_t line, std::string& out) override {
    const bool guess = charset_.empty();
    EMR_ASSIGN(const std::string charset,
               desensitize::charset_name(!guess                   ? charset_
                                         : is_valid_utf8(record) ? "UTF-8"
                                                                  : "GB18030"));
    EMR_ASSIGN(const std::string text, desensitize::recode(record, "UTF-8", charset));
    return check_text(text, line, [] { return std::string(); }, out, treated_.get());
  }

 private:
  std::string charset_;
  std::unique_ptr<Treated> treated_;
};

/// Every other format: field by field, as its own reader sees them.
class FieldCheckWorker final : public CheckWorker {
 public:
  FieldCheckWorker(std::unique_ptr<Inspector> inspector,
                   std::unique_ptr<desensitize::Rewriter> pixels)
      : inspector_(std::move(inspector)), pixels_(std::move(pixels)) {}

  Status prologue(std::string_view bytes, std::string&) override {
    return inspector_->prologue(bytes);
  }
  Status run(std::string_view record, std::uint64_t line, std::string& out) override {
    EMR_ASSIGN(const auto* finds, inspector_->inspect(record, nullptr));
    for (const auto& [where, found] : *finds) {
      report(line, where, found, out);
    }
    return pixels_ == nullptr ? Status() : check_pixels(record, line, out);
  }

 private:
  /// A DICOM image that a person has to look at is a finding too.
  Status check_pixels(std::string_view record, std::uint64_t line, std::string& out) {
    EMR_ASSIGN(const auto policy, desensitize::Policy::parse(
        R"({"type":"emr.policy","v":1,"id":"look","unknown":"keep","rules":[]})"));
    desensitize::FieldTransformer with(policy, nullptr);
    std::string dropped;
    const Status done = pixels_->rewrite(record, with, dropped);
    if (!done && done.error().reason == "pixels_need_review") {
      report(line, "(7fe0,0010)", {{"BURNED_IN_TEXT", 1}}, out);
    }
    return {};
  }

  std::unique_ptr<Inspector> inspector_;
  std::unique_ptr<desensitize::Rewriter> pixels_;
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
    const Json* id = json::find_member(input, "id");
    EMR_ASSIGN(const std::string spelt_id, json::write(id == nullptr ? Json() : *id));
    out.append("{\"id\":").append(spelt_id).append(",\"spans\":[");
    write_spans(text, out);
    out.append("]}\n");
    return {};
  }

 private:
  /// In the key order of json::write. By hand, because a tree of six members for every find costs
  /// more than to find it.
  void write_spans(std::string_view text, std::string& out) const {
    const auto chosen = scanner_.options().language;
    const auto language = chosen == desensitize::Language::kAuto
                              ? desensitize::language_of(text)
                              : chosen;
    std::size_t byte = 0;
    std::size_t point = 0;
    const auto point_at = [&](std::size_t offset) {
      point += count_code_points(text.substr(byte, offset - byte));
      byte = offset;
      return point;
    };
    std::string_view before = "{\"byte_start\":";
    for (const Span& span : spans_) {
      append_number(out, before, span.start);
      append_number(out, ",\"byte_stop\":", span.stop);
      append_number(out, ",\"start\":", point_at(span.start));
      append_number(out, ",\"stop\":", point_at(span.stop));
      out.append(",\"type\":\"").append(span_type_name(span.type, language)).append("\"");
      if (show_values_) {
        out.append(",\"value\":");
        json::append_quoted(out, text.substr(span.start, span.stop - span.start));
      }
      out.append("}");
      before = ",{\"byte_start\":";
    }
  }
  static void append_number(std::string& out, std::string_view before, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(before).append(digits.data(), end);
  }

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
    EMR_ASSIGN(const desensitize::Restored restored,
               desensitize::restore_tokens(*keys_, record));
    out.append(restored.text);
    return {};
  }

  /// Only strings that hold a token are written anew.
  Status restore_json(std::string_view record, std::string& out) {
    std::size_t done = 0;
    json::Tokenizer tokens(record, json::Profile::kForeign, kDocument);
    if (record.find_first_not_of(" \t\r\n") == std::string_view::npos) {
      return {};
    }
    for (json::Token token = tokens.next(); token.kind != json::TokenKind::kEnd;
         token = tokens.next()) {
      if (token.kind == json::TokenKind::kError) {
        return tokens.error();
      }
      if (token.kind != json::TokenKind::kString ||
          !desensitize::has_reversible_token(tokens.content(token))) {
        continue;
      }
      auto text = desensitize::restore_tokens(*keys_, json::unescape(tokens.content(token)));
      if (!text) {
        return std::move(text).error().with_pointer(json::pointer_at(record, token.start));
      }
      out.append(record.substr(done, token.start - done));
      if (text->kind == desensitize::ValueKind::kString) {
        json::append_quoted(out, text->text);
      } else {
        out.append(text->text);
      }
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
  const std::string_view name = job.format->name;
  if (name == "json" || name == "fhir") {
    std::unique_ptr<LeftValues> left;
    if (job.policy != nullptr) {
      EMR_ASSIGN(left, LeftValues::create(*job.format, job.policy));
    }
    return std::unique_ptr<Worker>(std::make_unique<JsonCheckWorker>(std::move(left)));
  }
  auto treated = job.policy == nullptr ? nullptr : std::make_unique<Treated>(job.policy);
  if (name == "text") {
    return std::unique_ptr<Worker>(
        std::make_unique<TextCheckWorker>(job.format_options.charset, std::move(treated)));
  }
  EMR_ASSIGN(auto inspector, Inspector::create(*job.format, job.format_options,
                                               Depth::kEverything, std::move(treated)));
  std::unique_ptr<desensitize::Rewriter> pixels;
  if (name == "dicom" && !job.format_options.allow_pixels) {
    EMR_ASSIGN(pixels, job.format->make_rewriter({}));
  }
  return std::unique_ptr<Worker>(
      std::make_unique<FieldCheckWorker>(std::move(inspector), std::move(pixels)));
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
