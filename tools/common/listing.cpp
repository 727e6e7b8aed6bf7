#include "common/listing.h"

#include <nlohmann/json.hpp>

#include "crypto/address.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::tools {

Error at_option(Error error, const QueryOptions& options) {
  const std::string pointer = std::exchange(error.pointer, {});  // of a query that nobody sees
  for (const auto& [member, option] : options) {
    if (pointer != "/query/" + member) continue;
    error.message = "--" + option + ": " + error.message;
    break;
  }
  return error;
}

Result<std::string> ledger_spelling(const std::string& text, const std::string& option) {
  if (!text.starts_with("0x")) return text;
  const Result<crypto::Address> address = crypto::parse_address(text);
  if (address) return address->text();
  return fail(address.error().code, "--" + option + ": " + address.error().message);
}

std::vector<cli::OptionSpec> paging_options(const std::string& group) {
  return {{.name = "limit",
           .kind = cli::Kind::kCount,
           .help = "most rows to write; when more are left, a notice on stderr says how to go on",
           .group = group,
           .preset = "1000",
           .min = 1},
          {.name = "all",
           .kind = cli::Kind::kFlag,
           .help = "write every row, however many; --limit does not count",
           .group = group,
           .configurable = false},
          {.name = "after",
           .value = "CURSOR",
           .help = "go on behind this cursor, which the notice of an earlier call named",
           .group = group,
           .configurable = false}};
}

Result<client::Answer> ask_pages(cli::Context& context, client::QueryClient& client,
                                 nlohmann::json query,
                                 const std::function<Status(const std::string& row)>& sink) {
  if (context.given("after")) query["after"] = context.text("after");
  const std::uint64_t limit = context.flag("all") ? UINT64_MAX : context.count("limit");
  EMR_ASSIGN(client::Answer last, client.ask_all(std::move(query), limit, sink));
  if (!last.next.empty()) {
    context.reporter().notice("there are more rows: go on with --after '" + last.next +
                              "', or ask for --all");
  }
  return last;
}

Status Judgement::add(const std::string& row) {
  EMR_ASSIGN(const nlohmann::json decision, json::parse_object(row));
  EMR_ASSIGN(const std::string word,
             json::get_choice(decision, "decision", {"permit", "deny"}));
  ++judged_;
  all_permitted_ = all_permitted_ && word == "permit";
  return {};
}

Status Judgement::verdict(const client::Answer& answer) const {
  if (judged_ == 0) {
    return fail(Code::kNegative, "no record was judged").with_reason("not_found");
  }
  if (!all_permitted_) return fail(Code::kNegative, "");
  EMR_ASSIGN(const nlohmann::json explain, json::parse_object(answer.explain_json));
  EMR_ASSIGN(const auto candidates, json::find_u64(explain, "candidates"));
  if (candidates.value_or(0) <= judged_) return {};
  return fail(Code::kPartial, "some of the records were not judged")
      .with_reason("not_judged")
      .with_hint("the patient, the reader, or an auditor of the consortium may ask about all");
}

}  // namespace emr::tools
