// doctor: looks at everything that commonly keeps a node from working, and says what to do.
#include "doctor.h"

#include <array>
#include <nlohmann/json.hpp>

#include "common/ledger_guard.h"
#include "json/json.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

constexpr std::array<std::string_view, 3> kVerdictNames = {"ok", "warning", "fault"};

std::string json_line(const Finding& finding) {
  nlohmann::json line = {{"type", "emr.finding"},
                         {"v", 1},
                         {"check", finding.check},
                         {"verdict", kVerdictNames[static_cast<std::size_t>(finding.verdict)]},
                         {"text", finding.text}};
  if (!finding.hint.empty()) line["hint"] = finding.hint;
  return json::canonical_checked(line);
}

std::string text_line(const Finding& finding) {
  std::string line(kVerdictNames[static_cast<std::size_t>(finding.verdict)]);
  line.resize(9, ' ');
  line.append(finding.check).append(": ").append(finding.text);
  if (!finding.hint.empty()) line.append("\n         hint: ").append(finding.hint);
  return line;
}

Status doctor(Context& context) {
  tools::guard_ledger(context);
  Patient patient{.dir = NodeDir(context.text("dir")), .deep = context.flag("deep")};
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  check_files(patient);
  check_keys(patient);
  check_disk(patient);
  check_store(patient);
  check_clock(patient);
  check_ports(patient);
  if (!context.flag("offline")) check_peers(patient);
  std::size_t faults = 0;
  std::size_t warnings = 0;
  for (const Finding& finding : patient.findings) {
    faults += finding.verdict == Verdict::kFault ? 1 : 0;
    warnings += finding.verdict == Verdict::kWarning ? 1 : 0;
    EMR_TRY(output->write(context.flag("json") ? json_line(finding) : text_line(finding)));
  }
  if (faults == 0 && (warnings == 0 || !context.flag("strict"))) return {};
  return fail(Code::kNegative,
              std::to_string(faults) + " faults, " + std::to_string(warnings) + " warnings")
      .with_reason("findings");
}

}  // namespace

void Patient::ok(std::string check, std::string text) {
  findings.push_back({std::move(check), Verdict::kOk, std::move(text)});
}
void Patient::warn(std::string check, std::string text, std::string hint) {
  findings.push_back({std::move(check), Verdict::kWarning, std::move(text), std::move(hint)});
}
void Patient::fault(std::string check, std::string text, std::string hint) {
  findings.push_back({std::move(check), Verdict::kFault, std::move(text), std::move(hint)});
}
void Patient::fault(std::string check, const Error& error) {
  fault(std::move(check), error.message, error.hint);
}

cli::VerbSpec doctor_verb() {
  return {
      .name = "doctor",
      .summary = "check a node's directory, machine and peers",
      .description =
          "Checks configuration, genesis, modes and matching of the keys (vote, transport, box, "
          "threshold share, linkage), the TLS identity against the genesis, disk and file "
          "system, the store and its last certificate, clock, ports, versions and reachability "
          "of the peers. Works on a stopped and beside a running node and changes nothing. One "
          "line per check, for a fault or warning with a hint; exit status 1 when there is a "
          "fault, with --strict also for a warning.",
      .streams = cli::Streams::kOutput,
      .options = {{.name = "dir",
                   .kind = Kind::kFolder,
                   .help = "directory of the node",
                   .required = true},
                  {.name = "json",
                   .kind = Kind::kFlag,
                   .help = "write emr.finding lines instead of text"},
                  {.name = "deep",
                   .kind = Kind::kFlag,
                   .help = "read every page of the store (emr-query verify also checks what is "
                           "in them)"},
                  {.name = "offline", .kind = Kind::kFlag, .help = "do not try to reach the peers"},
                  {.name = "strict", .kind = Kind::kFlag, .help = "a warning is a failure too"}},
      .examples = {{"before the first start", "emr-pbft-node doctor --dir /var/lib/emr"},
                   {"only what is wrong",
                    "emr-pbft-node doctor --json --dir /var/lib/emr | jq -c "
                    "'select(.verdict != \"ok\")'"}},
      .handler = doctor};
}

}  // namespace emr::node_tool
