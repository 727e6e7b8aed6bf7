// emr_scenario [--mermaid] FILE...: plays stories; exit 1 at the first that goes another way.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "scenario.h"

int main(int argc, char** argv) {
  bool has_diagram = false;
  int failed = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--mermaid") == 0) {
      has_diagram = true;
      continue;
    }
    std::ifstream file(argv[i]);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) {
      std::fprintf(stderr, "emr_scenario: cannot read %s\n", argv[i]);
      return 66;
    }
    emr::sim::Scenario scenario;
    const std::string wrong = scenario.play(text.str());
    if (has_diagram) std::fputs(scenario.mermaid().c_str(), stdout);
    if (wrong.empty()) continue;
    std::fprintf(stderr, "%s: %s\n", argv[i], wrong.c_str());
    ++failed;
  }
  return failed == 0 ? 0 : 1;
}
