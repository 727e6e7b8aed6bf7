// Words that announce what follows: a person, or an identifier. General vocabulary of Chinese
// medical records (WS 445 element names and what HIS vendors print).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Words after which a person's name stands ("患者", "联系人", "审核医师", "之子").
std::span<const std::u32string_view> name_labels() noexcept;
/// Is this label of the strong kind ("姓名"): with a colon behind it, what follows is a name even
/// when its surname is unknown?
bool is_field_label(std::u32string_view label) noexcept;
/// A label behind which nobody speaks: 姓名：, 记录者：; but 患者： also begins a line of talk.
bool is_form_label(std::u32string_view label) noexcept;

struct IdLabel {
  std::u32string_view word;
  SpanType type;
};
/// The longest label of an identifier that stops before `stop`; null when there is none.
const IdLabel* id_label_before(const DecodedText& text, std::size_t stop);
/// The label of a word that no list has but that numbers something: 筛选号, 流水号.
inline constexpr IdLabel kNumberLabel{U"号", SpanType::kMrn};
/// Of a paper that is numbered: behind 申请单 a date may stand as well.
inline constexpr IdLabel kPaperLabel{U"单", SpanType::kMrn};
/// The label of the token at `at`: colons, blanks, brackets, tags and 为 may stand between. Null
/// when there is none.
const IdLabel* labelled_by(const DecodedText& text, std::size_t at);
/// The last characters of those labels.
std::u32string id_label_ends();

}  // namespace emr::desensitize
