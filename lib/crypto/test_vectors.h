// For tests only: the shared vectors of the wallet research, when they lie beside the checkout.
#pragma once

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/testing.h"

namespace emr::crypto::test {

using Json = nlohmann::json;

/// The file `name` of the vectors, or null; the first caller that finds none says so.
inline Json shared_vectors(const std::string& name) {
  std::ifstream file(shared_path("vectors/" + name));
  if (!file) {
    std::printf("skipped: shared vectors %s are not beside the checkout\n", name.c_str());
    return nullptr;
  }
  return Json::parse(file);
}

inline Bytes unhex(const std::string& text) {
  return *from_hex(text.rfind("0x", 0) == 0 ? text.substr(2) : text);
}

inline Hash32 unhex32(const std::string& text) {
  return *hash_from_hex(text.rfind("0x", 0) == 0 ? text.substr(2) : text);
}

inline std::string text_of(const Json& json, const char* key) {
  return json.at(key).get<std::string>();
}

}  // namespace emr::crypto::test
