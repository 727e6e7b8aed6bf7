#!/usr/bin/env python3
"""Labelled Chinese notes that share neither words nor templates with the detector or with
gen_notes.py. Usage: gen_heldout.py [N [first|final]]: N notes as JSON Lines {"id","doc_type","text",
"spans":[{"start","end","type"}]}. "first" served to improve the detector; "final" has other
templates, other halves of the word lists and another seed, and was only measured until notes by hand
(hand_notes.txt) took its place; since then its misses have been looked at too.

A template is text with {slot}; a slot is either personal (PERSONAL: slot -> type and maker) or plain
(PLAIN_SLOTS). {p} is the note's patient, the same in the whole note."""
import json
import random
import re
import sys

import heldout_words as W
import heldout_templates as T

count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
split = sys.argv[2] if len(sys.argv) > 2 else "first"
rng = random.Random({"first": 88172645463325252, "final": 362436069}[split])
odd = split == "final"
pick = rng.choice


def half(words):
    return words[1::2] if odd else words[0::2]


SURNAMES, COMPOUND, GIVEN, MINORITY, AREAS = map(
    half, (W.SURNAMES, W.COMPOUND, W.GIVEN, W.MINORITY + W.FOREIGN, W.AREAS))
ROADS, ESTATES, VILLAGES, CITIES, COUNTIES, NAMED = map(
    half, (W.ROADS, W.ESTATES, W.VILLAGES, W.CITIES, W.COUNTIES, W.NAMED_HOSPITALS))
UNIVERSITIES, TAILS, PRIVATE, ORGS, PLAIN = map(
    half, (W.UNIVERSITIES, W.HOSPITAL_TAILS, W.PRIVATE, W.ORGS, W.PLAIN))


def digits(n, first="0123456789"):
    return pick(first) + "".join(pick("0123456789") for _ in range(n - 1))


def letters(n, alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ"):
    return "".join(pick(alphabet) for _ in range(n))


def wide(s):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s)


def name():
    r = rng.random()
    if r < 0.06:
        return pick(MINORITY)
    if r < 0.11:
        return pick(COMPOUND) + pick(GIVEN)
    # Common surnames (the head of the list) are as frequent as in life.
    surname = pick(SURNAMES[:50]) if rng.random() < 0.6 else pick(SURNAMES)
    return surname + pick(GIVEN)


def ymd():
    return rng.randint(2015, 2025), rng.randint(1, 12), rng.randint(1, 28)


def chinese_year(y):
    return "".join("〇一二三四五六七八九"[int(c)] for c in str(y))


def chinese_number(n):
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else "二三四五六七八九"[tens - 2] + "十") + \
        ("" if ones == 0 else "一二三四五六七八九"[ones - 1])


def date():
    y, m, d = ymd()
    forms = [f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}", f"{y}年{m}月{d}日",
             f"{y}年{m:02}月{d:02}日", f"{y}{m:02}{d:02}", f"{m}月{d}日", f"{y} 年 {m} 月 {d} 日",
             f"{y}年{m}月{d}号", wide(f"{y}-{m:02}-{d:02}"), f"{y}年{m}月",
             chinese_year(y) + "年" + chinese_number(m) + "月" + chinese_number(d) + "日"]
    return pick(forms)


def full_date():
    y, m, d = ymd()
    return pick([f"{y}-{m:02}-{d:02}", f"{y}/{m:02}/{d:02}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日",
                 f"{y}{m:02}{d:02}", wide(f"{y}年{m}月{d}日")])


def birth():
    y, m, d = rng.randint(1936, 2022), rng.randint(1, 12), rng.randint(1, 28)
    return pick([f"{y}-{m:02}-{d:02}", f"{y}年{m}月{d}日", f"{y}.{m}.{d}", f"{y}/{m}/{d}"])


def id_digits():
    division = pick("130123 140213 210106 220122 230102 320583 330282 340123 350582 360731 371324 "
                    "411627 421302 430524 440514 450206 500101 510722 520382 532923 610481 620522 "
                    "630222 640381 654023 120119 110108 310115 150429 810000 830000".split())
    return division + f"{rng.randint(1935, 2022)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}" + \
        digits(3)


def id_check(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def id_card():
    body = id_digits()
    full = body + id_check(body)
    r = rng.random()
    if r < 0.08 and body[:2] not in ("81", "83") and body[6:8] == "19":
        return body[:6] + body[8:]
    if r < 0.16:
        return f"{full[:6]} {full[6:14]} {full[14:]}"
    if r < 0.22:
        return wide(full)
    return full.lower() if r < 0.3 else full


def wrong_id():
    body = id_digits()
    return body + pick([c for c in "0123456789" if c != id_check(body)])


def phone():
    m = digits(2, "1")[:1] + pick("356789") + digits(9)
    r = rng.random()
    if r < 0.35:
        return m
    if r < 0.6:
        sep = pick("- .")
        return pick(["", "", "+86 ", "+86-", "0086"]) + sep.join((m[:3], m[3:7], m[7:]))
    if r < 0.66:
        return wide(m)
    if r < 0.7:
        return "400-" + digits(3) + "-" + digits(4)
    area, n = pick([("010", 8), ("021", 8), ("0371", 8), ("0531", 8), ("0816", 7), ("0991", 7)])
    line = digits(n, "2345678")
    head = pick([f"{area}-{line}", f"({area}){line}", f"（{area}）{line}", f"{area}{line}"])
    return head + pick(["", "", "-" + digits(3, "123"), "转" + digits(4, "678")])


def luhn_card():
    body = pick(["622848", "622202", "621700", "621226", "622588", "436742", "524094"])
    body += digits(pick([9, 12]))
    total = 0
    for i, c in enumerate(reversed(body)):
        v = int(c) * (2 if i % 2 == 0 else 1)
        total += v - 9 if v > 9 else v
    card = body + str(-total % 10)
    if rng.random() < 0.25:
        return " ".join(card[i:i + 4] for i in range(0, len(card), 4))
    return card


def uscc():
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = pick(["91", "12", "52"]) + id_digits()[:6] + "".join(pick(alphabet) for _ in range(9))
    total = sum(alphabet.index(c) * (3 ** i % 31) for i, c in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


def hk_id():
    letter, body = pick("ACDEGHKPRZ"), digits(6)
    s = 36 * 9 + (ord(letter) - 55) * 8 + sum(int(c) * w for c, w in zip(body, range(7, 1, -1)))
    check = "0123456789A"[-s % 11]
    return f"{letter}{body}({check})"


def tw_id():
    letter = pick("ABCDEFGHJKLMNPQRSTUVXYWZIO")
    code = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter)
    body = pick("12") + digits(7)
    s = code // 10 + code % 10 * 9 + sum(int(c) * w for c, w in zip(body, range(8, 0, -1)))
    return letter + body + str(-s % 10)


def plate():
    region = pick("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
    r = rng.random()
    if r < 0.3:
        return region + letters(1) + pick("DF") + digits(5)
    tail = letters(1) + digits(4) if r < 0.6 else digits(5) if r < 0.9 else digits(2) + letters(1) + digits(2)
    return region + letters(1) + pick(["", "", "·"]) + tail


def mrn():
    return pick([digits(pick([6, 7, 8, 10])), "ZY" + digits(8), "M" + digits(7),
                 f"{rng.randint(2015, 2025)}{digits(6)}", f"B{digits(6)}-{digits(1)}"])


def exam():
    return pick(["CT", "MR", "US", "DR", "P", "XG", "BL"]) + digits(pick([6, 8, 9]))


def area_text():
    province, city, county, town = pick(AREAS).split("|")
    r = rng.random()
    if r < 0.2 and city:
        province = ""
    if r > 0.75:
        town = ""
    return province + city + county + town


def address():
    head = area_text()
    r = rng.random()
    if r < 0.35:
        return head + pick(VILLAGES) + pick(["", f"{rng.randint(1, 12)}组", f"{rng.randint(1, 220)}号",
                                             f"第{chinese_number(rng.randint(1, 9))}村民小组"])
    if r < 0.65:
        return head + pick(ROADS) + f"{rng.randint(1, 900)}号" + pick(["", "", f"{pick(ESTATES)}"]) + pick(
            ["", f"{rng.randint(1, 30)}号楼{rng.randint(1, 4)}单元{rng.randint(101, 2802)}室",
             f"{rng.randint(1, 30)}栋{rng.randint(101, 2802)}"])
    if r < 0.85:
        return head + pick(ESTATES) + f"{rng.randint(1, 30)}" + pick(["栋", "幢", "号楼", "座"]) + \
            pick([f"{rng.randint(1, 4)}单元{rng.randint(101, 2802)}", f"{rng.randint(101, 2802)}室",
                  f"-{rng.randint(1, 4)}-{rng.randint(101, 2802)}"])
    return head + pick(ROADS) + f"{rng.randint(1, 90)}弄{rng.randint(1, 90)}号{rng.randint(101, 602)}室"


def hospital():
    r = rng.random()
    if r < 0.3:
        return pick(CITIES) + "市" + pick(TAILS)
    if r < 0.45:
        return pick(COUNTIES) + pick(["人民医院", "中医医院", "妇幼保健计划生育服务中心", "第二人民医院"])
    if r < 0.6:
        return pick(NAMED)
    if r < 0.72:
        return pick(UNIVERSITIES) + pick(["第一附属医院", "附属第二医院", "附属口腔医院", "附属儿童医院"])
    if r < 0.82:
        town = pick(AREAS).split("|")
        return town[2] + town[3] + pick(["中心卫生院", "社区卫生服务中心", "卫生院"])
    if r < 0.92:
        return pick(CITIES) + pick(PRIVATE) + pick(["医院", "骨科医院", "中医门诊部", "口腔门诊部", "妇产医院"])
    return pick(CITIES) + pick(["军区总医院", "铁路医院", "医学院附属医院", "市第七医院", "矿务局总医院"])


def email():
    return pick([letters(1).lower(), "wang", "lily", "dr_" + letters(2).lower(), "x.y"]) + digits(
        pick([2, 4, 6])) + "@" + pick(["163.com", "qq.com", "hospital.org.cn", "139.com", "outlook.com"])


def wechat():
    return pick(["wxid_" + letters(6).lower() + digits(4), letters(4).lower() + digits(5),
                 letters(5).lower() + "_" + digits(3), letters(3) + digits(6)])


def passport():
    return pick(["E" + digits(8), "E" + letters(1) + digits(7), "G" + digits(8)])


def permit_hk():
    return pick(["C", "W"]) + digits(8)


def home_permit():
    return pick(["H", "M"]) + digits(pick([8, 10]))


PERSONAL = {
    "n": ("NAME", name), "date": ("DATE", date), "fdate": ("DATE", full_date), "dob": ("DATE", birth),
    "id": ("ID_CARD", id_card), "tel": ("PHONE", phone), "card": ("BANK_CARD", luhn_card),
    "uscc": ("USCC", uscc), "hkid": ("REGIONAL_ID", hk_id), "twid": ("REGIONAL_ID", tw_id),
    "plate": ("PLATE", plate), "mrn": ("MRN", mrn), "exam": ("EXAM_ID", exam),
    "addr": ("ADDRESS", address), "hosp": ("HOSPITAL", hospital), "mail": ("EMAIL", email),
    "wx": ("WECHAT", wechat), "qq": ("WECHAT", lambda: digits(pick([7, 9, 10]), "123456789")),
    "pass": ("PASSPORT", passport), "permit": ("PERMIT", permit_hk),
    "home": ("PERMIT", home_permit), "tw": ("PERMIT", lambda: digits(8)),
    "post": ("POSTCODE", lambda: digits(6, "12345678")),
    "bed": ("BED", lambda: pick(["", "", "+", "加"]) + str(rng.randint(1, 68)) + "床"),
    "ins": ("INSURANCE_ID", lambda: pick([letters(1) + digits(8), digits(12, "123456789")])),
    "dev": ("DEVICE_ID", lambda: pick(["SN", "DEV-", "HX"]) + letters(1) + digits(6)),
    "org": ("ORG", lambda: pick(CITIES) + pick(["市", ""]) + pick(ORGS)),
    "old": ("AGE_OVER_89", lambda: f"{rng.randint(90, 103)}岁"),
}
PLAIN_SLOTS = {
    "sn": lambda: pick(SURNAMES[:60]) + pick(W.SALUTES), "sex": lambda: pick("男女"),
    "age": lambda: f"{rng.randint(1, 88)}岁", "dept": lambda: pick(W.DEPTS),
    "dis": lambda: pick(W.DISEASES), "rel": lambda: pick(W.RELATIONS),
    "title": lambda: pick(W.TITLES), "plain": lambda: pick(PLAIN), "bad": wrong_id,
    "days": lambda: str(rng.randint(2, 30)), "time": lambda: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
}


def fill(template):
    text, spans, fixed = "", [], {}
    for part in re.split(r"(\{\w+\})", template):
        slot = part[1:-1] if part.startswith("{") else ""
        if not slot:
            text += part
        elif slot in PLAIN_SLOTS:
            text += PLAIN_SLOTS[slot]()
        else:
            kind, make = ("NAME", name) if slot == "p" else PERSONAL[slot]
            value = fixed.setdefault(slot, make()) if slot == "p" else make()
            spans.append({"start": len(text), "end": len(text) + len(value), "type": kind})
            text += value
    return text, spans


def main():
    for i in range(count):
        kind, lines = pick(T.FINAL if odd else T.FIRST)
        template = "".join(pick(line) if isinstance(line, (list, tuple)) else line for line in lines)
        text, spans = fill(template)
        print(json.dumps({"id": f"{split}-{i:05}", "doc_type": kind, "text": text, "spans": spans},
                         ensure_ascii=False))


main()
