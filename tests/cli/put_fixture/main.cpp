// What the tests of emr-ipfs-put need and no tool of ours gives: a genesis whose secrets are known,
// a keystore of light cost, and the archive key's view of an envelope. Everything comes from fixed
// seeds.
//   emr-put-fixture genesis FOLDER     genesis.json, service.json (pass phrase "fixture")
//   emr-put-fixture open < ENVELOPE    the plain text of hosp-a's envelope
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "crypto/box.h"
#include "json/json.h"
#include "ledger/testing.h"
#include "threshold/dealer.h"
#include "threshold/envelope.h"
#include "wallet/keystore.h"

namespace {

using namespace emr;

crypto::Secret32 archive_secret() {
  return crypto::Secret32(ledger::testing::hash_of("archive secret of hosp-a"));
}

std::uint64_t number_of(std::string_view hex16) {
  return std::stoull(std::string(hex16), nullptr, 16);
}

Status write_genesis(const std::string& folder) {
  crypto::SeededRandom random("put fixture");
  ledger::Genesis genesis = ledger::testing::make_genesis();
  EMR_ASSIGN(const threshold::Dealing dealing, threshold::deal(3, 4, random));
  genesis.institutions[0].archive_key = crypto::box_public_key(archive_secret());
  genesis.threshold.group_key = dealing.keys.group_key().bytes;
  genesis.threshold.key_id = number_of(dealing.keys.key_id());
  for (std::uint32_t i = 1; i <= 4; ++i) {
    genesis.threshold.verification_keys[i - 1] = dealing.keys.verification_key(i).bytes;
  }
  EMR_TRY(ledger::seal_genesis(genesis));
  std::ofstream(folder + "/genesis.json") << ledger::encode_genesis(genesis);
  const crypto::SecretBytes passphrase = crypto::SecretBytes::copy_of(as_bytes("fixture"));
  EMR_ASSIGN(const std::string keystore,
             wallet::encode_keystore(ledger::testing::key_of("service"), passphrase,
                                     wallet::kLightCost, random));
  std::ofstream(folder + "/service.json") << keystore;
  return {};
}

Status open_envelope() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  EMR_ASSIGN(const json::Json tree, json::parse_object(text));
  EMR_ASSIGN(const threshold::Envelope envelope, threshold::Envelope::from_json(tree));
  EMR_ASSIGN(const crypto::SecretBytes plain,
             threshold::open_with_archive(envelope, archive_secret()));
  std::cout << plain.text() << "\n";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  Status status = fail(Code::kUsage, "genesis FOLDER or open");
  if (verb == "genesis" && argc == 3) status = write_genesis(argv[2]);
  if (verb == "open") status = open_envelope();
  if (status) return 0;
  std::cerr << "emr-put-fixture: error: " << status.error().message << "\n";
  return static_cast<int>(status.error().code);
}
