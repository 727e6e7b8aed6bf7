// Test support of this layer: the byte generators of the published vectors, block stores in memory,
// and access to the shared vector file. Never part of a program.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "base/testing.h"
#include "content/importer.h"
#include "content/streams.h"

namespace emr::content::testing {

/// The key stream of a cipher: `head -c N /dev/zero | openssl enc -CIPHER -K key -iv 0`.
class KeyStream final : public ByteSource {
 public:
  KeyStream(const EVP_CIPHER* cipher, const Hash32& key, std::uint64_t size) : left_(size) {
    const std::uint8_t iv[16] = {};
    EMR_CHECK(EVP_EncryptInit_ex(context_, cipher, nullptr, key.data(), iv) == 1);
  }
  /// First `size` bytes of the generator of the vectors: AES-256-CTR, key 0, counter 0.
  explicit KeyStream(std::uint64_t size) : KeyStream(EVP_aes_256_ctr(), Hash32{}, size) {}
  KeyStream(const KeyStream&) = delete;
  KeyStream& operator=(const KeyStream&) = delete;
  ~KeyStream() override { EVP_CIPHER_CTX_free(context_); }

  Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
    const std::uint64_t wanted = std::min<std::uint64_t>(left_, buffer.size());
    const std::size_t size = static_cast<std::size_t>(wanted);
    std::fill_n(buffer.begin(), size, std::uint8_t{0});
    int written = 0;
    EMR_CHECK(EVP_EncryptUpdate(context_, buffer.data(), &written, buffer.data(),
                                static_cast<int>(size)) == 1);
    left_ -= size;
    return size;
  }

 private:
  EVP_CIPHER_CTX* context_ = EVP_CIPHER_CTX_new();
  std::uint64_t left_;
};

inline Bytes generate(std::uint64_t size) {
  Bytes bytes(static_cast<std::size_t>(size));
  KeyStream stream(size);
  EMR_CHECK(read_full(stream, bytes).ok());
  return bytes;
}

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(ByteView bytes) : rest_(bytes) {}
  Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
    const std::size_t size = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.begin(), size, buffer.begin());
    rest_ = rest_.subspan(size);
    return size;
  }

 private:
  ByteView rest_;
};

class MemorySink final : public ByteSink {
 public:
  Status write(ByteView piece) override {
    append(bytes, piece);
    return {};
  }
  Bytes bytes;
};

/// Keeps blocks by their version 1 name and counts what was fetched.
class MemoryBlocks final : public BlockSink, public BlockSource {
 public:
  Status put(const Cid& cid, ByteView block) override {
    blocks[to_version_1(cid)] = to_bytes(block);
    order.push_back(cid);
    return {};
  }
  Result<Bytes> get(const Cid& cid) override {
    fetched.push_back(cid);
    const auto found = blocks.find(to_version_1(cid));
    if (found == blocks.end()) return fail(Code::kNegative, "no such block");
    return found->second;
  }
  std::map<Cid, Bytes> blocks;
  std::vector<Cid> order;
  std::vector<Cid> fetched;
};

inline Result<ImportedFile> import(const Layout& layout, ByteSource& source,
                                   BlockSink* sink = nullptr) {
  Importer importer(layout, sink);
  Bytes buffer(1 << 20);
  for (;;) {
    EMR_ASSIGN(const std::size_t got, source.read(buffer));
    if (got == 0) return importer.finish();
    EMR_TRY(importer.write(ByteView(buffer).first(got)));
  }
}

inline Result<ImportedFile> import(const Layout& layout, ByteView bytes,
                                   BlockSink* sink = nullptr) {
  MemorySource source(bytes);
  return import(layout, source, sink);
}

/// A file of the vectors that lie beside the checkout, or nothing.
inline std::optional<std::string> shared_vectors(const std::string& name) {
  std::ifstream file(shared_path("vectors/" + name), std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Long tests (gigabytes) run only when asked for.
inline bool long_tests() { return std::getenv("EMR_LONG_TESTS") != nullptr; }

}  // namespace emr::content::testing
