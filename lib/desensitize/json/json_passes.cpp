// The two passes over each record, and the records that are taken through the first one together.
#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {
namespace {

bool is_blank(std::string_view record) noexcept {
  return record.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The very same bytes.
bool is_same(std::string_view a, std::string_view b) noexcept {
  return a.data() == b.data() && a.size() == b.size();
}

}  // namespace

void JsonRewriter::expect(std::span<const std::string_view> records, FieldTransformer& with) {
  expected_ = done_ = 0;
  if (with.goes_ahead()) pass_first(records, with);
}

Status JsonRewriter::rewrite(std::string_view record, FieldTransformer& with, std::string& out) {
  if (done_ == expected_ || !is_same(listed_[done_].record, record)) {
    pass_first({&record, 1}, with);
  }
  select(done_++, with);
  const Status written = write(record, with, out);
  // What was found in these texts means their very bytes, which others may lie in from now on.
  if (done_ == expected_) with.forget_texts();
  return written;
}

Status JsonRewriter::write(std::string_view record, FieldTransformer& with, std::string& out) {
  EMR_TRY(std::move(now_->status));
  if (now_->used == 0 && is_blank(record)) {
    out.append(record);
    return {};
  }
  splicer_.begin(record, out);
  EMR_TRY(write_items(record, with));
  splicer_.finish();
  return {};
}

/// Each step for all of the records.
void JsonRewriter::pass_first(std::span<const std::string_view> records, FieldTransformer& with) {
  know_paths(with.policy());
  with.forget_texts();
  expected_ = records.size();
  done_ = 0;
  if (listed_.size() < expected_) listed_.resize(expected_);
  const auto each_record = [&](auto step) {
    for (std::size_t place = 0; place < expected_; ++place) {
      select(place, with);
      if (now_->status.ok()) step(records[place]);
    }
  };
  for (Listed& listed : listed_) listed.status = {};
  each_record([&](std::string_view record) { now_->status = list(record, with); });
  each_record([&](std::string_view record) {
    observe(record, with);
    find_people(record, with);
  });
  each_record([&](std::string_view record) { bind(record, with); });
  with.scan_texts();
}

void JsonRewriter::know_paths(const Policy& policy) {
  if (policy_ != &policy) {
    policy_ = &policy;
    tree_ = std::make_unique<PathTree>(policy, dialect_);
  }
  tree_->trim();
}

void JsonRewriter::select(std::size_t place, FieldTransformer& with) {
  now_ = &listed_[place];
  with.select_record(place);
}

Status JsonRewriter::list(std::string_view record, FieldTransformer& with) {
  now_->record = record;
  now_->used = now_->texts_used = 0;
  now_->people.clear();
  with.begin_record(true);  // by the tokenizer, before any value is treated
  if (is_blank(record)) return {};
  if (dialect_.objects_only && record[record.find_first_not_of(" \t\r\n")] != '{') {
    return fail(Code::kData, "a resource is a JSON object")
        .with_reason("not_an_object")
        .with_hint("one resource a line: jq -c '.[]' takes an array apart");
  }
  return list_items(record, with);
}

}  // namespace emr::desensitize
