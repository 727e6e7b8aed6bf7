#include "content/dagpb.h"

#include "base/utf8.h"
#include "content/limits.h"
#include "content/protobuf.h"

namespace emr::content {
namespace {

constexpr std::uint8_t kDataTag = field_tag(1, WireType::kBytes);
constexpr std::uint8_t kLinksTag = field_tag(2, WireType::kBytes);
constexpr std::uint8_t kHashTag = field_tag(1, WireType::kBytes);
constexpr std::uint8_t kNameTag = field_tag(2, WireType::kBytes);
constexpr std::uint8_t kSizeTag = field_tag(3, WireType::kVarint);

Error bad_node(std::string message) {
  return fail(Code::kData, std::move(message)).with_reason("dag_pb");
}

Bytes encode_link(const PbLink& link) {
  Bytes bytes;
  append_bytes_field(bytes, 1, cid_bytes(link.cid));
  append_bytes_field(bytes, 2, as_bytes(link.name));
  append_varint_field(bytes, 3, link.total_size);
  return bytes;
}

// Hash, Name, Tsize: each at most once, in this order, Hash required, nothing else.
Result<PbLink> decode_link(ByteView rest) {
  PbLink link;
  std::optional<std::uint8_t> tag = read_tag(rest);
  if (tag != kHashTag) return bad_node("link does not begin with its hash");
  EMR_ASSIGN(const ByteView hash, read_bytes_field(rest));
  EMR_ASSIGN(link.cid, cid_from_bytes(hash));
  tag = read_tag(rest);
  if (tag == kNameTag) {
    EMR_ASSIGN(const ByteView name, read_bytes_field(rest));
    if (!is_valid_utf8(as_text(name))) return bad_node("link name is not UTF-8");
    link.name = as_text(name);
    tag = read_tag(rest);
  }
  if (tag == kSizeTag) {
    EMR_ASSIGN(link.total_size, read_varint(rest));
    tag = read_tag(rest);
  }
  if (tag) return bad_node("link has unknown, repeated or misplaced fields");
  return link;
}

}  // namespace

Bytes encode_node(const PbNode& node) {
  Bytes block;
  for (const PbLink& link : node.links) append_bytes_field(block, 2, encode_link(link));
  if (node.data) append_bytes_field(block, 1, *node.data);
  return block;
}

// Data stands behind the links in what everybody writes; the specification lets it stand before
// them too. It must not stand between them, nor twice.
Result<PbNode> decode_node(ByteView block) {
  if (block.size() > kMaxBlockSize) return bad_node("block is too large for a node");
  PbNode node;
  bool links_ended = false;
  while (!block.empty()) {
    const std::optional<std::uint8_t> tag = read_tag(block);
    if (tag != kDataTag && tag != kLinksTag) return bad_node("node has an unknown field");
    EMR_ASSIGN(const ByteView bytes, read_bytes_field(block));
    if (tag == kLinksTag) {
      if (links_ended) return bad_node("links of a node are not in one sequence");
      EMR_ASSIGN(PbLink link, decode_link(bytes));
      node.links.push_back(std::move(link));
      continue;
    }
    if (node.data) return bad_node("node has data twice");
    node.data = to_bytes(bytes);
    links_ended = !node.links.empty();
  }
  return node;
}

Bytes encode_data_header(std::size_t data_size) {
  Bytes header{kDataTag};
  append_varint(header, data_size);
  return header;
}

}  // namespace emr::content
