#include "desensitize/formats/hl7.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "desensitize/formats/charset.h"
#include "desensitize/formats/hl7_syntax.h"
#include "desensitize/formats/limits.h"

namespace emr::desensitize {
namespace {

constexpr char kMllpStart = '\x0b';
constexpr char kMllpStop = '\x1c';
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kBom = "\xef\xbb\xbf";

/// Cuts before each line that begins a message or a batch segment, and at MLLP frames.
class Hl7Framer final : public Framer {
 public:
  Result<Frame> next(std::string_view buffer, bool at_end) override {
    std::size_t start = buffer.starts_with(kBom) ? kBom.size() : 0;
    start = std::min(buffer.find_first_not_of(kBlank, start), buffer.size());
    std::size_t size = 0;
    if (start == buffer.size() || buffer.size() - start < 4) {
      size = 0;
    } else if (buffer[start] == kMllpStart) {
      size = mllp_size(buffer, start, at_end);
    } else {
      size = bare_size(buffer, start, at_end);
    }
    if (size == 0 && at_end) size = buffer.size();
    if (size != 0) scanned_ = 0;
    return Frame{size, FrameKind::kRecord};
  }

 private:
  /// Up to 0x1C and the line end behind it.
  std::size_t mllp_size(std::string_view buffer, std::size_t start, bool at_end) {
    std::size_t stop = buffer.find(kMllpStop, std::max(start, scanned_));
    scanned_ = buffer.size();
    if (stop == buffer.npos) return 0;
    scanned_ = stop;
    ++stop;
    if (buffer.size() < stop + 2 && !at_end) return 0;
    while (stop < buffer.size() && (buffer[stop] == '\r' || buffer[stop] == '\n')) ++stop;
    return stop;
  }

  /// Up to the next unit; a batch segment is a unit of one line.
  std::size_t bare_size(std::string_view buffer, std::size_t start, bool at_end) {
    std::size_t at = std::max(start, scanned_);
    while (true) {
      at = buffer.find_first_of("\r\n", at);
      if (at == buffer.npos) break;
      const std::size_t line = std::min(buffer.find_first_not_of("\r\n", at), buffer.size());
      if (buffer.size() - line < 3 && !at_end) {
        scanned_ = at;  // the line end again, when more is there
        return 0;
      }
      const std::string_view rest = buffer.substr(line);
      if (starts_hl7_unit(rest) || rest.starts_with(kMllpStart)) return line;
      at = line;
    }
    scanned_ = buffer.size();
    return 0;
  }

  std::size_t scanned_ = 0;
};

struct Segment {
  std::string_view name;
  std::string_view body;  ///< behind the name, beginning with the field separator
  std::string_view line_end;
  bool kept = true;
};

class Hl7Rewriter final : public Rewriter {
 public:
  explicit Hl7Rewriter(std::string charset) : wanted_charset_(std::move(charset)) {}

  Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) override;

 private:
  /// A component of a field of a segment, and what the policy says to it.
  struct Place {
    std::string segment;
    std::size_t field = 0;
    std::size_t component = 0;
    std::string path;            ///< "PID-5.1"
    std::size_t field_path = 0;  ///< bytes of "PID-5"
    std::optional<Decision> decision;
  };
  /// Some hundred places have few collisions; the newest place of a slot wins.
  static constexpr std::size_t kPlaces = 1024;

  Status rewrite_message(std::string_view text, FieldTransformer& with, std::string& out);
  Status split_segments(std::string_view text);
  Status observe(FieldTransformer& with);
  Status write(FieldTransformer& with, std::string& out);
  Status walk_segment(const Segment& segment, FieldTransformer& with, std::string* out);
  Status walk_field(std::string_view raw, FieldTransformer& with, std::string* out);
  Status leaf(std::string_view raw, FieldTransformer& with, std::string* out);
  bool may_name(const Decision& decision) const;
  const Decision& decide(FieldTransformer& with);
  Place& place_here();
  const Decision& remembered(const std::string& key, const Field& field, FieldTransformer& with);
  bool keeps_segment(const Segment& segment, FieldTransformer& with);
  void note_obx(const Segment& segment);
  std::string choose_charset(std::string_view message) const;

  std::string wanted_charset_;
  std::string charset_;
  Hl7Delimiters delimiters_;
  std::vector<Segment> segments_;
  std::string_view segment_name_;
  std::size_t field_number_ = 0;
  std::size_t component_number_ = 0;
  std::string obx_type_;
  std::string obx_code_;
  std::string obx_unit_;
  std::string text_;
  Field field_;
  Outcome outcome_;
  std::string key_;
  std::unordered_map<std::string, Decision> decisions_;
  std::vector<Place> places_ = std::vector<Place>(kPlaces);
};

/// The charset of the option, else what the bytes prove, else what MSH-18 says.
std::string Hl7Rewriter::choose_charset(std::string_view message) const {
  if (!wanted_charset_.empty()) return wanted_charset_;
  if (is_valid_utf8(message)) return "UTF-8";
  if (is_hl7_header(message)) {
    std::string_view declared = hl7_header_field(message.substr(0, message.find('\r')), 18);
    declared = declared.substr(0, declared.find('~'));
    const Result<std::string> name = charset_name(declared);
    if (name && *name != "UTF-8") return *name;
  }
  return "GB18030";
}

Status Hl7Rewriter::rewrite(std::string_view record, FieldTransformer& with, std::string& out) {
  const std::size_t skip = record.starts_with(kBom) ? kBom.size() : 0;
  std::size_t start = std::min(record.find_first_not_of(" \t\r\n\x0b", skip), record.size());
  out.append(record.substr(0, start));
  record.remove_prefix(start);
  const std::size_t stop = std::min(record.rfind(kMllpStop), record.size());
  const std::string_view tail = record.substr(stop);
  record = record.substr(0, stop);
  if (!record.empty()) {
    charset_ = choose_charset(record);
    if (charset_ == "UTF-8") {
      EMR_TRY(rewrite_message(record, with, out));
    } else {
      EMR_ASSIGN(const std::string decoded, recode(record, "UTF-8", charset_));
      std::string rewritten;
      EMR_TRY(rewrite_message(decoded, with, rewritten));
      EMR_ASSIGN(const std::string encoded, recode(rewritten, charset_, "UTF-8"));
      out.append(encoded);
    }
  }
  out.append(tail);
  return {};
}

Status Hl7Rewriter::rewrite_message(std::string_view text, FieldTransformer& with,
                                    std::string& out) {
  if (!is_valid_utf8(text)) return fail(Code::kData, "message is not in its character set");
  if (is_hl7_header(text)) {
    EMR_ASSIGN(delimiters_, read_hl7_delimiters(text.substr(0, text.find_first_of("\r\n"))));
  } else if (starts_hl7_unit(text)) {
    delimiters_ = Hl7Delimiters{};  // BTS, FTS: a count and a comment; they declare nothing
    if (text.size() > 3) delimiters_.field = text[3];
  } else {
    return fail(Code::kData, "message does not begin with MSH").with_reason("hl7_no_msh");
  }
  EMR_TRY(split_segments(text));
  with.begin_record();
  EMR_TRY(observe(with));
  with.bind();
  return write(with, out);
}

Status Hl7Rewriter::split_segments(std::string_view text) {
  segments_.clear();
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find_first_of("\r\n"), text.size());
    const std::size_t next = std::min(text.find_first_not_of(kBlank, stop), text.size());
    const std::string_view line = text.substr(0, stop);
    Segment segment{line.substr(0, 3), line.size() > 3 ? line.substr(3) : std::string_view(),
                    text.substr(stop, next - stop)};
    if (!is_hl7_segment_name(segment.name) ||
        (!segment.body.empty() && segment.body.front() != delimiters_.field)) {
      return fail(Code::kData, "line " + std::to_string(segments_.size() + 1) +
                                   " of the message is no segment")
          .with_reason("hl7_segment");
    }
    segments_.push_back(segment);
    text.remove_prefix(next);
  }
  return {};
}

Status Hl7Rewriter::observe(FieldTransformer& with) {
  for (Segment& segment : segments_) {
    if (segment.name == "PID") with.patient().next_person();
    segment.kept = keeps_segment(segment, with);
    if (segment.kept) EMR_TRY(walk_segment(segment, with, nullptr));
  }
  return {};
}

Status Hl7Rewriter::write(FieldTransformer& with, std::string& out) {
  std::size_t person = 0;  // each PID begins the part of its patient
  for (const Segment& segment : segments_) {
    if (segment.name == "PID") with.patient().select_person(++person);
    if (!segment.kept) continue;
    EMR_TRY(walk_segment(segment, with, &out));
    out.append(segment.line_end);
  }
  return {};
}

/// A rule can drop or keep a segment as a whole; local (Z) segments need a rule that keeps them.
bool Hl7Rewriter::keeps_segment(const Segment& segment, FieldTransformer& with) {
  Field field;
  field.path = field.hl7 = field.key = segment.name;
  field.kind = ValueKind::kObject;
  const Decision& decision = remembered(std::string(segment.name), field, with);
  if (decision.rule == nullptr && segment.name.starts_with('Z')) return false;
  return with.container_action(field, decision) == Action::kKeep;
}

void Hl7Rewriter::note_obx(const Segment& segment) {
  if (segment.name != "OBX") return obx_unit_.clear();
  // hl7_header_field counts from the segment's name, which stands right before its body.
  const std::string_view line(segment.name.data(), segment.name.size() + segment.body.size());
  const auto field = [&](std::size_t number) {  // only headers count the separator
    const std::string_view raw = hl7_header_field(line, number + 1);
    return raw.substr(0, raw.find(delimiters_.component));
  };
  obx_type_ = field(2);
  obx_code_ = field(3);
  obx_unit_ = field(6);
}

Status Hl7Rewriter::walk_segment(const Segment& segment, FieldTransformer& with,
                                 std::string* out) {
  segment_name_ = segment.name;
  note_obx(segment);
  if (out != nullptr) out->append(segment.name);
  const bool header = is_hl7_header(segment.name);
  std::string_view rest = segment.body;
  field_number_ = header ? 1 : 0;
  while (!rest.empty()) {
    if (out != nullptr) out->push_back(delimiters_.field);
    rest.remove_prefix(1);
    ++field_number_;
    const std::size_t stop = std::min(rest.find(delimiters_.field), rest.size());
    const std::string_view raw = rest.substr(0, stop);
    rest.remove_prefix(stop);
    const bool declaration = header && field_number_ == 2;
    if (declaration && out != nullptr) out->append(raw);
    if (declaration || raw.empty()) continue;
    EMR_TRY(walk_field(raw, with, out));
  }
  return {};
}

Status Hl7Rewriter::walk_field(std::string_view raw, FieldTransformer& with, std::string* out) {
  component_number_ = 1;
  std::size_t start = 0;
  for (std::size_t at = 0; at <= raw.size(); ++at) {
    const char c = at < raw.size() ? raw[at] : delimiters_.field;
    const bool cut = at == raw.size() || c == delimiters_.component ||
                     c == delimiters_.repetition ||
                     (delimiters_.subcomponent != 0 && c == delimiters_.subcomponent);
    if (!cut) continue;
    if (at > start) EMR_TRY(leaf(raw.substr(start, at - start), with, out));
    if (at == raw.size()) break;
    if (out != nullptr) out->push_back(c);
    if (c == delimiters_.component) ++component_number_;
    if (c == delimiters_.repetition) component_number_ = 1;
    start = at + 1;
  }
  return {};
}

const Decision& Hl7Rewriter::decide(FieldTransformer& with) {
  Place& place = place_here();
  field_ = Field{};
  field_.path = field_.hl7 = place.path;
  field_.key = std::string_view(place.path).substr(0, place.field_path);
  if (field_number_ == 5 && segment_name_ == "OBX") {
    field_.key = obx_type_;
    field_.code = obx_code_;
    key_.assign(place.path).append("|").append(obx_type_).append("|").append(obx_code_);
    return remembered(key_, field_, with);
  }
  if (!place.decision) place.decision = with.decide(field_);
  return *place.decision;
}

/// The same few hundred places come with every message: their names are written once.
Hl7Rewriter::Place& Hl7Rewriter::place_here() {
  const std::string_view name = segment_name_;
  std::uint64_t hash = 0;
  for (const char c : name) hash = hash << 8 | static_cast<unsigned char>(c);
  hash = (hash * 0x9E3779B97F4A7C15ULL ^ field_number_) * 0x9E3779B97F4A7C15ULL ^ component_number_;
  Place& place = places_[(hash * 0x9E3779B97F4A7C15ULL >> 32) % kPlaces];
  if (place.field != field_number_ || place.component != component_number_ ||
      place.segment != name) {
    place = Place{std::string(name), field_number_, component_number_, {}, 0, {}};
    place.path.assign(name).append("-").append(std::to_string(field_number_));
    place.field_path = place.path.size();
    place.path.append(".").append(std::to_string(component_number_));
  }
  return place;
}

/// Each distinct place is decided once; `key` holds everything that `field` says.
const Decision& Hl7Rewriter::remembered(const std::string& key, const Field& field,
                                        FieldTransformer& with) {
  const auto known = decisions_.find(key);
  if (known != decisions_.end()) return known->second;
  if (decisions_.size() >= kMaxCachedPaths) decisions_.clear();
  return decisions_.emplace(key, with.decide(field)).first->second;
}

/// XPN and XCN hold the parts of a name in their first components; behind them stand degrees, type
/// codes and the authority that assigned a number ("AccMgr"), which are nobody's name.
bool Hl7Rewriter::may_name(const Decision& decision) const {
  constexpr std::size_t kNameComponents = 4;
  const bool name = decision.rule != nullptr && decision.rule->own_type == SpanType::kName;
  return !name || component_number_ <= kNameComponents;
}

Status Hl7Rewriter::leaf(std::string_view raw, FieldTransformer& with, std::string* out) {
  if (raw == "\"\"") {  // HL7's explicit "no value"
    if (out != nullptr) out->append(raw);
    return {};
  }
  const Decision& decision = decide(with);
  std::string_view text = raw;
  if (delimiters_.escape != 0 && raw.find(delimiters_.escape) != raw.npos) {
    hl7_unescape(raw, delimiters_, charset_, text_);
    text = text_;
  }
  if (out == nullptr) {
    if (may_name(decision)) with.observe(decision, Value{text});
    return {};
  }
  outcome_.action = Action::kKeep;
  Status status = with.apply(field_, decision, {text, ValueKind::kString, obx_unit_}, outcome_);
  if (!status) return std::move(status).error().with_pointer(std::string(field_.path));
  if (outcome_.action == Action::kKeep) out->append(raw);
  if (outcome_.action == Action::kReplace) hl7_escape(outcome_.text, delimiters_, *out);
  return {};
}

bool recognises_hl7(std::string_view head) {
  if (head.starts_with(kBom)) head.remove_prefix(kBom.size());
  const std::size_t start = head.find_first_not_of(" \t\r\n\x0b");
  if (start == head.npos) return false;
  head.remove_prefix(start);
  const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  return is_hl7_header(line) && declares_hl7_delimiters(line);
}

Result<std::unique_ptr<Framer>> make_framer(const FormatOptions&) {
  return std::unique_ptr<Framer>(std::make_unique<Hl7Framer>());
}

Result<std::unique_ptr<Rewriter>> make_rewriter(const FormatOptions& options) {
  std::string charset;
  if (!options.charset.empty()) {
    EMR_ASSIGN(charset, charset_name(options.charset));
  }
  return std::unique_ptr<Rewriter>(std::make_unique<Hl7Rewriter>(std::move(charset)));
}

constexpr FormatSpec kSpec{"hl7",
                           "HL7 v2 messages, batches and MLLP frames",
                           "hl7v2",
                           kMaxHl7MessageBytes, true,
                           &recognises_hl7, &make_framer, &make_rewriter,
                           "a message is held in memory whole: "
                           "does the next one begin with MSH on a line of its own?"};

}  // namespace

const FormatSpec& hl7_format() noexcept { return kSpec; }

}  // namespace emr::desensitize
