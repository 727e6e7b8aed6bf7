// The peer network of one node: a mutually authenticated TLS 1.3 link to every other member, each
// carrying length-prefixed frames. A peer is its registered Ed25519 transport key and nothing else:
// certificates are self-signed wrappers around that key, and a key that is not registered is
// refused before a frame is read. Of a pair, the member with the smaller id dials; lost links are
// dialed again with back-off. Peers come and go with update(): a place in the table belongs to one
// id for the life of the mesh, and a link whose key is not registered any more is closed. Delivery
// is not promised: frames to an absent or slow peer are dropped and counted, order is kept within a
// lane only.
//
// The mesh owns one I/O thread. send() may be called from any thread and never blocks. The handler
// is called on the I/O thread only, must not block, and must outlive the mesh.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"
#include "net/limits.h"

namespace emr::net {

using PeerIndex = std::uint32_t;
inline constexpr PeerIndex kAllPeers = UINT32_MAX;

/// Votes overtake bulk data: a sidecar batch must not delay a commit.
enum class Lane : std::uint8_t { kConsensus, kBulk };

struct Peer {
  std::string id;          ///< for logs
  Hash32 transport_key{};  ///< raw Ed25519 public key
  std::string host;        ///< name or address to dial
  std::uint16_t port = 0;
  bool admitted = true;    ///< false: its place is kept, but it may not connect
  /// The key before a renewal: accepted beside the new one until the peer has learned of it.
  std::optional<Hash32> old_key = {};
};

/// Between a node and its links, called on the I/O thread. A correct node has none; the benchmarks
/// put the tongue and the ears of a lying member here.
struct Wiretap {
  /// What really goes to `to` instead of `frame`: the same, something else, more, or nothing.
  std::function<std::vector<std::shared_ptr<const Bytes>>(
      PeerIndex to, Lane lane, const std::shared_ptr<const Bytes>& frame)>
      out;
  /// May change a frame on its way in; false drops it.
  std::function<bool(PeerIndex from, Bytes& frame)> in;
};

struct MeshOptions {
  Hash32 chain{};           ///< genesis hash: members of another chain are refused
  PeerIndex self = 0;       ///< our place in `peers`
  std::vector<Peer> peers;  ///< ourselves included; the index is a place, not a replica index
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 0;
  std::size_t frames_per_second = kMaxFramesPerSecond;  ///< read from one peer (frame_limit.h)
  Wiretap tap;
};

class MeshHandler {
 public:
  virtual ~MeshHandler() = default;
  virtual void on_connected(PeerIndex peer) = 0;
  virtual void on_disconnected(PeerIndex peer, std::string_view why) = 0;
  virtual void on_frame(PeerIndex peer, Bytes frame) = 0;
  /// Somebody was turned away ("unknown_key", "wrong_chain", "too_many_strangers", ...). `remote`
  /// is an IP address.
  virtual void on_refused(std::string_view remote, std::string_view reason) = 0;
  /// A peer sends frames without end; it is not read for a while (frame_limit.h).
  virtual void on_flood(PeerIndex) {}
};

struct PeerCounters {
  bool connected = false;
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t dropped = 0;
  std::int64_t last_seen = 0;  ///< Unix seconds of the last bytes of a proven peer; 0: never
};

class Mesh {
 public:
  /// Binds, listens and begins to dial. `transport_secret` is the Ed25519 seed; its public key must
  /// be that of peers[self] (kConfig otherwise). kUnavailable when the port cannot be bound.
  static Result<std::unique_ptr<Mesh>> start(const MeshOptions& options,
                                             const crypto::Secret32& transport_secret,
                                             MeshHandler& handler);
  ~Mesh();  ///< stop()
  Mesh(const Mesh&) = delete;
  Mesh& operator=(const Mesh&) = delete;

  /// To one peer or all others. `frame` is shared, not copied, until it is written.
  void send(PeerIndex to, Lane lane, std::shared_ptr<const Bytes> frame);
  /// The peers as they are from now on: at least as many as before, each id in its place. May be
  /// called from any thread; takes effect soon.
  void update(std::vector<Peer> peers);
  /// New links prove this key from now on; those that stand stay.
  Status use_key(const crypto::Secret32& transport_secret);
  /// By place; ours stays zero.
  std::vector<PeerCounters> counters() const;
  std::uint16_t port() const noexcept;
  /// Closes every link and joins the thread. Idempotent.
  void stop();

 private:
  class Impl;
  explicit Mesh(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The raw Ed25519 public key of a transport seed.
Result<Hash32> transport_public_key(const crypto::Secret32& seed);

}  // namespace emr::net
