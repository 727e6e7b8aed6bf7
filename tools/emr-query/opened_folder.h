// Plain text of a patient on disk: a folder of mode 0700 for exactly one record, with record.json
// and attachments/ of mode 0600, each complete or not there. What a record is opened into must be
// new or empty, so that files of two patients never lie side by side.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "content/manifest.h"
#include "content/streams.h"

namespace emr::query {

class OpenedFolder {
 public:
  /// Makes the folder, or takes an empty one and closes it to others. kCantCreate when it holds
  /// anything, or cannot be made, or nothing can be written into it.
  static Result<OpenedFolder> claim(const std::string& path);
  /// A folder beside others in `parent`, under a name that says it is not complete.
  static Result<OpenedFolder> claim_unnamed(const std::string& parent);
  OpenedFolder(OpenedFolder&& other) noexcept;
  OpenedFolder& operator=(OpenedFolder&&) = delete;
  /// Removes what was written, unless it was kept.
  ~OpenedFolder();

  Status write(const std::string& name, ByteView text);
  /// An attachment, every block hashed on its way, into attachments/.
  Status fetch(const content::ManifestObject& object, content::BlockSource& blocks);

  /// What is written stays, whatever happens.
  void keep() noexcept { kept_ = true; }
  /// Complete: becomes `path`, all at once.
  Status keep_as(const std::string& path);
  /// What `path` lacks of it goes there; what is there stays. True when anything was lacking.
  /// kNegative "conflict" when a file there has other bytes: then nothing is changed.
  Result<bool> add_to(const std::string& path);

 private:
  OpenedFolder(std::string path, bool made) : path_(std::move(path)), made_(made) {}
  std::string plain_name(const content::ManifestObject& object);

  std::string path_;  ///< "" when moved from
  bool made_;
  bool kept_ = false;
  std::vector<std::string> files_;
  std::set<std::string> names_;  ///< of attachments
};

/// A folder of mode 0700 that may be there already, with other folders in it.
Status make_private_folder(const std::string& path);

}  // namespace emr::query
