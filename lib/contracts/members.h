// Canonical JSON put together by hand, for what every transaction writes: a tree of nodes costs ten
// times as much as its text. The caller adds the members in the order of their names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/tokenizer.h"

namespace emr::contracts {

class Members {
 public:
  /// Room for about so many bytes, so that a usual object is one allocation.
  explicit Members(std::size_t room = 0) { out_.reserve(room); }
  Members& raw(std::string_view name, std::string_view value) {
    out_ += out_.empty() ? '{' : ',';
    json::append_quoted(out_, name);
    out_ += ':';
    out_ += value;
    return *this;
  }
  /// An empty text is left out.
  Members& text(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    raw(name, "");
    json::append_quoted(out_, value);
    return *this;
  }
  Members& number(std::string_view name, std::uint64_t value) {
    return raw(name, std::to_string(value));
  }
  /// The whole object; the builder is empty afterwards.
  std::string take() {
    if (out_.empty()) out_ = "{";
    out_ += '}';
    return std::move(out_);
  }

 private:
  std::string out_;
};

/// The same for a list of texts.
class Texts {
 public:
  void add(std::string_view value) {
    out_ += out_.empty() ? '[' : ',';
    json::append_quoted(out_, value);
  }
  bool empty() const noexcept { return out_.empty(); }
  std::string take() {
    if (out_.empty()) out_ = "[";
    out_ += ']';
    return std::move(out_);
  }

 private:
  std::string out_;
};

}  // namespace emr::contracts
