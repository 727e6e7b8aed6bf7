// dag-pb: the node format of IPFS trees. The encoder writes the one canonical form (links before
// data, names always present, sizes always present); the decoder takes only what the
// specification's strictness rules allow and never more memory than its input holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"

namespace emr::content {

struct PbLink {
  Cid cid;
  std::string name;
  std::uint64_t total_size = 0;  ///< Tsize: serialised bytes of the whole subtree
};

struct PbNode {
  std::vector<PbLink> links;
  std::optional<Bytes> data;
};

/// Links are written in the given order; who needs them sorted sorts them.
Bytes encode_node(const PbNode& node);
Result<PbNode> decode_node(ByteView block);

/// The pieces of a node without links whose data is `prefix ‖ payload ‖ suffix`: what a leaf needs
/// to be hashed without copying its payload.
Bytes encode_data_header(std::size_t data_size);

}  // namespace emr::content
