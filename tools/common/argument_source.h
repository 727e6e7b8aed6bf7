// What is wrong with an argument of a transaction, said of what the user wrote: the checks know the
// argument ("/core/args/month"), the user has a record ("/index/month") or an option ("--purpose").
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/result.h"

namespace emr::tools {

struct ArgumentSource {
  std::string_view argument;  ///< pointer within the arguments: "/month", "" for all of them
  std::string_view source;    ///< pointer within the input line, or "--option", or a positional
};

/// The fault at its source: the last one listed whose argument holds it counts. Without one it has
/// no pointer, because the user sees no transaction.
Error at_source(Error error, std::initializer_list<ArgumentSource> sources);

template <class T>
Result<T> at_source(Result<T> result, std::initializer_list<ArgumentSource> sources) {
  if (result) return result;
  return at_source(std::move(result).error(), sources);
}

}  // namespace emr::tools
