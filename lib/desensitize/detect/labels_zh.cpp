#include "desensitize/detect/labels_zh.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "desensitize/detect/field_gap_zh.h"
#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

// Words that are printed as the name of a field: a name follows, whatever its characters.
constexpr auto kFieldLabels = std::to_array<std::u32string_view>({
    U"姓名",     U"名字",     U"签名",     U"签字",     U"签章",     U"联系人",   U"监护人",
    U"医师",     U"医生",     U"大夫",     U"护士",     U"审核",     U"记录者",   U"记录人",
    U"书写者",   U"术者",     U"助手",     U"一助",     U"二助",     U"主刀",     U"麻醉者",
    U"报告者",   U"检查者",   U"检验者",   U"审核者",   U"核对者",   U"申请人",   U"采集者",
    U"送检者",   U"病史陈述者", U"陈述者", U"供史者",   U"代诉人",   U"操作者",   U"责任人",
    U"授权人",   U"委托人",   U"被委托人", U"代理人",   U"见证人",   U"投保人",   U"经治",
    U"主诊",     U"患儿",     U"产妇",     U"新生儿",   U"接诊人",   U"登记人",   U"护理员",
    U"药师",     U"技师",     U"主任",     U"护士长",   U"质控",     U"编码员",   U"曾用名",
    U"昵称",     U"患者",     U"病人",     U"家属",     U"随访人",   U"经办人",   U"交班人",
    U"接班人",   U"开户名",   U"户名",     U"持卡人",   U"主持人",   U"参加人员", U"参加者",
    U"复核",     U"书写",     U"校对",     U"核对",     U"记录",     U"报告人",   U"填报人",
    U"填表人",   U"录入",     U"录入员",   U"值班",     U"发药",     U"调配",     U"驾驶员",
    U"伤者",     U"死者",     U"婴儿",     U"孕妇",     U"老师",     U"收费员",   U"受试者",
    U"研究者",   U"收件人",   U"寄件人",   U"收货人",   U"介绍人",   U"负责人",   U"接听者",
    U"接诊",     U"三助",     U"麻醉",     U"患者姓名", U"真实姓名", U"病员",     U"患方签名"});

// Words of running text before a name.
constexpr auto kRunningLabels = std::to_array<std::u32string_view>({
    U"之子",   U"之女",   U"之妻",   U"之夫",   U"之父",   U"之母",   U"丈夫",   U"妻子",
    U"父亲",   U"母亲",   U"儿子",   U"女儿",   U"配偶",   U"爱人",   U"哥哥",   U"姐姐",
    U"弟弟",   U"妹妹",   U"兄长",   U"侄子",   U"侄女",   U"外甥",   U"外甥女", U"儿媳",
    U"女婿",   U"孙子",   U"孙女",   U"外孙",   U"外孙女", U"祖父",   U"祖母",   U"爷爷",
    U"奶奶",   U"外公",   U"外婆",   U"姥姥",   U"姥爷",   U"叔叔",   U"伯父",   U"舅舅",
    U"姑姑",   U"阿姨",   U"姨妈",   U"长子",   U"次子",   U"长女",   U"次女",   U"三子",
    U"亲属",   U"亲友",   U"同事",   U"邻居",   U"朋友",   U"室友",   U"护工",   U"保姆",
    U"陪护人", U"陪同人", U"住院医", U"主治",   U"教授",   U"副教授", U"专家",   U"院长",
    U"规培生", U"实习生", U"学生",   U"老人",   U"患者系", U"名叫",   U"名为",   U"请示",
    U"母子",   U"其父",   U"其母",   U"其子",   U"其女",   U"其妻",   U"其夫",   U"其兄",
    U"其弟",   U"其姐",   U"其妹",   U"患方",   U"尊敬的", U"亲爱的", U"您好",   U"你好",
    U"我叫",   U"我是",   U"现有",   U"兹有",   U"兹证明", U"本人",   U"联系",   U"监护人",
    U"堂兄",   U"堂弟",   U"堂姐",   U"堂妹",   U"表哥",   U"表姐",   U"表弟",   U"表妹",
    U"岳父",   U"岳母",   U"公公",   U"婆婆",   U"嫂子",   U"姐夫",   U"妹夫",   U"弟媳",
    U"前妻",   U"前夫",   U"养父",   U"养母",   U"继父",   U"继母",   U"养子",   U"养女",
    U"未婚夫", U"未婚妻", U"男友",   U"女友",   U"男朋友", U"女朋友", U"姑妈",   U"姨母",
    U"舅妈",   U"婶婶",   U"伯母",   U"大哥",   U"大姐",   U"二哥",   U"二姐",   U"小叔",
    U"干部",   U"村医",   U"司机",   U"民警",   U"社工",   U"志愿者", U"陪护",   U"患儿母亲",
    U"长孙女", U"户主",   U"同学",   U"战友",   U"老伴",   U"妈妈",   U"爸爸",   U"姥娘",
    U"家人",   U"老公",   U"老婆",   U"工友",   U"老板",
    U"同桌",   U"来访者", U"受种者", U"请问是", U"班主任", U"组长",   U"队长",   U"先证者", U"国医大师",
    U"被鉴定人", U"进修医师", U"研究生", U"宝宝",   U"居民",   U"受者",   U"供者",
    U"其孙",   U"其孙女", U"其媳",   U"其婿",   U"其侄",   U"其甥",   U"其叔",   U"其舅",   U"其长子",
    U"其长女", U"其次子", U"其次女", U"其祖父", U"其祖母", U"汇报人", U"求助人", U"报警人", U"呼救人", U"缴费人", U"患者名"});

// Identifiers. The longest matching label decides.
constexpr auto kIdLabels = std::to_array<IdLabel>({
    {U"身份证", kIdCard}, {U"身份证号", kIdCard}, {U"身份证号码", kIdCard},
    {U"身份证件号码", kIdCard}, {U"证件号", kIdCard}, {U"证件号码", kIdCard},
    {U"公民身份号码", kIdCard}, {U"居民身份证", kIdCard},
    {U"电话", kPhone}, {U"手机", kPhone}, {U"手机号", kPhone}, {U"手机号码", kPhone},
    {U"联系方式", kPhone}, {U"电话号码", kPhone}, {U"座机", kPhone}, {U"传真", kPhone},
    {U"热线", kPhone}, {U"短号", kPhone}, {U"内线", kPhone}, {U"分机", kPhone},
    {U"致电", kPhone}, {U"拨打", kPhone}, {U"详询", kPhone},
    {U"请电", kPhone}, {U"签约号", kMrn}, {U"咨询", kPhone}, {U"号码", kPhone}, {U"来电", kPhone},
    {U"取号码", kMrn}, {U"预约码", kMrn}, {U"验证码", kMrn},
    {U"住院号", kMrn}, {U"病案号", kMrn}, {U"门诊号", kMrn}, {U"病历号", kMrn},
    {U"就诊号", kMrn}, {U"就诊卡号", kMrn}, {U"诊疗卡号", kMrn}, {U"登记号", kMrn},
    {U"病员号", kMrn}, {U"病人号", kMrn}, {U"患者编号", kMrn}, {U"病人编号", kMrn},
    {U"住院流水号", kMrn}, {U"住院编号", kMrn}, {U"就诊流水号", kMrn}, {U"急诊号", kMrn},
    {U"挂号", kMrn}, {U"挂号单号", kMrn}, {U"健康卡号", kMrn}, {U"健康档案号", kMrn},
    {U"档案号", kMrn}, {U"档案编号", kMrn}, {U"体检号", kMrn}, {U"体检编号", kMrn},
    {U"磁卡号", kMrn}, {U"诊疗号", kMrn}, {U"门急诊号", kMrn}, {U"留观号", kMrn},
    {U"处方号", kMrn}, {U"处方编号", kMrn}, {U"医嘱号", kMrn}, {U"发票号", kMrn},
    {U"检查号", kExamId}, {U"影像号", kExamId}, {U"标本号", kExamId}, {U"条码号", kExamId},
    {U"条形码", kExamId}, {U"条码", kExamId},
    {U"设备序列号", kDeviceId}, {U"电极序列号", kDeviceId}, {U"病理号", kExamId}, {U"放射号", kExamId},
    {U"报告编号", kExamId},
    {U"报告号", kExamId}, {U"报告单号", kExamId}, {U"申请单号", kExamId}, {U"超声号", kExamId},
    {U"检验号", kExamId}, {U"检验单号", kExamId}, {U"样本号", kExamId}, {U"样本编号", kExamId},
    {U"标本编号", kExamId}, {U"检查编号", kExamId}, {U"内镜号", kExamId}, {U"片号", kExamId},
    {U"切片号", kExamId}, {U"心电号", kExamId}, {U"医技号", kExamId}, {U"检查单号", kExamId},
    {U"设备编号", kDeviceId}, {U"设备号", kDeviceId}, {U"序列号", kDeviceId},
    {U"机身号", kDeviceId}, {U"植入物编号", kDeviceId}, {U"起搏器编号", kDeviceId},
    {U"出厂编号", kDeviceId}, {U"仪器编号", kDeviceId}, {U"机器编号", kDeviceId},
    {U"器械编号", kDeviceId}, {U"支架编号", kDeviceId}, {U"假体编号", kDeviceId},
    {U"医保卡号", kInsuranceId}, {U"医保卡", kInsuranceId}, {U"医保号", kInsuranceId},
    {U"医保编号", kInsuranceId}, {U"社保卡号", kInsuranceId}, {U"社保卡", kInsuranceId},
    {U"社保号", kInsuranceId}, {U"社会保障号", kInsuranceId}, {U"社会保障卡号", kInsuranceId},
    {U"社会保障号码", kInsuranceId}, {U"参保号", kInsuranceId}, {U"个人编号", kInsuranceId},
    {U"医疗证号", kInsuranceId}, {U"农合号", kInsuranceId}, {U"合作医疗证号", kInsuranceId},
    {U"医疗保险号", kInsuranceId}, {U"保单号", kInsuranceId}, {U"电子凭证号", kInsuranceId},
    {U"护照", kPassport}, {U"护照号", kPassport}, {U"护照号码", kPassport},
    {U"通行证", kPermit}, {U"通行证号", kPermit}, {U"通行证号码", kPermit}, {U"台胞证", kPermit},
    {U"台胞证号", kPermit}, {U"回乡证", kPermit}, {U"回乡证号", kPermit}, {U"居留证", kPermit},
    {U"军官证", kPermit}, {U"军官证号", kPermit}, {U"驾驶证号", kPermit}, {U"居住证", kPermit},
    {U"银行卡", kBankCard}, {U"银行卡号", kBankCard}, {U"银行账号", kBankCard},
    {U"账号", kBankCard}, {U"储蓄卡", kBankCard}, {U"信用卡", kBankCard},
    {U"信用代码", kUscc}, {U"机构代码", kUscc},
    {U"回乡证号码", kPermit}, {U"台胞证号码", kPermit}, {U"居住证号", kPermit},
    {U"居留证号", kPermit}, {U"ID号", kMrn}, {U"患者ID号", kMrn}, {U"卡号", kBankCard},
    {U"病案", kMrn}, {U"就诊卡", kMrn}, {U"诊疗卡", kMrn}, {U"健康卡", kMrn}, {U"门诊卡", kMrn}, {U"磁卡", kMrn},
    {U"手册号", kInsuranceId}, {U"电子凭证", kInsuranceId}, {U"参合号", kInsuranceId},
    {U"固话", kPhone}, {U"宅电", kPhone}, {U"驾照", kPermit}, {U"驾照号", kPermit},
    {U"驾驶证", kPermit}, {U"驾驶证号码", kPermit}, {U"士兵证", kPermit}, {U"警官证", kPermit},
    {U"士兵证号", kPermit}, {U"警官证号", kPermit},
    {U"QQ号", kWechat}, {U"QQ号码", kWechat}, {U"微信ID", kWechat}, {U"微信", kWechat},
    {U"微信号", kWechat}, {U"车架号", kVin},
    {U"车架号码", kVin}, {U"车辆识别代号", kVin}, {U"车辆识别代码", kVin},
    {U"邮编", kPostcode}, {U"邮政编码", kPostcode},
    {U"车牌", kPlate}, {U"车牌号", kPlate}, {U"车牌号码", kPlate}});

/// What is numbered, and how a form calls its number: every pair is a label.
struct Numbered {
  SpanType type;
  std::span<const std::u32string_view> what;
};
constexpr auto kVisits = std::to_array<std::u32string_view>({
    U"病案", U"病历", U"住院", U"门诊", U"急诊", U"就诊", U"登记", U"档案", U"病员", U"患者", U"病人",
    U"挂号", U"诊疗", U"体检", U"处方", U"就医", U"留观", U"门急诊", U"健康档案", U"就诊卡", U"诊疗卡",
    U"健康卡", U"案卷", U"随访", U"入院", U"出院", U"腕带", U"接种",
    U"受检者", U"受试者", U"个案", U"病例", U"儿童", U"居民", U"孕妇"});
constexpr auto kExams = std::to_array<std::u32string_view>({
    U"检查", U"检验", U"标本", U"样本", U"样品", U"影像", U"放射", U"病理", U"超声", U"内镜", U"报告",
    U"报告单", U"申请单", U"化验", U"化验单", U"检验单", U"X线", U"X光", U"CT", U"MRI", U"MR", U"心电",
    U"心电图", U"核磁", U"送检", U"切片", U"蜡块", U"胃镜", U"肠镜", U"彩超", U"B超", U"试管", U"献血",
    U"血袋"});
constexpr auto kDevices = std::to_array<std::u32string_view>({
    U"设备", U"机身", U"植入物", U"起搏器", U"支架", U"假体", U"仪器", U"机器", U"器械", U"电极", U"晶体",
    U"产品"});
constexpr auto kInsurances = std::to_array<std::u32string_view>({
    U"医保", U"社保", U"医疗保险", U"参保", U"参保人", U"新农合", U"合作医疗", U"社会保障", U"保险单",
    U"保单", U"医保卡", U"社保卡", U"保险"});
constexpr auto kNumbers = std::to_array<std::u32string_view>(
    {U"号", U"编号", U"号码", U"序号", U"流水号", U"单号", U"条码号", U"ID", U"卡号", U"证号", U"编码", U"码"});

std::vector<IdLabel> make_id_labels() {
  static std::vector<std::u32string> spelt;  // owns what the views show
  std::vector<IdLabel> all(kIdLabels.begin(), kIdLabels.end());
  std::vector<SpanType> types;
  for (const Numbered& group :
       {Numbered{kMrn, kVisits}, Numbered{kExamId, kExams}, Numbered{kInsuranceId, kInsurances},
        Numbered{kDeviceId, kDevices}}) {
    for (const std::u32string_view what : group.what) {
      for (const std::u32string_view number : kNumbers) {
        spelt.emplace_back(std::u32string(what).append(number));
        types.push_back(group.type);
      }
    }
  }
  for (std::size_t i = 0; i < spelt.size(); ++i) {
    all.push_back({spelt[i], types[i]});
  }
  return all;
}

const std::vector<IdLabel>& all_id_labels() {
  static const std::vector<IdLabel> kAll = make_id_labels();
  return kAll;
}

// Numbers of things, not of persons.
constexpr auto kOtherNumbers = std::to_array<std::u32string_view>(
    {U"批号", U"文号", U"型号", U"货号", U"字号", U"序号", U"符号", U"信号", U"房号", U"间号", U"楼号", U"层号",
     U"挂号", U"称号", U"代号", U"括号", U"引号", U"版本号", U"图号", U"组号", U"频道号",
     U"公众号", U"服务号", U"诊室号", U"窗口号", U"排队号", U"标准号", U"批次号", U"位点号", U"备案号",
     U"床号", U"床位号", U"等号", U"星号", U"药号", U"门牌号", U"室号", U"军号", U"车次号",
     U"编码", U"代码", U"页码", U"尺码", U"起码"});

/// Papers and bands that bear a number without a word for it: 工单 2024…, 流水：55….
constexpr auto kPapers = std::to_array<std::u32string_view>(
    {U"工单", U"保单", U"申请单", U"报告单", U"化验单", U"检验单", U"检查单", U"处方单", U"挂号单", U"运单",
     U"订单", U"账单", U"流水", U"腕带"});

bool is_other_number(const DecodedText& text, std::size_t stop) {
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kOtherNumbers);
  return !kIndex.longest_before(text, stop).empty();
}

/// Not where the number is no person's: 批号, 型号.
bool numbers_something(const DecodedText& text, std::size_t stop) {
  return one_of<U"号码">(text[stop - 1]) && is_cjk(text[stop - 2]) &&
         !one_of<U"一二三四五六七八九十百零〇两几多第">(text[stop - 2]) &&
         !is_other_number(text, stop);
}

bool is_paper(const DecodedText& text, std::size_t stop) {
  static const WordIndex kIndex(WordIndex::By::kLastTwo, kPapers);
  return !kIndex.longest_before(text, stop).empty();
}

/// Labels in Latin letters inside Chinese notes.
const IdLabel* latin_label(const DecodedText& text, std::size_t stop) {
  static constexpr auto kLabels = std::to_array<IdLabel>(
      {{U"ID No", kIdCard}, {U"ID", kMrn},        {U"id", kMrn},         {U"MRN", kMrn},
       {U"SN", kDeviceId},  {U"S/N", kDeviceId},  {U"VIN", kVin},        {U"BED", kBed},
         {U"Bed", kBed},      {U"QQ", kWechat},
       {U"qq", kWechat},    {U"WeChat", kWechat}, {U"Tel", kPhone},      {U"TEL", kPhone},
       {U"Phone", kPhone},  {U"Mobile", kPhone},  {U"Fax", kPhone},
       {U"Passport", kPassport}, {U"Passport No", kPassport}, {U"HKID", kIdCard}});
  static constexpr auto kNumbered = std::to_array<std::u32string_view>(
      {U"No", U"NO", U"Group", U"Policy", U"Accession", U"Claim", U"Ref", U"Case", U"Serial",
       U"Pager", U"Member", U"HN"});
  for (const IdLabel& label : kLabels) {
    if (text.stops(stop, label.word) && !is_letter(text[stop - label.word.size() - 1])) {
      return &label;
    }
  }
  const bool number = std::any_of(kNumbered.begin(), kNumbered.end(), [&](const auto word) {
    return text.stops(stop, word) && !is_letter(text[stop - word.size() - 1]);
  });
  return number ? &kNumberLabel : nullptr;
}

/// Labels by their last three characters (two when there are no more), the longest first.
using LabelIndex = std::unordered_map<std::uint64_t, std::vector<IdLabel>>;

std::uint64_t tail_key(char32_t third, char32_t second, char32_t last) {
  return std::uint64_t{third} << 42 | std::uint64_t{second} << 21 | last;
}

const LabelIndex& labels_by_end() {
  static const LabelIndex kIndex = [] {
    LabelIndex index;
    for (const IdLabel& label : all_id_labels()) {
      const std::u32string_view word = label.word;
      const char32_t third = word.size() > 2 ? word[word.size() - 3] : 0;
      index[tail_key(third, word[word.size() - 2], word.back())].push_back(label);
    }
    for (auto& entry : index) {
      std::sort(entry.second.begin(), entry.second.end(),
                [](const IdLabel& a, const IdLabel& b) { return a.word.size() > b.word.size(); });
    }
    return index;
  }();
  return kIndex;
}

}  // namespace

std::span<const std::u32string_view> name_labels() noexcept {
  static const auto kAll = [] {
    std::array<std::u32string_view, kFieldLabels.size() + kRunningLabels.size()> all;
    std::copy(kRunningLabels.begin(), kRunningLabels.end(),
              std::copy(kFieldLabels.begin(), kFieldLabels.end(), all.begin()));
    return all;
  }();
  return kAll;
}

bool is_field_label(std::u32string_view label) noexcept {
  static const WordIndex kAll(WordIndex::By::kLastTwo, kFieldLabels);
  const WordIndex::Words alike = kAll.of(label[label.size() - 2], label.back());
  return std::find(alike.begin(), alike.end(), label) != alike.end();
}

bool is_form_label(std::u32string_view label) noexcept {
  return std::u32string_view(U"名字章人者员手").find(label.back()) != std::u32string_view::npos &&
         label != U"患者" && label != U"病人";
}

std::u32string id_label_ends() {
  std::u32string ends = U"号码单水带";  // of words that no list has, and of papers
  for (const IdLabel& label : all_id_labels()) {
    ends.push_back(label.word.back());
  }
  return ends;
}

const IdLabel* id_label_before(const DecodedText& text, std::size_t stop) {
  for (const char32_t third : {text[stop - 3], char32_t{0}}) {
    const auto found = labels_by_end().find(tail_key(third, text[stop - 2], text[stop - 1]));
    if (found == labels_by_end().end()) {
      continue;
    }
    for (const IdLabel& label : found->second) {
      if (text.stops(stop, label.word)) {
        return &label;
      }
    }
  }
  return nullptr;
}

const IdLabel* labelled_by(const DecodedText& text, std::size_t at) {
  std::size_t stop = at;
  constexpr std::size_t kLongestGap = 12;
  for (bool more = true; more && stop > 0 && at - stop < kLongestGap;) {
    const char32_t c = text[stop - 1];
    const std::size_t tag = before_tag(text, stop);
    more = is_blank(c) || is_field_mark(c) || one_of<U"为是#()+、№“\"【[.">(c);
    stop = tag < stop ? tag : more ? stop - 1 : stop;
  }
  if (text[at - 1] == U'№') {
    return &kNumberLabel;
  }
  if (is_letter(text[stop - 1])) {
    return latin_label(text, stop);
  }
  if ((text.marks(stop - 1) & kIdLabelEnd) == 0) {
    return nullptr;
  }
  const IdLabel* const label = id_label_before(text, stop);
  if (label != nullptr) {
    return label;
  }
  if (numbers_something(text, stop)) {
    return &kNumberLabel;
  }
  return is_paper(text, stop) ? &kPaperLabel : nullptr;
}

}  // namespace emr::desensitize
