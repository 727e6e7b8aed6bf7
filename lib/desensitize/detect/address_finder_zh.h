// The search for Chinese addresses: by the words that announce them (address_labelled_zh.cpp), and
// by what they are made of (address_zh.cpp). Internal to detect.
#pragma once

#include <algorithm>
#include <cstddef>

#include "desensitize/detect/address_clause_zh.h"
#include "desensitize/detect/address_marks_zh.h"
#include "desensitize/detect/text.h"

namespace emr::desensitize {

// Before an address and before much else: what follows must be told from other words.
inline constexpr CharSet kLooseLabels = U"在住";
inline constexpr CharSet kOtherSigns = U"从址";

class AddressFinder {
 public:
  AddressFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) {}
  void run();

 private:
  std::size_t label_at(std::size_t i) const;
  void labelled(std::size_t label, std::size_t at);
  void scene(std::size_t at);
  void spot(std::size_t at);
  /// 家址, 留址: whatever form of the word.
  void by_any_label(std::size_t i);
  void lived_in(std::size_t at);
  /// 现住, 家庭地址: people live there.
  bool settles(std::size_t label, std::size_t stop) const;
  /// Of a form: nothing but the address stands in its cell.
  bool names_field(std::size_t label, std::size_t stop) const;
  /// Where the run of characters stops, when it is short enough for an address; else 0.
  std::size_t cell_end(std::size_t at) const;
  static bool is_sentence(char32_t c) { return one_of<U"的了是因于患病诊电联邮">(c); }
  /// A number, or what ends the names of places.
  bool has_place_sign(std::size_t at, std::size_t stop) const;
  /// 在|红星路菜市场门口, 住 |西仓北巷回民小区: a road or a village, and where on it, or nothing else
  /// behind it.
  void somewhere(std::size_t label, std::size_t at);
  /// 于|南环路加油站对面跌倒, 经过|永丰路红绿灯时: the same behind other prepositions.
  void led_street(std::size_t sign);
  /// May a road, an estate or a village stop within the next characters?
  bool place_ahead(std::size_t at) const;
  bool has_street(std::size_t at, std::size_t stop) const;
  /// 在|建设路被撞: a street by its name, which the sentence goes on behind.
  bool is_street(std::size_t at, std::size_t stop) const;
  void unlabelled(std::size_t at);
  /// 到|石家沟|看病人, 住|马家湾: villages by the family that lives there.
  void family_village(std::size_t home);
  /// 安徽枞阳|人, 广西河池|籍: a province and a county by its short name.
  std::size_t people_of(std::size_t at) const;
  /// 去望|江门社区: the name of a city within another name.
  std::size_t name_start(std::size_t at) const;
  /// 武汉市江岸区人民医院 is a hospital, not an address.
  bool provider_follows(std::size_t at) const;
  /// 解放东路495号: a number that belongs to a road, with no place name before it.
  void around_number(std::size_t unit);
  /// 去|岭下村三组, ，石碣村2社: a village behind a word of going, or with the number of a group.
  void village(std::size_t sign);
  /// 下河口|自然村: the kind of village is said.
  void named_village(std::size_t kind, std::size_t stop);
  std::size_t number_before(std::size_t at) const;
  /// 龙潭沟三|组: what else villages are called.
  bool is_hamlet(std::size_t i) const;
  /// 府青路街道|八里社区, 双湖社区|五组
  void community(std::size_t sign);
  void known(const Stretch& address, int weight = 30) {
    if (address.stop > 0 && address.start >= done_) add(address.start, address.stop, weight);
  }
  void add(std::size_t start, std::size_t stop, int weight) {
    const bool sure = weight >= kSure && stop >= start + 6 &&
                      one_of<U"路街巷弄镇乡道区县旗市场村会里委园口">(text_[stop - 1]);
    const std::size_t known = tail_of_place(text_, stop, PlaceKind::kUnsure);
    stop = tail_of_place(text_, stop, !sure             ? PlaceKind::kUnsure
                                      : weight >= kCell ? PlaceKind::kCell
                                                        : PlaceKind::kRunning);
    finds_.push_back({start, stop, SpanType::kAddress, weight});
    // The rest might be somebody's name, which wins: then this is left.
    if (stop > known) finds_.push_back({start, known, SpanType::kAddress, weight});
    // 陕西师范大学|长安校区学府苑4号楼: so might the university.
    for (std::size_t i = start + 2; i + 6 < stop; ++i) {
      if (text_[i] == U'大' && text_[i + 1] == U'学' && !one_of<U"路城街">(text_[i + 2])) {
        finds_.push_back({i + 2, stop, SpanType::kAddress, weight - 1});
      }
    }
    done_ = std::max(done_, stop);
  }

  static constexpr int kSure = 35;  ///< of weights: levels or a label say that it is an address
  static constexpr int kCell = 40;  ///< a word of living somewhere stands before it
  const DecodedText& text_;
  Finds& finds_;
  std::size_t done_ = 0;
};

}  // namespace emr::desensitize
