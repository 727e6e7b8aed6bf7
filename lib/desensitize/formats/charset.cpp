#include "desensitize/formats/charset.h"

#include <iconv.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <utility>

#include "base/utf8.h"

namespace emr::desensitize {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 38> kAliases{{
    {"", "UTF-8"},
    {"UTF8", "UTF-8"},
    {"UTF8SIG", "UTF-8"},
    {"UNICODEUTF8", "UTF-8"},
    {"UNICODE", "UTF-8"},
    {"ISOIR192", "UTF-8"},
    {"ASCII", "ISO-8859-1"},  // HL7's default; senders that say so often send Latin-1 all the same
    {"USASCII", "ISO-8859-1"},
    {"ISOIR6", "ISO-8859-1"},
    {"GB18030", "GB18030"},
    {"GB180302000", "GB18030"},
    {"GB180302005", "GB18030"},
    {"GBK", "GB18030"},  // GB18030 contains GBK and GB 2312 byte for byte
    {"GB2312", "GB18030"},
    {"GB23121980", "GB18030"},
    {"CP936", "GB18030"},
    {"EUCCN", "GB18030"},
    {"BIG5", "BIG5-HKSCS"},
    {"BIG5HKSCS", "BIG5-HKSCS"},
    {"UTF16", "UTF-16"},
    {"UNICODEUTF16", "UTF-16"},
    {"UTF16LE", "UTF-16LE"},
    {"UTF16BE", "UTF-16BE"},
    {"LATIN1", "ISO-8859-1"},
    {"ISO88591", "ISO-8859-1"},
    {"88591", "ISO-8859-1"},
    {"ISOIR100", "ISO-8859-1"},
    {"ISO88592", "ISO-8859-2"},
    {"88592", "ISO-8859-2"},
    {"ISOIR101", "ISO-8859-2"},
    {"ISO88595", "ISO-8859-5"},
    {"88595", "ISO-8859-5"},
    {"ISOIR144", "ISO-8859-5"},
    {"ISO885915", "ISO-8859-15"},
    {"885915", "ISO-8859-15"},
    {"WINDOWS1252", "CP1252"},
    {"CP1252", "CP1252"},
    {"SHIFTJIS", "SHIFT_JIS"},
}};

/// Capitals and digits only: "GB 18030-2000" and "gb18030_2000" are one name.
std::string plain(std::string_view written) {
  std::string name;
  for (const char c : written) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) name.push_back(static_cast<char>(std::toupper(byte)));
  }
  return name;
}

Error bad_character(std::uint64_t offset) {
  return fail(Code::kData, "text is not in the declared character set (byte " +
                               std::to_string(offset) + ")")
      .with_reason("charset")
      .with_hint("name the right one, e.g. GB18030 or UTF-8");
}

}  // namespace

struct Recoder::State {
  iconv_t handle = reinterpret_cast<iconv_t>(-1);
  std::string tail;          ///< an incomplete character of the last chunk
  std::uint64_t offset = 0;  ///< bytes converted so far
  bool replaces = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (handle != reinterpret_cast<iconv_t>(-1)) iconv_close(handle);
  }
};

Recoder::Recoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Recoder::Recoder(Recoder&&) noexcept = default;
Recoder& Recoder::operator=(Recoder&&) noexcept = default;
Recoder::~Recoder() = default;

Result<Recoder> Recoder::create(const std::string& to, const std::string& from) {
  auto state = std::make_unique<State>();
  state->handle = iconv_open(to.c_str(), from.c_str());
  if (state->handle == reinterpret_cast<iconv_t>(-1)) {
    return fail(Code::kData, "this system cannot convert the character set")
        .with_reason("charset_unknown");
  }
  return Recoder(std::move(state));
}

void Recoder::replace_bad_bytes() noexcept { state_->replaces = true; }

Status Recoder::feed(std::string_view chunk, std::string& out) {
  State& state = *state_;
  std::string joined;
  if (!state.tail.empty()) {
    joined = std::exchange(state.tail, {}) + std::string(chunk);
    chunk = joined;
  }
  char* in = const_cast<char*>(chunk.data());  // iconv(3) does not write through it
  std::size_t left = chunk.size();
  std::array<char, 16384> buffer;
  while (left > 0) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t before = left;
    const std::size_t result = iconv(state.handle, &in, &left, &to, &room);
    const int reason = errno;
    state.offset += before - left;
    out.append(buffer.data(), buffer.size() - room);
    if (result != static_cast<std::size_t>(-1) || reason == E2BIG) continue;
    if (reason == EINVAL) break;  // the chunk stops inside a character
    if (!state.replaces) return bad_character(state.offset);
    out.push_back('\xff');
    ++in;
    --left;
    ++state.offset;
  }
  state.tail.assign(in, left);
  return {};
}

Status Recoder::finish() {
  if (!state_->tail.empty()) return bad_character(state_->offset);
  return {};
}

Result<std::string> charset_name(std::string_view written) {
  const std::string name = plain(written);
  for (const auto& [alias, charset] : kAliases) {
    if (alias == name) return std::string(charset);
  }
  return fail(Code::kData, "unknown character set")
      .with_reason("charset_unknown")
      .with_hint("known are UTF-8, GB18030, GBK, BIG5, UTF-16, ISO-8859-1 and relatives");
}

Result<std::string> recode(std::string_view text, const std::string& to, const std::string& from) {
  if (to == from) {
    if (to == "UTF-8" && !is_valid_utf8(text)) {
      return fail(Code::kData, "text is not valid UTF-8").with_reason("charset");
    }
    return std::string(text);
  }
  EMR_ASSIGN(Recoder recoder, Recoder::create(to, from));
  std::string out;
  EMR_TRY(recoder.feed(text, out));
  EMR_TRY(recoder.finish());
  return out;
}

}  // namespace emr::desensitize
