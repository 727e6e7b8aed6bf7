#include "desensitize/json/path_tree.h"

#include <algorithm>

#include "desensitize/limits.h"
#include "desensitize/policy/member_names.h"

namespace emr::desensitize {

namespace {

bool keeps(const Rule& rule, Shape shape) {
  const std::vector<Shape>& shapes = rule.match.shapes;
  return rule.spec->name == "keep" && rule.match.detectors.empty() &&
         std::find(shapes.begin(), shapes.end(), shape) != shapes.end();
}

KeptFirst kept_first(const Rule& rule, ValueKind kind) {
  if (keeps(rule, Shape::kUri) && keeps(rule, Shape::kCode)) return KeptFirst::kCodesAndUris;
  const bool number = kind == ValueKind::kNumber && keeps(rule, Shape::kNumber);
  if (number || keeps(rule, Shape::kCode)) return KeptFirst::kCodes;
  const bool place = rule.match.shapes.size() == 1 && keeps(rule, Shape::kPlace);
  return place ? KeptFirst::kPlaces : KeptFirst::kNone;
}

}  // namespace

Field PathNode::field() const {
  Field result;
  result.path = path;
  result.key = key;
  result.fhir_type = type;
  result.kind = kind;
  if (key.starts_with("DE") && key.size() > 4 && key[2] >= '0' && key[2] <= '9') {
    result.code = key;  // WS 363 element codes used as member names
  }
  return result;
}

Field PathNode::field_without_key(std::string& room) const {
  room.assign(path, 0, path.size() - key.size()).append("*");
  Field result;
  result.path = room;
  result.key = "*";
  result.kind = kind;
  return result;
}

PathTree::PathTree(const Policy& policy, const JsonDialect& dialect)
    : policy_(policy), dialect_(dialect) {
  nodes_.emplace_back();
  steps_.emplace_back();
  nodes_[kRoot].type = dialect_.type_of == nullptr ? "" : "Resource";
  nodes_[kRoot].decision = policy_.decide(nodes_[kRoot].field());
}

void PathTree::trim() {
  if (nodes_.size() > kMaxCachedPaths) {
    nodes_.resize(1);
    steps_.resize(1);
    nodes_[kRoot].children.clear();
    steps_[kRoot].last_child = 0;
  }
}

std::uint32_t PathTree::child(std::uint32_t parent, std::string_view key, ValueKind kind) {
  const auto fits = [&](std::uint32_t index) {
    return index != 0 && steps_[index].kind == kind && nodes_[index].key == key &&
           steps_[index].parent == parent;
  };
  const std::uint32_t last = steps_[parent].last_child;
  if (fits(steps_[last].next_guess)) {
    return steps_[parent].last_child = steps_[last].next_guess;
  }
  std::uint32_t found = 0;
  for (const std::uint32_t index : nodes_[parent].children) {
    if (fits(index)) {
      found = index;
      break;
    }
  }
  if (found == 0) {
    found = make(parent, key, kind);
  }
  steps_[last].next_guess = last == 0 ? steps_[last].next_guess : found;
  steps_[parent].last_child = found;
  return found;
}

std::uint32_t PathTree::make(std::uint32_t parent, std::string_view key, ValueKind kind) {
  PathNode node;
  node.key = key;
  node.kind = kind;
  node.path = nodes_[parent].path;
  node.path.append(node.path.empty() ? "" : ".").append(key);
  if (dialect_.type_of != nullptr) {
    node.type = dialect_.type_of(nodes_[parent].type, key, kind);
  }
  const std::uint32_t index = add(std::move(node), parent);
  nodes_[parent].children.push_back(index);
  return index;
}

/// FHIR's types do not ask for it: theirs follow from the array.
std::uint32_t PathTree::element(std::uint32_t array, ValueKind kind) {
  if (dialect_.type_of != nullptr || steps_[array].kind != ValueKind::kArray) {
    return array;
  }
  const auto slot = static_cast<std::size_t>(kind);
  if (nodes_[array].elements[slot] == 0) {
    PathNode node;
    node.key = nodes_[array].key;
    node.path = nodes_[array].path;
    node.kind = kind;
    const std::uint32_t index = add(std::move(node), array);
    nodes_[array].elements[slot] = index;
  }
  return nodes_[array].elements[slot];
}

std::uint32_t PathTree::add(PathNode node, std::uint32_t parent) {
  const std::string key = node.key;
  const ValueKind kind = node.kind;
  node.identifies = name_identifies(policy_, key);
  node.decision = policy_.decide(node.field(), &nodes_[parent].decision);
  const Rule* rule = node.decision.rule;
  PathStep step;
  step.written = json::WrittenKey::of(key);
  step.parent = parent;
  step.kind = kind;
  step.rule = rule;
  const auto is_observed = [](const Rule* one) { return one->own_type || one->patient_rank > 0; };
  step.observed = (rule != nullptr && is_observed(rule)) ||
                  std::any_of(node.decision.conditional.begin(), node.decision.conditional.end(),
                              is_observed);
  step.kept = rule != nullptr && rule->spec->name == "keep" && node.decision.conditional.empty();
  const auto& conditional = node.decision.conditional;
  if (!conditional.empty() && !step.observed) step.first = kept_first(*conditional.front(), kind);
  step.descends = rule == nullptr || !rule->spec->whole || rule->spec->name == "keep";
  if (node.identifies) {
    step.kept = step.descends = false;
    step.first = KeptFirst::kNone;
  }
  step.plain = rule != nullptr && !node.identifies && node.decision.conditional.empty() &&
               dialect_.split == nullptr;
  step.foretold = step.plain && rule->technique->foretells();
  nodes_.push_back(std::move(node));
  steps_.push_back(step);
  static_assert(sizeof(PathStep) == 64);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

}  // namespace emr::desensitize
