// What one record says about its patient: the values that are searched in its own free text, the
// identity that decides the date shift. Filled by a format's first pass over a record, bound by
// FieldTransformer::bind, cleared before the next record. Holds personal data: never printed.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/detect/first_chars.h"
#include "desensitize/span.h"

namespace emr::desensitize {

/// Texts that are searched all at once: a needle hangs in the chain of its first three bytes, so a
/// search asks once per position whether anything may begin there. Needles have 3 bytes or more.
class NeedleIndex {
 public:
  static constexpr std::size_t kPrefix = 3;

  void clear() noexcept;
  /// False when it is there already.
  bool add(std::string_view text, SpanType type);
  bool empty() const noexcept { return needles_.empty(); }
  std::size_t size() const noexcept { return needles_.size(); }
  std::string_view text(std::size_t index) const noexcept { return text_of(needles_[index]); }
  SpanType type(std::size_t index) const noexcept { return needles_[index].type; }
  /// Where in a decoded text may a needle begin?
  const FirstChars& firsts() const noexcept { return firsts_; }
  /// May a needle begin with these kPrefix bytes? Wrong positives only.
  bool may_begin(const char* prefix) const noexcept {
    const std::size_t at = hash(prefix);
    return (filter_[at / 64] >> (at % 64) & 1) != 0;
  }
  /// Does a needle stand at the start of this text, which has kPrefix bytes or more?
  bool begins(std::string_view text) const noexcept;
  /// hit(text, type) for each needle in the chain of the prefix; the prefix itself is not compared.
  template <class Hit>
  void each(const char* prefix, Hit hit) const {
    for (std::uint32_t i = heads_[bucket(hash(prefix))]; i != 0; i = needles_[i - 1].next) {
      hit(text_of(needles_[i - 1]), needles_[i - 1].type);
    }
  }

 private:
  struct Needle {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t next = 0;  ///< index + 1; 0 ends the chain
    SpanType type = SpanType::kName;
  };
  // Several records' indexes are in use together: all of them should stay in the first cache.
  static constexpr std::size_t kHashes = 1024;
  static constexpr std::size_t kBuckets = 256;
  static std::size_t hash(const char* prefix) noexcept {
    std::uint16_t two = 0;
    std::memcpy(&two, prefix, sizeof two);
    return (two | std::uint32_t{static_cast<unsigned char>(prefix[2])} << 16) * 0x9E3779B1U >> 22;
  }
  static std::size_t bucket(std::size_t hash) noexcept { return hash % kBuckets; }
  std::string_view text_of(const Needle& needle) const noexcept {
    return std::string_view(bytes_).substr(needle.offset, needle.size);
  }

  std::string bytes_;
  std::vector<Needle> needles_;
  std::array<std::uint32_t, kBuckets> heads_{};
  std::array<std::uint64_t, kHashes / 64> filter_{};  ///< bit per hash: has a needle that one?
  FirstChars firsts_;
};

class PatientContext {
 public:
  struct OwnValue {
    std::string_view text;
    SpanType type = SpanType::kName;
  };

  void clear();
  /// Remembers a value to be searched in free text (duplicates and very short values are ignored).
  void add_own(SpanType type, std::string_view text);
  /// The own values as they stand, and single words of Western names.
  const NeedleIndex& literals() const noexcept { return literals_; }
  /// The digits of own numbers, to be found with separators between them.
  const NeedleIndex& numbers() const noexcept { return numbers_; }
  /// Could an own value stand in this text? Wrong positives only.
  bool may_stand_in(std::string_view text) const noexcept;
  /// Offers an identity of the patient; the smallest rank wins (1 = ID number, 2 = record number).
  void offer_identity(int rank, std::string_view text);

  /// The values as they were added; the views live until the context changes.
  std::vector<OwnValue> own_values() const;
  /// "" when the record named no patient.
  const std::string& identity() const noexcept { return identity_; }
  int identity_rank() const noexcept { return identity_rank_; }

  /// Days added to every date of this patient; set by FieldTransformer::bind.
  int shift_days = 0;

  /// Records of several patients (a Bundle, an HL7 message with two PIDs) have one person for what
  /// is of nobody in particular, number 0, and one for each part. Their names and numbers are
  /// searched in the texts of all.
  struct Person {
    std::string identity;
    int rank = 0;
    int shift_days = 0;
  };
  /// What was offered so far named the person before; what comes names the next.
  void next_person();
  std::vector<Person>& people() noexcept { return people_; }
  /// Whose are the dates that follow? Nothing happens in a record of one person.
  void select_person(std::size_t number) noexcept {
    if (number < people_.size()) shift_days = people_[number].shift_days;
  }

 private:
  void add_name_words(std::string_view name);

  std::vector<std::size_t> own_;  ///< which of the literals are whole values
  NeedleIndex literals_;
  NeedleIndex numbers_;
  std::string digits_;  ///< room for those of one number
  std::string identity_;
  int identity_rank_ = 0;
  std::vector<Person> people_;
};

}  // namespace emr::desensitize
