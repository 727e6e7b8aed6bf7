#include "decode.h"

#include <utility>

namespace emr::tool {
namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf";

}  // namespace

Result<std::unique_ptr<Decoder>> Decoder::create(const std::string& charset) {
  EMR_ASSIGN(const std::string name, desensitize::charset_name(charset));
  std::unique_ptr<Decoder> decoder(new Decoder());
  if (name != "UTF-8") {
    EMR_ASSIGN(decoder->recoder_, desensitize::Recoder::create("UTF-8", name));
    decoder->recoder_->replace_bad_bytes();
  }
  decoder->hint_ = charset.empty() ? "name its character set, e.g. --charset gb18030"
                                   : "the input is not in the character set of --charset";
  return decoder;
}

std::string_view Decoder::decode(std::string_view bytes, std::string& room) {
  if (recoder_) {
    room.clear();
    recoder_->feed(bytes, room).ok();  // replaces what it cannot read
    bytes = room;
  }
  return front_passed_ ? bytes : without_mark(bytes, room, false);
}

std::string_view Decoder::finish(std::string& room) {
  room.clear();
  if (recoder_ && !recoder_->finish()) room.push_back('\xff');
  return front_passed_ ? std::string_view(room) : without_mark(room, room, true);
}

std::string_view Decoder::without_mark(std::string_view text, std::string& room, bool at_end) {
  front_.append(text);
  if (front_.size() < kMark.size() && kMark.starts_with(front_) && !at_end) return {};
  front_passed_ = true;
  room = std::exchange(front_, {});
  if (room.starts_with(kMark)) room.erase(0, kMark.size());
  return room;
}

std::string decoded_head(const std::string& charset, std::string_view head) {
  auto decoder = Decoder::create(charset);
  std::string room;
  return decoder ? std::string((*decoder)->decode(head, room)) : std::string(head);
}

}  // namespace emr::tool
