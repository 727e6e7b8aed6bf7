// One attachment from a file to the content store: verified, sealed under its own key, described
// for the manifest.
#pragma once

#include "content/manifest.h"
#include "content/streams.h"
#include "crypto/random.h"
#include "ipfs/pipeline.h"

namespace emr::put {

/// A fresh key, header and blinding.
content::ManifestObject new_object(crypto::RandomSource& random);

/// Seals the stream into the store (null: a dry run) and fills cid, sizes and digest of `object`.
/// The store is not finished yet: the caller looks at the digest first.
Result<ipfs::SealedObject> seal_object(content::ByteSource& source, content::ManifestObject& object,
                                       ipfs::ContentStore* store, const ipfs::SealOptions& options);

}  // namespace emr::put
