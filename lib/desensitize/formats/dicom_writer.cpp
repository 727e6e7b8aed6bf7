#include "desensitize/formats/dicom_writer.h"

#include <algorithm>

#include "base/number.h"
#include "desensitize/formats/dicom_profile.h"
#include "desensitize/formats/limits.h"
#include "desensitize/limits.h"

namespace emr::desensitize {
namespace {

constexpr std::uint32_t kPixelData = 0x7FE00010;
constexpr std::uint32_t kDirectoryRecords = 0x00041220;
constexpr std::uint32_t kRecordType = 0x00041430;
constexpr std::uint32_t kCharacterSet = 0x00080005;

Error bad(std::uint32_t tag, std::string message, std::string reason) {
  return fail(Code::kData, std::move(message))
      .with_pointer(dicom_tag_text(tag))
      .with_reason(std::move(reason));
}

/// Does the rule take a sequence away as a whole?
bool drops(const Decision& decision) {
  const Rule* rule = decision.rule;
  return rule != nullptr && rule->spec->whole && rule->spec->name != "keep";
}

bool is_private(std::uint32_t tag) { return (tag >> 16) % 2 == 1; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  return text;
}

}  // namespace

Status DicomWalk::observe() {
  for (const Rule& rule : with_.policy().rules()) {
    if (rule.id.starts_with("dicom-113111")) safe_private_ = true;
  }
  reader_.move_to(0);
  return data_set(reader_.size(), false, 0);
}

Status DicomWalk::write(std::string& out, std::size_t base_before, std::size_t base_after) {
  out_ = &out;
  base_before_ = base_before;
  base_after_ = out.size() - base_after;
  creators_.clear();
  person_ = 0;
  reader_.move_to(0);
  EMR_TRY(data_set(reader_.size(), false, 0));
  insert_before(UINT32_MAX);
  return fix_offsets();
}

Status DicomWalk::data_set(std::size_t stop, bool delimited, unsigned depth) {
  if (depth > kMaxDicomDepth) return bad(0, "sequences are nested too deeply", "dicom_depth");
  while (reader_.at() < stop) {
    EMR_ASSIGN(const DicomElement element, reader_.header(stop));
    if (delimited && element.tag == kItemEndTag) return {};
    if (element.tag >> 16 == 0xFFFE) {
      return bad(element.tag, "item outside a sequence", "dicom_structure");
    }
    EMR_TRY(this->element(element, depth));
  }
  if (delimited) return bad(kItemEndTag, "item is not closed", "dicom_truncated");
  return {};
}

Status DicomWalk::element(const DicomElement& element, unsigned depth) {
  if (depth == 0 && out_ != nullptr) {
    insert_before(element.tag);
  }
  if (element.is_sequence() && !(depth == 0 && is_inserted(element.tag))) {
    return sequence(element, depth);
  }
  if (element.is_sequence()) return skip_sequence(element, depth);
  if (element.length == kUndefinedLength) return encapsulated(element);
  reader_.move_to(element.value + element.length);
  const bool group_length = (element.tag & 0xFFFF) == 0;  // retired, and wrong after any change
  if (group_length || (depth == 0 && is_inserted(element.tag))) return {};
  if (out_ == nullptr && depth == 0) note(element, reader_.text(element.value, element.length));
  if (element.tag == kRecordType && depth == 1 &&
      trimmed(reader_.text(element.value, element.length)) == "PATIENT") {
    begin_person();
  }
  if (element.tag == kPixelData) return pixels(element);
  if (is_private(element.tag) &&
      keeps_private(element, reader_.text(element.value, element.length))) {
    copy(element);
    return {};
  }
  return is_text_vr(element.vr_text()) ? text(element) : binary(element);
}

/// Remembers what later decisions need: character set, kind of image.
void DicomWalk::note(const DicomElement& element, std::string_view value) {
  const auto number = [&] {
    return element.length >= 2 ? reader_.u16(element.value) : std::uint16_t{0};
  };
  switch (element.tag) {
    case kCharacterSet: charset_.set(value); break;
    case 0x00080008: image_.image_type = value; break;
    case 0x00080016: image_.sop_class = value; break;
    case 0x00080060: image_.modality = trimmed(value); break;
    case 0x00280002: image_.samples_per_pixel = number(); break;
    case 0x00280006: image_.planar = number(); break;
    case 0x00280008: {
      const Result<std::uint64_t> frames = parse_u64(trimmed(value), 1U << 20);
      if (frames) image_.frames = static_cast<std::uint32_t>(*frames);
      break;
    }
    case 0x00280010: image_.rows = number(); break;
    case 0x00280011: image_.columns = number(); break;
    case 0x00280100: image_.bits_allocated = number(); break;
    case 0x00280301: image_.burned_in = trimmed(value); break;
    case kPixelData: image_.has_pixels = true; break;
    default: break;
  }
}

/// In a DICOMDIR the records of a patient's studies follow his own.
void DicomWalk::begin_person() {
  if (out_ == nullptr) {
    with_.patient().next_person();
  } else {
    with_.patient().select_person(++person_);
  }
}

DicomWalk::Known& DicomWalk::known(const DicomElement& element) {
  const auto first = static_cast<unsigned char>(element.vr[0]);
  const auto second = static_cast<unsigned char>(element.vr[1]);
  const std::uint64_t key =
      std::uint64_t{element.tag} << 16 | std::uint64_t{first} << 8 | std::uint64_t{second};
  const auto found = cache_.find(key);
  if (found != cache_.end()) return found->second;
  if (cache_.size() >= kMaxCachedPaths) cache_.clear();
  Known fresh{{}, dicom_tag_text(element.tag)};
  fresh.decision = with_.decide(field(element, fresh));
  return cache_.emplace(key, std::move(fresh)).first->second;
}

Field DicomWalk::field(const DicomElement& element, const Known& known) const {
  Field field;
  field.path = field.key = known.path;
  // An element of unknown VR with a known tag is judged by what the standard says it is.
  const std::string_view standard =
      element.vr_text() == "UN" ? dicom_vr(element.tag) : std::string_view();
  field.vr = standard.empty() ? element.vr_text() : standard;
  field.dicom_tag = element.tag;
  field.kind = element.is_sequence() ? ValueKind::kObject : ValueKind::kString;
  return field;
}

Status DicomWalk::sequence(const DicomElement& element, unsigned depth) {
  const Known& rule = known(element);
  if (drops(rule.decision)) {
    if (out_ == nullptr) return skip_sequence(element, depth);
    const Action action = with_.container_action(field(element, rule), rule.decision);
    if (action == Action::kNull) {
      append_header(*out_, element.tag, element.vr_text(), 0, reader_.syntax());
    }
    return skip_sequence(element, depth);
  }
  if (depth == 0 && element.tag == kDirectoryRecords) is_directory_ = true;
  const bool delimited = element.length == kUndefinedLength;
  const std::size_t stop = delimited ? reader_.size() : element.value + element.length;
  std::size_t length_at = 0;
  std::size_t content = 0;
  if (out_ != nullptr) {
    length_at = append_header(*out_, element.tag, element.vr_text(), element.length,
                              reader_.syntax());
    content = out_->size();
  }
  const DicomSyntax before = reader_.syntax();
  if (element.vr_text() == "UN") reader_.set_syntax(reader_.syntax_of_unnamed(element));
  EMR_TRY(items(stop, delimited, depth, element.tag == kDirectoryRecords && depth == 0));
  reader_.set_syntax(before);
  if (out_ == nullptr) return {};
  if (delimited) {
    append_header(*out_, kSequenceEndTag, "", 0, reader_.syntax());
  } else {
    store_length(length_at, content);
  }
  return {};
}

Status DicomWalk::items(std::size_t stop, bool delimited, unsigned depth, bool directory) {
  while (reader_.at() < stop) {
    EMR_ASSIGN(const DicomElement next, reader_.header(stop));
    if (delimited && next.tag == kSequenceEndTag) return {};
    if (next.tag != kItemTag) {
      return bad(next.tag, "sequence holds something that is no item", "dicom_structure");
    }
    EMR_TRY(item(next, stop, depth, directory));
  }
  if (delimited) return bad(kSequenceEndTag, "sequence is not closed", "dicom_truncated");
  return {};
}

Status DicomWalk::item(const DicomElement& item, std::size_t stop, unsigned depth,
                       bool directory) {
  const bool delimited = item.length == kUndefinedLength;
  std::size_t length_at = 0;
  std::size_t content = 0;
  if (out_ != nullptr) {
    if (directory) {
      moved_[static_cast<std::uint32_t>(base_before_ + item.start)] =
          static_cast<std::uint32_t>(out_->size() - base_after_);
    }
    length_at = append_header(*out_, kItemTag, "", item.length, reader_.syntax());
    content = out_->size();
  }
  EMR_TRY(data_set(delimited ? stop : item.value + item.length, delimited, depth + 1));
  if (out_ == nullptr) return {};
  if (delimited) {
    append_header(*out_, kItemEndTag, "", 0, reader_.syntax());
  } else {
    store_length(length_at, content);
  }
  return {};
}

void DicomWalk::store_length(std::size_t length_at, std::size_t content) {
  put_u32(*out_, length_at, static_cast<std::uint32_t>(out_->size() - content),
          reader_.syntax().big_endian);
}

/// Walks over a sequence that is not written.
Status DicomWalk::skip_sequence(const DicomElement& element, unsigned depth) {
  if (element.length != kUndefinedLength) {
    reader_.move_to(element.value + element.length);
    return {};
  }
  std::string* const out = std::exchange(out_, nullptr);
  const DicomSyntax before = reader_.syntax();
  if (element.vr_text() == "UN") reader_.set_syntax(reader_.syntax_of_unnamed(element));
  Status status = items(reader_.size(), true, depth + 1, false);
  reader_.set_syntax(before);
  out_ = out;
  return status;
}

/// Compressed frames: fragments are copied as they are.
Status DicomWalk::encapsulated(const DicomElement& element) {
  if (element.tag != kPixelData) {
    return bad(element.tag, "element has no length", "dicom_structure");
  }
  image_.has_pixels = true;
  image_.compressed = true;
  while (true) {
    EMR_ASSIGN(const DicomElement fragment, reader_.header(reader_.size()));
    if (fragment.tag == kSequenceEndTag) break;
    if (fragment.tag != kItemTag || fragment.length == kUndefinedLength) {
      return bad(fragment.tag, "pixel data holds what is no fragment", "dicom_structure");
    }
    reader_.move_to(fragment.value + fragment.length);
  }
  if (out_ == nullptr) return {};
  if (boxes_ != nullptr && !boxes_->empty()) {
    std::string none;
    return blank_boxes(none, image_, *boxes_);
  }
  out_->append(reader_.text(element.start, reader_.at() - element.start));
  return {};
}

Status DicomWalk::pixels(const DicomElement& element) {
  if (out_ == nullptr) return {};
  if (boxes_ == nullptr || boxes_->empty()) {
    copy(element);
    return {};
  }
  std::string bytes(reader_.text(element.value, element.length));
  EMR_TRY(blank_boxes(bytes, image_, *boxes_));
  append_header(*out_, element.tag, element.vr_text(), element.length, reader_.syntax());
  out_->append(bytes);
  return {};
}

void DicomWalk::copy(const DicomElement& element) {
  if (out_ == nullptr) return;
  out_->append(
      reader_.text(element.start, element.value - element.start + element.length));
}

/// Under the safe private option: creators and the elements of the standard's list stay.
bool DicomWalk::keeps_private(const DicomElement& element, std::string_view value) {
  if (!safe_private_) return false;
  const std::uint32_t number = element.tag & 0xFFFF;
  if (number >= 0x10 && number <= 0xFF) {
    creators_.emplace_back((element.tag & 0xFFFF0000) | number << 8, std::string(trimmed(value)));
    return is_safe_private_creator(creators_.back().second);
  }
  for (const auto& [block, creator] : creators_) {
    if (block == (element.tag & 0xFFFFFF00)) return is_safe_private(creator, element.tag);
  }
  return false;
}

void DicomWalk::insert_before(std::uint32_t tag) {
  while (inserted_ < insertions_.size() && insertions_[inserted_].first < tag) {
    out_->append(insertions_[inserted_].second);
    ++inserted_;
  }
}

bool DicomWalk::is_inserted(std::uint32_t tag) const {
  return std::any_of(insertions_.begin(), insertions_.end(),
                     [&](const auto& insertion) { return insertion.first == tag; });
}

/// Directory records have moved: every offset gets the new place of the record it meant.
Status DicomWalk::fix_offsets() {
  for (const auto& [where, before] : offsets_) {
    if (before == 0) continue;  // "none"
    const auto found = moved_.find(before);
    if (found == moved_.end()) {
      return bad(kDirectoryRecords, "a directory offset points to no record", "dicom_offset");
    }
    put_u32(*out_, where, found->second, reader_.syntax().big_endian);
  }
  return {};
}

}  // namespace emr::desensitize
