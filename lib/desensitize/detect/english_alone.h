// English names in texts of a few words: the wording of a code, the name of a member. Nothing
// around them speaks for a person, so a capitalised word is a term there ("Triglycerides", "Carbon
// Dioxide") unless a given name, an initial, a role or a deed makes it one.
#pragma once

#include <string_view>

namespace emr::desensitize {

/// A word of the language or of medicine, in any case.
bool is_ordinary_word(std::string_view word);

/// Is the first or the last word a frequent given name, and the other no ordinary word?
bool has_given_name(std::string_view words);

/// Could the words [start, stop), which a detector took for a person, as well be a term of `text`?
bool could_be_term(std::string_view text, std::size_t start, std::size_t stop);

}  // namespace emr::desensitize
