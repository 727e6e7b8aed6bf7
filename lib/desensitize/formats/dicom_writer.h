// The walk over a DICOM data set: internal to dicom.cpp. The same walk is done twice: without
// output it observes (patient, character set, image); with output it writes. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "desensitize/formats/dicom_charset.h"
#include "desensitize/formats/dicom_pixels.h"
#include "desensitize/formats/dicom_syntax.h"
#include "desensitize/transformer.h"

namespace emr::desensitize {

class DicomWalk {
 public:
  /// Decisions by tag and VR, kept over files by the rewriter.
  struct Known {
    Decision decision;
    std::string path;
  };
  using Cache = std::unordered_map<std::uint64_t, Known>;

  DicomWalk(ByteView data_set, DicomSyntax syntax, FieldTransformer& with, Cache& cache)
      : reader_(data_set, 0, syntax), with_(with), cache_(cache) {}

  /// First pass.
  Status observe();
  /// Second pass: appends the new data set. `base` is the file offset of the data set before and
  /// after (they differ), which DICOMDIR offsets count from.
  Status write(std::string& out, std::size_t base_before, std::size_t base_after);

  const DicomImage& image() const noexcept { return image_; }
  bool is_directory() const noexcept { return is_directory_; }
  void set_compressed(bool compressed) noexcept { image_.compressed = compressed; }
  void set_boxes(const std::vector<PixelBox>* boxes) noexcept { boxes_ = boxes; }
  /// Elements to be put in, sorted by tag; input elements of the same tag are replaced.
  void set_insertions(std::vector<std::pair<std::uint32_t, std::string>> insertions) {
    insertions_ = std::move(insertions);
  }

 private:
  Status data_set(std::size_t stop, bool delimited, unsigned depth);
  Status element(const DicomElement& element, unsigned depth);
  Status sequence(const DicomElement& element, unsigned depth);
  Status items(std::size_t stop, bool delimited, unsigned depth, bool directory);
  Status item(const DicomElement& item, std::size_t stop, unsigned depth, bool directory);
  Status encapsulated(const DicomElement& element);
  Status pixels(const DicomElement& element);
  Status text(const DicomElement& element);
  Status binary(const DicomElement& element);
  Status transform_text(const DicomElement& element, std::string_view value);
  Status transform_part(const DicomElement& element, std::string_view part, Action& action);
  void end_text(const DicomElement& element, Action action, bool changed);
  Status skip_sequence(const DicomElement& element, unsigned depth);
  Status fix_offsets();

  Known& known(const DicomElement& element);
  Field field(const DicomElement& element, const Known& known) const;
  bool keeps_private(const DicomElement& element, std::string_view value);
  void note(const DicomElement& element, std::string_view value);
  void begin_person();
  void insert_before(std::uint32_t tag);
  bool is_inserted(std::uint32_t tag) const;
  void copy(const DicomElement& element);
  void store_length(std::size_t length_at, std::size_t content);

  DicomReader reader_;
  FieldTransformer& with_;
  Cache& cache_;
  DicomCharset charset_;
  DicomImage image_;
  bool is_directory_ = false;
  std::size_t person_ = 0;  ///< of the directory's PATIENT record that was read last
  const std::vector<PixelBox>* boxes_ = nullptr;
  std::vector<std::pair<std::uint32_t, std::string>> insertions_;
  std::size_t inserted_ = 0;
  bool safe_private_ = false;
  std::vector<std::pair<std::uint32_t, std::string>> creators_;  ///< (group, block) and text

  std::string* out_ = nullptr;  ///< null in the first pass
  std::size_t base_before_ = 0;
  std::size_t base_after_ = 0;
  std::unordered_map<std::uint32_t, std::uint32_t> moved_;  ///< directory record offsets
  std::vector<std::pair<std::size_t, std::uint32_t>> offsets_;  ///< where written, old value

  std::string decoded_;
  std::string assembled_;
  bool lossy_ = false;
  Outcome outcome_;
};

}  // namespace emr::desensitize
