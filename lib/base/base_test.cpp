#include <doctest/doctest.h>

#include "base/hex.h"
#include "base/number.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/wire.h"

using namespace emr;

TEST_CASE("hex and base64 are strict and invert each other") {
  const Bytes bytes = {0x00, 0x7f, 0xff, 0x10, 0x20};
  CHECK(to_hex(bytes) == "007fff1020");
  CHECK(from_hex("007FfF1020").value() == bytes);
  CHECK_FALSE(from_hex("0").ok());
  CHECK_FALSE(from_hex("0g").ok());
  CHECK_FALSE(from_hex_0x("0Xff").ok());
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const ByteView part = ByteView(bytes).first(size);
    CHECK(from_base64(to_base64(part)).value() == to_bytes(part));
  }
  CHECK(to_base64(as_bytes("foob")) == "Zm9vYg==");  // RFC 4648 section 10
  CHECK_FALSE(from_base64("Zm9vYh==").ok());         // stray bits: a second spelling
  CHECK_FALSE(from_base64("Zm9vYg").ok());
}

TEST_CASE("numbers have one spelling") {
  CHECK(parse_u64("18446744073709551615").value() == UINT64_MAX);
  for (const char* bad : {"", "-1", "+1", "010", "0x10", "18446744073709551616", "1 ", "1e3"}) {
    CHECK_FALSE(parse_u64(bad).ok());
  }
  CHECK_FALSE(parse_u64("11", 10).ok());
  CHECK(parse_i64("-9223372036854775808").value() == INT64_MIN);
  CHECK_FALSE(parse_i64("-0").ok());
  CHECK(parse_duration_seconds("30d").value() == 30 * 86400);
  CHECK(parse_duration_seconds("15m").value() == 900);
  CHECK_FALSE(parse_duration_seconds("d").ok());
}

TEST_CASE("UTC times go both ways and refuse what the calendar does not have") {
  CHECK(format_utc(0) == "1970-01-01T00:00:00Z");
  CHECK(parse_utc("2026-11-22T01:15:00Z").value() == 1795310100);
  for (UnixSeconds time = -62135596800; time <= 253402300799; time += 86400LL * 366 + 12345) {
    CHECK(parse_utc(format_utc(time)).value() == time);
  }
  for (const char* bad : {"2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T01:15:00",
                          "2026-11-22T01:15:00.1Z", "2026-11-22 01:15:00Z",
                          "0000-01-01T00:00:00Z"}) {
    CHECK_FALSE(parse_utc(bad).ok());
  }
}

TEST_CASE("UTF-8 validation follows Unicode table 3-7") {
  CHECK(is_valid_utf8("张三 abcdefgh \xF0\xA0\xAE\xB7"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF0\x80\x80\x80", "\xE4\xB8", "\xFF"}) {
    CHECK_FALSE(is_valid_utf8(bad));
  }
  std::string text;
  for (const char32_t c : {U'a', U'\u00e9', U'\u5f20', U'\U00020bb7'}) append_utf8(text, c);
  CHECK(count_code_points(text) == 4);
  std::size_t at = 0;
  CHECK(next_code_point(text, at) == U'a');
  CHECK(next_code_point(text, at) == U'\u00e9');
  CHECK(next_code_point(text, at) == U'\u5f20');
  CHECK(next_code_point(text, at) == U'\U00020bb7');
  CHECK(at == text.size());
}

TEST_CASE("wire: a writer whose bytes were taken begins again") {
  WireWriter writer;
  writer.u64(1).u64(2);
  CHECK(std::move(writer).take().size() == 16);
  writer.u8(7);  // went behind the end of nothing
  CHECK(to_bytes(writer.bytes()) == Bytes{7});
}

TEST_CASE("wire reader survives every cut and refuses trailing bytes") {
  WireWriter writer;
  writer.u8(1).u16(2).u32(3).u64(4).text("abc").raw(Hash32{});
  const Bytes bytes = std::move(writer).take();
  const auto decode = [](ByteView input) {
    WireReader reader(input);
    const bool same = reader.u8() == 1 && reader.u16() == 2 && reader.u32() == 3 &&
                      reader.u64() == 4 && reader.text(16) == "abc" && reader.hash() == Hash32{};
    return same && reader.finish().ok();
  };
  CHECK(decode(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode(ByteView(bytes).first(size)));
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode(longer));
  WireReader reader(bytes);
  CHECK(reader.blob(2).empty());  // the length claims more than the caller allows
  CHECK(reader.failed());
}

TEST_CASE("utf8: the wide way agrees with the narrow one wherever a sequence stands") {
  // All sequences of up to four bytes from the borders of table 3-7, at every place of a block.
  const std::string borders(
      "\x00\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF4\xF5", 18);
  const auto narrow = [](std::string_view sequence) {
    return is_valid_utf8(sequence);  // too short for the wide way
  };
  std::size_t valid = 0;
  for (std::size_t n = 0; n < 18 * 18 * 18 * 18; ++n) {
    std::string sequence;
    for (std::size_t rest = n, i = 0; i < 4; ++i, rest /= 18) sequence += borders[rest % 18];
    std::string text(70, n % 2 == 0 ? 'a' : ' ');
    text.replace(n % 67, 4, sequence);
    const bool expected = narrow(sequence);
    valid += expected ? 1 : 0;
    if (is_valid_utf8(text) != expected) FAIL_CHECK("sequence " << n);
  }
  CHECK(valid > 0);
  CHECK_FALSE(is_valid_utf8(std::string(64, 'a') + "\xE5"));
  CHECK_FALSE(is_valid_utf8(std::string(62, 'a') + "\xF0\x9F\x98"));
  CHECK(is_valid_utf8(std::string(61, 'a') + "\xE5\xBC\xA0"));
}

TEST_CASE("utf8: a fault is found anywhere in a run of three-byte characters") {
  std::string run;
  for (int i = 0; i < 9; ++i) run += "张";
  CHECK(is_valid_utf8(run));
  CHECK(is_valid_utf8(run + "é😀ࠀ퟿a" + run));
  for (std::size_t at = 0; at < run.size(); ++at) {
    std::string broken = run;
    broken[at] = at % 3 == 0 ? '\xED' : '\x41';  // ED BC is half a surrogate pair
    CAPTURE(at);
    CHECK_FALSE(is_valid_utf8(broken));
    CHECK(is_valid_utf8(run.substr(0, at)) == (at % 3 == 0));
  }
  CHECK_FALSE(is_valid_utf8("张\xE0\x80\x80张"));
}
