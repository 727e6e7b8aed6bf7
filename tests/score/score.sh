#!/bin/sh
# Precision and recall of the detectors on every labelled file at hand; fails below the goals.
# Usage: score.sh EMR_DESENSITIZE [SHARED_DATA]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tool=${1:?path of emr-desensitize}
data=${2:-$here/../../../shared/data}
notes=$(mktemp)
trap 'rm -f "$notes"' EXIT
python3 "$here/gen_notes.py" 2000 > "$notes"
status=0
echo "== notes of our own generator"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.95 --min-precision 0.95 || status=1
sure="ID_CARD PHONE BANK_CARD USCC MRN EMAIL DATE PLATE PASSPORT PERMIT REGIONAL_ID EXAM_ID"
goals="--goal NAME=0.95 --goal HOSPITAL=0.95"
for type in $sure; do goals="$goals --goal $type=0.99"; done
python3 "$here/gen_heldout.py" 1200 first > "$notes"
echo "== notes of strangers, the split that the rules were improved on"
# shellcheck disable=SC2086  # one word per goal
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.97 --min-precision 0.97 $goals \
  --goal ADDRESS=0.95 || status=1
python3 "$here/gen_heldout.py" 1200 final > "$notes"
echo "== notes of strangers, the other split"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.98 --min-precision 0.98 || status=1
python3 "$here/hand_notes.py" hand_notes.txt > "$notes"
echo "== notes by hand, many departments and habits"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.92 --min-precision 0.97 || status=1
for more in second third; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== more notes by hand, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.95 --min-precision 0.97 || status=1
done
# Names that are ordinary words, tables, broken lines, no colons: written to be hard. Names were
# found at 0.53 before the rules were improved on it (precision 0.98).
python3 "$here/hand_notes.py" hand_notes_fourth.txt > "$notes"
echo "== notes by hand, unusual layouts and names, which the rules were improved on"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.80 --min-precision 0.96 \
  --goal NAME=0.80 || status=1
# Scored once, when the rules above stood; nobody looked at what they miss.
python3 "$here/hand_notes.py" hand_notes_fifth.txt > "$notes"
echo "== notes by hand, the ways of many hospitals, not improved on"
goals="--goal NAME=0.95 --goal HOSPITAL=0.95 --goal ADDRESS=0.95 --goal DATE=0.97"
for type in ID_CARD PHONE MRN EMAIL PLATE PERMIT EXAM_ID; do goals="$goals --goal $type=0.99"; done
# shellcheck disable=SC2086  # one word per goal
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.97 --min-precision 0.95 $goals || status=1
python3 "$here/hand_notes.py" hand_notes_sixth.txt > "$notes"
echo "== notes by hand: exports, chats, lists, dictation, names that are words, numbers by any label"
goals="--goal NAME=0.80 --goal HOSPITAL=0.95 --goal ADDRESS=0.85 --goal DATE=0.97"
for type in ID_CARD PHONE MRN EMAIL PLATE PERMIT EXAM_ID; do goals="$goals --goal $type=0.99"; done
# shellcheck disable=SC2086  # one word per goal
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.87 --min-precision 0.98 $goals || status=1
python3 "$here/hand_notes.py" hand_notes_seventh.txt > "$notes"
echo "== notes by hand: more of them; blind they were found at 0.89 (names 0.875)"
goals="--goal NAME=0.95 --goal HOSPITAL=0.95 --goal ADDRESS=0.92 --goal DATE=0.96"
for type in ID_CARD PHONE MRN EXAM_ID; do goals="$goals --goal $type=0.99"; done
# shellcheck disable=SC2086  # one word per goal
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.95 --min-precision 0.98 $goals || status=1
# Blind they were found at 0.85, names at 0.83 and 0.79; then the general causes were mended.
for more in eighth ninth; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: ward talk, logs, mails, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.92 --min-precision 0.98 || status=1
done
# Most names are words or rare, on purpose. Blind they were found at 0.70 (tenth) and 0.78.
for more in tenth eleventh; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: registers, markup, police, villages, names that are words, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.87 --min-precision 0.96 \
    --goal NAME=0.85 --goal HOSPITAL=0.95 --goal ADDRESS=0.80 --goal PHONE=0.99 || status=1
done
# Ordinary names in unusual layouts. Blind, names were found at 0.88 (twelfth) and 0.91.
for more in twelfth thirteenth; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: chats, letters, tables, dictation, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.88 --min-precision 0.96 \
    --goal NAME=0.95 --goal HOSPITAL=0.95 || status=1
done
# Blind they were found at 0.79 (names 0.84, addresses 0.54, dates 0.72), 0.85 (0.88, 0.56, 0.79) and
# 0.86 (0.85, 0.75, 0.89).
for more in fourteenth fifteenth sixteenth; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: wards, villages, insurers, Hong Kong, dates without a year, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.92 --min-precision 0.98 \
    --goal NAME=0.93 --goal HOSPITAL=0.90 --goal ADDRESS=0.80 --goal DATE=0.93 \
    --goal PHONE=0.99 --goal ID_CARD=0.99 --goal EXAM_ID=0.99 || status=1
done
# Most names are words; blind: 0.83 (names 0.84, addresses 0.54, dates 0.88).
python3 "$here/hand_notes.py" hand_notes_seventeenth.txt > "$notes"
echo "== notes by hand: systems of many makers, prisons, mines, names that are words"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.90 --min-precision 0.98 \
  --goal NAME=0.88 --goal HOSPITAL=0.90 --goal ADDRESS=0.75 --goal DATE=0.95 \
  --goal PHONE=0.99 --goal ID_CARD=0.99 --goal EXAM_ID=0.99 || status=1
# Ordinary names and places of one region each. Blind they were found at 0.89 (names 0.92, addresses
# 0.68, dates 0.92) and 0.87 (0.89, 0.77, 0.85); with what these two had taught, at 0.90 (0.95, 0.50,
# 1.0) and 0.86 (0.90, 0.57, 0.79), where the rules of before found 0.88 (0.92) and 0.84 (0.88, 0.43).
# The plain papers of a county and of a city's hospital: 0.96 (0.95, 0.75, 1.0) and 0.96 (0.99, 0.67,
# 0.92), both at a precision of 1; papers full of addresses: 0.88 (0.90, 0.88, 0.95).
for more in eighteenth nineteenth twentieth twentyfirst twentysecond twentyfourth twentyfifth; do
  hospitals=0.95
  [ "$more" != twentyfifth ] || hospitals=0.75  # four of them
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: every kind of paper of a hospital in seven parts of the land, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.93 --min-precision 0.97 \
    --goal NAME=0.94 --goal HOSPITAL=$hospitals --goal ADDRESS=0.78 --goal DATE=0.89 \
    --goal ID_CARD=0.99 || status=1
done
# Most surnames are rare; blind: 0.87 (names 0.88, addresses 0.56), with the rules of before 0.83 (0.81).
python3 "$here/hand_notes.py" hand_notes_twentythird.txt > "$notes"
echo "== notes by hand: rare surnames"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.90 --min-precision 0.98 \
  --goal NAME=0.88 --goal HOSPITAL=0.95 --goal ADDRESS=0.85 --goal ID_CARD=0.99 || status=1
# Triage, hand-overs, messages, village clinics, appeals: two provinces. Blind: 0.90 (names 0.90,
# addresses 0.84, dates 0.95) and, where most names are rare or words, 0.77 (0.72, 0.76, 0.81);
# then addresses and what stands before names were mended.
for more in twentysixth twentyseventh; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: triage, messages, village clinics, appeals, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.82 --min-precision 0.97 \
    --goal NAME=0.76 --goal ADDRESS=0.92 --goal DATE=0.87 --goal PHONE=0.99 || status=1
done
# Papers full of addresses of the north-east, with all that the sets above had taught. Blind: 0.83
# (names 0.85, addresses 0.72, dates 1.0) at a precision of 1; then what was missed was mended.
python3 "$here/hand_notes.py" hand_notes_twentyeighth.txt > "$notes"
echo "== notes by hand: where people of the north-east live and fall"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.90 --min-precision 0.98 \
  --goal NAME=0.93 --goal ADDRESS=0.85 --goal DATE=0.99 --goal PHONE=0.99 || status=1
# The same of one prefecture. Blind, with all of that: 0.81 (names 0.92, addresses 0.52, dates 0.89);
# most addresses lacked what stands behind the last number (a garage, a dock).
python3 "$here/hand_notes.py" hand_notes_twentyninth.txt > "$notes"
echo "== notes by hand: where people of one prefecture live and fall"
python3 "$here/score.py" "$tool" "$notes" --min-recall 0.88 --min-precision 0.97 \
  --goal NAME=0.90 --goal ADDRESS=0.80 --goal DATE=0.99 --goal PHONE=0.99 || status=1
# Places in the words of people. Blind: 0.79 (names 0.81, addresses 0.55), then 0.66 (0.76, 0.40): with
# the old rules the second one was 0.63 (0.76, 0.32). Nicknames behind a surname stay by design.
for more in thirtieth thirtyfirst; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: where people live and fall, in their own words, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.76 --min-precision 0.97 \
    --goal ADDRESS=0.74 || status=1
done
# Every kind of paper of an ordinary hospital, ordinary names and places, many provinces. Blind: 0.98 at
# 0.98 (names 0.99, addresses 0.91, hospitals 1.0, numbers 1.0, dates 1.0), then 0.92 at 0.98 (0.93, 0.76,
# 0.92, 1.0, 1.0); clean_notes_fifth had four false finds, all names. With what these had taught: 0.91 at
# 1.0 (0.93, 0.76, 1.0, 1.0, 0.96); then verbs behind names, villages and gates were mended.
for more in thirtysecond thirtythird thirtyfourth; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: ordinary people in the papers of many provinces, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.94 --min-precision 0.98 \
    --goal NAME=0.95 --goal HOSPITAL=0.95 --goal ADDRESS=0.91 --goal DATE=0.96 \
    --goal PHONE=0.99 --goal ID_CARD=0.99 --goal MRN=0.99 --goal EXAM_ID=0.99 || status=1
done
# The borders (names of peoples without surnames), Hong Kong and Taiwan, exports and dictation. Blind:
# 0.85 at 0.99 (names 0.82, addresses 0.85, hospitals 1.0), 0.92 at 0.99 (0.94, 0.76, 1.0) and 0.93 at 0.99
# (0.94, 0.86, 1.0); with what these had taught, places of the whole land 0.83 at 0.98 (0.83, 0.77, 1.0)
# and, with that, papers with rare surnames 0.91 at 0.99 (0.89, 0.89, 1.0) and 0.88 at 0.99 (0.88, 0.83, 1.0),
# and the ordinary papers of many provinces 0.96 at 0.98 (0.97, 0.91, 1.0)
# and, last, 0.93 at 1.0 (0.94, 0.87, 1.0), where the rules of before all these found 0.90 (0.92, 0.77).
for more in thirtyfifth thirtysixth thirtyseventh thirtyeighth thirtyninth fortieth \
  fortyfirst fortysecond; do
  python3 "$here/hand_notes.py" "hand_notes_$more.txt" > "$notes"
  echo "== notes by hand: peoples and places of the whole land, rare surnames, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --min-recall 0.94 --min-precision 0.98 \
    --goal NAME=0.94 --goal HOSPITAL=0.99 --goal ADDRESS=0.94 --goal DATE=0.99 \
    --goal PHONE=0.99 --goal ID_CARD=0.99 || status=1
done
# Blind, the sixth had three false finds, before and after.
for clean in clean_notes clean_notes_second clean_notes_third clean_notes_fourth clean_notes_fifth \
  clean_notes_sixth; do
  python3 "$here/hand_notes.py" "$clean.txt" > "$notes"
  echo "== notes of many departments that identify nobody: all must stay ($clean)"
  python3 "$here/score.py" "$tool" "$notes" --most-finds 0 || status=1
done
python3 "$here/hand_notes.py" hand_notes_en.txt > "$notes"
echo "== English notes and letters by hand"
python3 "$here/score.py" "$tool" "$notes" --language en --min-recall 0.95 --min-precision 0.95 ||
  status=1
python3 "$here/hand_notes.py" hand_notes_en_second.txt > "$notes"
echo "== English notes in capitals, in none, of the forces; the rules were improved on them"
python3 "$here/score.py" "$tool" "$notes" --language en --min-recall 0.90 --min-precision 0.95 \
  --goal PERSON=0.95 || status=1
python3 "$here/hand_notes.py" hand_notes_en_third.txt > "$notes"
echo "== more of them: found at 1.00, at a precision of 0.80, before findings and results stayed"
python3 "$here/score.py" "$tool" "$notes" --language en --min-recall 0.90 --min-precision 0.90 \
  --goal PERSON=0.90 || status=1
# Blind: PERSON 0.87 at a precision of 0.75, and 0.84 at 0.69, before drugs and duties were mended.
for more in fourth fifth; do
  python3 "$here/hand_notes.py" "hand_notes_en_$more.txt" > "$notes"
  echo "== English notes of many departments, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --language en --min-recall 0.95 --min-precision 0.92 \
    --goal PERSON=0.95 || status=1
done
# Blind: PERSON 0.92 at a precision of 0.60, and 0.96 at 0.56. Then lone words of clinical notes had
# to have something speak for them; with that rule the eighth set was 0.87 at 0.87, blind.
for more in sixth seventh eighth; do
  python3 "$here/hand_notes.py" "hand_notes_en_$more.txt" > "$notes"
  echo "== English notes full of eponyms, brands and labels, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --language en --min-recall 0.92 --min-precision 0.84 \
    --goal PERSON=0.95 || status=1
done
# Ordinary names in ordinary papers. Blind: 0.74 at 0.93 (persons 0.79, dates 0.68) and, with what the
# ninth had taught, 0.83 at 0.96 (persons 0.86, dates 0.75) and 0.87 at 0.97 (0.89, 0.83).
for more in ninth tenth eleventh; do
  python3 "$here/hand_notes.py" "hand_notes_en_$more.txt" > "$notes"
  echo "== English summaries, letters, reports, lists and dictation, the $more set"
  python3 "$here/score.py" "$tool" "$notes" --language en --min-recall 0.88 --min-precision 0.95 \
    --goal PERSON=0.90 --goal DATE_TIME=0.90 || status=1
done
python3 "$here/hand_notes.py" clean_notes_en.txt > "$notes"
echo "== English notes that identify nobody: 197 false finds, before"
python3 "$here/score.py" "$tool" "$notes" --language en --most-finds 4 || status=1
python3 "$here/hand_notes.py" clean_notes_en_second.txt > "$notes"
echo "== more of them"
python3 "$here/score.py" "$tool" "$notes" --language en --most-finds 0 || status=1
if [ -d "$data/text-zh" ]; then
  echo "== text-zh"
  python3 "$here/score.py" "$tool" "$data/text-zh/zh_notes_dev.jsonl" \
    --min-recall 0.97 --min-precision 0.95 || status=1
  echo "== text-en (presidio synth_v2)"
  python3 "$here/score.py" "$tool" "$data/text-en/presidio_synth_v2.json" --language en \
    --min-recall 0.90 --min-precision 0.93 --min-exact-recall 0.86 --min-exact-precision 0.87 ||
    status=1
else
  echo "skipped: no labelled sample files beside the checkout"
fi
exit $status
