#include "desensitize/json/splice.h"

namespace emr::desensitize {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Behind the last byte of the member before the one at `start`, its comma left out.
std::size_t previous_stop(std::string_view text, std::size_t start) noexcept {
  while (start > 0 && is_space(text[start - 1])) --start;
  if (start > 0 && text[start - 1] == ',') --start;
  while (start > 0 && is_space(text[start - 1])) --start;
  return start;
}

/// Where the member behind the one that stops at `stop` begins; `stop` itself for the last one.
std::size_t next_start(std::string_view text, std::size_t stop) noexcept {
  std::size_t at = stop;
  while (at < text.size() && is_space(text[at])) ++at;
  if (at == text.size() || text[at] != ',') return stop;
  ++at;
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

}  // namespace

void Splicer::begin(std::string_view text, std::string& out) {
  text_ = text;
  out_ = &out;
  done_ = 0;
  deleted_.assign(1, 0);
}

void Splicer::copy_to(std::size_t stop) {
  if (stop > done_) {
    out_->append(text_.substr(done_, stop - done_));
    done_ = stop;
  }
}

void Splicer::open() { deleted_.push_back(0); }

void Splicer::close() { deleted_.pop_back(); }

void Splicer::delete_member(std::size_t start, std::size_t stop, std::size_t ordinal) {
  const bool any_kept = ordinal > deleted_.back()++;
  if (any_kept) {
    copy_to(previous_stop(text_, start));
    done_ = stop;
  } else {  // the first that stays must not have a comma before it
    copy_to(start);
    done_ = next_start(text_, stop);
  }
}

void Splicer::replace(std::size_t start, std::size_t stop, std::string_view text) {
  copy_to(start);
  out_->append(text);
  done_ = stop;
}

void Splicer::finish() { copy_to(text_.size()); }

}  // namespace emr::desensitize
