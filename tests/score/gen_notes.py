#!/usr/bin/env python3
"""A second set of labelled Chinese notes. Its word lists were written for this file alone and share
no code with the detectors; templates, field orders and spellings differ from any sample file.
Usage: gen_notes.py COUNT [SEED] > notes.jsonl"""
import json
import random
import sys

rnd = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
SURNAME = ("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
           "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜"
           "倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成")
SURNAME = [c for c in SURNAME if c != "沿"]
DOUBLE = ["欧阳", "上官", "司马", "诸葛", "皇甫", "令狐", "慕容", "尉迟", "夏侯", "东方"]
GIVEN = ("子涵雨泽浩然梓萱诗琪欣怡宇轩博文思远俊杰晓东志强建华国庆秀兰桂英玉珍淑芬凤霞海燕丽娟春梅红艳小红德明永福金龙"
         "长生保国援朝跃进卫东爱民新华立新振兴家栋兆丰庭芳若曦静姝语嫣芷晴慕白清扬知夏南乔北辰云帆星辰沐阳景行修远承志明哲")
ETHNIC = ["买买提·艾力", "阿卜杜拉·依明", "古丽娜尔·吐尔地", "扎西多吉", "次仁央金", "格桑曲珍", "巴图", "斯琴高娃",
          "乌兰托娅", "热依汗古丽", "努尔艾力", "旦增罗布"]
CITY = [("山东省", "烟台市", "芝罘区"), ("湖南省", "岳阳市", "岳阳楼区"), ("江苏省", "南通市", "崇川区"),
        ("福建省", "泉州市", "鲤城区"), ("甘肃省", "天水市", "秦州区"), ("黑龙江省", "齐齐哈尔市", "龙沙区"),
        ("", "天津市", "河西区"), ("", "重庆市", "渝北区"), ("贵州省", "遵义市", "红花岗区"),
        ("广西壮族自治区", "柳州市", "鱼峰区"), ("吉林省", "四平市", "梨树县"), ("安徽省", "芜湖市", "繁昌区"),
        ("河南省", "信阳市", "固始县"), ("云南省", "大理市", ""), ("青海省", "海东市", "互助县")]
TOWN = ["红旗街道", "城关镇", "柳林乡", "东风街道", "石桥镇", ""]
ROAD = ["和平路", "胜利大街", "滨江大道", "文昌巷", "青年路", "学府街", "工农路", "柳树胡同"]
HOSP = ["市立医院", "人民医院", "中医院", "第三人民医院", "妇幼保健院", "肿瘤医院", "中心医院", "大学附属医院", "骨科医院"]
DEPT = ["泌尿外科", "消化内科", "骨二科", "儿科", "心血管内科", "神经外科", "眼科", "感染科"]
NOISE = ["张力不高，黄疸（-），白带正常，马尾神经无受压。", "高血压3级，常规复查，何时起病不详。", "王氏征阴性，库欣面容，温水擦浴。",
         "白细胞11.2×10^9/L，安静状态下心率78次/分。", "石膏外固定在位，左侧肢体肌力4级。", "方法得当，成人剂量，全身无皮疹。",
         "车前子15g，黄芪30g，水煎服，日一剂。", "于昨日晚餐后突发上腹痛，向右肩放射。", "查体：双肺呼吸音清，未闻及干湿啰音。",
         "血压 138/86mmHg，体温36.8℃，血氧饱和度97%。", "编号370602199002301234（非身份证）已作废。", "周身乏力，时有胸闷，曾服用阿司匹林。",
         "余无特殊，平素体健，解黄色稀便2次。", "单位时间内尿量约1500ml，应用利尿剂后好转。", "家属要求出院，已告知风险。"]
W = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def idcard():
    area = rnd.choice(["370602", "430602", "320602", "350502", "620502", "230202", "120103", "500112"])
    s = area + f"{rnd.randint(1935, 2015):04}{rnd.randint(1, 12):02}{rnd.randint(1, 28):02}" + f"{rnd.randint(1, 999):03}"
    return s + "10X98765432"[sum(w * int(c) for w, c in zip(W, s)) % 11]


def luhn(prefix, n):
    s = prefix + "".join(rnd.choice("0123456789") for _ in range(n - len(prefix) - 1))
    total = 0
    for i, c in enumerate(reversed(s)):
        d = int(c)
        if i % 2 == 0:
            d = d * 2 - 9 if d > 4 else d * 2
        total += d
    return s + str(-total % 10)


def name():
    r = rnd.random()
    if r < 0.06:
        return rnd.choice(ETHNIC)
    s = rnd.choice(DOUBLE) if r < 0.1 else rnd.choice(SURNAME)
    return s + "".join(rnd.sample(GIVEN, 1 if rnd.random() < 0.25 else 2))


def phone():
    p = "1" + rnd.choice("3456789") + "".join(rnd.choice("0123456789") for _ in range(9))
    return rnd.choice([p, p, f"{p[:3]} {p[3:7]} {p[7:]}", f"{p[:3]}-{p[3:7]}-{p[7:]}", "+86 " + p,
                       "0" + str(rnd.randint(311, 999)) + "-" + str(rnd.randint(2000000, 88888888))])


def date():
    y, m, d = rnd.randint(2015, 2026), rnd.randint(1, 12), rnd.randint(1, 28)
    return rnd.choice([f"{y}年{m}月{d}日", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}", f"{m}月{d}日",
                       f"{y}年{m:02}月{d:02}号"])


def address():
    p, c, a = rnd.choice(CITY)
    t = rnd.choice(TOWN)
    tail = rnd.choice([f"{rnd.choice(ROAD)}{rnd.randint(1, 300)}号", f"{rnd.choice(ROAD)}{rnd.randint(1, 300)}号{rnd.randint(1, 20)}号楼{rnd.randint(1, 6)}单元{rnd.randint(101, 2504)}室",
                       f"{rnd.choice(ROAD)}{rnd.randint(1, 99)}弄{rnd.randint(1, 40)}号{rnd.randint(101, 904)}室"])
    return (p if rnd.random() < 0.7 else "") + c + a + t + tail


def hospital():
    p, c, a = rnd.choice(CITY)
    return rnd.choice([c, c, c.rstrip("市"), p or c]) + rnd.choice(HOSP)


class Note:
    def __init__(self):
        self.text, self.spans = "", []

    def __call__(self, *parts):
        for part in parts:
            if isinstance(part, tuple):
                kind, value = part
                self.spans.append({"start": len(self.text), "end": len(self.text) + len(value), "type": kind})
                part = value
            self.text += part
        return self


def admission(n):
    n("【入院记录】", ("HOSPITAL", hospital()), "\n患者姓名: ", ("NAME", name()), "  性别: ", rnd.choice("男女"), "  年龄: ", str(rnd.randint(1, 88)), "岁\n病案号: ",
      ("MRN", str(rnd.randint(100000, 9999999))), "；床号：", ("BED", str(rnd.randint(1, 60)) + "床"), "\n公民身份号码：", ("ID_CARD", idcard()), "\n现住址：", ("ADDRESS", address()),
      "\n联系人：", ("NAME", name()), "，关系：夫妻，联系电话：", ("PHONE", phone()), "。\n入院时间：", ("DATE", date()), "\n主诉：反复头晕", str(rnd.randint(2, 9)), "天。\n", rnd.choice(NOISE),
      "\n经治医师：", ("NAME", name()), "/", ("NAME", name()), "\n")


def progress(n):
    n(("DATE", date()), " 10:", str(rnd.randint(10, 59)), "　", rnd.choice(DEPT), "病程记录\n", ("NAME", name()), "主任医师查房：患者", ("NAME", name()), "今日一般情况可，", rnd.choice(NOISE),
      "患者之女", ("NAME", name()), "（手机", ("PHONE", phone()), "）表示理解并签字。", rnd.choice(NOISE), "曾于", ("HOSPITAL", hospital()), "行阑尾切除术。\n记录者：", ("NAME", name()))


def clinic(n):
    n("门诊日志　", ("HOSPITAL", hospital()), "　", rnd.choice(DEPT), "\n", ("NAME", name()), "，", rnd.choice("男女"), "，", str(rnd.randint(1, 88)), "岁，家住", ("ADDRESS", address()), "，电话",
      ("PHONE", phone()), "，就诊号", ("MRN", "JZ" + str(rnd.randint(10000000, 99999999))), "。", rnd.choice(NOISE), rnd.choice(NOISE), "\n医生：", ("NAME", name()), "　", ("DATE", date()))


def finance(n):
    n("患者家属", ("NAME", name()), "持身份证", ("ID_CARD", idcard()), "办理结算，退费至银行卡", ("BANK_CARD", luhn("6217", 19)), "，邮箱", ("EMAIL", "user" + str(rnd.randint(1, 999)) + "@mail.example.com"),
      "。医保卡号：", ("INSURANCE_ID", rnd.choice("ABCH") + str(rnd.randint(10000000, 99999999))), "，", ("DATE", date()), "由护士", ("NAME", name()), "核对。", rnd.choice(NOISE))


def report(n):
    n("检查报告单\n姓名：", ("NAME", name()), "　检查号：", ("EXAM_ID", rnd.choice(["DR", "CT", "MR"]) + str(rnd.randint(1000000, 9999999))), "　申请医师：", ("NAME", name()), "\n检查日期：", ("DATE", date()),
      "\n印象：", rnd.choice(NOISE), "\n报告医师：", ("NAME", name()), "　审核医师：", ("NAME", name()), "\n", ("HOSPITAL", hospital()), "影像科")


def transfer(n):
    n("患儿", ("NAME", name()), "因高热由", ("HOSPITAL", hospital()), "转入，其父", ("NAME", name()), "电话：", ("PHONE", phone()), "，其母", ("NAME", name()), "。", rnd.choice(NOISE), ("DATE", date()),
      "请", ("HOSPITAL", hospital()), ("NAME", name()), "教授会诊，", rnd.choice(NOISE))


for i in range(int(sys.argv[1])):
    note = Note()
    rnd.choice([admission, progress, clinic, finance, report, transfer])(note)
    print(json.dumps({"id": f"own-{i:05}", "text": note.text, "spans": note.spans}, ensure_ascii=False))
