// Result<T>: a value or an Error. C++20 has no std::expected; this is the small part of it that
// the house uses. Business logic never throws and never catches.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace emr {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT implicit

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// The value; calling it on an error is a bug and stops the program.
  T& value() & {
    EMR_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    EMR_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    EMR_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// The error; calling it on a value is a bug and stops the program.
  const Error& error() const& {
    EMR_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    EMR_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

/// Result of an operation that has nothing to return.
template <>
class [[nodiscard]] Result<void> {
 public:
  // Not defaulted: `return {}` would then fill the whole object, room for an error included, with
  // zeros first, which costs as much as a short function.
  Result() noexcept {}  // NOLINT(modernize-use-equals-default)
  Result(Error error) : error_(std::move(error)) {}  // NOLINT implicit

  bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  const Error& error() const& {
    EMR_CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    EMR_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace emr

#define EMR_CONCAT_INNER(a, b) a##b
#define EMR_CONCAT(a, b) EMR_CONCAT_INNER(a, b)

/// EMR_TRY(expr): returns the error of a Status (or Result) from the enclosing function.
#define EMR_TRY(expression)                                           \
  do {                                                                \
    auto emr_try_status = (expression);                               \
    if (!emr_try_status) return std::move(emr_try_status).error();    \
  } while (false)

/// EMR_ASSIGN(auto x, expr): x = value of the Result, or returns its error.
#define EMR_ASSIGN(declaration, expression) \
  EMR_ASSIGN_IMPL(EMR_CONCAT(emr_result_, __LINE__), declaration, expression)
#define EMR_ASSIGN_IMPL(name, declaration, expression) \
  auto name = (expression);                            \
  if (!name) return std::move(name).error();           \
  declaration = *std::move(name)
