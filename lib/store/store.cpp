#include "store/store.h"

#include "store/lmdb_env.h"

namespace emr::store {

class Store::Impl {
 public:
  LmdbEnv env;
  std::optional<LmdbSnapshot> owner;  ///< the core thread's view, renewed after each apply()
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->owner.emplace(impl_->env, LmdbSnapshot::Kind::kOwner);
}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& directory,
                                           const StoreOptions& options) {
  auto impl = std::make_unique<Impl>();
  EMR_TRY(impl->env.open(directory, LmdbEnv::Mode::kOwner, options));
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> Store::open_copy(const std::string& directory) {
  auto impl = std::make_unique<Impl>();
  EMR_TRY(impl->env.open(directory, LmdbEnv::Mode::kCopy));
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> Store::open_beside(const std::string& directory) {
  auto impl = std::make_unique<Impl>();
  EMR_TRY(impl->env.open(directory, LmdbEnv::Mode::kBeside));
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Status Store::apply(const WriteBatch& batch, Durability durability) {
  impl_->owner->release();
  return impl_->env.apply(batch, durability);
}
Status Store::sync() { return impl_->env.sync(); }

const Snapshot& Store::current() const noexcept { return *impl_->owner; }

std::unique_ptr<Snapshot> Store::snapshot() const {
  return std::make_unique<LmdbSnapshot>(impl_->env, LmdbSnapshot::Kind::kShared);
}

std::shared_ptr<PinnedView> Store::pin() const { return impl_->env.pin(); }

Result<DiskUsage> Store::disk_usage() const { return impl_->env.disk_usage(); }
Result<MapUsage> Store::map_usage() const {
  const std::shared_lock lock(impl_->env.growth_gate());
  return impl_->env.map_usage();
}
void Store::forget_dead_readers() {
  int dead = 0;
  mdb_reader_check(impl_->env.handle(), &dead);
}
Status Store::copy_to(int fd) const { return impl_->env.copy_to(fd); }

}  // namespace emr::store
