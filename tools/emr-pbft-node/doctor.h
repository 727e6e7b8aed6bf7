// What doctor finds: one line per check, good ones included, each fault with what to do about it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/genesis.h"
#include "node_dir.h"

namespace emr::node_tool {

enum class Verdict : std::uint8_t { kOk, kWarning, kFault };

struct Finding {
  std::string check;  ///< stable word: "config", "keys", "disk", ...
  Verdict verdict = Verdict::kOk;
  std::string text;
  std::string hint = {};
};

/// What the checks share; filled by the first of them.
struct Patient {
  NodeDir dir;
  bool deep = false;
  std::optional<NodeConfig> config = {};
  std::optional<ledger::Genesis> genesis = {};
  std::size_t self = 0;
  bool running = false;  ///< a node owns the data directory
  std::vector<Finding> findings = {};

  void ok(std::string check, std::string text);
  void warn(std::string check, std::string text, std::string hint);
  void fault(std::string check, std::string text, std::string hint);
  void fault(std::string check, const Error& error);
};

// doctor_files.cpp: configuration, genesis, keys, directories
void check_files(Patient& patient);
void check_keys(Patient& patient);
// doctor_store.cpp: disk, store, limits of the process
void check_disk(Patient& patient);
void check_store(Patient& patient);
// doctor_network.cpp: ports, clock, peers
void check_clock(Patient& patient);
void check_ports(Patient& patient);
void check_peers(Patient& patient);

}  // namespace emr::node_tool
