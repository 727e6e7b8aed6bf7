#include "visits.h"

#include <initializer_list>
#include <set>
#include <string_view>

#include "base/time.h"

namespace demo {
namespace {

struct Case {
  std::string_view department, complaint, story, code, name;
};

const std::vector<Case> kCases = {
    {"呼吸内科门诊", "咳嗽、发热3天", "受凉后出现咳嗽，咳黄痰，体温最高38.9℃", "J18.900", "肺炎"},
    {"心内科门诊", "反复胸闷2年", "活动后胸闷，休息后缓解，无夜间阵发性呼吸困难", "I20.900",
     "心绞痛"},
    {"内分泌科门诊", "多饮多尿1月", "口渴、多尿，体重下降约5kg，空腹血糖11.2mmol/L", "E11.900",
     "2型糖尿病"},
    {"消化内科门诊", "上腹痛1周", "餐后上腹隐痛，反酸、嗳气，墨菲征阴性", "K29.500", "慢性胃炎"},
    {"骨科门诊", "腰痛伴左下肢麻木", "弯腰后加重，直腿抬高试验阳性，无马尾综合征表现", "M51.202",
     "腰椎间盘突出"},
};
const std::vector<std::string_view> kRelations = {"其子", "其女", "配偶", "联系人", "家属"};
const std::vector<std::string_view> kPast = {"高血压病史10年，规律服药。", "既往体健。",
                                             "糖尿病史5年。", "阑尾切除术后3年。"};
const std::vector<std::string_view> kAllergy = {"无", "青霉素皮疹", "磺胺类药物", "无"};

std::string quoted(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string text = "\"";
  for (const char c : field) {
    if (c == '"') text.push_back('"');
    text.push_back(c);
  }
  return text + "\"";
}

void append_row(std::string& csv, std::initializer_list<std::string_view> fields) {
  bool first = true;
  for (const std::string_view field : fields) {
    if (!first) csv += ',';
    csv += quoted(field);
    first = false;
  }
  csv += "\r\n";
}

std::string local_time(Random& random) {
  const emr::UnixSeconds start = emr::parse_utc("2026-11-02T08:00:00Z").value();
  const auto offset = static_cast<emr::UnixSeconds>(random.below(18 * 86400));
  std::string text = emr::format_utc(start + offset);
  text[10] = ' ';
  text.pop_back();
  return text;
}

/// Free text as clinicians write it: the patient's own name, phone and ID, and a relative.
std::string story(const Case& item, const Patient& patient, const Visit& visit, Random& random) {
  std::string text = "患者" + patient.name + "，" + std::string(item.story) + "。";
  text += std::string(random.pick(kRelations)) + "：" + visit.relative + "，联系电话" +
          patient.phone + "。";
  if (random.below(3) == 0) text += "身份证号" + patient.resident_id + "，";
  if (random.below(4) == 0) text += "现住址：" + patient.address + "。";
  if (random.below(5) == 0) text += "\n家属诉：\"夜间加重\"。";
  return text;
}

}  // namespace

std::vector<Visit> make_visits(Random& random, const std::vector<Patient>& patients,
                               const std::vector<Doctor>& doctors, std::size_t count) {
  const std::vector<Patient> relatives = make_patients(random, count);
  std::set<std::string> taken;  // a relative who bears a patient's name would blur the scan
  for (const Patient& patient : patients) taken.insert(patient.name);
  for (const Doctor& doctor : doctors) taken.insert(doctor.name);
  std::vector<Visit> visits;
  for (std::size_t i = 0; i < count; ++i) {
    const Case& item = random.pick(kCases);
    Visit visit;
    visit.patient = random.below(patients.size());
    visit.doctor = random.below(doctors.size());
    visit.number = "MZ202611" + std::to_string(10'000'000 + i);
    visit.datetime = local_time(random);
    visit.department = item.department;
    visit.complaint = item.complaint;
    visit.relative = relatives[i].name;
    while (taken.count(visit.relative) != 0) visit.relative += "华";
    visit.present_illness = story(item, patients[visit.patient], visit, random);
    visit.past_illness = random.pick(kPast);
    visit.allergy = random.pick(kAllergy);
    visit.diagnosis_code = item.code;
    visit.diagnosis_name = item.name;
    visits.push_back(std::move(visit));
  }
  return visits;
}

std::string visits_csv(const std::vector<Visit>& visits, const std::vector<Patient>& patients,
                       const std::vector<Doctor>& doctors) {
  std::string csv;
  append_row(
      csv, {"ORGAN_CODE", "OUTP_NO", "PATIENT_ID", "DEPT_NAME", "VISIT_DATETIME", "CHIEF_COMPLAINT",
            "PRESENT_DISEASE_HISTORY", "PAST_HISTORY", "ALLERGY_HISTORY",
            "EMERGENCY_PD_WM_DIS_CODE", "INHOS_DIAG_WM_DIAG_NAME", "DOCTOR_SIGN", "ATTACHMENT"});
  for (const Visit& visit : visits) {
    append_row(csv, {"hosp-a", visit.number, patients[visit.patient].id, visit.department,
                     visit.datetime, visit.complaint, visit.present_illness, visit.past_illness,
                     visit.allergy, visit.diagnosis_code, visit.diagnosis_name,
                     doctors[visit.doctor].name, visit.attachment});
  }
  return csv;
}

std::string patients_csv(const std::vector<Patient>& patients) {
  std::string csv;
  append_row(csv, {"PATIENT_ID", "PATIENT_NAME", "PATIENT_SEX", "PATIENT_BIRTHDAY", "ID_NO",
                   "PHONE", "ADDRESS"});
  for (const Patient& patient : patients) {
    append_row(csv, {patient.id, patient.name, patient.sex, patient.birthday, patient.resident_id,
                     patient.phone, patient.address});
  }
  return csv;
}

std::string doctors_csv(const std::vector<Doctor>& doctors) {
  std::string csv;
  append_row(csv, {"DOCTOR_SIGN", "DOCTOR_ID"});
  for (const Doctor& doctor : doctors) append_row(csv, {doctor.name, doctor.id});
  return csv;
}

}  // namespace demo
