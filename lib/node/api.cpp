#include "node/api.h"

namespace emr::node {

namespace {

using Work = void (*)(Service&, const http::ServerRequest&, WriterPtr);

http::ServerResponse simple(unsigned status, std::string_view reason, std::string_view message) {
  std::string body = "{\"type\":\"emr.error\",\"v\":1,\"code\":65,\"reason\":\"";
  body.append(reason).append("\",\"message\":\"").append(message).append("\"}\n");
  return {status, "application/json", std::move(body), {}};
}

void query(Service& service, const http::ServerRequest& request, WriterPtr writer) {
  auto lines = answer_query_request(service, request.body);
  writer->respond(lines ? lines_response(*std::move(lines)) : error_response(lines.error()));
}

void release(Service& service, const http::ServerRequest& request, WriterPtr writer) {
  auto lines = answer_release(service, request.body);
  if (!lines) service.log->info("release", "refused: " + lines.error().reason);
  writer->respond(lines ? lines_response(*std::move(lines)) : error_response(lines.error()));
}

struct Route {
  std::string_view method;
  std::string_view path;
  bool is_prefix;
  Work work;
};
constexpr Route kRoutes[] = {
    {"POST", "/v1/tx", false, post_transactions}, {"GET", "/v1/tx/", true, get_transaction},
    {"POST", "/v1/query", false, query},          {"POST", "/v1/release", false, release},
    {"POST", "/v1/content", false, post_content}, {"GET", "/v1/content/", true, get_content},
};

bool matches(const Route& route, std::string_view path) {
  return route.is_prefix ? path.starts_with(route.path) && path.size() > route.path.size()
                         : path == route.path;
}

/// What needs no work is answered on the I/O thread, so that a busy node still tells how it is.
bool answer_at_once(const Service& service, const http::ServerRequest& request,
                    const WriterPtr& writer) {
  if (request.method != "GET") return false;
  if (request.path == "/v1/status") {
    writer->respond({200, "application/json", status_line(service), {}});
  } else if (request.path == "/v1/genesis") {
    std::string text = ledger::encode_genesis(*service.genesis) + "\n";
    writer->respond({200, "application/json", std::move(text), {}});
  } else if (request.path == "/metrics") {
    writer->respond({200, "text/plain; version=0.0.4", metrics_text(service), {}});
  } else {
    return false;
  }
  return true;
}

void dispatch(Service& service, http::ServerRequest request, const WriterPtr& writer) {
  if (answer_at_once(service, request, writer)) return;
  bool path_known = false;
  for (const Route& route : kRoutes) {
    if (!matches(route, request.path)) continue;
    path_known = true;
    if (request.method != route.method) continue;
    auto shared = std::make_shared<const http::ServerRequest>(std::move(request));
    const Work work = route.work;
    const bool taken = service.workers->submit(
        Workers::Line::kClients,
        [&service, shared, writer, work] { work(service, *shared, writer); });
    if (!taken) {
      writer->respond(
          error_response(fail(Code::kTempFail, "the node is busy").with_reason("busy")));
    }
    return;
  }
  if (path_known) return writer->respond(simple(405, "method", "wrong method for this path"));
  writer->respond(simple(404, "not_found", "no such path"));
}

}  // namespace

http::Handler make_api(Service& service) {
  return [&service](http::ServerRequest request, std::shared_ptr<http::ResponseWriter> writer) {
    dispatch(service, std::move(request), writer);
  };
}

}  // namespace emr::node
