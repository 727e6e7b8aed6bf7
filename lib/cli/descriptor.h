// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

namespace emr::cli {

/// Owns what open and its like have returned; -1 is nothing to own.
class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

}  // namespace emr::cli
