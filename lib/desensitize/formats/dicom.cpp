#include "desensitize/formats/dicom.h"

#include <algorithm>
#include <utility>

#include "desensitize/formats/dicom_file.h"
#include "desensitize/formats/dicom_profile.h"
#include "desensitize/formats/dicom_writer.h"

namespace emr::desensitize {
namespace {

/// A file is one record.
class DicomFramer final : public Framer {
 public:
  Result<Frame> next(std::string_view buffer, bool at_end) override {
    return Frame{at_end ? buffer.size() : 0, FrameKind::kRecord};
  }
};

struct CodeItem {
  std::string_view code;
  std::string_view meaning;
};

class DicomRewriter final : public Rewriter {
 public:
  DicomRewriter(bool allow_pixels, std::vector<PixelBox> boxes)
      : allow_pixels_(allow_pixels), boxes_(std::move(boxes)) {}

  Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) override;

 private:
  using Insertions = std::vector<std::pair<std::uint32_t, std::string>>;

  Status check_pixels(const DicomImage& image) const;
  Insertions insertions(const Policy& policy, const DicomSyntax& syntax) const;
  std::vector<CodeItem> codes(const Policy& policy) const;
  Result<std::string> map_instance_uid(const DicomFile& file, FieldTransformer& with) const;

  bool allow_pixels_;
  std::vector<PixelBox> boxes_;
  DicomWalk::Cache cache_;
};

Status DicomRewriter::check_pixels(const DicomImage& image) const {
  if (allow_pixels_ || !boxes_.empty() || !needs_pixel_review(image)) return {};
  return fail(Code::kData, "the image may carry text burned into its pixels")
      .with_pointer("(7fe0,0010)")
      .with_reason("pixels_need_review")
      .with_hint("look at it; then --blank X,Y,W,H or --allow-pixels");
}

/// (0012,0064): the profile and the options that the policy's rule ids name.
std::vector<CodeItem> DicomRewriter::codes(const Policy& policy) const {
  std::vector<CodeItem> items{{"113100", "Basic Application Confidentiality Profile"}};
  if (!boxes_.empty()) items.push_back({"113101", "Clean Pixel Data Option"});
  for (const DicomOption& option : dicom_options()) {
    const std::string prefix = "dicom-" + std::string(option.code);
    const bool used = std::any_of(policy.rules().begin(), policy.rules().end(),
                                  [&](const Rule& rule) { return rule.id.starts_with(prefix); });
    if (used) items.push_back({option.code, option.meaning});
  }
  return items;
}

DicomRewriter::Insertions DicomRewriter::insertions(const Policy& policy,
                                                    const DicomSyntax& syntax) const {
  std::string sequence;
  std::string_view temporal = "REMOVED";
  for (const CodeItem& item : codes(policy)) {
    if (item.code == "113106") temporal = "UNMODIFIED";
    if (item.code == "113107") temporal = "MODIFIED";
    std::string content;
    append_element(content, 0x00080100, "SH", item.code, syntax);
    append_element(content, 0x00080102, "SH", "DCM", syntax);
    append_element(content, 0x00080104, "LO", item.meaning, syntax);
    append_header(sequence, kItemTag, "", static_cast<std::uint32_t>(content.size()), syntax);
    sequence.append(content);
  }
  const std::string method = fit_to_vr("LO", "emr-desensitize " + policy.id());
  Insertions result;
  const auto add = [&](std::uint32_t tag, std::string_view vr, std::string_view value) {
    std::string element;
    append_element(element, tag, vr, value, syntax);
    result.emplace_back(tag, std::move(element));
  };
  add(0x00120062, "CS", "YES");
  add(0x00120063, "LO", method);
  add(0x00120064, "SQ", sequence);
  if (!boxes_.empty()) add(0x00280301, "CS", "NO");
  add(0x00280303, "CS", temporal);
  return result;
}

/// The instance UID of the meta group follows the rule of (0008,0018), so that both stay equal.
Result<std::string> DicomRewriter::map_instance_uid(const DicomFile& file,
                                                    FieldTransformer& with) const {
  std::string_view uid = file.sop_instance;
  while (!uid.empty() && (uid.back() == '\0' || uid.back() == ' ')) uid.remove_suffix(1);
  Field field;
  field.path = field.key = "(0002,0003)";
  field.vr = "UI";
  field.dicom_tag = 0x00080018;
  Outcome outcome;
  EMR_TRY(with.transform(field, Value{uid}, outcome));
  if (outcome.action == Action::kKeep) return std::string(uid);
  return outcome.action == Action::kReplace ? fit_to_vr("UI", outcome.text) : std::string();
}

Status DicomRewriter::rewrite(std::string_view record, FieldTransformer& with, std::string& out) {
  const ByteView bytes = as_bytes(record);
  EMR_ASSIGN(const DicomFile file, parse_dicom_file(bytes));
  std::string inflated;
  ByteView data_set = bytes.subspan(file.data_set);
  if (file.syntax.deflated) {
    EMR_ASSIGN(inflated, inflate_data_set(record.substr(file.data_set)));
    data_set = as_bytes(inflated);
  }
  with.begin_record();
  DicomWalk walk(data_set, file.syntax, with, cache_);
  walk.set_compressed(file.compressed);
  EMR_TRY(walk.observe());
  with.bind();
  EMR_TRY(check_pixels(walk.image()));
  walk.set_boxes(&boxes_);
  if (!walk.is_directory()) walk.set_insertions(insertions(with.policy(), file.syntax));

  const std::size_t start = out.size();
  EMR_ASSIGN(const std::string instance, map_instance_uid(file, with));
  append_dicom_meta(out, file, instance);
  if (!file.syntax.deflated) return walk.write(out, file.data_set, out.size() - start);
  std::string written;
  EMR_TRY(walk.write(written, 0, 0));
  EMR_ASSIGN(const std::string deflated, deflate_data_set(written));
  out.append(deflated);
  return {};
}

Result<std::unique_ptr<Framer>> make_framer(const FormatOptions&) {
  return std::unique_ptr<Framer>(std::make_unique<DicomFramer>());
}

Result<std::unique_ptr<Rewriter>> make_rewriter(const FormatOptions& options) {
  EMR_ASSIGN(std::vector<PixelBox> boxes, parse_pixel_boxes(options.extra));
  return std::unique_ptr<Rewriter>(
      std::make_unique<DicomRewriter>(options.allow_pixels, std::move(boxes)));
}

constexpr FormatSpec kSpec{"dicom",
                           "DICOM files and DICOMDIR",
                           "dicom-basic",
                           kMaxDocumentBytes,
                           true,
                           &recognises_dicom_file, &make_framer, &make_rewriter,
                           "a file is held in memory whole: "
                           "its frames can stand in files of their own"};

}  // namespace

const FormatSpec& dicom_format() noexcept { return kSpec; }

}  // namespace emr::desensitize
