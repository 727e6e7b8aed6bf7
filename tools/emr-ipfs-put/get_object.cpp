// Verb get: a CID back to bytes, every block hashed, sizes checked, and opened when the manifest is
// given. A file appears complete or not at all; on stdout a late failure ends with its exit code.
#include <unistd.h>

#include <optional>

#include "base/number.h"
#include "cli/files.h"
#include "cli/standard_streams.h"
#include "combinations.h"
#include "content/limits.h"
#include "content/manifest.h"
#include "content/reader.h"
#include "files.h"
#include "options.h"
#include "verbs.h"

namespace emr::put {
namespace {

/// First byte and length.
struct Range {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// "FIRST-LAST", both counted in, as in HTTP; absent: everything.
Result<Range> range_of(const cli::Context& context, std::uint64_t size) {
  if (!context.given("range")) return Range{0, size};
  const std::string_view text = context.text("range");
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = parse_u64(text.substr(0, dash));
  const auto last = parse_u64(text.substr(std::min(dash + 1, text.size())));
  if (!first || !last || *last < *first || *last == UINT64_MAX) {
    return fail(Code::kUsage, "--range must be FIRST-LAST, as in 0-1048575");
  }
  if (*last >= size) return fail(Code::kNegative, "range lies outside the object");
  return Range{*first, *last - *first + 1};
}

/// What to get, and how to open it: nothing when it is taken as it is stored.
struct Wanted {
  content::Cid cid;
  std::optional<content::ManifestObject> object;
};

/// The object of the manifest that has this CID; without one, its only object.
Result<Wanted> manifest_object(const std::string& path, const std::optional<content::Cid>& cid) {
  EMR_ASSIGN(const crypto::SecretBytes text,
             cli::read_secret_file(path, content::kMaxManifestBytes));
  EMR_ASSIGN(std::vector<content::ManifestObject> objects, content::parse_manifest(text.text()));
  if (!cid && objects.size() != 1) {
    return fail(Code::kUsage, "CID is missing: the manifest does not name exactly one object");
  }
  for (content::ManifestObject& object : objects) {
    if (!cid || content::same_block(object.cid, *cid)) {
      return Wanted{cid.value_or(object.cid), std::move(object)};
    }
  }
  return fail(Code::kData, "manifest does not name this CID").with_reason("manifest");
}

Result<Wanted> wanted_of(const cli::Context& context) {
  std::optional<content::Cid> cid;
  if (context.given("CID")) {
    EMR_ASSIGN(cid, content::parse_cid(context.text("CID")));
  }
  if (context.given("manifest")) return manifest_object(context.text("manifest"), cid);
  if (!cid) return cli::Context::usage("CID or --manifest is missing");
  return Wanted{*std::move(cid), std::nullopt};
}

Status transfer(cli::Context& context, ipfs::ContentStore& store, const Wanted& wanted,
                content::ByteSink& sink) {
  EMR_ASSIGN(content::FileReader reader,
             content::FileReader::open(wanted.cid, store, 2 * content::kMaxObjectSize));
  EMR_ASSIGN(const Range range,
             range_of(context, wanted.object ? wanted.object->size : reader.size()));
  if (!wanted.object) return reader.read(range.offset, range.length, sink);
  return content::open_blob_range(reader, wanted.object->access, range.offset, range.length, sink);
}

}  // namespace

Status get_object(cli::Context& context) {
  EMR_TRY(check_get_options(context));
  EMR_ASSIGN(const Wanted wanted, wanted_of(context));
  Connection connection;
  EMR_TRY(open_connection(context, false, connection));
  if (wanted.object && connection.requests) {
    connection.requests->start_at_holder(
        content::content_handle(wanted.object->blinding, wanted.object->cid));
  }
  if (context.text("output") == "-") {
    if (cli::stream_was_closed(STDOUT_FILENO)) return fail(Code::kIo, "stdout is closed");
    FdSink sink(STDOUT_FILENO);
    return transfer(context, *connection.store, wanted, sink);
  }
  cli::remove_left_overs(cli::folder_of(context.text("output")));
  EMR_ASSIGN(cli::AtomicFile file, cli::AtomicFile::create(context.text("output"), 0600));
  FdSink sink(file.fd());
  EMR_TRY(transfer(context, *connection.store, wanted, sink));
  return file.commit();
}

}  // namespace emr::put
