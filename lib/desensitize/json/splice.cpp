#include "desensitize/json/splice.h"

#include <algorithm>

namespace emr::desensitize {

void Splicer::begin(std::string_view text, std::string& out) {
  text_ = text;
  out_ = &out;
  done_ = 0;
  levels_.clear();
  levels_.push_back({});
}

void Splicer::copy_to(std::size_t stop) {
  if (stop > done_) {
    out_->append(text_.substr(done_, stop - done_));
    done_ = stop;
  }
}

void Splicer::open(std::size_t after) { levels_.push_back({after, false, false}); }

void Splicer::close(std::size_t before) {
  levels_.pop_back();
  levels_.back().previous_stop = before + 1;
}

/// The members before were deleted and none was kept: their comma goes with them.
void Splicer::settle(std::size_t next_start) {
  Level& level = levels_.back();
  if (level.dropping) {
    done_ = std::max(done_, next_start);
    level.dropping = false;
  }
}

void Splicer::keep_member(std::size_t start, std::size_t stop) {
  settle(start);
  Level& level = levels_.back();
  level.any_kept = true;
  level.previous_stop = stop;
}

void Splicer::delete_member(std::size_t start, std::size_t stop) {
  Level& level = levels_.back();
  if (level.any_kept) {
    copy_to(level.previous_stop);
  } else {
    settle(start);
    copy_to(start);
    level.dropping = true;
  }
  done_ = stop;
  level.previous_stop = stop;
}

void Splicer::replace(std::size_t start, std::size_t stop, std::string_view text) {
  copy_to(start);
  out_->append(text);
  done_ = stop;
}

void Splicer::finish() { copy_to(text_.size()); }

}  // namespace emr::desensitize
