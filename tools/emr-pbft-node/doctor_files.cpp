// doctor: what lies in the node's directory, and whether it belongs together.
#include <sys/stat.h>

#include "base/hex.h"
#include "cli/files.h"
#include "crypto/box.h"
#include "crypto/signing.h"
#include "doctor.h"
#include "net/mesh.h"

namespace emr::node_tool {

namespace {

void check_modes(Patient& patient, const std::string& path, const std::string& name) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return;
  if ((found.st_mode & 077) == 0) return patient.ok("modes", name + " is private");
  patient.warn("modes", name + " can be entered by others", "chmod 700 " + path);
}

/// Place of the institution whose id the configuration has.
bool find_self(Patient& patient) {
  if (patient.config->later) {  // the ledger registers it, not the genesis
    patient.self = patient.genesis->institutions.size();
    patient.ok("genesis", "chain " + patient.genesis->chain_id + ", joined after the founding");
    return true;
  }
  if (const auto index = patient.genesis->index_of(patient.config->id)) {
    patient.self = *index;
    patient.ok("genesis", "chain " + patient.genesis->chain_id + ", member " +
                              std::to_string(*index + 1) + " of " +
                              std::to_string(patient.genesis->institutions.size()));
    return true;
  }
  patient.fault("genesis", "it does not name " + patient.config->id,
                "use the genesis that was made with this node's descriptor");
  patient.genesis.reset();
  return false;
}

void compare(Patient& patient, const std::string& check, bool same) {
  if (same) return patient.ok(check, "the key is the registered one");
  patient.fault(check, "the key is not the one that the genesis registers for this node",
                "put the key file back that was made by init together with this descriptor");
}

void check_vote(Patient& patient, const ledger::NodeDescriptor& registered) {
  auto secret = cli::read_key_file(patient.dir.key("vote"));
  if (!secret) return patient.fault("vote-key", secret.error());
  const auto key = crypto::SigningKey::from_secret(*std::move(secret));
  if (!key) return patient.fault("vote-key", key.error());
  compare(patient, "vote-key", key->public_key() == registered.vote_key);
}

/// The certificate that the node shows its peers is made from this key and nothing else.
void check_transport(Patient& patient, const ledger::NodeDescriptor& registered) {
  const auto secret = cli::read_key_file(patient.dir.key("transport"));
  if (!secret) return patient.fault("tls", secret.error());
  const auto key = net::transport_public_key(*secret);
  if (!key) return patient.fault("tls", key.error());
  compare(patient, "tls", *key == registered.transport_key);
}

void check_box(Patient& patient, const ledger::NodeDescriptor& registered) {
  const auto secret = cli::read_key_file(patient.dir.key("box"));
  if (!secret) return patient.fault("box-key", secret.error());
  compare(patient, "box-key", crypto::box_public_key(*secret) == registered.box_key);
}

void check_share(Patient& patient) {
  const auto share = read_share(patient.dir.share());
  if (!share) return patient.fault("share", share.error());
  const ledger::ThresholdKey& key = patient.genesis->threshold;
  const auto keys =
      threshold::KeySet::decode(key.quorum, key.group_key, key.verification_keys);
  if (!keys) return patient.fault("share", keys.error());
  if (!threshold::check_share(*keys, share->share)) {
    return patient.fault("share", "the threshold share is not one of this consortium's key",
                         "run join again with this node's own share file");
  }
  if (linkage_check(share->linkage) != patient.genesis->linkage_check) {
    return patient.fault("share", "the linkage key is not this consortium's",
                         "run join again with this node's own share file");
  }
  patient.ok("share", "threshold share and linkage key match the genesis");
}

}  // namespace

void check_files(Patient& patient) {
  auto config = read_config(patient.dir);
  if (!config) return patient.fault("config", config.error());
  patient.config = *std::move(config);
  patient.ok("config", "node.json of " + patient.config->id);
  for (const std::string& address : {patient.config->peer_listen, patient.config->http_listen}) {
    if (const auto parts = split_host_port(address); !parts) {
      patient.fault("config", parts.error());
    }
  }
  auto genesis = read_genesis(patient.dir.genesis());
  if (!genesis) return patient.fault("genesis", genesis.error());
  patient.genesis = *std::move(genesis);
  if (!find_self(patient)) return;
  check_modes(patient, patient.dir.data(), "data directory");
  check_modes(patient, patient.dir.key("vote").substr(0, patient.dir.key("vote").rfind('/')),
              "key directory");
}

void check_keys(Patient& patient) {
  if (!patient.genesis || patient.config->later) return;
  const auto& registered = patient.genesis->institutions[patient.self].node;
  check_vote(patient, registered);
  check_transport(patient, registered);
  check_box(patient, registered);
  check_share(patient);
}

}  // namespace emr::node_tool
