// For tests and benches of the formats only: samples, a fixed key, and a run of one input through
// framer and rewriter in chunks, as the driver does it.
#pragma once

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/testing.h"
#include "desensitize/format.h"
#include "desensitize/keyring.h"
#include "desensitize/policy.h"

namespace emr::desensitize::testing {

/// A file of the shared samples, "" when they are not beside the source.
inline std::string sample(const std::string& name) {
  std::ifstream file(shared_path("data/" + name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::shared_ptr<const KeyRing> test_keys() {
  return *KeyRing::create(as_bytes("a key for tests, 32 bytes or more"));
}

struct Run {
  std::string out;
  std::vector<Error> errors;  ///< of records that were skipped
  std::uint64_t rejected = 0;
};

/// Reads `input` in chunks of `chunk` bytes; a bad record is noted and skipped, as with
/// `--on-error skip`.
inline Run run_format(const FormatSpec& spec, std::shared_ptr<const Policy> policy,
                      std::string_view input, const FormatOptions& options = {},
                      std::size_t chunk = std::size_t{1} << 20) {
  Run run;
  FieldTransformer with(std::move(policy), test_keys());
  const auto framer = *spec.make_framer(options);
  const auto rewriter = *spec.make_rewriter(options);
  std::size_t begin = 0;
  std::size_t have = 0;
  bool follows = false;
  while (begin < input.size()) {
    have = std::min(have + chunk, input.size());
    while (begin < have) {
      const std::string_view buffer = input.substr(begin, have - begin);
      const Result<Frame> frame = framer->next(buffer, have == input.size());
      if (!frame) {
        run.errors.push_back(frame.error());
        return run;
      }
      if (frame->size == 0) break;
      const std::string_view record = buffer.substr(frame->glue, frame->size - frame->glue);
      std::string out;
      Status status = record.empty() ? Status()
                      : frame->kind == FrameKind::kPrologue
                          ? rewriter->prologue(record, with, out)
                          : rewriter->rewrite(record, with, out);
      out.resize(status ? out.size() : 0);
      write_glue(buffer.substr(0, frame->glue), !out.empty(), follows, run.out);
      if (status) {
        run.out.append(out);
      } else {
        run.errors.push_back(std::move(status).error());
      }
      begin += frame->size;
    }
  }
  const Status ended = framer->end();
  if (!ended) run.errors.push_back(ended.error());
  return run;
}

inline std::shared_ptr<const Policy> preset(std::string_view name) {
  auto policy = Policy::preset(name);
  if (!policy) std::abort();
  return *policy;
}

}  // namespace emr::desensitize::testing
