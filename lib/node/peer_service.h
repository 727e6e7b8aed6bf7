// The node's ear towards its peers: sorts incoming frames by kind, votes straight to the core, all
// else to the workers. Runs on the mesh's I/O thread and never blocks it.
#pragma once

#include <atomic>
#include <vector>

#include "net/mesh.h"
#include "node/service.h"

namespace emr::node {

class PeerService final : public net::MeshHandler {
 public:
  explicit PeerService(Service& service);
  /// Frames that arrive while the node is still being put together are dropped (peers resend).
  void open() noexcept { open_ = true; }

  void on_connected(net::PeerIndex peer) override;
  void on_disconnected(net::PeerIndex peer, std::string_view why) override;
  void on_frame(net::PeerIndex peer, Bytes frame) override;
  void on_refused(std::string_view remote, std::string_view reason) override;
  void on_flood(net::PeerIndex peer) override;

  std::uint64_t refused() const noexcept { return refused_; }
  std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  std::string name_of(net::PeerIndex peer) const;
  void handle(FrameKind kind, net::PeerIndex peer, const Bytes& frame);
  void work_on(FrameKind kind, net::PeerIndex peer, Bytes frame);
  void shun(net::PeerIndex peer);

  Service* service_;
  std::vector<std::atomic<std::size_t>> in_work_bytes_;  ///< frames of a peer at the workers
  std::vector<std::atomic<unsigned>> transfers_;         ///< of these: questions with long answers
  /// Members that were caught forwarding false requests.
  struct Shunned {
    std::atomic<Millis> until_ms{0};
    std::atomic<Millis> sentence_ms{0};
  };
  std::vector<Shunned> shunned_;
  std::atomic<bool> open_{false};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace emr::node
