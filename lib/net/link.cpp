#include "net/link.h"

#include <ctime>

#include "base/wire.h"

namespace emr::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::string_view kHello = "emr-net/1";
constexpr std::size_t kHelloBytes = kHello.size() + 32;
/// How often the time-outs of a link are looked at: a fraction of the shortest of them.
constexpr std::chrono::milliseconds kWatchInterval = kKeepaliveInterval / 4;

}  // namespace

Link::Link(Socket socket, asio::ssl::context& tls, Side side, LinkOwner& owner)
    : stream_(std::move(socket), tls), timer_(stream_.get_executor()), side_(side), owner_(&owner) {
  error_code ignored;
  remote_ = stream_.next_layer().remote_endpoint(ignored).address().to_string(ignored);
  stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Link::begin() {
  watch();
  const auto type =
      side_ == Side::kDialed ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
  stream_.async_handshake(
      type, [self = shared_from_this()](error_code error) { self->on_handshake(error); });
}

void Link::on_handshake(error_code error) {
  if (closed_) return;
  const auto key = error ? std::nullopt : peer_key(stream_.native_handle());
  const auto peer = key ? owner_->peer_of(*key) : std::nullopt;
  if (!peer) {
    // verify_pinned() says so; everything else that fails a handshake is not about the key.
    const long verdict = SSL_get_verify_result(stream_.native_handle());
    return close(error && verdict != X509_V_ERR_CERT_REJECTED ? "handshake" : "unknown_key");
  }
  peer_ = *peer;
  key_ = *key;
  exchange_hello();
}

/// The transport keys may serve more than one consortium; the chain must match as well.
void Link::exchange_hello() {
  hello_out_ = to_bytes(kHello);
  append(hello_out_, owner_->chain());
  hello_in_.resize(kHelloBytes);
  asio::async_write(stream_, asio::buffer(hello_out_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (error) self->close("hello");
                    });
  asio::async_read(
      stream_, asio::buffer(hello_in_),
      [self = shared_from_this()](error_code error, std::size_t) { self->on_hello(error); });
}

void Link::on_hello(error_code error) {
  if (closed_) return;
  // A refused accepting side learns of it here: TLS 1.3 clients finish their handshake first.
  if (error) return close("refused_by_peer");
  const ByteView got(hello_in_);
  if (as_text(got.first(kHello.size())) != kHello) return close("wrong_protocol");
  const ByteView chain = got.subspan(kHello.size());
  if (!std::equal(chain.begin(), chain.end(), owner_->chain().begin())) return close("wrong_chain");
  ready_ = true;
  heard();
  owner_->on_ready(shared_from_this());
  pump();
  read_next();
}

void Link::heard() {
  heard_ = Clock::now();
  owner_->counters_of(peer_).last_seen = std::time(nullptr);
}

/// Who sends more frames than the limit is simply not read for a while, and the kernel's buffers
/// slow him down. watch() goes on.
void Link::read_next() {
  const auto now = Clock::now();
  FrameLimit& limit = owner_->limit_of(peer_);
  const auto when = limit.next(now);
  if (when <= now) return read_length();
  resume_at_ = when;
  if (when == now + kFloodPause) owner_->on_flood(peer_);  // not again for each of his links
}

void Link::read_length() {
  if (closed_) return;
  asio::async_read(
      stream_, asio::buffer(length_),
      [self = shared_from_this()](error_code error, std::size_t) { self->on_length(error); });
}

void Link::on_length(error_code error) {
  if (closed_) return;
  if (error) return close("lost");
  heard();
  WireReader reader(length_);
  frame_size_ = reader.u32();
  if (frame_size_ > kMaxFrameBytes) return close("frame_too_large");
  if (frame_size_ == 0) return read_next();  // keep-alive
  frame_.clear();
  frame_have_ = 0;
  frame_began_ = heard_;
  read_piece();
}

void Link::read_piece() {
  const std::size_t step = std::min(frame_size_ - frame_have_, kReadStepBytes);
  frame_.resize(frame_have_ + step);
  asio::async_read(stream_, asio::buffer(frame_.data() + frame_have_, step),
                   [self = shared_from_this()](error_code error, std::size_t size) {
                     self->on_piece(error, size);
                   });
}

void Link::on_piece(error_code error, std::size_t size) {
  if (closed_) return;
  if (error) return close("lost");
  heard();
  frame_have_ += size;
  if (frame_have_ < frame_size_) return read_piece();
  PeerCounters& counters = owner_->counters_of(peer_);
  ++counters.frames_in;
  counters.bytes_in += frame_size_;
  frame_size_ = 0;
  owner_->on_frame(peer_, std::move(frame_));
  frame_ = {};
  read_next();
}

void Link::send(Lane lane, std::shared_ptr<const Bytes> frame) {
  if (closed_) return;
  Queue& queue = lane == Lane::kConsensus ? consensus_ : bulk_;
  queue.bytes += frame->size();
  queue.frames.push_back(std::move(frame));
  while (queue.bytes > kMaxQueuedBytes) {
    queue.bytes -= queue.frames.front()->size();
    queue.frames.pop_front();
    ++owner_->counters_of(peer_).dropped;
  }
  if (ready_) pump();
}

/// Moves waiting frames into the write buffer, votes first.
bool Link::gather() {
  writing_.clear();
  for (Queue* queue : {&consensus_, &bulk_}) {
    while (!queue->frames.empty() && writing_.size() < kWriteBatchBytes) {
      const auto frame = std::move(queue->frames.front());
      queue->frames.pop_front();
      queue->bytes -= frame->size();
      const std::array<std::uint8_t, 4> length = {static_cast<std::uint8_t>(frame->size() >> 24),
                                                  static_cast<std::uint8_t>(frame->size() >> 16),
                                                  static_cast<std::uint8_t>(frame->size() >> 8),
                                                  static_cast<std::uint8_t>(frame->size())};
      append(writing_, length);
      append(writing_, *frame);
      PeerCounters& counters = owner_->counters_of(peer_);
      ++counters.frames_out;
      counters.bytes_out += frame->size();
    }
  }
  return !writing_.empty();
}

void Link::pump() {
  if (write_pending_ || closed_ || !gather()) return;
  write_pending_ = true;
  write_began_ = Clock::now();
  asio::async_write(stream_, asio::buffer(writing_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      self->write_pending_ = false;
                      self->wrote_ = Clock::now();
                      if (error) return self->close("lost");
                      self->pump();
                    });
}

/// Keep-alives and every time-out of the link.
void Link::watch() {
  if (closed_) return;
  const auto now = Clock::now();
  if (!ready_ && now - began_ > kHandshakeTimeout) return close("handshake_timeout");
  if (ready_ && !resume_at_ && now - heard_ > kSilenceTimeout) return close("silent");
  if (frame_size_ > 0 && now - frame_began_ > kFrameTimeout) return close("slow_frame");
  if (write_pending_ && now - write_began_ > kWriteTimeout) return close("does_not_read");
  if (resume_at_ && now >= *resume_at_) {
    resume_at_.reset();
    heard_ = now;  // it was we who did not listen
    read_next();
  }
  if (ready_ && !write_pending_ && now - wrote_ > kKeepaliveInterval) {
    send(Lane::kConsensus, std::make_shared<const Bytes>());
  }
  timer_.expires_after(kWatchInterval);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->watch();
  });
}

void Link::close(std::string_view why) {
  if (closed_) return;
  closed_ = true;
  timer_.cancel();
  error_code ignored;
  stream_.next_layer().shutdown(Socket::shutdown_both, ignored);
  stream_.next_layer().close(ignored);
  owner_->on_closed(*this, ready_, why);
}

}  // namespace emr::net
