// The makers of all techniques, one per file of this folder; catalogue.cpp gives them their names.
#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

#include "desensitize/technique.h"

namespace emr::desensitize {

using MadeTechnique = Result<std::unique_ptr<Technique>>;

MadeTechnique make_date_shift(const nlohmann::json& arguments);
MadeTechnique make_delete(const nlohmann::json& arguments);
MadeTechnique make_encrypt(const nlohmann::json& arguments);
MadeTechnique make_fpe(const nlohmann::json& arguments);
MadeTechnique make_generalise(const nlohmann::json& arguments);
MadeTechnique make_keep(const nlohmann::json& arguments);
MadeTechnique make_mask(const nlohmann::json& arguments);
MadeTechnique make_microaggregate(const nlohmann::json& arguments);
MadeTechnique make_null(const nlohmann::json& arguments);
MadeTechnique make_perturb(const nlohmann::json& arguments);
MadeTechnique make_redact_text(const nlohmann::json& arguments);
MadeTechnique make_standardise(const nlohmann::json& arguments);
MadeTechnique make_substitute(const nlohmann::json& arguments);
MadeTechnique make_suppress_record(const nlohmann::json& arguments);
MadeTechnique make_token(const nlohmann::json& arguments);
MadeTechnique make_truncate(const nlohmann::json& arguments);
MadeTechnique make_uid_remap(const nlohmann::json& arguments);

}  // namespace emr::desensitize
