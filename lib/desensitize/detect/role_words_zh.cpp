#include "desensitize/detect/role_words_zh.h"

#include <array>
#include <span>
#include <string_view>

#include "base/check.h"

namespace emr::desensitize {
namespace {

// Who did something: behind these stands a person. General vocabulary of hospital forms.
constexpr auto kRoles = std::to_array<std::u32string_view>({
    U"经治", U"带组", U"管床", U"主管", U"上级", U"下级", U"投照", U"摄片", U"摄影", U"摆位",
    U"上机", U"下机", U"巡视", U"巡回", U"洗手", U"接班", U"交班", U"阅片", U"双签", U"审签",
    U"初审", U"复审", U"终审", U"审方", U"抄方", U"煎药", U"助产", U"接生", U"代书", U"代笔",
    U"代签", U"代填", U"坐席", U"话务", U"签收", U"交接", U"经办", U"经手", U"谈话", U"见证",
    U"应邀", U"邀请", U"采样", U"采血", U"送检", U"收样", U"制片", U"审阅", U"批准", U"制表",
    U"病友", U"病家", U"会员", U"客户", U"开单", U"双核", U"给药", U"配药", U"核药", U"随车",
    U"调度", U"值守", U"在班", U"当班", U"夜班", U"白班", U"小夜", U"大夜", U"主诊", U"首诊",
    U"责护", U"带教", U"学员", U"进修", U"规培", U"实习", U"署名", U"落款", U"代诉", U"代述",
    U"主刀", U"一助", U"二助", U"三助", U"扶镜", U"灌注", U"穿刺者", U"手术者", U"检者", U"核者",
    U"验者", U"医者", U"术者", U"拨打人", U"接听", U"联络人", U"代书人", U"助产士", U"健管师",
    U"管师", U"营养师", U"心理师", U"社工", U"民警", U"司机", U"老太太", U"老头", U"老先生",
    U"老爷子", U"小伙子", U"姑娘", U"大妈", U"大爷", U"大叔", U"大嫂", U"其嫂", U"其姑", U"其姨",
    U"其婶", U"其伯", U"其叔", U"其妯娌", U"其外甥", U"其外孙", U"其亲戚", U"受检人", U"受检者",
    U"就诊人", U"申请者", U"邀请人", U"应邀人", U"会诊者", U"主检", U"总检", U"终检", U"录音",
    U"主持", U"汇报", U"发言", U"接待", U"陪人", U"陪检", U"整改", U"交给", U"转交", U"移交",
    U"员工", U"名字叫", U"孙女叫", U"儿子叫", U"女儿叫", U"自述叫", U"自称", U"名叫", U"叫做", U"机主", U"户主",
    U"初检", U"复检", U"检测", U"核收", U"复验", U"取材", U"包埋", U"核验", U"换班", U"调班", U"替班", U"带班", U"轮值",
    U"听班", U"备班", U"责组", U"主麻", U"副麻", U"台上", U"台下", U"器械", U"诊断者", U"参与者", U"妻妹",
    U"妻弟", U"妻姐", U"妻兄", U"表叔", U"姨父", U"姑父", U"舅父", U"姨妹", U"堂叔", U"小姨", U"小姑",
    U"大伯", U"二伯", U"大嫂", U"二嫂", U"弟妹", U"侄媳", U"孙媳", U"领导", U"村主任", U"书记", U"校长",
    U"教师", U"校医", U"村长", U"会计", U"经理", U"主管领导", U"保安", U"保洁员", U"治疗师", U"造口师",
    U"康复师", U"技师", U"药师", U"检验师", U"检验员", U"护师", U"咨询师", U"协调员", U"研究员", U"管理员",
    U"调度员", U"网格员", U"专干", U"督导员", U"督导", U"参保人", U"被保人", U"投保人", U"受益人", U"护工",
    U"法定代理人", U"近亲属", U"患方", U"医方", U"家长", U"班长", U"组长", U"总务", U"治疗者",
    U"对门", U"同村", U"同寝", U"其三叔", U"其二叔", U"其三弟", U"其三姐", U"副驾", U"受理", U"跟车的是", U"主叫", U"工友",
    U"同事", U"同学", U"室友", U"邻居", U"邻床",
    U"前妻", U"前夫", U"媳妇", U"小名", U"乳名", U"大名", U"曾用名", U"研究生", U"实习生", U"进修生",
    U"鉴定人", U"核实为", U"患者是", U"病人是", U"患者叫", U"病人叫", U"爱人叫", U"他叫", U"她叫", U"我叫",
    U"婆娘", U"老婆", U"老公", U"老汉", U"幺女", U"幺儿", U"闺女", U"原告", U"被告",
     U"叔父", U"伯父", U"婶母", U"伯母", U"舅母", U"姑母", U"姨母",
     U"调剂", U"收方", U"说叫", U"家属叫", U"家长叫", U"物理师", U"接产", U"配血", U"发血", U"取血",
     U"翻译", U"病患", U"同车间", U"同宿舍", U"同寝室", U"同班", U"同乘", U"跟台",
     U"军医", U"主查", U"监考", U"同屋", U"同伴", U"渔民",
    U"房东", U"保姆", U"月嫂", U"交警", U"辅警", U"法官", U"律师", U"打给", U"操作员",
    U"收费", U"挂号员", U"导诊", U"分诊", U"预检", U"护理", U"护士", U"医师", U"医生",
    U"大夫", U"签字", U"签名", U"签章", U"书写人", U"记录人", U"报告人", U"执行人", U"核对人",
    U"工长", U"段长", U"厂长", U"站长", U"所长", U"乡长", U"镇长", U"局长", U"排长", U"连长", U"营长", U"团长",
    U"会长", U"园长", U"店长", U"机长", U"车长", U"楼长", U"船长", U"科长", U"处长", U"队长", U"舍长", U"宿管",
    U"护长", U"交方", U"接方", U"男方", U"女方", U"甲方", U"乙方", U"院方", U"业主",
    U"同乡", U"老乡", U"旅客", U"乘客", U"性伴", U"生父", U"生母",
    U"伴侣", U"罪犯", U"嫌犯", U"犯人", U"服刑人员", U"转出者", U"转入者", U"代理", U"车主", U"房主", U"雇主",
    U"货主", U"船主", U"肇事者", U"嫌疑人", U"受害人", U"目击者", U"报案人", U"报警人", U"当事人", U"投诉人", U"来访人",
    U"举报人", U"法人", U"献血者", U"捐献者", U"义工", U"技工", U"电工", U"焊工", U"木工", U"瓦工", U"农民工",
    U"环卫工", U"钟点工", U"厨师", U"门卫", U"教练", U"导游", U"出纳", U"支书", U"村支书", U"干事", U"文员", U"秘书",
    U"助理", U"弟子", U"徒弟", U"师父", U"恩师", U"导师", U"师兄", U"师姐", U"师弟", U"师妹", U"学徒", U"亲家",
    U"亲家母", U"连襟", U"妯娌", U"堂嫂", U"堂侄", U"表侄", U"表舅", U"姨夫", U"侄孙", U"外甥媳", U"干女儿", U"干儿子",
    U"孪生妹妹", U"牌友", U"棋友", U"战友", U"闺蜜", U"发小", U"男友", U"女友", U"男朋友", U"女朋友", U"监护者",
    U"照护者", U"照料者", U"快递员", U"外卖员", U"协管员", U"联络员", U"信息员", U"安全员", U"收银员", U"服务员", U"押运员",
    U"班主任", U"辅导员", U"心理老师", U"生活老师", U"责任医生", U"责任护士", U"家庭医生", U"签约医生", U"管床医生", U"主管医生",
    U"经治医生", U"带教老师", U"住院总", U"主班", U"副班", U"责班", U"治疗班", U"总值班", U"配药者", U"核药者", U"抽血者",
    U"采集者", U"接收者", U"运送者", U"护送者", U"录入者", U"打印者", U"阅片者", U"报告者", U"校对者", U"复核者", U"审核者",
    U"操作者", U"评估者", U"宣教者", U"指导者", U"督查者", U"检查者", U"登记者", U"填表者", U"填写人", U"制表人", U"经手人",
    U"交款人", U"收款人", U"付款人", U"领款人", U"申领人", U"送检人", U"收检人", U"取样人", U"采样人", U"接样人", U"验收人",
    U"保管人", U"借阅人", U"归还人", U"复印人", U"领取人", U"妇保医生", U"儿保医生", U"计生专干", U"妇女主任", U"包村干部",
    U"驻村干部", U"网格长", U"志愿者", U"心理咨询师", U"康复治疗师", U"言语治疗师", U"作业治疗师", U"物理治疗师", U"呼吸治疗师",
    U"听力师", U"验光师", U"视光师", U"技术员", U"工程师",
    U"包工头", U"工头", U"老板娘", U"领班", U"东家", U"房客", U"租客", U"店主", U"失主", U"城管", U"学长", U"学姐", U"学弟",
    U"学妹", U"导医", U"客服", U"担架工", U"片医", U"乡医", U"楼栋长", U"伯伯", U"干爹", U"干妈", U"独子", U"独女", U"四女",
    U"丈母娘", U"摊主", U"顾客", U"游客", U"民兵", U"租户", U"警察", U"承办", U"协办", U"博士后", U"亲戚", U"顶班", U"代班",
    U"协警", U"队友", U"球友", U"驴友", U"同桌", U"舍友", U"大女儿", U"二女儿", U"小女儿", U"大儿子", U"小儿子", U"未婚妻",
    U"未婚夫", U"养父", U"养母", U"继父", U"继母", U"养子", U"养女", U"婆母", U"公爹", U"小叔子", U"小舅子", U"大姑子",
    U"外孙", U"外孙女", U"侄子", U"侄女", U"外甥", U"外甥女", U"姑姑", U"姑妈", U"舅妈", U"舅舅", U"姨妈",
    U"嫂子", U"姐夫", U"妹夫", U"密接", U"首例", U"流调", U"出车", U"初筛", U"复筛", U"女患", U"男患", U"案主", U"麻醉师",
    U"受聘方", U"签约户", U"担架员", U"嘎查达", U"藏医", U"蒙医"});

// The same where the word has another use as well: the name must look like one.
constexpr auto kLooseRoles = std::to_array<std::u32string_view>({
    U"到达", U"发出", U"处理", U"检验", U"复核", U"审核", U"核对", U"执行", U"记录", U"报告",
    U"告知", U"宣教", U"评估", U"接诊", U"会诊", U"申请", U"麻醉", U"患者", U"病人", U"家属",
    U"病员", U"姓名", U"名字", U"居民", U"全科", U"麻醉科", U"内科", U"外科", U"儿科", U"骨科",
    U"妇科", U"社区", U"电告", U"通知", U"机位", U"号机", U"号床", U"那个", U"这个", U"关于", U"团队",
    U"同意书", U"心内", U"心外", U"神内", U"神外", U"普外",
    U"泌外", U"胸外", U"骨一", U"骨二", U"影像", U"超声", U"病理", U"药剂", U"内分泌", U"肿瘤科", U"呼吸科",
    U"消化科", U"眼科", U"口腔科", U"皮肤科", U"急诊科", U"中医科", U"康复科", U"放射科", U"检验科",
    U"急诊", U"人事", U"后勤", U"财务", U"医务", U"村医", U"法医", U"职工", U"民工", U"村民", U"农民",
    U"市民", U"牧民", U"儿童", U"病例", U"换药", U"先生", U"太太",
    U"前台", U"专职", U"煎药室", U"药房", U"西医", U"矿工", U"工人",
    U"长者",
    U"卫生队", U"血库", U"供应室", U"手术室", U"收费处", U"住院处", U"医保办", U"病案室", U"挂号处", U"总务科",
    U"设备科", U"信息科", U"保卫科", U"转出", U"转入", U"汇总", U"统计",
    U"血液科", U"风湿科", U"肾内科", U"心内科", U"心外科", U"神内科", U"神外科",
    U"普外科", U"泌尿科", U"泌尿外科", U"胸外科", U"肛肠科", U"感染科", U"老年科", U"疼痛科", U"介入科", U"输血科", U"病理科",
    U"超声科", U"影像科", U"药剂科", U"针灸科", U"推拿科", U"新生儿科", U"体检科", U"精神科", U"心理科", U"烧伤科", U"整形科",
    U"肾内", U"泌尿", U"老年", U"感染", U"风湿", U"血液",
    U"访视", U"小孩", U"大儿", U"二儿", U"住户", U"我舅", U"我爸", U"我妈", U"我爹", U"我娘", U"我哥", U"我姐", U"我弟",
    U"我妹", U"我叔", U"我姨", U"我姑",
    U"初诊", U"学生", U"致电", U"产科", U"儿保科", U"营养科", U"护理部", U"医务科", U"医保科", U"委托",
    U"编辑", U"二值", U"院感科", U"同病室", U"孩子", U"双胞胎", U"副高", U"保洁", U"物业", U"收治",
    U"新收", U"新入", U"转来", U"登记", U"采集", U"入户", U"主讲", U"授课", U"出席", U"列席", U"陪同", U"护送", U"押送",
    U"照看", U"请假", U"迟到", U"缺勤", U"约谈", U"医务处", U"对象", U"指导", U"整理", U"主办", U"接电话", U"接报",
    U"接警", U"同船", U"同车", U"同行",
    U"同住", U"接收", U"病区", U"填写", U"填报", U"其中", U"分诊台", U"护士站", U"导诊台", U"服务台"});

// Whose relative; behind them another name may follow.
constexpr auto kKin = std::to_array<std::u32string_view>({
    U"之长女", U"之次女", U"之长子", U"之次子", U"之子", U"之女", U"之妻", U"之夫", U"之父",
    U"之母", U"之兄", U"之弟", U"之姐", U"之妹", U"之媳", U"之婿", U"之孙", U"的爱人", U"的父亲",
    U"的母亲", U"的妻子", U"的丈夫", U"的女儿", U"的儿子", U"的家属", U"的老伴", U"的妈妈",
    U"的爸爸", U"的姐姐", U"的妹妹", U"的哥哥", U"的弟弟", U"的孙女", U"的孙子", U"妻子", U"丈夫",
    U"母亲", U"父亲", U"女儿", U"儿子", U"妈妈", U"爸爸", U"奶奶", U"爷爷", U"外婆", U"外公",
    U"老伴", U"爱人", U"儿媳", U"女婿", U"父母", U"双亲", U"哥哥", U"弟弟", U"姐姐", U"妹妹"});

std::u32string firsts(std::span<const std::u32string_view> words) {
  std::u32string characters;
  for (const std::u32string_view word : words) characters.push_back(word.front());
  return characters;
}
std::u32string lasts(std::span<const std::u32string_view> words) {
  std::u32string characters;
  for (const std::u32string_view word : words) characters.push_back(word.back());
  return characters;
}

}  // namespace

RoleWords::RoleWords(WordIndex::Words words, CharClass start)
    : start_(start), starts_(WordIndex::By::kFirstTwo, words),
      stops_(WordIndex::By::kLastTwo, words) {
  for (const std::u32string_view word : words) {  // nothing else has marks
    EMR_CHECK(is_cjk(word.front()) && is_cjk(word.back()));
  }
}

Roles::Roles() : sure(kRoles, kRoleStart), loose(kLooseRoles, kRoleStart), kin(kKin, kKinStart) {}

const Roles& roles() {
  static const Roles kAll;
  return kAll;
}

std::u32string role_first_characters() { return firsts(kRoles) + firsts(kLooseRoles); }

std::u32string role_last_characters() {
  return lasts(kRoles) + lasts(kLooseRoles) + lasts(kKin) + kLooseSigns.characters +
         kWeakSigns.characters + kShortKin.characters + kDayEnds.characters;
}

std::u32string kin_first_characters() { return firsts(kKin) + kKinSigns.characters; }

}  // namespace emr::desensitize
