#include "content/unixfs.h"

#include <algorithm>

#include "base/utf8.h"
#include "content/limits.h"
#include "content/protobuf.h"

namespace emr::content {
namespace {

constexpr std::uint8_t kTypeTag = field_tag(1, WireType::kVarint);
constexpr std::uint8_t kDataTag = field_tag(2, WireType::kBytes);
constexpr std::uint8_t kFileSizeTag = field_tag(3, WireType::kVarint);
constexpr std::uint8_t kBlockSizeTag = field_tag(4, WireType::kVarint);

Error bad_unixfs(std::string message) {
  return fail(Code::kData, std::move(message)).with_reason("unixfs");
}

Result<UnixFsType> decode_type(ByteView& rest) {
  if (read_tag(rest) != kTypeTag) return bad_unixfs("UnixFS data does not begin with its type");
  EMR_ASSIGN(const std::uint64_t type, read_varint(rest));
  if (type > static_cast<std::uint64_t>(UnixFsType::kFile)) {
    return bad_unixfs("UnixFS object is neither a file nor a plain directory");
  }
  return static_cast<UnixFsType>(type);
}

bool is_entry_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameLength && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos &&
         is_valid_utf8(name);
}

Status check_entries(const std::vector<DirectoryEntry>& sorted) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (!is_entry_name(sorted[i].name)) {
      return fail(Code::kData, "directory entry has an unusable name").with_reason("name");
    }
    if (i > 0 && sorted[i].name == sorted[i - 1].name) {
      return fail(Code::kData, "directory has two entries of one name").with_reason("name");
    }
  }
  return {};
}

std::size_t names_and_cids(const std::vector<DirectoryEntry>& entries) {
  std::size_t size = 0;
  for (const DirectoryEntry& entry : entries) size += entry.name.size() + cid_size(entry.cid);
  return size;
}

}  // namespace

Bytes encode_unixfs(const UnixFsData& data) {
  Bytes bytes;
  append_varint_field(bytes, 1, static_cast<std::uint64_t>(data.type));
  if (!data.data.empty()) append_bytes_field(bytes, 2, data.data);
  if (data.type == UnixFsType::kDirectory) return bytes;
  append_varint_field(bytes, 3, data.file_size);
  for (const std::uint64_t size : data.block_sizes) append_varint_field(bytes, 4, size);
  return bytes;
}

Result<UnixFsData> decode_unixfs(ByteView rest) {
  UnixFsData data;
  EMR_ASSIGN(data.type, decode_type(rest));
  std::optional<std::uint8_t> tag = read_tag(rest);
  if (tag == kDataTag) {
    EMR_ASSIGN(const ByteView bytes, read_bytes_field(rest));
    data.data = to_bytes(bytes);
    tag = read_tag(rest);
  }
  bool has_size = false;
  if (tag == kFileSizeTag) {
    EMR_ASSIGN(data.file_size, read_varint(rest));
    has_size = true;
    tag = read_tag(rest);
  }
  while (tag == kBlockSizeTag) {
    EMR_ASSIGN(const std::uint64_t size, read_varint(rest));
    data.block_sizes.push_back(size);
    tag = read_tag(rest);
  }
  if (tag) {
    return bad_unixfs("UnixFS data has unknown, repeated or misplaced fields");
  }
  const bool is_directory = data.type == UnixFsType::kDirectory;
  if (!is_directory && !has_size) return bad_unixfs("UnixFS file does not tell its size");
  if (is_directory && (has_size || !data.block_sizes.empty())) {
    return bad_unixfs("UnixFS directory tells the sizes of a file");
  }
  return data;
}

Result<BuiltNode> build_directory(std::vector<DirectoryEntry> entries, std::uint8_t cid_version,
                                  DirectorySize size_rule) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  EMR_TRY(check_entries(entries));
  const std::size_t estimate = names_and_cids(entries);
  PbNode node;
  node.data = encode_unixfs({UnixFsType::kDirectory, {}, 0, {}});
  std::uint64_t below = 0;
  for (DirectoryEntry& entry : entries) {
    below += entry.total_size;
    node.links.push_back({entry.cid, std::move(entry.name), entry.total_size});
  }
  BuiltNode built;
  built.block = encode_node(node);
  const std::size_t size =
      size_rule == DirectorySize::kNamesAndCids ? estimate : built.block.size();
  if (size > kDirectoryThreshold) {
    return fail(Code::kData, "directory has too many entries for one block")
        .with_reason("directory_too_large")
        .with_hint("put the files into subdirectories of a few thousand each");
  }
  built.cid = cid_of_block(built.block, Codec::kDagPb, cid_version);
  built.total_size = built.block.size() + below;
  return built;
}

}  // namespace emr::content
