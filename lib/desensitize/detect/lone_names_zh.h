// Chinese names that are all of a short value: nothing around them speaks for a person, or against
// one. Sure ones only: 张伟, 欧阳修, but not 丁香, 雷公藤, 金银花, 高明.
#pragma once

#include <string_view>

namespace emr::desensitize {

/// Could the text be a lone name at all? Cheap.
bool may_be_lone_name_zh(std::string_view text) noexcept;
bool is_lone_name_zh(std::string_view text);

}  // namespace emr::desensitize
