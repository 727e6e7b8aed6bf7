#include "common/ledger_guard.h"

#include "cli/error_json.h"
#include "cli/spec.h"
#include "store/damage.h"

namespace emr::tools {

void guard_ledger(const cli::Context& context) {
  const std::string& tool = context.tool().name;
  const Error error = store::damaged("a page of it cannot be read");
  if (context.text("error-format") == "json") {
    return store::say_on_damage(cli::error_json(tool, error) + "\n");
  }
  store::say_on_damage(tool + ": error: " + error.message + "\n" + tool + ": hint: " + error.hint +
                       "\n");
}

}  // namespace emr::tools
