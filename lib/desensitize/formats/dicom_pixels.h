// Text burned into pixels: who may carry it, and how to blank it. A header cannot prove that an
// image is clean; these rules decide which images a person has to look at. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

/// What a data set says about its image.
struct DicomImage {
  std::string modality;     ///< (0008,0060)
  std::string image_type;   ///< (0008,0008)
  std::string sop_class;    ///< (0008,0016)
  std::string burned_in;    ///< (0028,0301): YES, NO or ""
  std::uint16_t rows = 0;
  std::uint16_t columns = 0;
  std::uint16_t samples_per_pixel = 1;
  std::uint16_t bits_allocated = 0;
  std::uint16_t planar = 0;
  std::uint32_t frames = 1;
  bool has_pixels = false;
  bool compressed = false;
};

/// YES, or nothing said and a modality (US, ES, XC, …), image type or class whose images carry
/// text by habit.
bool needs_pixel_review(const DicomImage& image) noexcept;

/// A rectangle in pixels.
struct PixelBox {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// {"boxes":[[x,y,width,height],…]} ("" = none); kUsage.
Result<std::vector<PixelBox>> parse_pixel_boxes(std::string_view json_text);

/// Zeroes the boxes in every frame. kData when the image is compressed, has no whole-byte samples
/// or is shorter than it says.
Status blank_boxes(std::string& pixels, const DicomImage& image,
                   const std::vector<PixelBox>& boxes);

}  // namespace emr::desensitize
