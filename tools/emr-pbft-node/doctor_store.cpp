// doctor: disk, file system, store, limits of the process.
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "backup_set.h"
#include "base/hex.h"
#include "doctor.h"
#include "ledger/proof.h"

namespace emr::node_tool {

namespace {

/// File systems on which a memory-mapped database loses data, by statfs(2)'s numbers.
constexpr std::array<std::pair<long, std::string_view>, 4> kNetworkFileSystems = {
    {{0x6969, "NFS"}, {0xFF534D42L, "CIFS"}, {0xFE534D42L, "SMB2"}, {0x01021997, "9p"}}};
/// Connections, peers and the store together, with room to spare.
constexpr rlim_t kDescriptorsLeast = 1'024;

void check_file_system(Patient& patient) {
  struct statfs found {};
  if (::statfs(patient.dir.data().c_str(), &found) != 0) return;
  for (const auto& [number, name] : kNetworkFileSystems) {
    if (static_cast<unsigned long>(found.f_type) != static_cast<unsigned long>(number)) continue;
    patient.fault("disk", "the data directory lies on " + std::string(name),
                  "move it to a local disk: a mapped database is not safe on a network one");
  }
  if (found.f_files > 0 && found.f_ffree == 0) {
    patient.fault("disk", "the file system has no inode left", "remove files from it");
  }
}

void check_descriptors(Patient& patient) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kDescriptorsLeast) return;
  patient.warn("limits", "only " + std::to_string(limit.rlim_cur) + " file descriptors",
               "set LimitNOFILE=8192 in the unit, or ulimit -n 8192");
}

void check_last_block(Patient& patient, const store::Snapshot& view) {
  const auto tip = view.tip();
  if (!tip) return patient.fault("store", tip.error());
  if (!*tip) return patient.ok("store", "founded by the next start");
  if (view.genesis() != ledger::encode_genesis(*patient.genesis)) {
    return patient.fault("store", "it belongs to another chain than genesis.json",
                         "put the right genesis.json back, or move data aside");
  }
  const std::uint64_t height = (*tip)->height;
  if (height > 0) {
    const auto block = view.block(height);
    const auto certificate = view.certificate(height);
    const auto decoded =
        block ? ledger::decode_block(*block) : Result<ledger::Block>(fail(Code::kIo, ""));
    const bool holds = decoded && certificate &&
                       ledger::block_hash(decoded->header) == (*tip)->hash &&
                       certificate_holds(view, *certificate, decoded->header, *patient.genesis);
    if (!holds) {
      return patient.fault("store", "its last block does not verify",
                           "restore a backup, or move data aside: the peers have everything");
    }
  }
  patient.ok("store", "height " + std::to_string(height) + ", its last block verifies");
  if (view.contains(store::Table::kMeta, as_bytes(store::kMetaRejoining))) {
    patient.warn("store", "vote records are lost; the node follows and does not vote yet",
                 "nothing to do: it votes again when that is safe");
  }
}

}  // namespace

void check_disk(Patient& patient) {
  check_descriptors(patient);
  if (::access((patient.dir.data() + "/data.mdb").c_str(), F_OK) != 0) {
    return patient.ok("disk", "no ledger yet");
  }
  check_file_system(patient);
  const auto store = store::Store::open_beside(patient.dir.data());
  if (!store) return;  // check_store says why
  const auto disk = (*store)->disk_usage();
  if (!disk) return patient.fault("disk", disk.error());
  const std::string room = std::to_string(disk->used_percent) + " % used, " +
                           std::to_string(disk->available_bytes >> 20) + " MiB free";
  if (disk->available_bytes < store::kDiskReserveBytes) {
    patient.fault("disk", room + ": the node writes nothing any more",
                  "make room; emr-pbft-node prune and compact may help");
  } else if (disk->used_percent >= store::kDiskWarnUsedPercent) {
    patient.warn("disk", room, "make room before it is full");
  } else {
    patient.ok("disk", room);
  }
  if (!patient.config || patient.config->store_limit_bytes == 0) return;
  const auto map = (*store)->map_usage();
  const std::uint64_t limit = patient.config->store_limit_bytes;
  if (map && map->used_bytes >= limit / 100 * store::kDiskWarnUsedPercent) {
    patient.warn(
        "disk",
        "the store uses " + std::to_string(map->used_bytes * 100 / limit) + " % of storeLimitBytes",
        "raise the limit in node.json, or prune");
  }
}

void check_store(Patient& patient) {
  if (::access((patient.dir.data() + "/data.mdb").c_str(), F_OK) != 0) return;
  const auto store = store::Store::open_beside(patient.dir.data());
  if (!store) return patient.fault("store", store.error());
  if (patient.genesis) check_last_block(patient, *(*store)->snapshot());
  if (!patient.deep) return;
  if (const Status read = read_whole_store(**store); !read)
    return patient.fault("store", read.error());
  patient.ok("store", "every page can be read");
}

}  // namespace emr::node_tool
