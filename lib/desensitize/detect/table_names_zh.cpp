#include "desensitize/detect/table_names_zh.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "desensitize/detect/documents_zh.h"
#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/labels_zh.h"
#include "desensitize/detect/name_evidence_zh.h"

namespace emr::desensitize {
namespace {

using Cell = std::pair<std::size_t, std::size_t>;

constexpr auto kHeaders = std::to_array<std::u32string_view>(
    {U"姓名", U"名字", U"名称", U"签字", U"签名", U"护士", U"医生", U"医师", U"患者", U"病人",
     U"坐席", U"记录人", U"记录者", U"操作者", U"执行者", U"执行人", U"责任人", U"联系人", U"随访人",
     U"陪护人", U"家属", U"主管", U"管床", U"责护", U"术者", U"核对者", U"核对人", U"登记人",
     U"接诊", U"经办", U"检验者", U"审核者", U"值班", U"人员", U"报告人", U"录入", U"患者姓名",
     U"病人姓名", U"医生签名", U"护士签名", U"签名人", U"责任护士", U"主管医生"});
// Other columns: a line that has none of them holds values.
constexpr auto kColumns = std::to_array<std::u32string_view>(
    {U"时间", U"日期", U"内容", U"备注", U"电话", U"结果", U"结局", U"编号", U"序号", U"体温",
     U"脉搏", U"血压", U"呼吸", U"床号", U"病情", U"病情观察", U"随访结果", U"住院号", U"性别", U"年龄",
     U"诊断", U"联系电话", U"手机", U"科室", U"关系", U"措施", U"处理", U"医嘱", U"剂量", U"班次",
     U"民族", U"职业", U"婚姻", U"籍贯", U"住址", U"地址", U"出生", U"主诉", U"单位", U"床位",
     U"项目", U"金额", U"状态", U"用药", U"途径", U"病区", U"护理措施", U"心率", U"尿量",
     U"职称", U"职务", U"学历", U"工号", U"称谓", U"签到", U"类别", U"频次"});
constexpr auto kBeds = std::to_array<std::u32string_view>({U"床号", U"床位", U"床位号"});
/// A longer first line is a sentence.
constexpr std::size_t kMaxHeaderCell = 8;
constexpr std::size_t kMaxHeader = 120;
constexpr std::size_t kMinColumns = 3;

template <std::size_t N>
bool is_one_of(const DecodedText& text, const Cell& cell,
               const std::array<std::u32string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](const std::u32string_view word) {
    return word.size() == cell.second - cell.first && text.starts(cell.first, word);
  });
}

class TableReader {
 public:
  explicit TableReader(const DecodedText& text) : text_(text) {}

  std::vector<TableCell> take() {
    for (std::size_t start = 0; start < text_.size();) {
      std::size_t stop = start;
      while (stop < text_.size() && text_[stop] != U'\n') ++stop;
      line(start, stop);
      start = stop + 1;
    }
    return std::move(found_);
  }

 private:
  void line(std::size_t start, std::size_t stop) {
    if (columns_ == 0 && stop - start > kMaxHeader) return;
    const std::vector<Cell> cells = split(start, stop, separator_of(start, stop));
    if (header(cells)) {
      columns_ = cells.size();
      separator_ = separator_of(start, stop);
      return;
    }
    if (columns_ == 0) return;
    const std::vector<Cell> row = split(start, stop, separator_);
    if (row.size() < 2) {
      columns_ = 0;
      return;
    }
    for (const auto& [column, type] : wanted_) {
      if (row.size() == columns_) {
        keep(row[column], type);
      } else if (column + 1 == columns_) {  // text with blanks of its own stands before the last
        keep(row.back(), type);
      } else if (column == 0) {
        keep(row.front(), type);
      }
    }
  }
  void keep(const Cell& cell, SpanType type) {
    const auto [start, stop] = cell;
    const std::size_t fewest = type == SpanType::kBed ? 1 : 4;
    const std::size_t most = type == SpanType::kBed ? 6 : 32;
    if (type == SpanType::kName && table_word_at(text_, start)) return;
    if (type == SpanType::kName ||
        (token_end(text_, start, true) == stop && stop - start <= most &&
         digits_in(text_, start, stop) >= fewest)) {
      found_.push_back({start, stop, type});
    }
  }

  bool header(const std::vector<Cell>& cells) {
    if (cells.size() < kMinColumns) return false;
    std::vector<std::pair<std::size_t, SpanType>> wanted;
    bool people = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].second - cells[i].first > kMaxHeaderCell) return false;
      if (const std::optional<SpanType> type = column_type(cells[i])) {
        wanted.emplace_back(i, *type);
        people = people || *type == SpanType::kName;
      }
    }
    const bool columns = std::any_of(cells.begin(), cells.end(), [&](const Cell& cell) {
      return is_one_of(text_, cell, kColumns);
    });
    if (!people || !columns || has_values(cells)) return false;
    wanted_ = std::move(wanted);
    return true;
  }
  std::optional<SpanType> column_type(const Cell& cell) const {
    if (is_one_of(text_, cell, kHeaders) || names_people(cell)) return SpanType::kName;
    if (is_one_of(text_, cell, kBeds)) return SpanType::kBed;
    const IdLabel* const label = id_label_before(text_, cell.second);
    const bool whole = label != nullptr && label->word.size() == cell.second - cell.first;
    return whole ? std::optional(label->type) : std::nullopt;
  }
  /// 责任医师, 床位护士, 登记者
  bool names_people(const Cell& cell) const {
    static constexpr auto kEnds = std::to_array<std::u32string_view>(
        {U"医生", U"医师", U"护士", U"护师", U"药师", U"技师", U"姓名", U"签名", U"签字"});
    return cell.second - cell.first > 2 &&
           (one_of<U"者人">(text_[cell.second - 1]) ||
            std::any_of(kEnds.begin(), kEnds.end(), [&](const std::u32string_view end) {
              return text_.stops(cell.second, end);
            }));
  }
  bool has_values(const std::vector<Cell>& cells) const {
    for (std::size_t i = cells.front().first; i < cells.back().second; ++i) {
      if (is_digit(text_[i]) || text_[i] == U'男' || text_[i] == U'女') return true;
    }
    return false;
  }
  /// '|' or ';' when the line has them, else commas when it has three, else blanks.
  char32_t separator_of(std::size_t start, std::size_t stop) const {
    constexpr std::size_t kFewestCommas = 3;
    std::size_t commas = 0;
    for (std::size_t i = start; i < stop; ++i) {
      if (text_[i] == U'|' || text_[i] == U';') return text_[i];
      commas += text_[i] == U',' ? 1 : 0;
    }
    return commas >= kFewestCommas ? U',' : U' ';
  }
  std::vector<Cell> split(std::size_t start, std::size_t stop, char32_t separator) const {
    std::vector<Cell> cells;
    while (start < stop) {
      while (start < stop &&
             (is_blank(text_[start]) || (separator == U'|' && text_[start] == U'|'))) {
        ++start;
      }
      std::size_t end = start;
      while (end < stop && (separator == U' ' ? !is_blank(text_[end]) : text_[end] != separator)) {
        ++end;
      }
      std::size_t trimmed = end;
      while (trimmed > start && is_blank(text_[trimmed - 1])) --trimmed;
      if (start < stop) cells.emplace_back(start, trimmed);
      start = end + 1;
    }
    return cells;
  }

  const DecodedText& text_;
  std::vector<TableCell> found_;
  std::vector<std::pair<std::size_t, SpanType>> wanted_;
  std::size_t columns_ = 0;  ///< of the table that the line stands in; 0 outside
  char32_t separator_ = 0;
};

}  // namespace

bool is_column(const DecodedText& text, std::size_t start, std::size_t stop) {
  return is_one_of(text, {start, stop}, kColumns) || is_one_of(text, {start, stop}, kHeaders);
}

bool is_column_at(const DecodedText& text, std::size_t start) {
  std::size_t stop = start;
  while (is_cjk(text[stop]) && stop < start + kMaxHeaderCell) {
    ++stop;
  }
  return is_column(text, start, stop);
}

std::vector<TableCell> table_cells(const DecodedText& text) {
  // A table has a header and a row: most notes are one line.
  const bool rows = text.bytes().find('\n') != std::string_view::npos;
  return rows ? TableReader(text).take() : std::vector<TableCell>();
}

}  // namespace emr::desensitize
