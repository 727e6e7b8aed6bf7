#include "desensitize/formats/dicom_pixels.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "json/access.h"
#include "json/json.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxBoxes = 256;  ///< a template of burned-in areas has a handful
constexpr std::array<std::string_view, 11> kTextModalities{"US", "SC", "XC",  "ES",  "GM", "OT",
                                                           "DG", "IO", "DOC", "ECG", "OP"};
/// CR, DX, MG, CT, MR, PET, NM, RT image: written by the device that took the picture.
constexpr std::array<std::string_view, 8> kAcquired{
    "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.2",   "1.2.840.10008.5.1.4.1.1.4",
    "1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.130", "1.2.840.10008.5.1.4.1.1.20",
    "1.2.840.10008.5.1.4.1.1.481", "1.2.840.10008.5.1.4.1.1.77.1.6"};
constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

Error bad_pixels(std::string message) {
  return fail(Code::kData, std::move(message))
      .with_pointer("(7fe0,0010)")
      .with_reason("dicom_pixels");
}

/// One sample row of one box in one plane.
void blank_rows(std::string& pixels, std::size_t plane, std::size_t row_bytes,
                std::size_t pixel_bytes, const DicomImage& image, const PixelBox& box) {
  const std::uint32_t right = std::min<std::uint32_t>(image.columns, box.x + box.width);
  const std::uint32_t bottom = std::min<std::uint32_t>(image.rows, box.y + box.height);
  for (std::uint32_t y = box.y; y < bottom && box.x < right; ++y) {
    const std::size_t start = plane + y * row_bytes + box.x * pixel_bytes;
    std::fill_n(pixels.begin() + static_cast<std::ptrdiff_t>(start),
                (right - box.x) * pixel_bytes, '\0');
  }
}

}  // namespace

bool needs_pixel_review(const DicomImage& image) noexcept {
  if (!image.has_pixels || image.burned_in == "NO") return false;
  if (image.burned_in == "YES") return true;
  const bool modality = std::find(kTextModalities.begin(), kTextModalities.end(),
                                  image.modality) != kTextModalities.end();
  // SECONDARY also marks reformats of a scanner's own images; their class tells them from captures.
  const bool acquired =
      std::any_of(kAcquired.begin(), kAcquired.end(), [&](std::string_view sop_class) {
        return image.sop_class.starts_with(sop_class);
      });
  const bool capture =
      image.image_type.find("SCREEN SAVE") != image.image_type.npos ||
      (!acquired && image.image_type.find("SECONDARY") != image.image_type.npos);
  return modality || capture || image.sop_class.starts_with(kSecondaryCapture);
}

Result<std::vector<PixelBox>> parse_pixel_boxes(std::string_view json_text) {
  std::vector<PixelBox> boxes;
  if (json_text.empty()) return boxes;
  const Error bad = fail(Code::kUsage, "a box of pixels is X,Y,WIDTH,HEIGHT in numbers up to 65535")
                        .with_reason("dicom_boxes");
  const Result<json::Json> tree = json::parse_object(json_text);
  if (!tree) return bad;
  const json::Json* list = json::find_member(*tree, "boxes");
  if (list == nullptr) return boxes;
  if (!list->is_array() || list->size() > kMaxBoxes) return bad;
  for (const json::Json& item : *list) {
    if (!item.is_array() || item.size() != 4) return bad;
    std::array<std::uint32_t, 4> numbers{};
    for (std::size_t at = 0; at < 4; ++at) {
      if (!item[at].is_number_integer() || item[at] < 0 || item[at] > 65535) return bad;
      numbers[at] = item[at].get<std::uint32_t>();
    }
    boxes.push_back({numbers[0], numbers[1], numbers[2], numbers[3]});
  }
  return boxes;
}

Status blank_boxes(std::string& pixels, const DicomImage& image,
                   const std::vector<PixelBox>& boxes) {
  if (boxes.empty()) return {};
  if (image.compressed) {
    return bad_pixels("boxes cannot be blanked in compressed pixel data")
        .with_hint("decompress it first, for example with dcmdjpeg");
  }
  if (image.bits_allocated == 0 || image.bits_allocated % 8 != 0) {
    return bad_pixels("boxes can be blanked only where samples are whole bytes");
  }
  const std::size_t sample = image.bits_allocated / 8U;
  const bool planes = image.samples_per_pixel > 1 && image.planar == 1;
  const std::size_t pixel = planes ? sample : sample * image.samples_per_pixel;
  const std::size_t row = pixel * image.columns;
  const std::size_t plane = row * image.rows;
  const std::size_t count = std::size_t{image.frames} * (planes ? image.samples_per_pixel : 1U);
  if (plane == 0 || pixels.size() / plane < count) {
    return bad_pixels("pixel data is shorter than rows, columns and frames say");
  }
  for (std::size_t at = 0; at < count; ++at) {
    for (const PixelBox& box : boxes) blank_rows(pixels, at * plane, row, pixel, image, box);
  }
  return {};
}

}  // namespace emr::desensitize
