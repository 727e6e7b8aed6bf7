#include "client/voices.h"

namespace emr::client {

std::size_t honest_among(const ledger::Genesis& genesis) {
  return (genesis.institutions.size() - 1) / 3 + 1;
}

Result<std::string> speaker(Pool& pool, std::chrono::milliseconds timeout) {
  EMR_TRY(pool.current().check_ledger(timeout));
  const Result<std::string> id = pool.current().id(timeout);
  const bool is_founder = id && pool.genesis().index_of(*id).has_value();
  return is_founder ? *id : std::string();
}

}  // namespace emr::client
