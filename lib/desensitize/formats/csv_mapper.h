// Rows of a HIS export to lines of `emr.record` v1, by a CsvMap. Streams: memory is one row beside
// the patients and look-up tables, which the caller has filled before. Lines come out in input
// order, as canonical JSON with "\n". Errors name line, column and pointer, never a value. One
// thread per object; `map` and the tables must outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/formats/csv_map.h"
#include "desensitize/formats/sink.h"

namespace emr::desensitize {

class CsvMapper {
 public:
  /// `patients` may be null. `lookups` are the filled tables of CsvMap::lookup_tables(), in order.
  CsvMapper(const CsvMap& map, const CsvTable* patients, const std::vector<CsvTable>& lookups,
            Sink sink, Reject reject = stop_at_first);

  Status feed(std::string_view chunk);
  Status finish();
  std::uint64_t records() const noexcept { return records_; }

 private:
  /// Where a column is found: in the visits row or in the joined patients row.
  struct Place {
    bool in_patients = false;
    std::size_t index = 0;
  };
  struct Bound {
    Place place;
    const CsvTable* lookup = nullptr;
    std::size_t take = 0;
  };

  Status on_row(const CsvRow& row, std::uint64_t line);
  Status on_bad_row(Error error);
  Status on_header(const CsvRow& row);
  Result<Place> find_column(const std::string& name) const;
  Status bind_lookup(const CsvSpec& spec, Bound& bound) const;
  Status map_row(const CsvRow& row);
  Status join_patient();
  std::string_view cell(const Place& place) const;
  bool is_null(std::string_view text) const;

  Result<bool> render(const CsvMapNode& node);
  Result<bool> render_children(const CsvMapNode& node);
  Result<bool> render_value(const CsvSpec& spec, const Bound& bound);
  Status render_text(const CsvSpec& spec, std::string_view text);
  Status render_record_id(const CsvSpec& spec);
  Status render_attachments(const CsvSpec& spec, std::string_view text);

  const CsvMap& map_;
  const CsvTable* patients_;
  const std::vector<CsvTable>& lookups_;
  Sink sink_;
  Reject reject_;
  std::optional<Recoder> recoder_;
  std::string decoded_;
  CsvReader reader_;

  bool has_header_ = false;
  std::vector<std::string> header_;
  std::vector<Bound> bound_;      ///< one per spec
  std::vector<Place> key_;        ///< one per key column
  std::optional<Place> join_;     ///< the join column of the visits table
  std::vector<std::string_view> cells_;
  std::vector<std::string> undoubled_;
  std::size_t patient_row_ = 0;
  std::string line_;
  std::uint64_t records_ = 0;
};

}  // namespace emr::desensitize
