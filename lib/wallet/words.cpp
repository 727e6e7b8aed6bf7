#include "wallet/words.h"

namespace emr::wallet {
namespace {

#include "wallet/words_chinese.inc"
#include "wallet/words_english.inc"

}  // namespace

std::string_view english_words() noexcept { return kEnglishWords; }
std::string_view chinese_words() noexcept { return kChineseWords; }

}  // namespace emr::wallet
