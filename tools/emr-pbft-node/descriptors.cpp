#include "descriptors.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/number.h"
#include "cli/files.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::node_tool {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kInstitutions = "/institutions";

struct Member {
  std::string id;
  Json tree;
  std::uint64_t line = 0;
};

Error in_file(Error error, const std::string& path) {
  error.message = path + ": " + error.message;
  return error;
}

Result<Member> read_member(std::string_view text) {
  Member member;
  EMR_ASSIGN(member.tree, json::parse_object(text));
  EMR_TRY(json::expect_type(member.tree, "emr.node"));
  EMR_ASSIGN(member.id, json::get_string(member.tree, "id", {.max = 64}));
  member.tree.erase("type");
  member.tree.erase("v");
  return member;
}

/// The one that comes later in the file is the one too many.
Status check_ids(const std::vector<Member>& sorted) {
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i - 1].id != sorted[i].id) continue;
    const auto [first, second] = std::minmax(sorted[i - 1].line, sorted[i].line);
    return fail(Code::kData, "line " + std::to_string(first) + " has the same id")
        .with_line(second)
        .with_pointer("/id")
        .with_reason("duplicate_id");
  }
  return {};
}

Result<std::vector<Member>> read_members(std::string_view text) {
  std::vector<Member> members;
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, stop);
    text.remove_prefix(std::min(stop + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    Result<Member> member = read_member(line);
    if (!member) return std::move(member).error().with_line(number);
    members.push_back(*std::move(member));
    members.back().line = number;
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.id < b.id; });
  EMR_TRY(check_ids(members));
  return members;
}

/// What stands at a pointer that an error named: null where it names what is missing.
const Json* value_at(const Json& tree, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  return tree.contains(place) ? &tree.at(place) : nullptr;
}

}  // namespace

Error Descriptors::at_line(Error error) const {
  const std::string_view pointer = error.pointer;
  if (!pointer.starts_with(kInstitutions)) return error;
  if (pointer.size() == kInstitutions.size()) {
    error.pointer.clear();
    return in_file(std::move(error), path);
  }
  const std::string_view rest = pointer.substr(kInstitutions.size() + 1);
  const std::string_view digits = rest.substr(0, rest.find('/'));
  const auto index = parse_u64(digits);
  if (!index || *index >= members.size()) return error;
  const std::string within(rest.substr(digits.size()));
  std::uint64_t line = lines[*index];
  if (error.reason == "duplicate_key") {
    const Json* const value = value_at(members[*index], within);
    for (std::size_t i = 0; i < members.size() && value != nullptr; ++i) {
      const Json* const other = i == *index ? nullptr : value_at(members[i], within);
      if (other == nullptr || *other != *value) continue;
      const auto [first, second] = std::minmax(line, lines[i]);
      error.message = "line " + std::to_string(first) + " has the same";
      line = second;
      break;
    }
  }
  error.line = line;
  error.pointer = within;
  return in_file(std::move(error), path);
}

Result<Descriptors> read_descriptors(const std::string& path) {
  EMR_ASSIGN(const std::string text, cli::read_file(path, ledger::kGenesisBytesMax));
  Result<std::vector<Member>> members = read_members(text);
  if (!members) return in_file(std::move(members).error(), path);
  Descriptors descriptors{path, {}, {}};
  for (Member& member : *members) {
    descriptors.members.push_back(std::move(member.tree));
    descriptors.lines.push_back(member.line);
  }
  return descriptors;
}

}  // namespace emr::node_tool
