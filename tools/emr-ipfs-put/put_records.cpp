// The default verb: emr.sealed records in, the same records out with their attachments put. What
// `local` says about files is verified first, so that nothing wrong is stored; then each file is
// sealed under its own key, its blocks are put, and one manifest per record is sealed to the
// consortium and the archive key. Paths and names leave here only inside that manifest.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/wire.h"
#include "combinations.h"
#include "crypto/hash.h"
#include "files.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "object.h"
#include "options.h"
#include "threshold/envelope.h"
#include "threshold/recipient.h"
#include "verbs.h"

namespace emr::put {
namespace {

using json::Json;

/// Records that are looked up with one request.
constexpr std::size_t kGroupSize = 64;
/// Text of a group: records are small; a stream of huge lines must not be collected.
constexpr std::size_t kGroupBytes = std::size_t{16} << 20;
/// Times one attachment is put when the nodes that took it are gone.
constexpr int kPutTriesMax = 3;
constexpr std::size_t kMaxPathBytes = 4096;
constexpr std::size_t kMaxAttachments = 128;

struct Attachment {
  std::string path;
  content::ManifestObject object;  ///< id, name, type and kind; the rest comes from sealing
  std::uint64_t size = 0;
  Hash32 sha256{};
};

struct Record {
  std::uint64_t line = 0;
  Json json;
  client::Tags tags;
  std::optional<Error> fault;
  bool unchanged = false;
};

Result<Attachment> read_attachment(const Json& json, const std::string& where,
                                   crypto::RandomSource& random) {
  constexpr json::TextRule kOptional{.max = 512, .allow_empty = true};
  Attachment attachment;
  attachment.object = new_object(random);
  EMR_ASSIGN(attachment.path, json::get_string(json, "path", {.max = kMaxPathBytes}, where));
  EMR_ASSIGN(attachment.object.id, json::get_string(json, "id", {.max = 512}, where));
  EMR_ASSIGN(const auto name, json::find_string(json, "name", kOptional, where));
  EMR_ASSIGN(const auto mime_type, json::find_string(json, "mimeType", kOptional, where));
  EMR_ASSIGN(const auto kind, json::find_string(json, "kind", kOptional, where));
  attachment.object.name = name.value_or("");
  attachment.object.mime_type = mime_type.value_or("");
  attachment.object.kind = kind.value_or("");
  EMR_ASSIGN(attachment.size, json::get_u64(json, "size", {}, where));
  EMR_ASSIGN(attachment.sha256, json::get_hex32(json, "sha256", where));
  return attachment;
}

/// The whole verb: options, connection and what is open.
class RecordPutter {
 public:
  explicit RecordPutter(cli::Context& context)
      : context_(context), dry_run_(context.flag("dry-run")) {}

  Status run() {
    EMR_TRY(open_connection(context_, dry_run_, connection_));
    if (!connection_.genesis) return fail(Code::kUsage, "--genesis is missing");
    EMR_ASSIGN(cli::LineReader* const input, context_.input());
    for (bool more = true; more;) {
      EMR_ASSIGN(more, read_group(*input));
      EMR_TRY(look_up_group());
      for (Record& record : group_) EMR_TRY(finish_record(record));
    }
    if (connection_.lookup) tools::note_undecided(context_, *connection_.lookup);
    return {};
  }

 private:
  Result<bool> read_group(cli::LineReader& input);
  Status parse_record(std::string_view text, Record& record);
  Status look_up_group();
  Status finish_record(Record& record);
  Status put_record(Record& record);
  Status put_attachments(Record& record, const Json& list);
  Status verify(const Attachment& attachment, FdSource& file);
  Result<Attachment> put_attachment(const Json& item, const std::string& where);
  Status put_file(Attachment& attachment);
  Result<Json> seal_manifest(const Record& record,
                             const std::vector<content::ManifestObject>& objects);
  Result<crypto::BoxPublicKey> archive_key_of(const std::string& institution);
  Status open_root();

  cli::Context& context_;
  bool dry_run_;
  Connection connection_;
  std::optional<AttachmentRoot> root_;
  std::vector<Record> group_;
  std::uint64_t done_ = 0;
};

/// Reads what is there, at least one line. False at the end of the input.
Result<bool> RecordPutter::read_group(cli::LineReader& input) {
  group_.clear();
  std::size_t bytes = 0;
  do {
    EMR_ASSIGN(const std::optional<cli::Line> line, input.next());
    if (!line) return false;
    Record record;
    record.line = line->number;
    record.fault = line->fault;
    if (!record.fault) {
      if (Status parsed = parse_record(line->text, record); !parsed) {
        record.fault = std::move(parsed).error();
      }
    }
    bytes += line->text.size();
    group_.push_back(std::move(record));
  } while (group_.size() < kGroupSize && bytes < kGroupBytes && input.has_buffered_line());
  return true;
}

Status RecordPutter::parse_record(std::string_view text, Record& record) {
  EMR_ASSIGN(record.json, json::parse_object(text));
  EMR_TRY(json::expect_type(record.json, "emr.sealed"));
  EMR_ASSIGN(const Json* tags, json::get_object(record.json, "tags"));
  EMR_ASSIGN(record.tags.record, json::get_hex32(*tags, "record", "/tags"));
  EMR_ASSIGN(record.tags.content, json::get_hex32(*tags, "content", "/tags"));
  return {};
}

// Looked up before anything is put: a second run of an import stores no block.
Status RecordPutter::look_up_group() {
  std::vector<client::Tags> tags;
  for (const Record& record : group_) {
    if (!record.fault) tags.push_back(record.tags);
  }
  if (!connection_.lookup || tags.empty()) return {};
  EMR_ASSIGN(const std::vector<client::KnownRecord> known, connection_.lookup->ask(tags));
  std::size_t at = 0;
  for (Record& record : group_) {
    if (record.fault) continue;
    record.unchanged = known[at++].state == client::RecordState::kUnchanged;
  }
  return {};
}

Status RecordPutter::finish_record(Record& record) {
  Status status = record.fault ? Status(*record.fault) : put_record(record);
  if (!status) {
    Error error = std::move(status).error();
    return context_.errors().failed(record.line, std::move(error));
  }
  EMR_ASSIGN(const std::string text, json::canonical(record.json));
  EMR_ASSIGN(cli::LineWriter* const output, context_.output());
  context_.reporter().progress("records", ++done_);
  return output->write(text);
}

Status RecordPutter::put_record(Record& record) {
  if (record.unchanged) record.json["unchanged"] = true;
  if (dry_run_) record.json["dry_run"] = true;
  EMR_ASSIGN(const Json* local, json::find_object(record.json, "local"));
  if (local == nullptr) return {};
  EMR_ASSIGN(const Json* list, json::find_array(*local, "attachments", kMaxAttachments, "/local"));
  if (list != nullptr && !list->empty() && !record.unchanged) {
    EMR_TRY(put_attachments(record, Json(*list)));
  }
  record.json.erase("local");
  return {};
}

Status RecordPutter::put_attachments(Record& record, const Json& list) {
  if (record.json.contains("attachments")) {
    return fail(Code::kData, "record has local and stored attachments").with_pointer("/local");
  }
  EMR_TRY(open_root());
  std::vector<content::ManifestObject> objects;
  Json handles = Json::array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = json::join_pointer("/local/attachments", i);
    EMR_ASSIGN(Attachment attachment, put_attachment(list[i], where));
    const content::ManifestObject& object = attachment.object;
    handles.push_back(to_hex(content::content_handle(object.blinding, object.cid)));
    objects.push_back(std::move(attachment.object));
  }
  EMR_ASSIGN(Json envelope, seal_manifest(record, objects));
  record.json["attachments"] =
      Json{{"handles", std::move(handles)}, {"manifest", std::move(envelope)}};
  return {};
}

// A node that dies may take blocks with it that nobody else has yet. The attachment is put again,
// where the next node is, under new keys: its file may have changed meanwhile.
Result<Attachment> RecordPutter::put_attachment(const Json& item, const std::string& where) {
  for (int tries = 1;; ++tries) {
    EMR_ASSIGN(Attachment attachment, read_attachment(item, where, connection_.random));
    Status stored = put_file(attachment);
    if (stored) return attachment;
    if (stored.error().reason != "not_found" || tries == kPutTriesMax) {
      return std::move(stored).error().with_pointer(where);
    }
  }
}

Status RecordPutter::open_root() {
  if (root_) return {};
  if (!context_.given("attachments-root")) {
    return fail(Code::kUsage, "record has attachments and --attachments-root is missing");
  }
  EMR_ASSIGN(AttachmentRoot root, AttachmentRoot::open(context_.text("attachments-root")));
  root_.emplace(std::move(root));
  return {};
}

Status RecordPutter::verify(const Attachment& attachment, FdSource& file) {
  crypto::Sha256 hash;
  std::uint64_t size = 0;
  Bytes buffer(std::size_t{1} << 20);
  for (;;) {
    EMR_ASSIGN(const std::size_t got, file.read(buffer));
    if (got == 0) break;
    hash.update(ByteView(buffer).first(got));
    size += got;
    if (size > attachment.size) break;
  }
  if (size != attachment.size) {
    return fail(Code::kData, "attachment has another size than the record says")
        .with_reason("size");
  }
  if (hash.finish() != attachment.sha256) {
    return fail(Code::kData, "attachment has another SHA-256 than the record says")
        .with_reason("sha256");
  }
  return file.rewind();
}

// The file is hashed again while it is sealed; one that changes in between is caught before its
// root is announced, and blocks without a root mean nothing to anybody.
Status RecordPutter::put_file(Attachment& attachment) {
  EMR_ASSIGN(const std::unique_ptr<FdSource> file, root_->open_file(attachment.path));
  EMR_TRY(verify(attachment, *file));
  EMR_TRY(
      seal_object(*file, attachment.object, connection_.store.get(), seal_options_of(context_)));
  if (attachment.object.size != attachment.size || attachment.object.sha256 != attachment.sha256) {
    return fail(Code::kData, "attachment changed while it was read").with_reason("sha256");
  }
  if (connection_.store == nullptr) return {};
  return connection_.store->finish(attachment.object.cid);
}

Result<crypto::BoxPublicKey> RecordPutter::archive_key_of(const std::string& institution) {
  const ledger::Genesis& genesis = *connection_.genesis;
  const std::optional<std::size_t> place = genesis.index_of(institution);
  if (place) return genesis.institutions[*place].archive_key;
  if (!context_.given("descriptor")) {
    return fail(Code::kData, "institution is not in the genesis")
        .with_pointer("/index/institution")
        .with_reason("institution")
        .with_hint("an institution that joined later gives its own descriptor: --descriptor FILE");
  }
  EMR_ASSIGN(const std::string descriptor,
             cli::read_file(context_.text("descriptor"), ledger::kCoreBytesMax));
  return threshold::descriptor_archive_key(descriptor, institution);
}

Result<Json> RecordPutter::seal_manifest(const Record& record,
                                         const std::vector<content::ManifestObject>& objects) {
  const ledger::Genesis& genesis = *connection_.genesis;
  EMR_ASSIGN(const Json* index, json::get_object(record.json, "index"));
  EMR_ASSIGN(const std::string id, json::get_string(*index, "institution", {.max = 64}, "/index"));
  EMR_ASSIGN(const crypto::BoxPublicKey archive_key, archive_key_of(id));
  EMR_ASSIGN(const crypto::SecretBytes manifest, content::format_manifest(objects));
  const threshold::Label label{genesis.hash, id, record.tags.record, record.tags.content,
                               threshold::Part::kManifest};
  EMR_ASSIGN(const threshold::Element group_key,
             threshold::Element::decode(genesis.threshold.group_key));
  WireWriter key_id;
  key_id.u64(genesis.threshold.key_id);
  EMR_ASSIGN(const threshold::Envelope envelope,
             threshold::seal(manifest.view(), label, group_key, to_hex(key_id.bytes()),
                             archive_key, connection_.random));
  return envelope.to_json();
}

}  // namespace

Status put_records(cli::Context& context) {
  EMR_TRY(check_records_options(context));
  if (context.flag("only-hash")) return hash_plain(context);
  if (context.flag("plaintext")) {
    return fail(Code::kUsage, "--plaintext needs --only-hash or the verb put");
  }
  return RecordPutter(context).run();
}

}  // namespace emr::put
