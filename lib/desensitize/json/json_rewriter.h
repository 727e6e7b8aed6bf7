// JSON and JSON Lines under a policy, by byte splice: only what a rule changes is written anew, all
// other bytes (number text, key order, white space, duplicate keys) pass as they are. One pass of
// the validating tokenizer lists the values, each path is decided once and remembered, then the
// values are observed (own names, patient) and rewritten.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/clean_words.h"
#include "desensitize/format.h"
#include "desensitize/json/path_tree.h"
#include "desensitize/json/splice.h"
#include "json/tokenizer.h"

namespace emr::desensitize {

/// One thread per object.
class JsonRewriter final : public Rewriter {
 public:
  explicit JsonRewriter(const JsonDialect& dialect = {}) : dialect_(dialect) {}

  Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) override;
  void expect(std::span<const std::string_view> records, FieldTransformer& with) override;

 private:
  /// One value or container mark of the record that may matter, in document order. What a rule
  /// keeps whatever it is has no item: its bytes are copied with their neighbours.
  struct Item {
    enum class Kind : std::uint8_t { kValue, kOpen, kClose, kSkipped };
    std::uint32_t node = 0;
    std::uint32_t member_start = 0;  ///< of the key, or of the value in an array
    std::uint32_t start = 0;
    std::uint32_t stop = 0;
    std::uint32_t ordinal = 0;  ///< of the member in its container
    Kind kind = Kind::kValue;
    ValueKind value_kind = ValueKind::kNull;
    bool escaped = false;
    Action action = Action::kKeep;  ///< of a skipped container
  };

  /// A string with escapes as it reads, kept for the second pass.
  struct Unescaped {
    std::uint32_t start = 0;  ///< of the string in its record
    std::string text;
  };

  /// A record between its two passes, and what the first one found.
  struct Listed {
    std::string_view record;
    Status status;            ///< of the first pass
    std::vector<Item> items;  ///< grows only; the first `used` are the record's
    std::size_t used = 0;
    std::vector<FhirPerson> people;  ///< where the dialect knows them
    std::vector<std::uint32_t> foretold;  ///< items with work that the first pass gives away
    std::deque<Unescaped> texts;     ///< their texts, where these have escapes; grows only
    std::size_t texts_used = 0;
  };

  /// A container that is open while items are listed.
  struct Open {
    std::uint32_t node = 0;
    std::uint32_t members = 0;  ///< so far
  };

  class ExpectedStrings;
  /// Was the member that followed in the record before a string?
  bool expects_string() const {
    return tree_->step(tree_->expected(open_.back().node)).kind == ValueKind::kString;
  }
  void know_paths(const Policy& policy);
  void pass_first(std::span<const std::string_view> records, FieldTransformer& with);
  void select(std::size_t place, FieldTransformer& with);
  Status list(std::string_view record, FieldTransformer& with);
  Status list_items(std::string_view record, FieldTransformer& with);
  Status list_token(json::Tokenizer& tokens, const json::Token& token, FieldTransformer& with);
  /// The rule that keeps this scalar whatever else the record says; nullptr: look at it later.
  [[gnu::always_inline]] const Rule* kept_by(std::uint32_t node, const json::Token& token,
                                             ValueKind kind) const {
    const PathStep& step = tree_->step(node);
    if (step.kept) return step.observed || explains_ ? nullptr : step.rule;
    return step.first == KeptFirst::kNone ? nullptr : kept_first(node, token, kind);
  }
  const Rule* kept_first(std::uint32_t node, const json::Token& token, ValueKind kind) const {
    const PathStep& step = tree_->step(node);
    if (explains_ || token.escaped) return nullptr;
    const std::size_t quote = kind == ValueKind::kString ? 1 : 0;
    const std::size_t size = token.stop - token.start - 2 * quote;
    const std::string_view text = now_->record.substr(token.start + quote, size);
    const bool kept = step.first == KeptFirst::kPlaces
                          ? places_.contains(text)
                          : is_plain_code(text, step.first == KeptFirst::kCodesAndUris);
    if (!kept) return nullptr;
    return tree_->node(node).decision.conditional.front();
  }
  Item& add_item();
  static void fill(Item& item, const json::Token& token, ValueKind kind, std::size_t member_start,
                   std::uint32_t node, std::uint32_t ordinal);
  std::span<const Item> items() const noexcept { return {now_->items.data(), now_->used}; }
  Status list_member(json::Tokenizer& tokens, const json::Token& key, std::uint32_t container,
                     FieldTransformer& with);
  Status list_value(json::Tokenizer& tokens, const json::Token& token, std::size_t member_start,
                    std::uint32_t node, FieldTransformer& with);
  /// A place that a rule kept, for kept_by.
  void remember_place(std::uint32_t node, const Value& value) {
    const bool kept = outcome_.action == Action::kKeep && CleanWords::fits(value.text);
    if (kept && tree_->step(node).first == KeptFirst::kPlaces && is_place(value)) {
      places_.insert(value.text);
    }
  }
  static bool is_place(const Value& value) {
    return value.kind == ValueKind::kString && has_shape(value.text, Shape::kPlace);
  }
  void close_container();
  Action container_action(std::uint32_t node, FieldTransformer& with) const;
  /// Does the member's name tell a person?
  bool is_dropped(std::uint32_t node, const FieldTransformer& with) const {
    return tree_->node(node).identifies && !with.restores();
  }
  Status drop_member(const Item& item, FieldTransformer& with);
  std::string pointer_to(std::string_view record, const Item& item) const;
  void observe(std::string_view record, FieldTransformer& with);
  void find_people(std::string_view record, FieldTransformer& with);
  void bind(std::string_view record, FieldTransformer& with);
  void select_person(std::size_t offset, FieldTransformer& with);
  Status write(std::string_view record, FieldTransformer& with, std::string& out);
  Status write_items(std::string_view record, FieldTransformer& with);
  Status write_value(std::string_view record, const Item& item, FieldTransformer& with);
  void write_outcome(const Item& item);
  Status transform(const Item& item, Value value, FieldTransformer& with);
  /// What a number counts, by its siblings; "" where they do not say.
  std::string unit_of(const PathNode& node) const;
  Status transform_pieces(const Item& item, const std::vector<FhirQueryPiece>& pieces,
                          FieldTransformer& with);
  /// What the item stands for; the tokenizer has checked its place.
  std::string_view text_of(std::string_view record, const Item& item) {
    const std::string_view written(record.data() + item.start, item.stop - item.start);
    if (item.value_kind != ValueKind::kString) {
      return written;
    }
    const std::string_view content(written.data() + 1, written.size() - 2);
    return item.escaped ? unescaped(item, content) : content;
  }
  std::string_view unescaped(const Item& item, std::string_view content);
  std::string_view kept_text(std::string_view record, const Item& item);

  JsonDialect dialect_;
  CleanWords places_;  ///< names of provinces and the like that were kept before
  bool explains_ = false;
  const Policy* policy_ = nullptr;  ///< the policy that the tree was decided for
  std::unique_ptr<PathTree> tree_;
  std::vector<Listed> listed_;     ///< grows only
  std::size_t expected_ = 0;       ///< so many of them are of the records that come
  std::size_t done_ = 0;           ///< and so many of these were written
  Listed* now_ = nullptr;
  std::vector<Open> open_;
  std::vector<std::size_t> starts_;  ///< of the containers around what is being written
  std::size_t next_text_ = 0;    ///< the kept text of the last item, or behind it
  std::size_t next_person_ = 0;  ///< the part behind or around the last item
  Splicer splicer_;
  Outcome outcome_;
  std::string scratch_;
};

/// Cuts JSON Lines at newlines, and other JSON at the end of each document. An array of objects is
/// cut into its elements, so that it may be of any size: each element is a record of its own, as if
/// it stood on a line.
class JsonFramer final : public Framer {
 public:
  Result<Frame> next(std::string_view buffer, bool at_end) override;
  Status end() const override;
  bool line_records() const override { return lines_; }

 private:
  /// Where in an array of objects the front of the buffer stands.
  enum class Place : std::uint8_t { kOutside, kOpened, kBehindElement };

  Result<Frame> next_document(std::string_view buffer, bool at_end);
  Result<Frame> next_element(std::string_view buffer, bool at_end, std::size_t glue);
  Result<Frame> close_array(std::string_view buffer, bool at_end, std::size_t bracket);
  bool passes_string(char c) noexcept;
  /// Behind the value at `start`; npos: its end is not there yet.
  std::size_t element_stop(std::string_view buffer, std::size_t start);

  Place place_ = Place::kOutside;
  std::uint64_t element_ = 0;
  bool lines_ = false;  ///< every record is one line
  bool decided_ = false;
  // Progress inside an unfinished document, so that a refilled buffer is not read again.
  std::size_t scanned_ = 0;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool started_ = false;
};

const FormatSpec& json_format() noexcept;
const FormatSpec& fhir_format() noexcept;

}  // namespace emr::desensitize
