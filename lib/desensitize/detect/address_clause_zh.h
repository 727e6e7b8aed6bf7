// Places in the words of people, where the grammar of addresses ends: 望江门外, 老街东头, 9号车间内. What
// stands around them is the evidence. Pure functions on a decoded text.
#pragma once

#include <cstddef>
#include <cstdint>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// 住|望江门外，家在|东津渡口，: where the place stops that begins at `at`, behind a word of living
/// somewhere; it fills its clause. 0: none, or nothing that tells where (农村, 女儿家, 六楼).
std::size_t lived_in_place(const DecodedText& text, std::size_t at);

/// 在|龙湖公园南门牌坊下|突发…, 从|木渎镇金山浜|坐地铁来: where the place at `at` stops, when an event
/// follows it. 0: none.
std::size_t scene_of_event(const DecodedText& text, std::size_t at);

/// 在|河南市场大门口|卖打糕, 在|鸿福路地铁A出口: a place with a name and where at it, whatever happens there; 0: none.
std::size_t spot_at(const DecodedText& text, std::size_t at);

/// How sure is it that a place was read, and that it fills a cell?
enum class PlaceKind : std::uint8_t { kUnsure, kRunning, kCell };

/// …旧县集老街|东头，: where a place that was read up to `stop` really stops.
std::size_t tail_of_place(const DecodedText& text, std::size_t stop, PlaceKind kind);

}  // namespace emr::desensitize
