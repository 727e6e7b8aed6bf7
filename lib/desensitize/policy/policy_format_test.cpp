// FORMAT.md says everything that a policy can say, and its worked example is what comes out.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "desensitize/formats/testing.h"
#include "desensitize/policy.h"
#include "desensitize/technique.h"

namespace emr::desensitize {
namespace {

std::string the_format() {
  std::ifstream file(EMR_SOURCE_DIR "/lib/desensitize/FORMAT.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The blocks of the worked example, without the margin of each line.
std::vector<std::string> example() {
  const std::string all = the_format();
  std::istringstream lines(all.substr(all.find("## Worked example")));
  std::vector<std::string> blocks;
  bool goes_on = false;
  for (std::string line; std::getline(lines, line);) {
    const bool is_code = line.starts_with("    ");
    if (is_code && !goes_on) blocks.emplace_back();
    if (is_code) blocks.back() += line.substr(4) + "\n";
    goes_on = is_code;
  }
  return blocks;
}

TEST_CASE("format: the worked example of a policy comes out as it stands there") {
  const std::vector<std::string> blocks = example();
  REQUIRE(blocks.size() == 3);
  const auto policy = Policy::parse(blocks[0]);
  REQUIRE_MESSAGE(policy.ok(), policy.error().message << " " << policy.error().pointer);
  const testing::Run run = testing::run_format(*find_format("json"), *policy, blocks[1]);
  REQUIRE(run.errors.empty());
  CHECK(run.out == blocks[2]);
}

TEST_CASE("format: every technique is named, and what the page names is there") {
  const std::string all = the_format();
  for (const TechniqueSpec& spec : technique_catalogue()) {
    CAPTURE(spec.name);
    CHECK(all.find("`" + std::string(spec.name) + "`") != std::string::npos);
  }
  std::istringstream row(all.substr(all.find("| `shape` |")));
  std::string shapes;
  std::getline(row, shapes);
  std::size_t count = 0;
  for (std::size_t at = shapes.find("it: `") + 5; at < shapes.find(" (`policy"); ++count) {
    const std::size_t stop = shapes.find('`', at);
    CAPTURE(shapes.substr(at, stop - at));
    CHECK(shape_from(shapes.substr(at, stop - at)).has_value());
    at = shapes.find('`', stop + 1) + 1;
  }
  CHECK(count == static_cast<std::size_t>(Shape::kWording) + 1);
}

}  // namespace
}  // namespace emr::desensitize
