// What stands around a Chinese name and proves it: a title, a sex or an age behind it, a cell of
// its own, a word that introduces people. Pure functions on a decoded text.
#pragma once

#include <cstddef>
#include <string>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// First characters of all words that sex_or_age_at, title_at and deed_at know.
std::u32string name_proof_starts();

/// The classes of character `i` without those whose names could not be proved here: most places
/// need no closer look.
std::uint32_t provable_classes(const DecodedText& text, std::size_t i, std::uint32_t classes);
/// Bit per code point of a block: may provable_classes() leave the beginning of a name there? Asked
/// of sixty-four places at once; wrong positives only.
std::uint64_t provable_block(const DecodedText& text, std::size_t block);

/// "，男，48岁", "（女" at `at`.
bool sex_or_age_at(const DecodedText& text, std::size_t at);

/// "，蒙古族", "（汉族" at `at`.
bool ethnicity_at(const DecodedText& text, std::size_t at);

/// "（其子）", "（电话", "（ID": brackets that say who or whose somebody is.
bool relation_at(const DecodedText& text, std::size_t at);

/// Does the colon at `colon` announce drugs or diagnoses: 用药：金水宝、施慧达?
bool is_drug_label(const DecodedText& text, std::size_t colon);

/// "主任医师", "医生", "先生", "两位" at `at`.
bool title_at(const DecodedText& text, std::size_t at);

/// Length of the whole title at `at` ("主任医师", "医生"); 0 when there is none.
std::size_t title_length(const DecodedText& text, std::size_t at);

/// What people do to a record or a patient, right behind their name: 会诊, 查房, 陪同, 签字.
bool deed_at(const DecodedText& text, std::size_t at);

/// The last character of a word for somebody who does something: 者, 人, 员, 师 ...
bool is_role_end(char32_t c);

/// What people write below a column: 小计, 以上.
bool table_word_at(const DecodedText& text, std::size_t at);

/// " 2.5mg", " 3粒" at `at`: a drug stands before it.
bool dose_at(const DecodedText& text, std::size_t at);

/// Length of "Zhang Xiaoming", "LI, Na", two or three words of Latin letters at `at`; 0: none.
std::size_t latin_name_at(const DecodedText& text, std::size_t at);

/// "patient", "Dr" before `stop`, whatever their case: a word for somebody.
bool latin_role_before(const DecodedText& text, std::size_t stop);

/// "Dr.", "Pt", "CRC" before `stop`: whoever it is stands behind, in whatever script.
bool latin_person_before(const DecodedText& text, std::size_t stop);

/// [start, stop) stands alone between separators: blanks, line ends, brackets, slashes on both
/// sides. Commas are running text, where "高热，" or "安静，" stand too.
bool is_cell(const DecodedText& text, std::size_t start, std::size_t stop);

/// The character before announces a person with a title: 请北京医院张三教授, 由李四主任.
bool is_introduced(const DecodedText& text, std::size_t start);

/// "Dear Dr. 张三，", "Pt 李四,": Latin letters and a blank before, no ideograph behind.
bool is_after_latin(const DecodedText& text, std::size_t start, std::size_t stop);

/// "张三医师：查体…": behind the colon at `at` stands what was said.
bool speaks_at(const DecodedText& text, std::size_t at);

/// "随访人：", "检验者:", "驾驶员：": the colon at `at` ends the name of a role.
bool is_role_colon(const DecodedText& text, std::size_t at);

}  // namespace emr::desensitize
