#include "common/ledger_guard.h"

#include "cli/error_json.h"
#include "cli/spec.h"
#include "store/damage.h"

namespace emr::tools {

void guard_ledger(const cli::Context& context) {
  const std::string tool = context.tool().name;
  const bool as_json = context.text("error-format") == "json";
  store::say_on_damage([&](const Error& error) {
    if (as_json) return cli::error_json(tool, error) + "\n";
    return tool + ": error: " + error.message + "\n" + tool + ": hint: " + error.hint + "\n";
  });
}

}  // namespace emr::tools
