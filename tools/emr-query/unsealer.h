// Opens the envelopes of one institution with its archive key and puts each version of a record
// into a folder of its own. What cannot be opened holds nothing else up: it is named and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "block_sources.h"
#include "crypto/secret.h"
#include "opened_folder.h"
#include "sealed_sources.h"
#include "threshold/envelope.h"

namespace emr::query {

class Unsealer {
 public:
  /// Told of what is left closed, where it stands, and why.
  using OnFault = std::function<void(const std::string& place, const Error& why)>;

  Unsealer(std::string institution, std::string folder, crypto::Secret32 key, BlockSources blocks,
           OnFault on_fault)
      : institution_(std::move(institution)),
        folder_(std::move(folder)),
        key_(std::move(key)),
        blocks_(std::move(blocks)),
        on_fault_(std::move(on_fault)) {}

  /// Opens every envelope of the institution in this object; one row per version of a record. What
  /// is no such envelope, or does not open, goes to on_fault. An error is one of the whole run.
  Result<std::vector<std::string>> open(const nlohmann::json& tree, const SealedPlace& place);

  std::uint64_t opened() const noexcept { return opened_; }
  std::uint64_t of_others() const noexcept { return of_others_; }
  /// Of transactions that failed.
  std::uint64_t of_failed() const noexcept { return of_failed_; }

 private:
  /// One version of a record: the parts of it that a place has.
  using Version = std::map<threshold::Part, threshold::Envelope>;
  /// By record tag and content tag.
  using Versions = std::map<std::pair<Hash32, Hash32>, Version>;

  void collect(const nlohmann::json& tree, const SealedPlace& place, Versions& into);
  Status admit(threshold::Envelope envelope, const SealedPlace& place, Versions& into);
  Result<nlohmann::json> open_version(const Hash32& record, const Hash32& content,
                                      const Version& version);
  Status open_parts(const Version& version, OpenedFolder& folder, nlohmann::json& row);
  Status open_manifest(const crypto::SecretBytes& text, OpenedFolder& folder,
                       nlohmann::json& row);

  std::string institution_;
  std::string folder_;
  crypto::Secret32 key_;
  BlockSources blocks_;
  OnFault on_fault_;
  std::uint64_t opened_ = 0;
  std::uint64_t of_others_ = 0;
  std::uint64_t of_failed_ = 0;
};

}  // namespace emr::query
