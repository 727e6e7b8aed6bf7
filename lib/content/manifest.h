// The manifest of a record's attachments: names, types, CIDs and keys. It exists in clear only at
// the writer and at a reader with an access on the ledger; on the way it is the plain text of an
// envelope. On the ledger stands only a handle per object, which says nothing about the CID.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "content/blob.h"
#include "content/cid.h"

namespace emr::content {

struct ManifestObject {
  std::string id;
  std::string name;
  std::string mime_type;
  std::string kind;
  Cid cid;                   ///< root of the sealed blob
  Hash32 blinding{};         ///< r of the handle
  BlobAccess access;         ///< key, header and commitment of the sealed blob
  std::uint64_t size = 0;    ///< plain bytes
  std::uint64_t padded = 0;  ///< plain bytes with padding: what the blob holds
  Hash32 sha256{};           ///< of the plain bytes without padding
};

/// H("emr/handle/1", r ‖ CID bytes of version 1).
Hash32 content_handle(const Hash32& blinding, const Cid& cid);

/// Canonical JSON. kData for too many objects ("limit") or texts that are not UTF-8.
Result<crypto::SecretBytes> format_manifest(const std::vector<ManifestObject>& objects);
/// Strict: unknown version, repeated id, wrong handle or size are kData.
Result<std::vector<ManifestObject>> parse_manifest(std::string_view text);

}  // namespace emr::content
