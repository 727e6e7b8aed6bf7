#include "desensitize/formats/text.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "desensitize/formats/charset.h"
#include "desensitize/formats/foreign.h"
#include "desensitize/formats/limits.h"

namespace emr::desensitize {
namespace {

/// Cuts behind an empty line, so that a name and its label on the line before stay together; long
/// paragraphs are cut at a line end.
class TextFramer final : public Framer {
 public:
  Result<Frame> next(std::string_view buffer, bool at_end) override {
    const std::size_t size = paragraph(buffer);
    if (size == 0 && !at_end) return Frame{};
    scanned_ = 0;
    const auto foreign = foreign_file(buffer.substr(0, size == 0 ? buffer.npos : size));
    if (foreign) return foreign_error(*foreign);
    return Frame{size == 0 ? buffer.size() : size, FrameKind::kRecord};
  }

 private:
  std::size_t paragraph(std::string_view buffer) {
    while (true) {
      const std::size_t line = buffer.find('\n', scanned_);
      if (line == buffer.npos) break;
      const std::string_view rest = buffer.substr(line + 1);
      const std::size_t blank = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
      if (blank != 0) return line + 1 + blank;
      if (rest.size() < 2) break;  // what follows may still come
      scanned_ = line + 1;
      if (scanned_ >= kMaxParagraphBytes) return scanned_;
    }
    return 0;
  }

  std::size_t scanned_ = 0;
};

/// Characters that no text has, but an archive, an image, a PDF, unnamed UTF-16. Nothing is found
/// there, and it must not pass as clean. (ESC and the end mark of DOS occur in old exports.)
bool is_binary(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < ' ' && !(code >= '\t' && code <= '\r') && code != 0x1a && code != 0x1b;
  });
}

class TextRewriter final : public Rewriter {
 public:
  explicit TextRewriter(std::string charset) : charset_(std::move(charset)) {}

  Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) override {
    std::string charset = charset_;
    if (charset.empty()) charset = is_valid_utf8(record) ? "UTF-8" : "GB18030";
    with.begin_record();
    with.bind();
    EMR_ASSIGN(const std::string text, recode(record, "UTF-8", charset));
    if (is_binary(text)) {
      return fail(Code::kData, "this is no text: it holds control characters")
          .with_reason("binary")
          .with_hint("UTF-16 has to be named by --charset; images, archives, PDF are not read");
    }
    std::string redacted;
    EMR_ASSIGN(const bool changed, with.redact(text, redacted));
    if (!changed) {
      out.append(record);
      return {};
    }
    EMR_ASSIGN(const std::string encoded, recode(redacted, charset, "UTF-8"));
    out.append(encoded);
    return {};
  }

 private:
  std::string charset_;
};

Result<std::unique_ptr<Framer>> make_framer(const FormatOptions&) {
  return std::unique_ptr<Framer>(std::make_unique<TextFramer>());
}

Result<std::unique_ptr<Rewriter>> make_rewriter(const FormatOptions& options) {
  std::string charset;
  if (!options.charset.empty()) {
    EMR_ASSIGN(charset, charset_name(options.charset));
  }
  return std::unique_ptr<Rewriter>(std::make_unique<TextRewriter>(std::move(charset)));
}

/// Whatever nothing else has claimed, unless it is no text at all.
bool recognises_text(std::string_view head) { return !is_binary(head) && !foreign_file(head); }

constexpr FormatSpec kSpec{"text",
                           "plain text, searched as a whole",
                           "strict",
                           kMaxRecordBytes,
                           true,
                           &recognises_text, &make_framer, &make_rewriter,
                           "a text is held in memory whole: "
                           "split it"};

}  // namespace

const FormatSpec& text_format() noexcept { return kSpec; }

}  // namespace emr::desensitize
