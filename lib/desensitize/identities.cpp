#include "desensitize/identities.h"

#include <utility>

#include "desensitize/detect/fold.h"
#include "desensitize/formats/csv_row.h"

namespace emr::desensitize {

Result<std::shared_ptr<const Identities>> Identities::parse(std::string_view csv) {
  auto result = std::make_shared<Identities>();
  std::string scratch;
  const auto take = [&](const CsvRow& row, std::uint64_t line) -> Status {
    const auto person = static_cast<std::uint32_t>(result->people_.size());
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      std::string identity = fold_identifier(row.value(i, scratch));
      if (identity.empty()) {
        continue;
      }
      if (result->people_.size() == person) {
        result->people_.push_back(identity);
      }
      const auto [known, is_new] = result->row_of_.emplace(std::move(identity), person);
      if (!is_new && known->second != person) {
        return fail(Code::kData, "an identifier of this person belongs to another row as well")
            .with_reason("identity_twice")
            .with_line(line);
      }
    }
    return {};
  };
  CsvReader reader(0, take);
  EMR_TRY(reader.feed(csv));
  EMR_TRY(reader.finish());
  return std::shared_ptr<const Identities>(std::move(result));
}

const std::string* Identities::find(const std::string& identity) const noexcept {
  const auto found = row_of_.find(identity);
  return found == row_of_.end() ? nullptr : &people_[found->second];
}

}  // namespace emr::desensitize
