#include "base/error.h"

#include <utility>

namespace emr {

std::string_view code_name(Code code) noexcept {
  switch (code) {
    case Code::kNegative: return "negative";
    case Code::kUsage: return "usage";
    case Code::kPartial: return "partial";
    case Code::kData: return "data";
    case Code::kNoInput: return "noinput";
    case Code::kUnavailable: return "unavailable";
    case Code::kInternal: return "internal";
    case Code::kCantCreate: return "cantcreat";
    case Code::kIo: return "io";
    case Code::kTempFail: return "tempfail";
    case Code::kProtocol: return "protocol";
    case Code::kDenied: return "denied";
    case Code::kConfig: return "config";
  }
  return "internal";
}

Error Error::with_line(std::uint64_t number) && {
  line = number;
  return std::move(*this);
}

Error Error::with_pointer(std::string where) && {
  pointer = std::move(where);
  return std::move(*this);
}

Error Error::with_reason(std::string word) && {
  reason = std::move(word);
  return std::move(*this);
}

Error Error::with_hint(std::string text) && {
  hint = std::move(text);
  return std::move(*this);
}

Error fail(Code code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

}  // namespace emr
