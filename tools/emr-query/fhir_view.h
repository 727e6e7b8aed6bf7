// Rows of the ledger as FHIR R4 resources, for the systems that hospitals have: an entry of
// the audit as AuditEvent (elements of IHE BasicAudit), a rule as Consent (IHE PCF), a record as
// DocumentReference (IHE MHD). Pure. What a row does not say is left out, and nothing is invented:
// people and records are the tokens of the ledger, as identifiers under `urn:emr-tools:...`.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace emr::query {

/// One resource, canonical JSON; `ledger` is the genesis hash in hex of the ledger that the row is
/// of. kProtocol for a row of another type or form.
Result<std::string> fhir_view(std::string_view row, std::string_view ledger);

}  // namespace emr::query
