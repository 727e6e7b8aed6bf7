// What a policy leaves behind on purpose: codes that it keeps, dates that it moved, tokens, labels.
// --check reports what stands in a field beside these. It has no key and cannot tell a moved date
// from a true one: where the policy moves dates, a date is no finding.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "desensitize/policy.h"
#include "desensitize/transformer.h"

namespace emr::tool {

/// One thread per object.
class Treated {
 public:
  explicit Treated(std::shared_ptr<const desensitize::Policy> policy);

  /// Is this what the policy keeps in this field, or what it would have written there?
  bool is_treated(const desensitize::Field& field, const desensitize::Value& value);
  /// Does the policy leave this find in a free text as it stands?
  bool leaves(desensitize::SpanType type, std::string_view find) const;

 private:
  const desensitize::Decision& decide(const desensitize::Field& field);

  std::shared_ptr<const desensitize::Policy> policy_;
  desensitize::FieldTransformer with_;
  std::unordered_map<std::string, desensitize::Decision> decisions_;
};

/// The text with a gap where a label or a token of ours stands, whatever the policy was.
std::string without_own(std::string_view text);

}  // namespace emr::tool
