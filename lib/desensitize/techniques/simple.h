// Help for techniques that map text to text: everything that is no string or number is handed on
// (null stays null, booleans are deleted because a technique for text cannot judge them).
#pragma once

#include <memory>
#include <utility>

#include "desensitize/technique.h"
#include "desensitize/techniques/arguments.h"

namespace emr::desensitize {

/// A technique from its arguments: `T` reads them in its constructor.
template <class T>
Result<std::unique_ptr<Technique>> make_from(const nlohmann::json& json) {
  Arguments arguments(json);
  auto made = std::make_unique<T>(arguments);
  EMR_TRY(arguments.finish());
  return std::unique_ptr<Technique>(std::move(made));
}

/// Handles null and booleans for a text technique; true when nothing is left to do.
inline bool settled_without_text(const Value& value, Outcome& out) {
  if (value.kind == ValueKind::kNull || value.text.empty()) {
    out.action = Action::kKeep;
    return true;
  }
  if (value.kind != ValueKind::kString && value.kind != ValueKind::kNumber) {
    out.action = Action::kDelete;
    return true;
  }
  return false;
}

inline void replace_with(Outcome& out, std::string text, ValueKind kind = ValueKind::kString) {
  out.action = Action::kReplace;
  out.kind = kind;
  out.text = std::move(text);
}

/// The same into the memory that `out` has already; `text` must not be part of it.
inline void replace_with_view(Outcome& out, std::string_view text,
                              ValueKind kind = ValueKind::kString) {
  out.action = Action::kReplace;
  out.kind = kind;
  out.text.assign(text);
}

}  // namespace emr::desensitize
