// status: is the node well? For people, monitoring and start scripts.
#include <nlohmann/json.hpp>

#include "http/curl_client.h"
#include "json/access.h"
#include "json/json.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

/// A node answers this from memory: one that takes longer is not well.
constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kWarningsMax = 64;

Result<std::string> url_of(const Context& context) {
  if (context.typed("node") && context.typed("dir")) {
    return Context::usage("give either --node or --dir");
  }
  if (context.given("node") && !context.typed("dir")) {
    return http::check_base_url(context.text("node"));
  }
  if (!context.given("dir")) return Context::usage("needs --node or --dir");
  EMR_ASSIGN(const NodeConfig config, read_config(NodeDir(context.text("dir"))));
  EMR_ASSIGN(HostPort at, split_host_port(config.http_listen));
  if (at.host == "0.0.0.0") at.host = "127.0.0.1";
  return "http://" + at.host + ":" + std::to_string(at.port);
}

Status status(Context& context) {
  EMR_ASSIGN(const std::string url, url_of(context));
  http::Client client;
  http::ClientRequest request;
  request.url = url + "/v1/status";
  request.timeout = kPatience;
  EMR_ASSIGN(http::ClientResponse response, client.send(request));
  const Error nonsense =
      fail(Code::kProtocol, "the answer is not a node's").with_reason("bad_response");
  if (response.status != 200) return nonsense;
  const auto answer = json::parse_object(response.body);
  if (!answer || !json::expect_type(*answer, "emr.status")) return nonsense;
  const nlohmann::json& tree = *answer;
  EMR_ASSIGN(const bool ready, json::get_bool(tree, "ready"));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_TRY(output->write(json::canonical_checked(tree)));
  if (ready && !context.flag("strict")) return {};
  if (ready) {
    EMR_ASSIGN(const nlohmann::json* warnings, json::get_array(tree, "warnings", kWarningsMax));
    if (warnings->empty()) return {};
    if (!warnings->front().is_string()) return nonsense;
    return fail(Code::kNegative, warnings->front().get<std::string>()).with_reason("warning");
  }
  EMR_ASSIGN(const std::string reason, json::get_string(tree, "reason"));
  return fail(Code::kTempFail, "the node is not ready: " + reason).with_reason("not_ready");
}

}  // namespace

cli::VerbSpec status_verb() {
  return {.name = "status",
          .summary = "ask a node how it is",
          .description =
              "Prints the node's emr.status line: view, height, lag, epoch, primary, each peer "
              "with its height and when it was last seen, storage, warnings, and when it makes no "
              "progress the reason and since when. Exit status 0 when it makes progress, 75 with "
              "the reason when it does not, 69 when nobody answers; with --strict also 1 when "
              "there is a warning, such as a disk that is 90 % full.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "node", .kind = Kind::kUrl, .help = "HTTP address of the node"},
                      {.name = "dir", .kind = Kind::kFolder, .help = "or the node's directory"},
                      {.name = "strict",
                       .kind = Kind::kFlag,
                       .help = "a warning is a failure too (exit 1)"}},
          .examples = {{"wait until a node is ready",
                        "until emr-pbft-node status --dir node; do sleep 1; done"},
                       {"from cron: mail me when something is wrong",
                        "emr-pbft-node status --strict --dir /var/lib/emr > /dev/null"},
                       {"who is behind?",
                        "emr-pbft-node status --dir node | jq -c '.peers[] | select(.lag > 2)'"}},
          .handler = status};
}

}  // namespace emr::node_tool
