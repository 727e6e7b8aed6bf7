// Which places of a text the finds of others cover. Made when it is first asked, because most texts
// never ask; then each answer costs as much as the stretch that it is about, whatever the finds.
#pragma once

#include <cstddef>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

class TakenPlaces {
 public:
  /// Of the finds that are there now.
  TakenPlaces(const DecodedText& text, const Finds& finds)
      : text_(text), finds_(finds), count_(finds.size()) {}

  /// Is one of [start, stop) covered?
  bool any(std::size_t start, std::size_t stop) {
    if (places_.empty()) {
      places_.resize(text_.size() + 1);
      for (std::size_t i = 0; i < count_; ++i) {
        for (std::size_t at = finds_[i].start; at < finds_[i].stop; ++at) places_[at] = true;
      }
    }
    while (start < stop && !places_[start]) ++start;
    return start < stop;
  }

 private:
  const DecodedText& text_;
  const Finds& finds_;
  std::size_t count_;
  std::vector<bool> places_;
};

}  // namespace emr::desensitize
