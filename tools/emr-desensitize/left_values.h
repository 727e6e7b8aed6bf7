// --check of JSON and FHIR: which values of a record are what a policy left there (treated.h).
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "desensitize/format.h"
#include "treated.h"

namespace emr::tool {

/// One thread per object.
class LeftValues final : public desensitize::ExplainSink {
 public:
  static Result<std::unique_ptr<LeftValues>> create(
      const desensitize::FormatSpec& format, std::shared_ptr<const desensitize::Policy> policy);
  /// From now on the values of this record.
  void read(std::string_view record);
  /// Did the policy leave this text at this path (keys without array indexes)?
  bool holds(std::string_view path, std::string_view text) const;
  const Treated& treated() const noexcept { return treated_; }

  void explain(const desensitize::Field& field, const desensitize::Rule* rule,
               const desensitize::Value& value, desensitize::Action action) override;

 private:
  LeftValues(std::shared_ptr<const desensitize::Policy> policy,
             std::shared_ptr<const desensitize::Policy> look);

  Treated treated_;
  desensitize::FieldTransformer with_;
  std::unique_ptr<desensitize::Rewriter> rewriter_;
  std::set<std::string> values_;
  std::string dropped_;
};

}  // namespace emr::tool
