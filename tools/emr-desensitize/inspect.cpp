#include "inspect.h"

#include <utility>

#include "base/utf8.h"
#include "desensitize/detect/lone_names_zh.h"
#include "desensitize/formats/charset.h"
#include "desensitize/formats/dicom_profile.h"

namespace emr::tool {
namespace {

using desensitize::Span;
using desensitize::SpanType;

/// Keeps every field, local HL7 segments too: the sink looks at what passes.
constexpr std::string_view kLookOnly =
    R"({"type":"emr.policy","v":1,"id":"look","unknown":"keep",)"
    R"("rules":[{"id":"local","match":{"hl7":"Z*"},"technique":"keep"}]})";

/// Shorter record numbers stand in too many texts by chance.
constexpr std::size_t kMinOwnNumberBytes = 6;

/// In megabytes of pixels, four bytes stand by chance.
constexpr std::size_t kMinOwnBytesInBinary = 5;

bool is_word(char c) {
  const unsigned char folded = static_cast<unsigned char>(c) | 0x20U;
  return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z');
}

/// Stands in the text as a word of its own: not "1111" in "20030211114025", nor "Ann" in "Annex".
bool stands_in(std::string_view text, std::string_view value) {
  for (std::size_t at = text.find(value); at != std::string_view::npos;
       at = text.find(value, at + 1)) {
    const std::size_t stop = at + value.size();
    const bool open = at == 0 || !is_word(value.front()) || !is_word(text[at - 1]);
    const bool close = stop == text.size() || !is_word(value.back()) || !is_word(text[stop]);
    if (open && close) {
      return true;
    }
  }
  return false;
}

/// Must this value of the patient not stand in the output? 张某某 is what the mask makes of a name.
bool must_be_gone(const desensitize::PatientContext::OwnValue& value) {
  using enum SpanType;
  switch (value.type) {
    case kName: return !value.text.ends_with("某某");
    case kPhone: return value.text.size() >= kMinOwnNumberBytes;
    case kIdCard:
    case kEmail:
    case kBankCard:
    case kPassport:
    case kWechat: return true;
    case kMrn:
    case kInsuranceId: return value.text.size() >= kMinOwnNumberBytes;
    default: return false;
  }
}

constexpr std::string_view kUrnOid = "urn:oid:";

/// An identifier that repeats the system that it is of ("urn:oid:1.2.3" and "1.2.3") is a thing's.
bool names_system(std::string_view text, std::string_view value, bool whole_record) {
  return desensitize::is_oid(value) &&
         (whole_record || (text.starts_with(kUrnOid) && text.substr(kUrnOid.size()) == value));
}

/// One word of a Western name, which may be a word of the language as well.
bool is_name_word(const desensitize::PatientContext::OwnValue& value) {
  return value.type == SpanType::kName && value.text.find(' ') == std::string::npos &&
         static_cast<unsigned char>(value.text.front()) < 0x80;
}

/// A large document is looked at in pieces, since a scan takes many times the memory of its text.
/// No identifier has a brace in it.
std::size_t piece_size(std::string_view text) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  if (text.size() <= kPiece) return text.size();
  const std::size_t brace = text.find('}', kPiece);
  return brace == text.npos ? text.size() : brace + 1;
}

std::string type_name(SpanType type) {
  return std::string(span_type_name(type, desensitize::Language::kChinese));
}

}  // namespace

void KeptTexts::clear() {
  texts_.clear();
  words_.clear();
}

void KeptTexts::explain(const desensitize::Field&, const desensitize::Rule* rule,
                        const desensitize::Value& value, desensitize::Action action) {
  if (rule == nullptr || rule->spec->name != "keep" || rule->own_type ||
      action != desensitize::Action::kKeep) {
    return;
  }
  for (const auto& own : own_.own_values()) {
    if (is_name_word(own) && stands_in(value.text, own.text)) {
      texts_.emplace(value.text);
      words_.emplace(own.text);
    }
  }
}

class Inspector::Sink final : public desensitize::ExplainSink {
 public:
  Sink(Depth depth, std::unique_ptr<Treated> treated)
      : depth_(depth), treated_(std::move(treated)) {}

  void begin(const desensitize::PatientContext* own, const KeptTexts* kept) {
    own_ = own;
    kept_ = kept;
    finds_.clear();
  }
  const std::map<std::string, Finds>& finds() const noexcept { return finds_; }

  void explain(const desensitize::Field& field, const desensitize::Rule*,
               const desensitize::Value& value, desensitize::Action) override {
    if (value.kind == desensitize::ValueKind::kString ||
        value.kind == desensitize::ValueKind::kNumber) {
      const bool treated = treated_ != nullptr && treated_->is_treated(field, value);
      look([&] { return place_of(field); }, value.text, treated ? Depth::kProven : depth_);
    }
  }

  /// `place` is asked for a find only.
  template <class Place>
  void look(Place place, std::string_view text, Depth depth, bool whole_record = false) {
    if (!is_valid_utf8(text)) {
      look_for_own(place, text, whole_record);
      return;
    }
    const std::string_view whole = text;
    std::string room;
    if (depth == Depth::kEverything && !desensitize::is_oid(text)) {
      text = room = without_own(text);
      scanner_.scan(text, nullptr, spans_);
      if (spans_.empty() && desensitize::is_lone_name_zh(text)) {
        spans_.push_back({0, text.size(), SpanType::kName});
      }
    } else {
      scanner_.scan_check_digits(text, spans_);
    }
    for (const Span& span : spans_) {
      if (is_part_of_oid(span.type, whole)) continue;
      // A masked e-mail address keeps its domain on purpose.
      const bool masked = span.start > 0 && text[span.start - 1] == '*';
      const bool left = treated_ != nullptr && !proves_itself(span.type) &&
                        treated_->leaves(span.type,
                                         text.substr(span.start, span.stop - span.start));
      if (depth == Depth::kEverything ? !left : proves_itself(span.type) && !masked) {
        ++finds_[place()][type_name(span.type)];
      }
    }
    look_for_own(place, whole, whole_record);
  }

 private:
  bool is_kept(const desensitize::PatientContext::OwnValue& value, std::string_view text,
               bool whole_record) const {
    if (kept_ == nullptr || !is_name_word(value)) {
      return false;
    }
    return whole_record ? kept_->has_word(value.text) : kept_->holds(text);
  }

  template <class Place>
  void look_for_own(Place place, std::string_view text, bool whole_record) {
    if (own_ == nullptr) {
      return;
    }
    const bool binary = whole_record && !is_valid_utf8(text);
    std::string rest;  // a patient called NAME does not stand in our [NAME]
    for (const auto& value : own_->own_values()) {
      if (!must_be_gone(value) || is_kept(value, text, whole_record) ||
          names_system(text, value.text, whole_record) ||
          (binary && value.text.size() < kMinOwnBytesInBinary) || !stands_in(text, value.text)) {
        continue;
      }
      if (rest.empty()) rest = without_own(text);
      if (stands_in(rest, value.text)) ++finds_[place()][type_name(value.type)];
    }
  }

  Depth depth_;
  std::unique_ptr<Treated> treated_;
  const desensitize::PatientContext* own_ = nullptr;
  const KeptTexts* kept_ = nullptr;
  desensitize::TextScanner scanner_;
  std::vector<Span> spans_;
  std::map<std::string, Finds> finds_;
};

Inspector::Inspector(std::unique_ptr<desensitize::FieldTransformer> with,
                     std::unique_ptr<desensitize::Rewriter> rewriter, std::unique_ptr<Sink> sink,
                     bool raw)
    : sink_(std::move(sink)), with_(std::move(with)), rewriter_(std::move(rewriter)), raw_(raw) {
  with_->set_explain(sink_.get());
}

Inspector::~Inspector() = default;

bool proves_itself(SpanType type) {
  using enum SpanType;
  return type == kIdCard || type == kPhone || type == kBankCard || type == kEmail;
}

bool is_part_of_oid(SpanType type, std::string_view text) {
  const std::string_view oid = text.substr(text.starts_with(kUrnOid) ? kUrnOid.size() : 0);
  return type == SpanType::kPhone && desensitize::is_oid(oid);
}

Result<std::shared_ptr<const desensitize::Policy>> look_policy() {
  return desensitize::Policy::parse(kLookOnly);
}

Result<std::unique_ptr<Inspector>> Inspector::create(const desensitize::FormatSpec& format,
                                                     desensitize::FormatOptions options,
                                                     Depth depth,
                                                     std::unique_ptr<Treated> treated) {
  EMR_ASSIGN(auto policy, look_policy());
  options.allow_pixels = true;
  options.extra.clear();
  EMR_ASSIGN(auto rewriter, format.make_rewriter(options));
  const bool raw = format.name != "hl7" && format.name != "cda";
  return std::unique_ptr<Inspector>(new Inspector(
      std::make_unique<desensitize::FieldTransformer>(std::move(policy), nullptr),
      std::move(rewriter), std::make_unique<Sink>(depth, std::move(treated)), raw));
}

Status Inspector::prologue(std::string_view bytes) {
  dropped_.clear();
  return rewriter_->prologue(bytes, *with_, dropped_);
}

Result<const std::map<std::string, Finds>*> Inspector::inspect(
    std::string_view record, const desensitize::PatientContext* own, const KeptTexts* kept) {
  sink_->begin(own, kept);
  dropped_.clear();
  EMR_TRY(rewriter_->rewrite(record, *with_, dropped_));
  // What is no field (keys of JSON, bytes of unknown DICOM elements) is looked at as it stands.
  for (std::string_view rest = raw_ && own != nullptr ? record : std::string_view();
       !rest.empty() && sink_->finds().empty();) {
    const std::string_view piece = rest.substr(0, piece_size(rest));
    sink_->look([] { return std::string(); }, piece, Depth::kProven, true);
    rest.remove_prefix(piece.size());
  }
  return &sink_->finds();
}

std::string place_of(const desensitize::Field& field) {
  if (!field.hl7.empty()) {
    return std::string(field.hl7);
  }
  if (!field.vr.empty()) {
    return desensitize::dicom_tag_text(field.dicom_tag);
  }
  return std::string(field.path.empty() ? field.key : field.path);
}

}  // namespace emr::tool
