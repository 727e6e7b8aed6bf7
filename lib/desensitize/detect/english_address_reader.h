// Reads one English street address from a place in a text: its words and its parts. What becomes of
// the parts is english_addresses.cpp's affair.
#pragma once

#include <vector>

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// The parts of an address by word index; kNone where there is no such part.
struct EnglishAddressParts {
  std::size_t building = kNone;      ///< the first of two numbers
  std::size_t street = kNone;        ///< first word of the street, its own number included
  std::size_t street_last = kNone;
  std::size_t numbers = 0;
  bool typed = false;                ///< a word like Street or -katu was read
  struct Flat {
    std::size_t first;
    std::size_t last;
  };
  std::vector<Flat> flats;
  std::size_t last() const { return flats.empty() ? street_last : flats.back().last; }
};

class EnglishAddressReader : protected EnglishText {
 protected:
  explicit EnglishAddressReader(const EnglishText& english);

  bool number_like(std::size_t i) const;
  bool street(std::size_t i) const;
  bool flat_word(std::size_t i) const;
  /// "Friedhofstrasse", "Koskikatu", "Gesterbyntie": the street word is part of the name.
  bool ends_like_street(std::size_t i) const;
  bool capital(std::size_t i) const;
  bool calendar(std::size_t i) const;
  bool line_between(std::size_t i) const;
  bool gap_has(std::size_t i, char32_t wanted) const;
  bool read(std::size_t i, EnglishAddressParts& parts) const;
  std::size_t street_words(std::size_t at, EnglishAddressParts& parts) const;
  /// "Trenerys gate 232", "Belgrád rkp. 18": up to two words in lower case before the house number.
  bool numbered_soon(std::size_t at) const;
  void read_flats(EnglishAddressParts& parts) const;
  bool flat_alone(std::size_t i, EnglishAddressParts& parts) const;
  bool convincing(std::size_t i, std::size_t first, const EnglishAddressParts& parts) const;
  bool address_context(std::size_t i) const;

  bool lower_case_ = false;  ///< a text without capitals: any unknown word may be a name
};

}  // namespace emr::desensitize
