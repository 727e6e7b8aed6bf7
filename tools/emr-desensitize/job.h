// From the options to a Job: policy (with hierarchies read in), keys, format, sealing inputs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/context.h"
#include "workers.h"

namespace emr::tool {

/// What the input is. `record` is emr.record; otherwise `format` names it.
struct InputKind {
  bool record = false;
  const desensitize::FormatSpec* format = nullptr;
};
/// --in, or by the first bytes.
Result<InputKind> choose_input(const cli::Context& context, std::string_view head);

/// --key-file, --key-fd, or (for sealing runs) derived from --institution-key; null without any.
Result<std::shared_ptr<const desensitize::KeyRing>> load_keys(const cli::Context& context);

/// --policy (preset or file) or `fallback`, with --unknown, --strict and --profile applied; laid
/// over the rules of `fallback` where it is made for that.
Result<std::shared_ptr<const desensitize::Policy>> load_policy(const cli::Context& context,
                                                               std::string_view fallback);

/// The decoder of formats that are JSON (`format` null: emr.record); null for the others, which
/// know their character sets.
Result<std::unique_ptr<Decoder>> make_decoder(const cli::Context& context,
                                              const desensitize::FormatSpec* format);

desensitize::FormatOptions format_options(const cli::Context& context);

/// Policy, keys and format options for one kind of input.
Result<Job> load_job(cli::Context& context, InputKind kind);

/// nullopt without sealing options; kUsage when only some of them are there.
Result<std::optional<SealInputs>> load_seal_inputs(const cli::Context& context);

}  // namespace emr::tool
