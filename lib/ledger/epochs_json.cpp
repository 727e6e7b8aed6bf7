#include "ledger/epochs_json.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/access.h"
#include "ledger/limits.h"

namespace emr::ledger {

using json::Json;

Json epochs_json(const std::vector<EpochLink>& links) {
  Json list = Json::array();
  for (const EpochLink& link : links) list.push_back(to_hex(encode_link(link)));
  return list;
}

Result<std::vector<EpochLink>> read_epochs(const Json& tree) {
  EMR_ASSIGN(const Json* list, json::get_array(tree, "epochs", kEpochLinksMax));
  std::vector<EpochLink> links;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* text = (*list)[i].get_ptr<const std::string*>();
    const auto bytes =
        text == nullptr ? Result<Bytes>(fail(Code::kData, "not a text")) : from_hex(*text);
    auto link = bytes ? decode_link(*bytes) : Result<EpochLink>(bytes.error());
    if (!link) {
      return fail(Code::kData, "the end of an epoch is malformed")
          .with_pointer(json::join_pointer("/epochs", i));
    }
    links.push_back(*std::move(link));
  }
  return links;
}

}  // namespace emr::ledger
