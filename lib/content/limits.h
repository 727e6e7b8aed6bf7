// Every limit of the content layer, each with its reason. Passing one is a clear error.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::content {

/// Kubo refuses chunks above 2 MiB - 256 and blocks above 2 MiB (its soft block limit), because
/// bitswap does not carry larger ones between strangers.
inline constexpr std::size_t kMaxChunkSize = 2096896;
inline constexpr std::size_t kMaxBlockSize = 2097152;

/// Links of one tree node. A node of 8192 links is about 400 KiB: far inside a block; Kubo's own
/// profiles use 174 and 1024.
inline constexpr std::size_t kMinLinksPerNode = 2;
inline constexpr std::size_t kMaxLinksPerNode = 8192;

/// Levels of a file tree that a reader follows. Width 2 over 2^63 one-byte chunks needs 64; the
/// profiles need 3. The bound makes every walk finite, whatever the blocks say.
inline constexpr std::size_t kMaxTreeDepth = 64;

/// Links that a decoded node may have: what fits a block at the 36 bytes of the shortest link.
inline constexpr std::size_t kMaxDecodedLinks = kMaxBlockSize / 36;

/// A directory whose estimated size passes this becomes a HAMT in Kubo; we refuse it instead.
inline constexpr std::size_t kDirectoryThreshold = 262144;
inline constexpr std::size_t kMaxNameLength = 255;

/// Longest text of a CID that is looked at (base16 of 36 bytes has 73 characters).
inline constexpr std::size_t kMaxCidText = 128;

/// Roots of an archive, and its header with that many of them.
inline constexpr std::size_t kMaxCarRoots = 64;
inline constexpr std::size_t kMaxCarHeader = 4096;

/// Sealed blobs: the segment counter has 32 bits.
inline constexpr std::uint64_t kMaxSegments = std::uint64_t{1} << 32;
/// Largest plain object: 2^42 bytes (4 TiB) keeps every sum far from 2^63 and from kMaxSegments.
inline constexpr std::uint64_t kMaxObjectSize = std::uint64_t{1} << 42;

/// Attachments of one record, and the JSON that lists them: as base64 in an envelope it must leave
/// room for the original in a transaction line of 256 KiB.
inline constexpr std::size_t kMaxManifestObjects = 128;
inline constexpr std::size_t kMaxManifestBytes = 120 * 1024;

}  // namespace emr::content
