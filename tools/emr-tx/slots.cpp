// slots: a hospital's hours in, the tags by which the ledger knows them out. The tag is keyed, so
// that a member who sees it booked cannot guess the clinic and the hour.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/cli.h"
#include "crypto/pseudonyms.h"
#include "json/access.h"
#include "json/json.h"
#include "verbs.h"

namespace emr::tx {
namespace {

using json::Json;

/// Longer than any name of a clinic or of a person.
constexpr json::TextRule kName{.max = 256};

Result<std::string> with_slot(std::string_view line, const std::string& institution,
                              const crypto::Secret32& key) {
  EMR_ASSIGN(Json tree, json::parse_object(line));
  EMR_ASSIGN(const std::string department, json::get_string(tree, "department", kName));
  EMR_ASSIGN(const auto doctor, json::find_string(tree, "doctor", kName));
  EMR_ASSIGN(const UnixSeconds start, json::get_utc(tree, "start"));
  EMR_ASSIGN(const std::uint64_t number, json::get_u64(tree, "number", {.max = 1'000'000}));
  const std::string time = format_utc(start);
  const Hash32 tag =
      crypto::slot_tag(key, institution, department, doctor.value_or(""), time, number);
  tree["institution"] = institution;
  tree["month"] = time.substr(0, 7);
  tree["slot"] = to_hex(tag);
  return json::canonical(tree);
}

Status slots(cli::Context& context) {
  EMR_ASSIGN(const crypto::Secret32 key, cli::read_key_file(context.text("institution-key")));
  const std::string& institution = context.text("institution");
  EMR_ASSIGN(cli::LineReader* const input, context.input());
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  for (;;) {
    EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
    if (!line) return {};
    Result<std::string> text = line->fault ? Result<std::string>(*line->fault)
                                           : with_slot(line->text, institution, key);
    if (text) {
      EMR_TRY(output->write(*text));
    } else {
      EMR_TRY(context.errors().failed(line->number,
                                      std::move(text).error().with_line(line->number)));
    }
  }
}

}  // namespace

cli::VerbSpec slots_verb() {
  return {
      .name = "slots",
      .summary = "the tags of a hospital's appointments",
      .description =
          "Each input line is one place in a hospital's hours: department, start (UTC), number, "
          "and doctor if the place is one doctor's. Written is the same line with institution, "
          "month and slot, which are what appointment.book takes; all else stays in the hospital. "
          "Texts count as they are spelt: one place must always be written alike.",
      .streams = cli::Streams::kFilter,
      .options = {{.name = "institution",
                   .value = "ID",
                   .help = "the hospital",
                   .group = "Slots",
                   .required = true},
                  {.name = "institution-key",
                   .kind = cli::Kind::kFile,
                   .help = "its key of tags (institution/tag.key)",
                   .group = "Slots",
                   .required = true}},
      .examples = {{"book one for a patient",
                    "emr-tx slots --institution hosp-b --institution-key tag.key < hours.jsonl | "
                    "head -n 1 | jq -c '{institution, month, slot, patient: \"TOKEN\"}' | emr-tx "
                    "build appointment.book --from 0x…"}},
      .handler = slots};
}

}  // namespace emr::tx
