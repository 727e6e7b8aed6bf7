#include <algorithm>
#include <array>

#include "desensitize/detect/date_shapes_zh.h"
#include "desensitize/detect/documents_zh.h"
#include "desensitize/detect/export_keys_zh.h"
#include "desensitize/detect/field_gap_zh.h"
#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/labels_zh.h"
#include "desensitize/detect/name_places_zh.h"
#include "desensitize/detect/phones_zh.h"
#include "desensitize/detect/yearless_dates_zh.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

class IdentifierFinder {
 public:
  IdentifierFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) {}

  void run() {
    constexpr std::uint32_t kPlaces = kRunStart | kChineseDigit | kBedSign;
    for (const std::size_t i : Places(text_, kPlaces)) {
      const char32_t c = text_[i];
      if (is_alnum(c)) {
        if (i >= done_) {
          token(i);
        }
      } else if (c == U'初' || c == U'廿' || (c == U'十' && one_of<U"正冬腊">(text_[i - 2]))) {
        if (const Find day = lunar_date_at(text_, i); day.stop > 0) {
          add(day.start, day.stop, kDate, 50);
        }
      } else if ((text_.marks(i) & kChineseDigit) != 0) {
        if (i >= done_ && !date(i)) {
          spoken(i);
        }
      } else if (c == U'床') {
        bed(i);
      }
    }
  }

 private:
  void add(std::size_t start, std::size_t stop, SpanType type, int weight) {
    finds_.push_back({start, stop, type, weight});
    done_ = std::max(done_, stop);
  }

  std::size_t connected_end(std::size_t at) {
    return tokens_.end(at, [this](std::size_t from) { return token_end(text_, from, true); });
  }

  void token(std::size_t at) {
    if (number_with_unit(at) || glued_label(at) || export_value(at)) {
      return;
    }
    const IdLabel* label = labelled_by(text_, at);
    if (label != nullptr && behind_label(at, *label)) {
      return;
    }
    if (find_plate_zh(text_, at, finds_) || find_passport_zh(text_, at, finds_) ||
        find_certificate_zh(text_, at, finds_) ||
        (is_digit(text_[at + 2]) && find_journey_zh(text_, at, finds_))) {
      done_ = std::max(done_, finds_.back().stop);
      return;
    }
    if (is_letter(text_[at]) && is_letter(text_[at + 2]) && patient(at)) {
      return;
    }
    if (!date(at) && (one_of<U"048">(text_[at]) || text_[at - 1] == U'+')) {
      if (!phone(at, false)) {
        padded(at);
      }
    }
  }

  bool patient(std::size_t at) {
    const Find name = latin_patient(text_, at);
    if (name.stop > 0) {
      finds_.push_back(name);
      done_ = name.stop;
    }
    return name.stop > 0;
  }
  /// 0000918273: no amount is written so.
  void padded(std::size_t at) {
    const std::size_t stop = token_end(text_, at, false);
    if (text_[at] == U'0' && text_[at + 1] == U'0' && stop - at >= 8 && stop - at <= 16 &&
        digits_in(text_, at, stop) == stop - at && text_[at - 1] != U'.') {
      add(at, stop, kMrn, 40);
    }
  }
  bool behind_label(std::size_t at, const IdLabel& label) {
    if (&label == &kPaperLabel) {
      return paper(at);
    }
    const bool numbered = &label == &kNumberLabel;
    return (!numbered && labelled(at, label.type)) ||
           ((numbered || label.type == kBankCard) && number(at));
  }
  /// 工单 20240903114207, but 申请单 2024-09-03.
  bool paper(std::size_t at) {
    const std::size_t stop = connected_end(at);
    const bool dated = stop - at <= 10 && date_end(text_, at) == stop;
    return digits_in(text_, at, stop) >= 6 && !dated && number(at);
  }

  bool export_value(std::size_t at) {
    done_ = std::max(done_, is_letter(text_[at]) ? find_export_value_zh(text_, at, finds_) : 0);
    return done_ > at;
  }

  /// Behind a word that numbers something: four digits or more, and no unit. What is built like an
  /// ID number but has a wrong check digit is none.
  bool number(std::size_t at) {
    const std::size_t stop = connected_end(at);
    const bool card = stop - at == 18 && has_birthday(text_, at);
    if (stop - at > 32 || card || digits_in(text_, at, stop) < 4 ||
        one_of<U"年月日室元房楼栋床次批岁型类级层个人名例%">(text_[stop])) {
      return false;
    }
    add(at, stop, kMrn, 52);
    return true;
  }

  /// 病历号七七零二一三, 电话幺三八零…: digits as they are dictated.
  void spoken(std::size_t at) {
    constexpr std::size_t kMost = 20;
    std::size_t stop = at;
    while (stop - at <= kMost && one_of<U"零〇一二三四五六七八九幺">(text_[stop])) {
      ++stop;
    }
    const bool mobile = stop - at == 11 && one_of<U"一幺">(text_[at]) &&
                        one_of<U"三四五六七八九">(text_[at + 1]);
    const bool spelt = stop - at >= 4 && stop - at <= kMost;
    const IdLabel* const label = spelt ? labelled_by(text_, at) : nullptr;
    if (mobile) {
      add(at, stop, kPhone, 80);
    } else if (label != nullptr && label != &kNumberLabel && text_[stop] != U'年') {
      add(at, stop, label->type, 75);
    }
  }

  /// "QQ12345678", "ID88213": the label is glued on.
  bool glued_label(std::size_t at) {
    const bool chat = text_.starts(at, U"QQ") || text_.starts(at, U"qq");
    if (!chat && !text_.starts(at, U"ID")) {
      return false;
    }
    const std::size_t stop = token_end(text_, at, false);
    if (stop - at < (chat ? 7U : 6U) || stop - at > 14 ||
        digits_in(text_, at + 2, stop) + (is_letter(text_[at + 2]) && !chat ? 1 : 0) !=
            stop - at - 2) {
      return false;
    }
    add(at + 2, stop, chat ? kWechat : kMrn, 75);
    return true;
  }

  /// 36床, +12床, 92岁.
  bool number_with_unit(std::size_t at) {
    const std::size_t stop = connected_end(at);
    if (text_[stop] == U'床' && stop - at <= 6 && is_digit(text_[stop - 1])) {
      const bool extra = text_[at - 1] == U'+' || text_[at - 1] == U'加';
      std::size_t start = at;
      while (is_letter(text_[at]) && is_letter(text_[at + 1]) && is_letter(text_[start])) {
        ++start;  // ICU3床: the ward is no part of the bed
      }
      add(extra ? at - 1 : start, stop + 1, kBed, 60);
      return true;
    }
    const std::size_t unit = text_[stop] == U' ' ? stop + 1 : stop;
    if ((text_[unit] == U'岁' || text_.starts(unit, U"周岁")) && stop - at <= 3) {
      int age = 0;
      for (std::size_t i = at; i < stop; ++i)
        age = is_digit(text_[i]) ? age * 10 + static_cast<int>(text_[i] - U'0') : 0;
      if (age > 89 && age < 150) {
        add(at, text_[unit] == U'岁' ? unit + 1 : unit + 2, kAgeOver89, 60);
      }
      return true;
    }
    return false;
  }

  /// 床号12, 床：12, 十八床.
  void bed(std::size_t sign) {
    const char32_t next = text_[sign + 1];
    const bool cell = is_blank(text_[sign - 1]) || one_of<U"|,;">(text_[sign - 1]);
    if (one_of<U"号位">(next) || (next == U':' && !is_cjk(text_[sign - 1]))) {
      bed_label(sign + 2);
    } else if (cell && is_digit(next)) {
      bed_label(sign + 1);
    } else {
      std::size_t start = sign;
      while (one_of<U"一二三四五六七八九十百零">(text_[start - 1]) && sign - start < 4) {
        --start;
      }
      if (start < sign && !one_of<U"被棉褥单上">(text_[sign + 1])) {
        add(start, sign + 1, kBed, 60);
      }
    }
  }

  void bed_label(std::size_t at) {
    at = field_gap(text_, at, true, false).stop;
    const std::size_t first = text_[at] == U'+' || text_[at] == U'加' ? at + 1 : at;
    std::size_t stop = connected_end(first);
    if (at == 0 || stop == first || stop - first > 6 || digits_in(text_, first, stop) == 0) {
      return;
    }
    stop += text_[stop] == U'床' ? 1 : 0;
    add(at, stop, kBed, 65);
  }

  bool labelled(std::size_t at, SpanType type) {
    switch (type) {
      case kPhone: return phone(at, true);
      case kIdCard: return id_number(at);
      case kBankCard: return digits_only(at, 12, 23, kBankCard);
      case kBed: return word(at, 1, 6, kBed);
      case kPostcode: return digits_only(at, 6, 6, kPostcode);
      case kWechat: return word(at, 4, 32, kWechat);
      case kVin: return word(at, 17, 17, kVin);
      case kPassport: return word(at, 7, 12, kPassport);
      case kPermit: return word(at, 7, 18, kPermit);
      default: return word(at, 3, 32, type);
    }
  }

  bool word(std::size_t at, std::size_t min, std::size_t max, SpanType type) {
    // "病案号4945833-2", but not "病案号4945833/住院号".
    const std::size_t stop = connected_end(at);
    if (stop - at < min || stop - at > max ||
        (type != kWechat && digits_in(text_, at, stop) == 0)) {
      return false;
    }
    add(at, stop, type, 75);
    return true;
  }

  bool digits_only(std::size_t at, std::size_t min, std::size_t max, SpanType type) {
    std::size_t stop = at;
    std::size_t digits = 0;
    while (digits <= max &&
           (is_digit(text_[stop]) ||
            ((text_[stop] == U' ' || text_[stop] == U'-') && is_digit(text_[stop + 1])))) {
      digits += is_digit(text_[stop]) ? 1 : 0;
      ++stop;
    }
    if (digits < min || digits > max) {
      return false;
    }
    add(at, stop, type, 75);
    return true;
  }

  /// Behind 身份证号 an ID number counts even when its check digit is wrong (typing errors are as
  /// telling as the number itself); other shapes are foreign documents.
  bool id_number(std::size_t at) {
    if (find_document_zh(text_, at, finds_)) {
      done_ = std::max(done_, finds_.back().stop);
      return true;
    }
    std::size_t stop = at;
    std::size_t count = 0;
    constexpr std::size_t kMost = 20;
    while (count <= kMost &&
           (is_alnum(text_[stop]) || text_[stop] == U'*' ||
            ((text_[stop] == U' ' || text_[stop] == U'-') && is_digit(text_[stop + 1]) &&
             count < 18))) {
      count += is_alnum(text_[stop]) ? 1 : 0;
      ++stop;
    }
    if (count < 7 || count > kMost) {
      return false;
    }
    add(at, stop, kIdCard, 85);
    return true;
  }

  bool phone(std::size_t at, bool has_label) {
    const Find number = phone_at(text_, at, has_label);
    const Find found = number.stop == 0 && has_label ? extension_at(text_, at) : number;
    if (found.stop > 0) {
      finds_.push_back(found);
      done_ = std::max(done_, found.stop);
    }
    return found.stop > 0;
  }

  /// 批号20230915: eight digits that say nothing about the patient.
  bool lot_number(std::size_t at) const {
    std::size_t stop = at;
    while (stop > 0 && (is_blank(text_[stop - 1]) || text_[stop - 1] == U':')) {
      --stop;
    }
    return text_.stops(stop, U"批号") || text_.stops(stop, U"批次") || text_.stops(stop, U"文号");
  }

  bool date(std::size_t at) {
    if (at > 0 && (text_[at - 1] == U'第' || lot_number(at))) {
      return false;
    }
    const std::size_t stop = date_end(text_, at);
    if (text_[at - 1] == U'.' && !one_of<U"日号">(text_[stop - 1])) {
      return false;  // the tail of a longer number, but not 2.4月10日复查
    }
    if (stop == 0) {
      return short_date(at);
    }
    // 9-10-10 is a score: with the year last it has four digits.
    if (stop - at < 8 && one_of<U"-/.">(text_[at + 1]) && is_digit(text_[at + 2])) {
      return false;
    }
    // "10/12" of a blood pressure or a ratio is no date: a year or 月 is needed here. Of 2021.8 it
    // is known already that the text says so.
    const bool dotted = is_digit(text_[at + 3]) && text_[at + 4] == U'.';
    if (stop - at < 8 && !dotted && text_[stop - 1] != U'日' && text_[stop - 1] != U'号' &&
        text_[stop - 1] != U'月' && text_[at + 4] != U'-' && text_[at + 4] != U'/' &&
        !stands_as_date(text_, at, stop)) {
      return short_date(at);
    }
    add(one_of<U"日号">(text_[stop - 1]) ? year_before(text_, at) : at, stop, kDate, 50);
    return true;
  }

  /// Behind a date that begins with one digit or two.
  std::size_t number_date_end(std::size_t at) const {
    std::size_t digits = 1;
    while (digits < 4 && is_digit(text_[at + digits])) {
      ++digits;
    }
    const char32_t mark = text_[at + digits];
    if (mark == U'号' || mark == U'日') {
      return std::max(second_day_end(at), spoken_number_end(text_, at));
    }
    if (!one_of<U"-/.月">(mark) || (digits > 2 && mark != U'/')) {
      return 0;
    }
    const std::size_t stop = std::max(short_year_date_end(text_, at), month_part_end(text_, at));
    return stop > 0 ? stop : yearless_date_end(text_, at, follows_date(at));
  }
  /// 2024-09-02至|09-06, 5月18-|19日
  bool follows_date(std::size_t at) const {
    return one_of<U"至到-~—、和">(text_[at - 1]) && !finds_.empty() &&
           finds_.back().type == kDate && finds_.back().stop == at - 1;
  }
  std::size_t second_day_end(std::size_t at) const {
    const std::size_t stop = token_end(text_, at, false);
    return stop - at <= 2 && one_of<U"日号">(text_[stop]) && follows_date(at) ? stop + 1 : 0;
  }

  /// 11/9 or 六月十三, without a year; 5月底, without a day; 23/12/1, whose year is short; 本月12号.
  bool short_date(std::size_t at) {
    std::size_t start = at;
    std::size_t stop = month_day_end(text_, at);
    stop = stop > 0 && stands_as_date(text_, at, stop) ? stop : 0;
    if (!is_digit(text_[at])) {
      start = year_before(text_, at);
      stop = spoken_day_end(text_, at);
    } else if (is_day_of_month(text_, at)) {
      start = at - 2;
      stop = token_end(text_, at, false) + 1;
    } else if (stop == 0) {
      stop = number_date_end(at);
    }
    if (stop > 0) {
      add(start, stop, kDate, 45);
    }
    return stop > 0;
  }

  const DecodedText& text_;
  Finds& finds_;
  std::size_t done_ = 0;
  RunEnd tokens_;
};

}  // namespace

void find_identifiers_zh(const DecodedText& text, Finds& finds) {
  find_check_digits(text, finds);
  IdentifierFinder(text, finds).run();
}

}  // namespace emr::desensitize
