// Normalisation and comparison of the patterns of a policy.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "desensitize/policy.h"

namespace emr::desensitize {

/// Lower case, without '_', '-' and blanks: PATIENT_NAME, patientName and "Patient Name" are one.
std::string normal_key(std::string_view key);
/// Each key of a path normalised, "[]" left out.
std::string normal_path(std::string_view path);
/// Does `pattern` name `path` or something that encloses it? '*' is one key, '**' any number.
bool path_covers(std::string_view pattern, std::string_view path);
/// '*' at the front or back of a pattern stands for anything.
bool glob_matches(std::string_view pattern, std::string_view text);
/// "PID-5" covers "PID-5" and "PID-5.1", "PID" every field of the segment, "Z*" every Z segment.
bool hl7_covers(std::string_view pattern, std::string_view field);
/// "(0010,0010)", "0010,0010", "50xx,xxxx" or "private".
Result<Match::Tag> parse_tag(std::string_view text);

/// kConfig, reason "bad_policy".
Error policy_error(std::string message, std::string pointer);
/// Reads the "match" member of a rule; `pointer` is where it stands.
Result<Match> read_match(const nlohmann::json& json, const std::string& pointer);

}  // namespace emr::desensitize
