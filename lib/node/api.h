// The routes of the node's HTTP interface (DECISIONS section K, lib/node/FORMAT.md).
#pragma once

#include "node/service.h"

namespace emr::node {

/// The handler for http::Server. `service` must outlive the server.
http::Handler make_api(Service& service);

}  // namespace emr::node
