#include "unsealer.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "content/manifest.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::query {

using nlohmann::json;
using threshold::Envelope;
using threshold::Part;

namespace {

/// Of any version: one that cannot be read must not be passed over.
bool is_envelope(const json& tree) {
  const json* const type = tree.is_object() ? emr::json::find_member(tree, "type") : nullptr;
  return type != nullptr && *type == "emr.envelope";
}

/// Whatever else is in it: what others sealed is theirs to judge.
bool is_of_another(const json& envelope, const std::string& institution) {
  const json* const label = emr::json::find_member(envelope, "label");
  const json* const named = label != nullptr && label->is_object()
                                ? emr::json::find_member(*label, "institution")
                                : nullptr;
  return named != nullptr && named->is_string() && *named != institution;
}

/// Of one version, and not of the place where all are written?
bool is_of_one(const Error& error) {
  return error.code == Code::kData || error.code == Code::kNegative || error.code == Code::kDenied;
}

}  // namespace

Result<std::vector<std::string>> Unsealer::open(const json& tree, const SealedPlace& place) {
  Versions versions;
  collect(tree, place, versions);
  std::vector<std::string> rows;
  for (const auto& [tags, version] : versions) {
    const Result<json> row = open_version(tags.first, tags.second, version);
    if (row) {
      rows.push_back(emr::json::canonical_checked(*row));
      ++opened_;
    } else if (is_of_one(row.error())) {
      on_fault_(place.name.empty() ? "record " + to_hex(tags.first) : place.name, row.error());
    } else {
      return row.error();
    }
  }
  return rows;
}

void Unsealer::collect(const json& tree, const SealedPlace& place, Versions& into) {
  if (!is_envelope(tree)) {
    if (!tree.is_structured()) return;
    for (const json& child : tree) collect(child, place, into);
    return;
  }
  if (is_of_another(tree, institution_)) {
    ++of_others_;
    return;
  }
  if (place.is_void) {
    ++of_failed_;
    return;
  }
  Result<Envelope> envelope = Envelope::from_json(tree);
  const Status admitted = envelope ? admit(*std::move(envelope), place, into)
                                   : Status(envelope.error());
  if (!admitted) on_fault_(place.name, admitted.error());
}

Status Unsealer::admit(Envelope envelope, const SealedPlace& place, Versions& into) {
  const threshold::Label label = envelope.label;
  if (!place.fault.empty()) return fail(Code::kData, place.fault).with_reason("transaction");
  if (place.claim && !place.claim->admits(label)) {
    return fail(Code::kData, "an envelope in it is labelled for another record")
        .with_reason("label");
  }
  Version& version = into[{label.record, label.content}];
  if (version.emplace(label.part, std::move(envelope)).second) return {};
  return fail(Code::kData, "a second envelope for the same part of a record").with_reason("twice");
}

/// What lies there already is opened again and compared: it may be another's, or not all of it.
Result<json> Unsealer::open_version(const Hash32& record, const Hash32& content,
                                    const Version& version) {
  json row{{"type", "emr.unsealed"},
           {"v", 1},
           {"record", to_hex(record)},
           {"content", to_hex(content)},
           {"outcome", "opened"}};
  const std::string path = folder_ + "/" + to_hex(record);
  const std::string place = path + "/" + to_hex(content);
  EMR_ASSIGN(OpenedFolder folder, OpenedFolder::claim_unnamed(folder_));
  EMR_TRY(open_parts(version, folder, row));
  EMR_TRY(make_private_folder(path));
  struct stat info {};
  if (::stat(place.c_str(), &info) != 0) {
    EMR_TRY(folder.keep_as(place));
    return row;
  }
  EMR_ASSIGN(const bool lacked, folder.add_to(place));
  row["outcome"] = lacked ? "completed" : "exists";
  return row;
}

Status Unsealer::open_parts(const Version& version, OpenedFolder& folder, json& row) {
  row["parts"] = json::array();
  row["attachments"] = json::array();
  for (const auto& [part, envelope] : version) {
    row["parts"].push_back(threshold::part_name(part));
    const Result<crypto::SecretBytes> text = threshold::open_with_archive(envelope, key_);
    if (!text) {
      return Error(text.error()).with_hint("is this the archive key of the institution?");
    }
    if (part == Part::kOriginal) EMR_TRY(folder.write("record.json", text->view()));
    if (part == Part::kManifest) EMR_TRY(open_manifest(*text, folder, row));
  }
  return {};
}

/// Without a place to get blocks from the manifest itself is kept: emr-ipfs-put get reads it.
Status Unsealer::open_manifest(const crypto::SecretBytes& text, OpenedFolder& folder, json& row) {
  if (blocks_.empty()) return folder.write("manifest.json", text.view());
  EMR_ASSIGN(const auto objects, content::parse_manifest(text.text()));
  for (const content::ManifestObject& object : objects) {
    EMR_TRY(folder.fetch(object, blocks_));
    row["attachments"].push_back({{"id", object.id}, {"size", object.size}});
  }
  return {};
}

}  // namespace emr::query
