#include "desensitize/detect/name_repeat_zh.h"

#include <algorithm>

#include "desensitize/detect/name_shape_zh.h"

namespace emr::desensitize {
namespace {

class NameRepeater : private NameShape {
 public:
  NameRepeater(const DecodedText& text, Finds& finds) : NameShape(text), finds_(finds) {}

  void run(std::vector<std::pair<std::size_t, std::size_t>>& found) {
    std::sort(found.begin(), found.end());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto same = [&](const auto& other) {
        return text_.bytes(other.first, other.second) ==
               text_.bytes(found[i].first, found[i].second);
      };
      const auto here = found.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::none_of(found.begin(), here, same)) {
        repeat_one(found[i].first, found[i].second);
      }
    }
  }

 private:
  void repeat_one(std::size_t start, std::size_t stop) {
    const std::size_t length = stop - start;
    for (std::size_t at = text_.find(start, stop, 0); at < text_.size();
         at = text_.find(start, stop, at + length)) {
      if (length > 2 || boundary(at + length)) {
        finds_.push_back({at, at + length, SpanType::kName, 40});
      }
    }
  }

  Finds& finds_;
};

}  // namespace

void repeat_names(const DecodedText& text, std::vector<std::pair<std::size_t, std::size_t>>& found,
                  Finds& finds) {
  NameRepeater(text, finds).run(found);
}

}  // namespace emr::desensitize
