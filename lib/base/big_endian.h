// Numbers with their highest byte first, as every format of the house has them. Written out byte by
// byte, because compilers make one swapped load or store of that, and none of a loop.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace emr {

template <std::unsigned_integral T>
void store_big_endian(std::uint8_t* to, T value) noexcept {
  [&]<std::size_t... kByte>(std::index_sequence<kByte...>) {
    ((to[kByte] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - kByte)))), ...);
  }(std::make_index_sequence<sizeof(T)>());
}

template <std::unsigned_integral T>
T load_big_endian(const std::uint8_t* from) noexcept {
  return [&]<std::size_t... kByte>(std::index_sequence<kByte...>) {
    return static_cast<T>((... | (T{from[kByte]} << (8 * (sizeof(T) - 1 - kByte)))));
  }(std::make_index_sequence<sizeof(T)>());
}

}  // namespace emr
