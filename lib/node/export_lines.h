// How a block is cut into the lines of an export, so that every line and every answer is one that
// clients read, however much the limits of blocks allow: 4,096 payloads of 256 KiB. The first line
// has the block itself; receipts and payloads follow, as many in each line as have room, and
// "more" says that the next line goes on with the same block. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::node {

/// A line takes no more receipts and payloads when it has so many bytes.
inline constexpr std::size_t kExportLineFull = std::size_t{12} << 20;
/// An answer does not get longer, nor a line: what the tools read as one line is 16 MiB.
inline constexpr std::size_t kExportBytesMax = std::size_t{15} << 20;
/// Bytes after which an answer about blocks ends with a cursor, before its next row.
inline constexpr std::size_t kBlockRowsFull = std::size_t{12} << 20;

struct ExportLimits {
  std::size_t line_full = kExportLineFull;
  std::size_t answer_max = kExportBytesMax;
};

/// Where an export goes on: behind all of `height`, or within it, behind the line with the block
/// and so many receipts. In text: "7", "7.120".
struct ExportCursor {
  std::uint64_t height = 0;
  std::optional<std::size_t> receipts;

  std::string text() const;
  /// kData when it is none, or beyond `height_max`.
  static Result<ExportCursor> parse(std::string_view text, std::uint64_t height_max);
};

/// The payload of a transaction, where the node holds it.
struct ExportedSidecar {
  std::string txid;  ///< hex
  std::string text;  ///< canonical
};

/// One block as a node holds it. The sidecars are read as their turn comes.
struct ExportedBlock {
  std::uint64_t height = 0;
  Bytes block;
  Bytes certificate;
  std::string epochs;                 ///< canonical text; "" where the block needs none
  std::vector<std::string> receipts;  ///< canonical texts
  std::function<Result<std::optional<ExportedSidecar>>(std::size_t entry)> sidecar;
};

/// The lines of one answer.
class ExportPage {
 public:
  explicit ExportPage(std::uint64_t lines_max, ExportLimits limits = {})
      : lines_max_(lines_max), limits_(limits) {}

  /// Adds the block's lines behind `done` receipts, all of them without it, as far as there is
  /// room. True when the block is complete; else next() says where to go on.
  Result<bool> add(const ExportedBlock& block, std::optional<std::size_t> done);
  const ExportCursor& next() const noexcept { return next_; }
  const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  Result<std::string> line_behind(const ExportedBlock& block, std::optional<std::size_t>& done);

  std::uint64_t lines_max_;
  ExportLimits limits_;
  std::vector<std::string> lines_;
  std::size_t bytes_ = 0;
  ExportCursor next_;
};

}  // namespace emr::node
