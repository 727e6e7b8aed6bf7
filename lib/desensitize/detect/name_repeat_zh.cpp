#include "desensitize/detect/name_repeat_zh.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "desensitize/detect/name_shape_zh.h"

namespace emr::desensitize {
namespace {

struct Name {
  std::size_t start = 0;
  std::size_t length = 0;
  std::size_t done = 0;    ///< behind the place that was found last
  std::uint32_t next = 0;  ///< with the same head, index + 1; 0 ends the chain
};

/// The memory of a search, used again for the next text of the thread.
struct Room {
  std::vector<std::uint32_t> heads;  ///< of chains of names, by their first two characters
  std::vector<Name> names;
  std::vector<std::pair<std::size_t, std::size_t>> places;  ///< name and where it stands

  /// A text beyond this leaves no memory behind.
  static constexpr std::size_t kLargestKept = std::size_t{64} << 10;
};

/// All names are searched in one pass over the text: a letter may hold thousands of them.
class NameRepeater : private NameShape {
 public:
  NameRepeater(const DecodedText& text, Room& room, Finds& finds)
      : NameShape(text), heads_(room.heads), names_(room.names), places_(room.places),
        finds_(finds) {}

  void run(std::vector<std::pair<std::size_t, std::size_t>>& found) {
    std::sort(found.begin(), found.end());
    heads_.assign(std::bit_ceil(std::max(kFewestHeads, 4 * found.size())), 0);
    names_.clear();
    places_.clear();
    for (const auto& [start, stop] : found) {
      add(start, stop);
    }
    for_each_first(text_, firsts_, [this](std::size_t at) {
      for (std::uint32_t i = head(at); i != 0; i = names_[i - 1].next) {
        look(names_[i - 1], at);
      }
    });
    std::sort(places_.begin(), places_.end());
    for (const auto& [name, at] : places_) {
      finds_.push_back({at, at + names_[name].length, SpanType::kName, 40});
    }
  }

 private:
  static constexpr std::size_t kFewestHeads = 64;

  /// The chain of names that begin with the two characters at `at`, and others.
  std::uint32_t& head(std::size_t at) {
    const std::uint32_t hash = text_[at] * 0x9E3779B1U ^ text_[at + 1] * 0x85EBCA77U;
    return heads_[(hash >> 8) & (heads_.size() - 1)];
  }
  bool is_at(const Name& name, std::size_t at) const {
    for (std::size_t i = 0; i < name.length; ++i) {
      if (text_[at + i] != text_[name.start + i]) {
        return false;
      }
    }
    return true;
  }
  void add(std::size_t start, std::size_t stop) {
    firsts_.add(text_[start]);
    std::uint32_t& first = head(start);
    for (std::uint32_t i = first; i != 0; i = names_[i - 1].next) {
      if (names_[i - 1].length == stop - start && is_at(names_[i - 1], start)) {
        return;
      }
    }
    names_.push_back({start, stop - start, 0, first});
    first = static_cast<std::uint32_t>(names_.size());
  }
  void look(Name& name, std::size_t at) {
    if (at < name.done || !is_at(name, at)) {
      return;
    }
    name.done = at + name.length;
    if (name.length > 2 || boundary(name.done)) {
      places_.emplace_back(static_cast<std::size_t>(&name - names_.data()), at);
    }
  }

  FirstChars firsts_;
  std::vector<std::uint32_t>& heads_;
  std::vector<Name>& names_;
  std::vector<std::pair<std::size_t, std::size_t>>& places_;
  Finds& finds_;
};

}  // namespace

void repeat_names(const DecodedText& text, std::vector<std::pair<std::size_t, std::size_t>>& found,
                  Finds& finds) {
  if (found.empty()) {
    return;
  }
  thread_local Room room;
  Room large;
  NameRepeater(text, text.size() > Room::kLargestKept ? large : room, finds).run(found);
}

}  // namespace emr::desensitize
