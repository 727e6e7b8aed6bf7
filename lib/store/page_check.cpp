#include "store/page_check.h"

#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace emr::store {
namespace {

using PageNumber = std::uint64_t;

// Of a page: its number, a pad, flags, and the bounds of its nodes or a count of pages.
constexpr std::size_t kFlagsAt = 10;
constexpr std::size_t kLowerAt = 12;  ///< or the count of an overflow page's pages
constexpr std::size_t kUpperAt = 14;
constexpr std::size_t kHeaderBytes = 16;
constexpr unsigned kBranch = 1;
constexpr unsigned kLeaf = 2;
constexpr unsigned kOverflow = 4;
// Of a node: two halves of a size (or of a page number), flags, the size of its key, the key.
constexpr std::size_t kNodeBytes = 8;
constexpr unsigned kBigData = 1;  ///< the value stands in overflow pages
constexpr unsigned kSubData = 2;  ///< the value is a database
// Of a database, and of the meta pages 0 and 1.
constexpr std::size_t kDatabaseBytes = 48;
constexpr std::size_t kRootAt = 40;
constexpr PageNumber kNoRoot = ~PageNumber{0};
constexpr std::size_t kMetaBytes = 152;
constexpr std::size_t kMainAt = kHeaderBytes + 24 + kDatabaseBytes;
constexpr std::size_t kPageSizeAt = kHeaderBytes + 24;  ///< the pad of the first database
constexpr std::size_t kLastPageAt = kMainAt + kDatabaseBytes;
constexpr std::size_t kTransactionAt = kLastPageAt + 8;
constexpr std::size_t kPageSizeMin = 256;
constexpr std::size_t kPageSizeMax = 65'536;
constexpr int kDepthMax = 32;  ///< LMDB's stack of a cursor

using Page = std::vector<std::uint8_t>;

template <class Number>
Number number_at(const Page& page, std::size_t at) {
  Number value = 0;
  std::memcpy(&value, page.data() + at, sizeof value);
  return value;
}

std::optional<Page> read_at(int file, std::uint64_t offset, std::size_t size) {
  Page page(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got =
        ::pread(file, page.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got <= 0) return std::nullopt;
    done += static_cast<std::size_t>(got);
  }
  return page;
}

class Walk {
 public:
  Walk(int file, const Page& meta)
      : file_(file),
        page_bytes_(number_at<std::uint32_t>(meta, kPageSizeAt)),
        last_(number_at<PageNumber>(meta, kLastPageAt)),
        root_(number_at<PageNumber>(meta, kMainAt + kRootAt)) {}

  bool is_whole() {
    const bool is_power = (page_bytes_ & (page_bytes_ - 1)) == 0;
    if (page_bytes_ < kPageSizeMin || page_bytes_ > kPageSizeMax || !is_power) return false;
    return check_tree(root_, 1);
  }

 private:
  /// Of the databases of a database too: a leaf can claim to hold the one that it is in.
  bool check_tree(PageNumber root, int depth) {
    return root == kNoRoot || check_page(root, depth);
  }

  /// A page is reached once: with more of them than there are, they lead in a circle.
  std::optional<Page> take(PageNumber number) {
    if (number < 2 || number > last_ || ++taken_ > last_) return std::nullopt;
    auto page = read_at(file_, number * page_bytes_, page_bytes_);
    if (page && number_at<PageNumber>(*page, 0) != number) return std::nullopt;
    return page;
  }

  bool check_page(PageNumber number, int depth) {
    const auto page = depth > kDepthMax ? std::nullopt : take(number);
    if (!page) return false;
    const auto flags = number_at<std::uint16_t>(*page, kFlagsAt);
    const std::size_t lower = number_at<std::uint16_t>(*page, kLowerAt);
    const std::size_t upper = number_at<std::uint16_t>(*page, kUpperAt);
    if (flags != kBranch && flags != kLeaf) return false;
    if (lower < kHeaderBytes || lower > upper || upper > page_bytes_) return false;
    for (std::size_t at = kHeaderBytes; at + 2 <= lower; at += 2) {
      const std::size_t node = number_at<std::uint16_t>(*page, at);
      if (node < upper || node + kNodeBytes > page_bytes_) return false;
      if (!(flags == kBranch ? check_branch(*page, node, depth) : check_leaf(*page, node, depth))) {
        return false;
      }
    }
    return true;
  }

  bool check_branch(const Page& page, std::size_t node, int depth) {
    const PageNumber child = number_at<std::uint32_t>(page, node) |
                             PageNumber{number_at<std::uint16_t>(page, node + 4)} << 32;
    return check_page(child, depth + 1);
  }

  bool check_leaf(const Page& page, std::size_t node, int depth) {
    const std::size_t size = number_at<std::uint32_t>(page, node);
    const unsigned flags = number_at<std::uint16_t>(page, node + 4);
    const std::size_t data = node + kNodeBytes + number_at<std::uint16_t>(page, node + 6);
    const std::size_t stored = (flags & kBigData) != 0 ? sizeof(PageNumber) : size;
    if (data + stored > page_bytes_) return false;
    if ((flags & kBigData) != 0) return check_overflow(number_at<PageNumber>(page, data), size);
    if ((flags & kSubData) == 0) return true;
    return size == kDatabaseBytes &&
           check_tree(number_at<PageNumber>(page, data + kRootAt), depth + 1);
  }

  bool check_overflow(PageNumber number, std::size_t size) {
    const auto first = take(number);
    if (!first || number_at<std::uint16_t>(*first, kFlagsAt) != kOverflow) return false;
    const std::uint64_t count = number_at<std::uint32_t>(*first, kLowerAt);
    if (count == 0 || count > last_ - number + 1) return false;
    taken_ += count - 1;
    return kHeaderBytes + size <= count * page_bytes_;
  }

  int file_;
  std::size_t page_bytes_;
  PageNumber last_;
  PageNumber root_;
  std::uint64_t taken_ = 0;
};

}  // namespace

PagesVerdict check_pages(int data_file, std::size_t transaction) {
  const auto first = read_at(data_file, 0, kMetaBytes);
  if (!first) return PagesVerdict::kDamaged;
  const std::uint64_t page_bytes = number_at<std::uint32_t>(*first, kPageSizeAt);
  const auto second = read_at(data_file, page_bytes, kMetaBytes);
  for (const auto* meta : {&first, &second}) {
    if (!*meta || number_at<std::uint64_t>(**meta, kTransactionAt) != transaction) continue;
    return Walk(data_file, **meta).is_whole() ? PagesVerdict::kWhole : PagesVerdict::kDamaged;
  }
  return PagesVerdict::kOutdated;
}

}  // namespace emr::store
