#include "desensitize/policy/member_names.h"

#include <algorithm>
#include <string>

#include "base/utf8.h"
#include "desensitize/clean_words.h"
#include "desensitize/detect/english_alone.h"
#include "desensitize/detect/fold.h"
#include "desensitize/policy/match.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kNumber = 7;
/// Chinese names have two to four characters of three bytes each.
constexpr std::size_t kLongestPerson = 12;

/// Is the word one of the policy's own ("姓名" of a rule for the key "姓名")?
bool is_word_of(const Policy& policy, std::string_view name) {
  const std::string word = normal_key(name);
  const std::string step = "." + word + ".";
  return std::any_of(policy.rules().begin(), policy.rules().end(), [&](const Rule& rule) {
    const Match& match = rule.match;
    return std::find(match.keys.begin(), match.keys.end(), word) != match.keys.end() ||
           std::any_of(match.paths.begin(), match.paths.end(), [&](const std::string& path) {
             return ("." + path + ".").find(step) != std::string::npos;
           });
  });
}

bool has_number(std::string_view name) {
  std::size_t run = 0;
  for (const char c : name) {
    run = c >= '0' && c <= '9' ? run + 1 : 0;
    if (run == kNumber) return true;
  }
  return false;
}

/// A lone name has nothing around it that speaks for it: it is read where a patient's stands.
bool is_person(const TextScanner& scanner, std::string_view name) {
  constexpr std::string_view kBefore = "患者";
  if (name.size() > kLongestPerson) return false;
  std::vector<Span> spans;
  scanner.scan(std::string(kBefore).append(name).append("，"), nullptr, spans);
  return std::any_of(spans.begin(), spans.end(), [&](const Span& span) {
    return span.type == SpanType::kName && span.start == kBefore.size() &&
           span.stop == kBefore.size() + name.size();
  });
}

/// "John Smith", and no "Carbon Dioxide": a given name is there, and no other word.
bool is_english_person(const TextScanner& scanner, std::string_view name) {
  if (name.find(' ') == std::string_view::npos || !has_given_name(name)) return false;
  std::vector<Span> spans;
  scanner.scan(name, nullptr, spans);
  return spans.size() == 1 && spans[0].type == SpanType::kName && spans[0].start == 0 &&
         spans[0].stop == name.size();
}

}  // namespace

bool name_identifies(const Policy& policy, std::string_view name) {
  if (policy.unknown() == Unknown::kKeep || !is_valid_utf8(name)) return false;
  const TextScanner& scanner = policy.scanner();
  std::vector<Span> spans;
  scanner.scan_check_digits(name, spans);
  if (!spans.empty()) return true;
  if (policy.unknown() == Unknown::kScan || is_oid(name) || is_word_of(policy, name)) return false;
  if (has_number(name)) return true;
  if (!has_ideograph(name)) return is_english_person(scanner, name);
  scanner.scan(name, nullptr, spans);
  return !spans.empty() || is_person(scanner, name);
}

}  // namespace emr::desensitize
