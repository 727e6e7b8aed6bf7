// One TLS connection to a peer (private to lib/net): handshake, hello, then frames both ways until
// something fails. Everything runs on the mesh's I/O thread; the owner must outlive the link's last
// completion handler (the mesh joins the thread before it goes).
#pragma once

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <chrono>
#include <deque>
#include <memory>

#include "net/frame_limit.h"
#include "net/mesh.h"
#include "net/tls.h"

namespace emr::net {

class Link;

class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  virtual std::optional<PeerIndex> peer_of(const Hash32& key) const = 0;
  virtual const Hash32& chain() const = 0;
  virtual void on_ready(const std::shared_ptr<Link>& link) = 0;
  virtual void on_frame(PeerIndex peer, Bytes frame) = 0;
  /// Called exactly once per link; `ready` tells whether on_ready was called before.
  virtual void on_closed(const Link& link, bool ready, std::string_view why) = 0;
  virtual PeerCounters& counters_of(PeerIndex peer) = 0;
  virtual FrameLimit& limit_of(PeerIndex peer) = 0;
  virtual void on_flood(PeerIndex peer) = 0;
};

class Link : public std::enable_shared_from_this<Link> {
 public:
  enum class Side { kDialed, kAccepted };
  using Socket = boost::asio::ip::tcp::socket;

  Link(Socket socket, boost::asio::ssl::context& tls, Side side, LinkOwner& owner);
  void begin();
  void send(Lane lane, std::shared_ptr<const Bytes> frame);
  void close(std::string_view why);

  PeerIndex peer() const noexcept { return peer_; }
  /// The transport key that the peer proved to hold.
  const Hash32& key() const noexcept { return key_; }
  Side side() const noexcept { return side_; }
  const std::string& remote() const noexcept { return remote_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Queue {
    std::deque<std::shared_ptr<const Bytes>> frames;
    std::size_t bytes = 0;
  };

  void on_handshake(boost::system::error_code error);
  void exchange_hello();
  void on_hello(boost::system::error_code error);
  void read_length();
  void read_next();
  void heard();
  void on_length(boost::system::error_code error);
  void read_piece();
  void on_piece(boost::system::error_code error, std::size_t size);
  void pump();
  bool gather();
  void watch();

  boost::asio::ssl::stream<Socket> stream_;
  boost::asio::steady_timer timer_;
  Side side_;
  LinkOwner* owner_;
  std::string remote_;
  PeerIndex peer_ = kAllPeers;
  Hash32 key_{};
  bool ready_ = false;
  bool closed_ = false;
  Bytes hello_out_;
  Bytes hello_in_;
  std::array<std::uint8_t, 4> length_{};
  Bytes frame_;
  std::size_t frame_size_ = 0;
  std::size_t frame_have_ = 0;
  Queue consensus_;
  Queue bulk_;
  Bytes writing_;
  bool write_pending_ = false;
  Clock::time_point began_ = Clock::now();
  Clock::time_point heard_ = Clock::now();
  Clock::time_point frame_began_{};
  Clock::time_point wrote_ = Clock::now();
  Clock::time_point write_began_{};
  std::optional<Clock::time_point> resume_at_;  ///< reads nothing before
};

}  // namespace emr::net
