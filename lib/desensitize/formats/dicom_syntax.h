// The byte level of DICOM PS3.5: element headers in explicit and implicit VR, little and big
// endian; what a value representation may hold. Reading never trusts a length: it is checked
// against the bytes that are there. Pure; one thread per reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::desensitize {

inline constexpr std::uint32_t kUndefinedLength = 0xFFFFFFFF;
inline constexpr std::uint32_t kItemTag = 0xFFFEE000;
inline constexpr std::uint32_t kItemEndTag = 0xFFFEE00D;
inline constexpr std::uint32_t kSequenceEndTag = 0xFFFEE0DD;

struct DicomSyntax {
  bool explicit_vr = true;
  bool big_endian = false;
  bool deflated = false;
};

/// The syntax of a transfer syntax UID; compressed ones are explicit little endian.
DicomSyntax dicom_syntax(std::string_view transfer_syntax_uid) noexcept;

struct DicomElement {
  std::uint32_t tag = 0;
  char vr[3] = {0, 0, 0};    ///< as written, or of the dictionary; "UN" for unknown ones
  bool unnamed_items = false;  ///< a sequence that a writer knew no VR of: "UN" with a length
  std::uint32_t length = 0;
  std::size_t start = 0;     ///< of the header
  std::size_t value = 0;     ///< of the value

  std::string_view vr_text() const noexcept { return {vr, 2}; }
  bool is_sequence() const noexcept;
};

/// A position in the bytes of a data set.
class DicomReader {
 public:
  DicomReader(ByteView bytes, std::size_t at, DicomSyntax syntax) noexcept
      : bytes_(bytes), at_(at), syntax_(syntax) {}

  /// Reads the header of the next element before `stop` and moves behind it. A defined length
  /// that reaches beyond `stop` is kData, reason "dicom_length".
  Result<DicomElement> header(std::size_t stop);
  std::string_view text(std::size_t start, std::size_t size) const noexcept {
    return as_text(bytes_.subspan(start, size));
  }
  std::uint32_t u32(std::size_t at) const noexcept;
  std::uint16_t u16(std::size_t at) const noexcept;
  /// The syntax of the items of a sequence that is called UN: implicit, unless a VR stands there.
  DicomSyntax syntax_of_unnamed(const DicomElement& sequence) const;
  std::size_t at() const noexcept { return at_; }
  void move_to(std::size_t at) noexcept { at_ = at; }
  std::size_t size() const noexcept { return bytes_.size(); }
  const DicomSyntax& syntax() const noexcept { return syntax_; }
  void set_syntax(DicomSyntax syntax) noexcept { syntax_ = syntax; }

 private:
  void name_unknown(DicomElement& element) const;

  ByteView bytes_;
  std::size_t at_;
  DicomSyntax syntax_;
};

void append_u16(std::string& out, std::uint16_t value, bool big_endian);
void append_u32(std::string& out, std::uint32_t value, bool big_endian);
void put_u32(std::string& out, std::size_t at, std::uint32_t value, bool big_endian);
/// Appends an element header; returns the position of its length field, for put_length.
std::size_t append_header(std::string& out, std::uint32_t tag, std::string_view vr,
                          std::uint32_t length, const DicomSyntax& syntax);
/// A whole element with a text value, padded to even length.
void append_element(std::string& out, std::uint32_t tag, std::string_view vr,
                    std::string_view value, const DicomSyntax& syntax);

/// Does the explicit header of this VR have a four-byte length?
bool is_long_vr(std::string_view vr) noexcept;
/// Is it one of the value representations of PS3.5?
bool is_vr(std::string_view vr) noexcept;
/// Is the value text (also dates, numbers in text, UIDs)?
bool is_text_vr(std::string_view vr) noexcept;
/// Is '\' a separator of values in this VR?
bool is_multi_valued_vr(std::string_view vr) noexcept;
/// Is the text in the data set's character set (PN, LO, SH, ST, LT, UC, UT)?
bool has_charset(std::string_view vr) noexcept;

/// `text` if the VR can hold it, cut to its length if it can hold a part, else the VR's dummy
/// ("19000101" for DA). Whatever a technique produced, the object stays valid DICOM.
std::string fit_to_vr(std::string_view vr, std::string_view text);
/// The dummy of a binary VR: zero bytes of the same size.
std::string binary_dummy(std::size_t size);

}  // namespace emr::desensitize
