#include "node/service.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "json/json.h"

namespace emr::node {

namespace {

unsigned http_status(Code code) {
  switch (code) {
    case Code::kData:
    case Code::kUsage:
    case Code::kProtocol: return 400;
    case Code::kDenied: return 403;
    case Code::kNegative: return 404;
    case Code::kTempFail:
    case Code::kUnavailable: return 503;
    default: return 500;
  }
}

}  // namespace

UnixSeconds wall_clock() { return std::time(nullptr); }

http::ServerResponse error_response(const Error& error) {
  nlohmann::json body = {
      {"type", "emr.error"},
      {"v", 1},
      {"code", static_cast<int>(error.code)},
      {"reason", error.reason.empty() ? std::string(code_name(error.code)) : error.reason},
      {"message", error.message}};
  if (!error.pointer.empty()) body["pointer"] = error.pointer;
  return {http_status(error.code), "application/json", json::canonical_checked(body) + "\n", {}};
}

http::ServerResponse lines_response(std::string lines) {
  return {200, "application/x-ndjson", std::move(lines), {}};
}

Result<contracts::QueryContext> query_context(const Service& service, const store::Snapshot& view) {
  EMR_ASSIGN(const auto tip, view.tip());
  if (!tip) return fail(Code::kTempFail, "the node has no chain yet").with_reason("starting");
  contracts::QueryContext context;
  context.state = &view;
  context.genesis = service.genesis;
  context.height = tip->height;
  context.time = tip->time;
  return context;
}

Result<ledger::SignedQuery> accept_query(const Service& service, std::string_view line,
                                         const contracts::QueryContext& context) {
  const UnixSeconds now = wall_clock();
  EMR_ASSIGN(auto query, ledger::parse_query(line, service.id(), now, service.chain));
  EMR_TRY(contracts::authorise_query(context, query));
  // Last, so that only requests which would have been answered use up the memory.
  EMR_TRY(service.nonces->accept(query.signature.by, query.nonce, query.expires, now));
  return query;
}

}  // namespace emr::node
