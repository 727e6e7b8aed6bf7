#include "desensitize/detect/english_address_reader.h"

#include <algorithm>

namespace emr::desensitize {
namespace {

constexpr std::size_t kMaxStreetWords = 7;

using Parts = EnglishAddressParts;

}  // namespace

EnglishAddressReader::EnglishAddressReader(const EnglishText& english) : EnglishText(english) {
  lower_case_ = std::none_of(words_.begin(), words_.end(),
                             [](const Word& word) { return word.capital && !word.number; });
}

bool EnglishAddressReader::number_like(std::size_t i) const {
  if (i >= words_.size() || !words_[i].number || words_[i].stop - words_[i].start > 6) {
    return false;
  }
  const char32_t after = text_[words_[i].stop];
  return after != U':' && after != U'/' && after != U'%' && after != U'@';
}

bool EnglishAddressReader::street(std::size_t i) const {
  return i < words_.size() && in_list(WordList::kStreets, words_[i].lower) && !flat_word(i);
}

bool EnglishAddressReader::flat_word(std::size_t i) const {
  return any(i, {"suite", "apt", "apartment", "unit", "floor", "box", "ste", "flat", "room"});
}

bool EnglishAddressReader::ends_like_street(std::size_t i) const {
  if (i >= words_.size()) {
    return false;
  }
  for (const std::string_view end :
       {"strasse", "strae", "gasse", "katu", "ntie", "gatan", "gata", "gade", "vej", "veien",
        "vei", "vgen", "straat", "laan", "weg", "platz", "allee", "utca", "ulica", "plein",
        "brcke", "vnget", "terrasse", "dijk", "kade", "kuja", "raitti", "stien", "parken"}) {
    if (words_[i].lower.size() > end.size() + 2 && words_[i].lower.ends_with(end)) {
      return true;
    }
  }
  return false;
}

bool EnglishAddressReader::capital(std::size_t i) const {
  if (i >= words_.size()) {
    return false;
  }
  return words_[i].capital || (lower_case_ && !words_[i].number &&
                               !in_list(WordList::kCommon, words_[i].lower));
}

bool EnglishAddressReader::calendar(std::size_t i) const {
  return any(i, {"january", "february", "march", "april", "may", "june", "july", "august",
                 "september", "october", "november", "december", "jan", "feb", "mar", "apr",
                 "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "monday", "tuesday",
                 "wednesday", "thursday", "friday", "saturday", "sunday", "i", "am", "pm", "i'd",
                 "i'm", "i'll", "i've"});
}

bool EnglishAddressReader::line_between(std::size_t i) const {  // between word i and the next
  return i + 1 < words_.size() && gap_has(i, U'\n');
}

bool EnglishAddressReader::gap_has(std::size_t i, char32_t wanted) const {
  const std::size_t stop = i + 1 < words_.size() ? words_[i + 1].start : text_.size();
  for (std::size_t at = words_[i].stop; at < stop; ++at) {
    if (text_[at] == wanted) {
      return true;
    }
  }
  return false;
}

bool EnglishAddressReader::read(std::size_t i, Parts& parts) const {
  std::size_t at = i;
  if (number_like(at) && joined(at)) {
    ++parts.numbers;
    if (number_like(at + 1) && joined(at + 1)) {
      parts.building = at;
      ++parts.numbers;
      ++at;
    }
    ++at;
  } else if (number_like(at)) {
    return false;
  }
  const std::size_t first = at;
  parts.street = parts.building == kNone ? i : i + 1;
  at = street_words(at, parts);
  if (at == first || is(first, "p")) {
    return flat_alone(i, parts);
  }
  if (number_like(at) && joined(at - 1, U".")) {
    if (parts.numbers == 1) {
      parts.building = i;
      parts.street = i + 1;
    }
    ++parts.numbers;
    ++at;
  }
  parts.street_last = at - 1;
  read_flats(parts);
  return convincing(i, first, parts);
}

std::size_t EnglishAddressReader::street_words(std::size_t at, Parts& parts) const {
  const std::size_t first = at;
  while (at < words_.size() && at - first < kMaxStreetWords && !words_[at].number &&
         (at == first || joined(at - 1, U".")) && !flat_word(at) && !calendar(at) &&
         (capital(at) || connector(at) || street(at) || ends_like_street(at) ||
          (at > first && numbered_soon(at))) &&
         !(at > first && parts.typed && in_list(WordList::kCommon, words_[at].lower) &&
           !words_[at].capital && !connector(at)) &&
         !(at > first && any(at, {"st", "street"}) && street(at - 1))) {
    parts.typed = parts.typed || street(at) || ends_like_street(at);
    ++at;
    if (parts.typed && text_[words_[at - 1].stop] == U'.' && at < words_.size() &&
        !number_like(at)) {
      break;  // "Glyn St. The next sentence"
    }
  }
  while (at > first + 1 && connector(at - 1) && !number_like(at)) {
    --at;
  }
  return at;
}

bool EnglishAddressReader::numbered_soon(std::size_t at) const {
  for (std::size_t k = at; k < at + 2 && k + 1 < words_.size(); ++k) {
    if (words_[k].number || in_list(WordList::kCommon, words_[k].lower) || !joined(k, U".") ||
        in_list(WordList::kOrdinary, words_[k].lower)) {
      return false;
    }
    if (number_like(k + 1)) {
      return true;
    }
  }
  return false;
}

void EnglishAddressReader::read_flats(Parts& parts) const {
  for (std::size_t at = parts.street_last + 1;
       flat_word(at) && number_like(at + 1) && joined(at - 1, U",.\n>?") && joined(at, U".#");
       at += 2) {
    parts.flats.push_back({at, at + 1});
  }
}

bool EnglishAddressReader::flat_alone(std::size_t i, Parts& parts) const {
  if (is(i, "p") && is(i + 1, "o") && is(i + 2, "box") && number_like(i + 3)) {
    parts.street_last = i + 3;
    parts.numbers = 1;
    read_flats(parts);
    return true;
  }
  if (!flat_word(i) || !number_like(i + 1) || !joined(i, U".#") || is(i, "room") ||
      is(i, "floor")) {
    return false;
  }
  parts.street = i;
  parts.street_last = i + 1;
  return true;
}

bool EnglishAddressReader::convincing(std::size_t i, std::size_t first, const Parts& parts) const {
  if (is(first, "dr") && parts.street_last > first && words_[first + 1].capital) {
    return false;  // "0730 Dr Patel rounded"
  }
  const bool plain_first = in_list(WordList::kCommon, words_[first].lower);
  if (!parts.flats.empty() && parts.numbers > 0) {
    return true;
  }
  if (parts.numbers >= 2) {
    return parts.typed || (!plain_first && !clinical());  // "1423 Epi 1"
  }
  if (parts.numbers == 1 && parts.typed) {
    return !plain_first || parts.street_last > first;
  }
  return parts.numbers == 1 && !plain_first && address_context(i) &&
         !in_list(WordList::kMedical, words_[first].lower);  // "minimum of 2 views"
}

bool EnglishAddressReader::address_context(std::size_t i) const {
  if (i == 0) {
    return false;
  }
  // Where nothing is capitalised, "decrease to 2 tablets" looks like "moved to 2 rainbow".
  if (lower_case_) return any(i - 1, {"at", "address"});
  return any(i - 1, {"at", "address", "is", "same"}) ||
         (any(i - 1, {"of", "on", "to", "in"}) && words_[i].number) ||
         (i > 1 && is(i - 1, "of") && is(i - 2, "side"));
}

}  // namespace emr::desensitize
