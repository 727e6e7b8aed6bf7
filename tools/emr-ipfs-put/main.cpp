// emr-ipfs-put: seals attachments and puts them into the content store.
#include <string>
#include <string_view>

#include "cli/cli.h"
#include "option_table.h"

int main(int argc, char** argv) {
  // As in ipfs add, a switch that takes a value may stand alone.
  std::string raw_leaves = "--raw-leaves=true";
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--") break;
    if (std::string_view(argv[i]) == "--raw-leaves") argv[i] = raw_leaves.data();
  }
  return emr::cli::run(emr::put::tool_spec(), argc, argv);
}
