#!/usr/bin/env bash
# emr-desensitize against jq and against its goals, as JSON Lines. The data are made here: records
# that all differ (so that no cache flatters), in the shape of a hospital's export. Time is CPU time
# (user and system), because machines are shared; the scaling of --jobs is wall time and is only
# as good as the machine is idle.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${EMR_BUILD:?}/bin
work=${EMR_BENCH_WORK:?}/desensitize
megabytes=${EMR_BENCH_MEGABYTES:-100}
mkdir -p "$work"
cd "$work"

# records BYTES: JSON Lines like shared/data/json, from a fixed linear congruential sequence
records() {
  LC_ALL=C awk -v bytes="$1" '
    function draw(n) { seed = (seed * 16807) % 2147483647; return seed % n }
    function word(text,   n, parts) { n = split(text, parts, " "); return parts[1 + draw(n)] }
    function digits(n,   s) { s = ""; while (n-- > 0) s = s draw(10); return s }
    function two(n) { return sprintf("%02d", n) }
    function day() { return 1940 + draw(80) "-" two(1 + draw(12)) "-" two(1 + draw(28)) }
    function name() { return word(surnames) word(given) (draw(3) ? word(given) : "") }
    function id(birth,   s, i, sum) {
      gsub("-", "", birth); s = word("110105 310104 440305 510104 420106 650102") birth digits(3)
      sum = 0
      for (i = 1; i <= 17; i++) sum += substr(s, i, 1) * weight[i]
      return s substr("10X98765432", sum % 11 + 1, 1)
    }
    BEGIN {
      seed = 20250305
      split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
      surnames = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 欧阳 司马"
      given = "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 兰 霞 平 建国 志强"
      cities = "广东省/深圳市/南山区 四川省/成都市/锦江区 湖北省/武汉市/武昌区 江苏省/南京市/鼓楼区"
      illness = "I10.x00/原发性高血压 E11.900/2型糖尿病 J18.900/肺炎 K29.500/慢性胃炎 F20.900/精神分裂症"
      while (made < bytes) {
        birth = day(); person = name(); card = id(birth); phone = "13" digits(9)
        split(word(cities), place, "/"); split(word(illness), sick, "/")
        line = "{\"recordId\":\"EMR" sprintf("%08d", number++) "\",\"patient\":{\"name\":\"" person \
          "\",\"sexCode\":\"" 1 + draw(2) "\",\"birthDate\":\"" birth "\",\"age\":" 20 + draw(75) \
          ",\"idType\":\"01\",\"idNo\":\"" card "\",\"phone\":\"" phone \
          "\",\"nationality\":\"汉族\",\"address\":{\"province\":\"" place[1] "\",\"city\":\"" place[2] \
          "\",\"district\":\"" place[3] "\",\"detail\":\"建国路" 1 + draw(900) "号\",\"postcode\":\"" \
          digits(6) "\"},\"contacts\":[{\"name\":\"" name() "\",\"relation\":\"配偶\",\"phone\":\"15" \
          digits(9) "\"}]},\"visit\":{\"inpatientNo\":\"ZY" digits(8) "\",\"mrn\":\"" digits(8) \
          "\",\"admitTime\":\"2025-" two(1 + draw(12)) "-" two(1 + draw(28)) "T0" draw(10) \
          ":30:00+08:00\",\"dept\":\"心内科\",\"orgName\":\"" place[2] \
          "第一人民医院\",\"orgCode\":\"12440305" digits(8) "6B\",\"doctor\":\"" name() \
          "\"},\"diagnosis\":[{\"code\":\"" sick[1] "\",\"name\":\"" sick[2] \
          "\"}],\"treatment\":\"药物治疗\",\"labs\":[{\"item\":\"WBC\",\"value\":" draw(15) "." draw(100) \
          ",\"unit\":\"10^9/L\"},{\"item\":\"GLU\",\"value\":" 3 + draw(9) "." draw(10) \
          ",\"unit\":\"mmol/L\"}],\"cost\":" draw(60000) ".5,\"note\":\"患者" person \
          "，因不适入院，既往体健。家属" name() "陪同，联系电话" phone "，住" place[2] place[3] \
          "建国路" 1 + draw(900) "号。查体：神清，双肺呼吸音清，未闻及干湿啰音。\"}"
        print line
        made += length(line) + 1
      }
    }'
}

# cpu COMMAND...: least user + system seconds of three runs
cpu() {
  local best="" spent
  for _ in 1 2 3; do
    TIMEFORMAT='%U %S'
    spent=$( { time "$@" > /dev/null 2> error; } 2>&1 | awk '{print $1 + $2}')
    best=$(awk -v a="${best:-1e9}" -v b="$spent" 'BEGIN { print (b < a ? b : a) }')
  done
  awk -v t="$best" 'BEGIN { print (t > 0.001 ? t : 0.001) }'
}

# wall COMMAND...: least wall seconds of three runs
wall() {
  local best="" spent
  for _ in 1 2 3; do
    TIMEFORMAT='%R'
    spent=$( { time "$@" > /dev/null 2> error; } 2>&1)
    best=$(awk -v a="${best:-1e9}" -v b="$spent" 'BEGIN { print (b < a ? b : a) }')
  done
  echo "$best"
}

# plain NAME VALUE UNIT: a line without a goal
plain() {
  jq -cn --arg name "$1" --argjson value "$2" --arg unit "$3" \
    '{bench: $name, value: $value, unit: $unit}'
}
# figure NAME VALUE UNIT GOAL [most]: a line; the goal is a least value, with "most" a greatest one
figure() {
  jq -cn --arg name "$1" --argjson value "$2" --arg unit "$3" --argjson goal "$4" \
    --arg most "${5:-}" '{bench: $name, value: $value, unit: $unit, limit: $goal,
      ratio: ($value / $goal), goal: (if $most == "" then "value >= limit" else "value <= limit" end),
      ok: (if $most == "" then $value >= $goal else $value <= $goal end)}'
}
rate() { awk -v amount="$1" -v seconds="$2" 'BEGIN { printf "%.6g", amount / seconds }'; }
size_mb() { awk -v bytes="$(stat -c %s "$1")" 'BEGIN { printf "%.6f", bytes / 1e6 }'; }

records 2000000 > part
: > records.ndjson
part_mb=$(size_mb part)
if [ "$(awk -v m="$megabytes" 'BEGIN { print (m > 2) }')" = 1 ]; then
  records "$((megabytes * 1000000))" > records.ndjson
else
  cp part records.ndjson
fi
mb=$(size_mb records.ndjson)
head -c 32 /dev/urandom > key
chmod 600 key
cat > rules.json <<'POLICY'
{"type":"emr.policy","v":1,"id":"bench","unknown":"keep","rules":[
{"id":"name","class":"NAME","technique":"mask","args":{"style":"surname"},"match":{"path":"patient.name"},"own":false},
{"id":"id","class":"ID_CARD","technique":"mask","args":{"first":3,"last":4},"match":{"path":"patient.idNo"},"own":false},
{"id":"phone","class":"PHONE","technique":"mask","args":{"first":3,"last":4},"match":{"path":"patient.phone"},"own":false},
{"id":"mrn","class":"MRN","technique":"null","match":{"path":"visit.mrn"}},
{"id":"address","class":"ADDRESS","technique":"delete","match":{"path":"patient.address"}},
{"id":"rest","class":"REST","technique":"keep","match":{"path":"**"}}]}
POLICY
# shellcheck disable=SC2016  # a program of jq
same='.patient.name |= .[0:1] + "某某" | .patient.idNo |= .[0:3] + "***********" + .[-4:]
  | .patient.phone |= .[0:3] + "****" + .[-4:] | .visit.mrn = null | del(.patient.address)'
tool=$bin/emr-desensitize
units=$bin/bench-desensitize-units

"$units" json part
rules=$(cpu "$tool" --in json -p rules.json records.ndjson)
figure desensitize.rules "$(rate "$mb" "$rules")" "MB/cpu-s" 500
peer=$(cpu jq -c "$same" part)
jq -cn --argjson ours "$(rate "$mb" "$rules")" --argjson peer "$(rate "$part_mb" "$peer")" '
  {bench: "desensitize.rules_vs_jq", value: $ours, unit: "MB/cpu-s", limit: $peer,
   ratio: ($ours / $peer), goal: "ratio >= 10", ok: ($ours / $peer >= 10)}'

full=(--in json -p gbt37964 -k key)
figure desensitize.full "$(rate "$mb" "$(cpu "$tool" "${full[@]}" records.ndjson)")" "MB/cpu-s" 200
one=$(wall "$tool" "${full[@]}" records.ndjson)
two=$(wall "$tool" "${full[@]}" --jobs 2 records.ndjson)
figure desensitize.jobs2 "$(rate "$one" "$two")" "times" 1.8
order=$(cmp <("$tool" "${full[@]}" part) <("$tool" "${full[@]}" --jobs 2 part) && echo 1 || echo 0)
figure desensitize.jobs2_same_bytes "$order" "yes" 1
# Memory of the streaming modes; the input is the large one, so a mode that kept it would show.
memory() { "$units" memory "desensitize.memory.$1" 32 "$tool" "${@:2}"; }
jq -r '[.recordId, .patient.name, .patient.idNo, .patient.phone, .note] | @csv' records.ndjson |
  (echo 'recordId,name,idNo,phone,note'; cat) > records.csv
jq -c '{id: .recordId, text: .note}' records.ndjson > notes.ndjson
memory json "${full[@]}" records.ndjson
memory json_jobs2 "${full[@]}" --jobs 2 records.ndjson
memory json_report "${full[@]}" --verify --report report.json records.ndjson
memory csv --in csv -p gbt37964 -k key records.csv
memory text --in text -k key notes.ndjson
memory detect --detect notes.ndjson

# HL7: an admission with a letter, messages that all differ
awk 'BEGIN { for (i = 0; i < 20000; i++) {
  printf "MSH|^~\\&|HIS|HOSP|EMR|HOSP|20250305081500||ADT^A01|%d|P|2.5||||||UNICODE UTF-8\r", i
  printf "PID|1||%08d^^^HOSP^MR||Example^Jordan^%d||19700305|M|||%d Main Street^^Springfield^IL^62701||(217)555-%04d\r", i, i, i, i % 10000
  printf "PV1|1|I|W^%d^1|||||1234^Sample^Casey|||||||||||V%08d|||||||||||||||||||||||||20250305\r", i % 40, i
  for (k = 1; k <= 8; k++) printf "OBX|%d|NM|%d^TEST %d^LN||%d.%d|mg/dL|1-9|N|||F|||20250305\r", k, 700 + k, k, i % 90, k
  printf "OBX|9|TX|NOTE^Letter^L||Seen with Jordan Example %d, phone (217)555-%04d.||||||F\r\n", i, i % 10000
} }' > messages.hl7
memory hl7 --in hl7 -k key messages.hl7
plain desensitize.hl7 "$(rate "$(size_mb messages.hl7)" \
  "$(cpu "$tool" --in hl7 -k key messages.hl7)")" "MB/cpu-s"

# CDA: one document of some megabytes, so that start-up does not count
{
  printf '<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3">'
  printf '<recordTarget><patientRole><id root="2.16.156.10011.1.3" extension="110105194912310029"/>'
  printf '<patient><name>王建国</name></patient></patientRole></recordTarget><component><structuredBody>'
  awk 'BEGIN { for (i = 0; i < 20000; i++) printf "<component><section><code code=\"%d-4\" codeSystem=\"2.16.840.1.113883.6.1\"/><title>检查</title><text>患者王建国第%d次复查，血压平稳。</text><entry><observation><effectiveTime value=\"20250305\"/><value xsi:type=\"PQ\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" value=\"%d\" unit=\"mmHg\"/></observation></entry></section></component>\n", 8000 + i % 40, i, 80 + i % 90 }'
  printf '</structuredBody></component></ClinicalDocument>\n'
} > document.xml
plain desensitize.cda "$(rate "$(size_mb document.xml)" \
  "$(cpu "$tool" --in cda -k key document.xml)")" "MB/cpu-s"

# DICOM is measured inside one process. Sealing is in bench-units, recall and precision in make score.
"$units" dicom "${EMR_SHARED:-$here/../../../shared}/data/dicom/CT_small.dcm"
