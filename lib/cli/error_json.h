// The JSON spellings of an error: the record on stderr and the line in --rejects. Internal.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace emr::cli {

/// {"type":"emr.error","v":1,"tool":…,"code":65,"kind":"data","message":…,"line","pointer","hint"}
std::string error_json(std::string_view tool, const Error& error);
/// {"type":"emr.reject","v":1,"line":…,"code":…,"reason":…,"message":…,"pointer":…}
std::string reject_json(const Error& error);
/// {"type":"emr.notice","v":1,"tool":…,"level":"info","message":…}
std::string notice_json(std::string_view tool, std::string_view level, std::string_view message);

}  // namespace emr::cli
