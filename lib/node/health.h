// Does this node make progress, and if not, why? A pure judgement of what core and mesh publish,
// and the small memory that knows since when it holds. One verdict for status, metrics, the service
// manager and the log, so that they cannot disagree.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "consensus/replica.h"

namespace emr::node {

struct PeerHealth {
  std::string id;
  bool connected = false;
  std::uint64_t height = 0;
  bool votes = true;       ///< is a validator; an observer is not needed
  std::uint32_t place = 0;  ///< its place in the mesh
};

struct HealthInput {
  std::vector<PeerHealth> peers;  ///< all members but ourselves
  std::size_t quorum = 0;
  bool is_member = true;
  bool votes = true;  ///< a validator of the current epoch; an observer needs one validator
  std::uint64_t height = 0;
  std::uint64_t view = 0;
  bool view_active = true;
  std::uint64_t oldest_pending_ms = 0;
  std::uint64_t timeout_ms = 0;
  std::string_view waiting_for;
  bool core_alive = true;  ///< the core thread has published lately
};

/// `state` is one stable word: "ok", "not_admitted", "not_a_member", "no_quorum", "catching_up",
/// "view_change", "stalled", "stuck".
/// "view_change" and "catching_up" pass by themselves; the others want somebody to look.
struct Health {
  std::string state = "ok";
  std::string detail;  ///< for people; names members, heights and views, never a record's values

  bool ok() const noexcept { return state == "ok"; }
  /// "STATE: DETAIL"; "" when all is well.
  std::string reason() const { return ok() ? std::string() : state + ": " + detail; }
};

Health judge(const HealthInput& input);
/// Blocks that we lack for certain: f members may lie about their height, f + 1 do not all lie.
std::uint64_t lag_of(const HealthInput& input);

/// Remembers since when the state is what it is. Any thread.
class HealthRecord {
 public:
  struct Entry {
    Health health;
    UnixSeconds since = 0;
    bool changed = false;  ///< the state differs from that of the call before
  };
  Entry update(Health health, UnixSeconds now);

 private:
  std::mutex mutex_;
  Health last_;
  UnixSeconds since_ = 0;
};

}  // namespace emr::node
