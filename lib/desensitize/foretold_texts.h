// Free texts that the second passes over some records will scan, met in the first ones: scanned
// together they take less time. What is not found here is scanned where it is needed, so nothing
// depends on what was foretold but time.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "desensitize/scanner.h"

namespace emr::desensitize {

class ForetoldTexts {
 public:
  void clear() noexcept { used_ = ready_ = next_ = 0; }
  /// Text and patient outlive the second pass. Too many are left to who needs them.
  void add(std::string_view text, const PatientContext& own) {
    if (used_ == kMost) return;
    if (used_ == tasks_.size()) tasks_.emplace_back();
    tasks_[used_].text = text;
    tasks_[used_].own = &own;
    ++used_;
  }
  void scan(const TextScanner& scanner) {
    scanner.scan_all(std::span(tasks_).first(used_));
    ready_ = used_;
  }
  /// What was found in these very bytes, to be taken once; nullptr when they were not foretold.
  /// Texts are nearly always asked for in the order in which they were foretold.
  std::vector<Span>* take(std::string_view text) noexcept {
    for (std::size_t i = next_; i < ready_; ++i) {
      if (tasks_[i].text.data() == text.data() && tasks_[i].text.size() == text.size()) {
        next_ = i + 1;
        return &tasks_[i].spans;
      }
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kMost = 64;

  std::vector<ScanTask> tasks_;  ///< grows only; the first used_ are of these records
  std::size_t used_ = 0;
  std::size_t ready_ = 0;  ///< of them were scanned
  std::size_t next_ = 0;   ///< behind the one that was taken last
};

}  // namespace emr::desensitize
