#!/usr/bin/env python3
"""The notes of hand_notes.txt as labelled JSON Lines {"id","doc_type","text","spans"}. They were
written by hand, before the rules were looked at, in the manner of many departments, scripts and
habits of punctuation; no word list stands behind them. Markup: 〔Nvalue〕 is a value whose type the
letter names (TYPES); 〔I〕, 〔C〕 are filled with a valid number, 〔I6-8-4〕 and 〔I全角〕 spell it so."""
import json
import random
import re
import sys
from pathlib import Path

TYPES = {"N": "NAME", "H": "HOSPITAL", "A": "ADDRESS", "D": "DATE", "P": "PHONE", "I": "ID_CARD",
         "M": "MRN", "E": "EXAM_ID", "B": "BED", "C": "BANK_CARD", "O": "ORG", "W": "WECHAT",
         "L": "PLATE", "S": "PASSPORT", "T": "PERMIT", "X": "INSURANCE_ID", "Z": "POSTCODE",
         "G": "AGE_OVER_89", "V": "DEVICE_ID", "@": "EMAIL", "U": "USCC"}
ENGLISH = {"N": "PERSON", "O": "ORGANIZATION", "A": "STREET_ADDRESS", "G": "GPE", "D": "DATE_TIME",
           "P": "PHONE_NUMBER", "S": "US_SSN", "C": "CREDIT_CARD", "Z": "ZIP_CODE", "T": "TITLE",
           "U": "DOMAIN_NAME", "I": "IP_ADDRESS", "B": "IBAN_CODE", "R": "NRP", "Y": "AGE",
           "M": "MRN", "L": "US_DRIVER_LICENSE", "@": "EMAIL_ADDRESS"}
rng = random.Random(20260301)


def id_card(form):
    body = rng.choice(["420583", "511324", "370883", "620102", "231181", "450821"])
    body += f"{rng.randint(1938, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body += f"{rng.randint(0, 999):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    number = body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]
    if form == "6-8-4":
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    return "".join(chr(ord(c) + 0xFEE0) for c in number) if form == "全角" else number


def bank_card():
    body = rng.choice(["621661", "622700", "621785"]) + f"{rng.randint(0, 10**12 - 1):012}"
    total = 0
    for i, c in enumerate(reversed(body)):
        value = int(c) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def render(marked, types):
    text, spans = "", []
    for part in re.split(r"(〔[^〕]+〕)", marked):
        if part.startswith("〔"):
            kind, value = types[part[1]], part[2:-1]
            if kind == "ID_CARD":
                value = id_card(value)
            elif kind == "BANK_CARD":
                value = bank_card()
            spans.append({"start": len(text), "end": len(text) + len(value), "type": kind})
            part = value
        text += part
    return text, spans


types = ENGLISH if "_en" in "".join(sys.argv[1:]) else TYPES
source = Path(__file__).with_name(sys.argv[1] if len(sys.argv) > 1 else "hand_notes.txt")
for index, note in enumerate(source.read_text(encoding="utf-8").split("\n----\n")):
    heading, _, body = note.partition("\n")
    text, spans = render(body.rstrip("\n"), types)
    print(json.dumps({"id": f"hand-{index:03}", "doc_type": heading.lstrip("#"), "text": text,
                      "spans": spans}, ensure_ascii=False))
