#include "argument_source.h"

#include <utility>

namespace emr::tools {

namespace {

constexpr std::string_view kCore = "/core";
constexpr std::string_view kArguments = "/core/args";

bool is_within(std::string_view pointer, std::string_view argument) {
  return pointer.starts_with(argument) &&
         (pointer.size() == argument.size() || pointer[argument.size()] == '/');
}

}  // namespace

Error at_source(Error error, std::initializer_list<ArgumentSource> sources) {
  if (!is_within(error.pointer, kCore)) return error;  // of the input already
  const std::string pointer = std::exchange(error.pointer, {});
  if (!is_within(pointer, kArguments)) return error;
  const std::string_view within = std::string_view(pointer).substr(kArguments.size());
  const ArgumentSource* found = nullptr;
  for (const ArgumentSource& one : sources) {
    if (is_within(within, one.argument)) found = &one;
  }
  if (found == nullptr) return error;
  const bool is_pointer = found->source.empty() || found->source.front() == '/';
  if (is_pointer) {
    error.pointer = std::string(found->source);
    error.pointer += within.substr(found->argument.size());
  } else {
    error.message = std::string(found->source) + ": " + error.message;
  }
  return error;
}

}  // namespace emr::tools
