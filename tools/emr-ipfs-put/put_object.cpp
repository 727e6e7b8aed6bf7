// Verb put: one file or stream, in constant memory. Sealed by default; what opens it again goes to
// --manifest FILE. With --plaintext it is added to an IPFS node as it is, for data that is public
// anyway, and the node's answer is compared with our own CID.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/files.h"
#include "combinations.h"
#include "common/kubo_options.h"
#include "files.h"
#include "json/json.h"
#include "object.h"
#include "options.h"
#include "verbs.h"

namespace emr::put {
namespace {

using json::Json;

Json describe(const cli::Context& context, const content::Cid& cid, std::uint64_t size,
              std::uint64_t blocks) {
  return Json{{"type", "emr.object"},
              {"v", 1},
              {"cid", content::format_cid(cid, cid_text_of(context))},
              {"cidHex", content::cid_hex(cid)},
              {"size", size},
              {"blocks", blocks}};
}

Status write_line(cli::Context& context, const Json& line) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(json::canonical_checked(line));
}

Status write_manifest(const std::string& path, content::ManifestObject object) {
  object.id = "1";
  std::vector<content::ManifestObject> objects;
  objects.push_back(std::move(object));
  EMR_ASSIGN(const crypto::SecretBytes text, content::format_manifest(objects));
  return cli::write_new_secret_file(path, text.text());
}

Status put_sealed(cli::Context& context, FdSource& source) {
  const bool dry_run = context.flag("dry-run");
  if (!dry_run && !context.given("manifest")) {
    return fail(Code::kUsage, "--manifest is missing: without it nobody could open the object")
        .with_hint("it names a new file that will hold the key");
  }
  // Asked before hours of sealing; the file itself is created last, and never over another.
  if (!dry_run && ::access(context.text("manifest").c_str(), F_OK) == 0) {
    return fail(Code::kCantCreate, "manifest file exists already");
  }
  Connection connection;
  EMR_TRY(open_connection(context, dry_run, connection));
  content::ManifestObject object = new_object(connection.random);
  EMR_ASSIGN(const ipfs::SealedObject sealed,
             seal_object(source, object, connection.store.get(), seal_options_of(context)));
  Json line = describe(context, sealed.cid, sealed.sealed, sealed.block_count);
  line["handle"] = to_hex(content::content_handle(object.blinding, object.cid));
  if (dry_run) {
    line["dry_run"] = true;
    return write_line(context, line);
  }
  EMR_TRY(connection.store->finish(sealed.cid));
  const ipfs::StoreCounts counts = connection.store->counts();
  line["stored"] = counts.stored;
  line["present"] = counts.present;
  // The key is on disk before the object is announced.
  EMR_TRY(write_manifest(context.text("manifest"), std::move(object)));
  return write_line(context, line);
}

/// Hands the stream to the node and names it ourselves on the way.
class NamingReader {
 public:
  NamingReader(content::ByteSource& source, const content::Layout& layout)
      : source_(source), importer_(layout, nullptr) {}
  Result<std::size_t> read(std::span<std::uint8_t> buffer) {
    EMR_ASSIGN(const std::size_t got, source_.read(buffer));
    EMR_TRY(importer_.write(buffer.first(got)));
    return got;
  }
  Result<content::ImportedFile> finish() { return importer_.finish(); }

 private:
  content::ByteSource& source_;
  content::Importer importer_;
};

Status put_plain(cli::Context& context, FdSource& source) {
  if (context.flag("dry-run")) return hash_plain(context);
  if (!context.given("ipfs-api")) return fail(Code::kUsage, "--plaintext needs --ipfs-api");
  EMR_ASSIGN(const content::Layout layout, layout_of(context));
  EMR_ASSIGN(ipfs::Kubo kubo, tools::kubo_of(context));
  NamingReader reader(source, layout);
  EMR_ASSIGN(const content::Cid named,
             kubo.add([&reader](std::span<std::uint8_t> buffer) { return reader.read(buffer); },
                      std::nullopt, layout));
  EMR_ASSIGN(const content::ImportedFile ours, reader.finish());
  if (!content::same_block(named, ours.root)) {
    static_cast<void>(kubo.unpin(named).ok());  // best effort: the error below is what counts
    return fail(Code::kProtocol, "the IPFS node names another CID than ours")
        .with_reason("other_cid");
  }
  return write_line(context, describe(context, ours.root, ours.file_size, ours.block_count));
}

}  // namespace

Status put_object(cli::Context& context) {
  EMR_TRY(check_put_options(context));
  if (context.flag("only-hash")) return hash_plain(context);
  EMR_ASSIGN(const int fd, context.input_fd());
  FdSource source(fd, false);
  return context.flag("plaintext") ? put_plain(context, source) : put_sealed(context, source);
}

Status hash_plain(cli::Context& context) {
  EMR_ASSIGN(const content::Layout layout, layout_of(context));
  EMR_ASSIGN(const int fd, context.input_fd());
  FdSource source(fd, false);
  EMR_ASSIGN(const content::ImportedFile file,
             ipfs::import_stream(source, layout, threads_of(context)));
  Json line = describe(context, file.root, file.file_size, file.block_count);
  line["tsize"] = file.total_size;
  return write_line(context, line);
}

}  // namespace emr::put
