#!/usr/bin/env python3
"""Precision and recall of `emr-desensitize --detect` per type on a labelled file.

Reads the Chinese form {"id","text","spans":[{"start","end","type"}]} per line, or presidio's JSON
array [{"full_text","spans":[{"start_position","end_position","entity_type"}]}]. Two counts per type:
*exact* (same bounds, same type) and *covered* (recall: every character of the labelled span lies in
some find; precision: the find overlaps a label). Usage: score.py DETECTOR FILE [--show TYPE]
"""
import argparse
import collections
import json
import subprocess

ap = argparse.ArgumentParser()
ap.add_argument("detector")
ap.add_argument("file")
ap.add_argument("--language", default="auto")
ap.add_argument("--show", default="", help="print misses (and false finds) of this type")
ap.add_argument("--types", default="", help="only these types, comma separated")
ap.add_argument("--min-recall", type=float, default=0)
ap.add_argument("--min-precision", type=float, default=0)
ap.add_argument("--min-exact-recall", type=float, default=0)
ap.add_argument("--min-exact-precision", type=float, default=0)
ap.add_argument("--most-finds", type=int, default=-1, help="fail above; shows every find")
ap.add_argument("--goal", action="append", default=[], metavar="TYPE=RECALL",
                help="least covered recall of one type; may be repeated")
args = ap.parse_args()

raw = open(args.file, encoding="utf-8").read()
if raw.lstrip().startswith("["):
    docs = [(d["full_text"], [(s["start_position"], s["end_position"], s["entity_type"])
                              for s in d["spans"]]) for d in json.loads(raw)]
else:
    docs = [(d["text"], [(s["start"], s["end"], s["type"]) for s in d["spans"]])
            for d in map(json.loads, raw.splitlines())]

feed = "".join(json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n"
               for i, (t, _) in enumerate(docs))
out = subprocess.run([args.detector, "--detect", "--language", args.language],
                     input=feed.encode(), stdout=subprocess.PIPE, check=True).stdout
wanted = set(args.types.split(",")) if args.types else None

gold_n, gold_exact, gold_cover = (collections.Counter() for _ in range(3))
find_n, find_exact, find_overlap = (collections.Counter() for _ in range(3))
for (text, gold), line in zip(docs, out.decode().splitlines()):
    finds = [(s["start"], s["stop"], s["type"]) for s in json.loads(line)["spans"]]
    if wanted:
        finds = [f for f in finds if f[2] in wanted]
    found = set(finds)
    labelled = set(gold)
    covered = set()
    for start, stop, _ in finds:
        covered.update(range(start, stop))
    marked = set()
    for start, stop, kind in gold:
        marked.update(range(start, stop))
        if wanted and kind not in wanted:
            continue
        gold_n[kind] += 1
        gold_exact[kind] += (start, stop, kind) in found
        whole = all(i in covered or text[i].isspace() for i in range(start, stop))
        gold_cover[kind] += whole
        if args.show == kind and (start, stop, kind) not in found:
            print("MISS ", repr(text[max(0, start - 12):start]), repr(text[start:stop]),
                  repr(text[stop:stop + 8]), "" if not whole else "(covered)")
    for start, stop, kind in finds:
        find_n[kind] += 1
        if args.most_finds >= 0:
            print("FIND ", kind, repr(text[max(0, start - 12):stop]))
        find_exact[kind] += (start, stop, kind) in labelled
        hit = any(i in marked for i in range(start, stop))
        find_overlap[kind] += hit
        if args.show == kind and (start, stop, kind) not in labelled:
            print("FALSE", repr(text[max(0, start - 12):start]), repr(text[start:stop]),
                  repr(text[stop:stop + 8]), "(overlaps a label)" if hit else "")

def ratio(a, b):
    return a / b if b else float("nan")

print(f"{'type':18} {'labels':>6} {'finds':>6} | exact: R      P     | covered: R     P")
rows = sorted(set(gold_n) | set(find_n))
for kind in rows:
    print(f"{kind:18} {gold_n[kind]:6} {find_n[kind]:6} | "
          f"{ratio(gold_exact[kind], gold_n[kind]):6.3f} {ratio(find_exact[kind], find_n[kind]):6.3f}"
          f"      | {ratio(gold_cover[kind], gold_n[kind]):6.3f} "
          f"{ratio(find_overlap[kind], find_n[kind]):6.3f}")
recall = ratio(sum(gold_cover.values()), sum(gold_n.values()))
precision = ratio(sum(find_overlap.values()), sum(find_n.values()))
print(f"{'all':18} {sum(gold_n.values()):6} {sum(find_n.values()):6} | "
      f"{ratio(sum(gold_exact.values()), sum(gold_n.values())):6.3f} "
      f"{ratio(sum(find_exact.values()), sum(find_n.values())):6.3f}      | "
      f"{recall:6.3f} {precision:6.3f}")
below = [goal for goal in args.goal for kind, least in [goal.split("=")]
         if gold_n[kind] and gold_cover[kind] < float(least) * gold_n[kind]]
if below:
    print("below the goal:", " ".join(below))
exact_recall = ratio(sum(gold_exact.values()), sum(gold_n.values()))
exact_precision = ratio(sum(find_exact.values()), sum(find_n.values()))
good = recall >= args.min_recall and precision >= args.min_precision and not below and \
    exact_recall >= args.min_exact_recall and exact_precision >= args.min_exact_precision
if args.most_finds >= 0:
    good = sum(find_n.values()) <= args.most_finds
raise SystemExit(0 if good else 1)
