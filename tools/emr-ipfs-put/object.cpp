#include "object.h"

namespace emr::put {

content::ManifestObject new_object(crypto::RandomSource& random) {
  content::ManifestObject object;
  object.blinding = random.hash32();
  object.access.key = random.secret32();
  object.access.header = content::random_blob_header(random);
  object.access.commitment = content::blob_commitment(object.access.key, object.access.header);
  return object;
}

Result<ipfs::SealedObject> seal_object(content::ByteSource& source, content::ManifestObject& object,
                                       ipfs::ContentStore* store,
                                       const ipfs::SealOptions& options) {
  EMR_ASSIGN(const ipfs::SealedObject sealed,
             ipfs::seal_stream(source, object.access, object.blinding, store, options));
  object.cid = sealed.cid;
  object.size = sealed.size;
  object.padded = sealed.padded;
  object.sha256 = sealed.sha256;
  return sealed;
}

}  // namespace emr::put
