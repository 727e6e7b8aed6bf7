// The one error type of the house. Errors are values with a small closed set of kinds; each kind
// is an exit code of the tools (DESIGN section 3), so a failure keeps its meaning from the deepest
// layer to the shell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emr {

/// The kinds of failure. The numeric values are the documented exit codes.
enum class Code : int {
  kNegative = 1,      ///< a negative answer: not found, does not verify, conflict
  kUsage = 2,         ///< the command line is wrong
  kPartial = 3,       ///< some records failed under --on-error skip
  kData = 65,         ///< input data is malformed or refused
  kNoInput = 66,      ///< an input file cannot be opened
  kUnavailable = 69,  ///< a node or the IPFS endpoint cannot be reached
  kInternal = 70,     ///< a bug of ours
  kCantCreate = 73,   ///< an output file cannot be created
  kIo = 74,           ///< reading or writing failed
  kTempFail = 75,     ///< no quorum, outcome unknown: resubmitting is safe
  kProtocol = 76,     ///< a peer broke the protocol
  kDenied = 77,       ///< a contract refused, or a key file is too open
  kConfig = 78,       ///< the configuration is wrong
};

/// The word for a code in JSON errors ("data", "denied", ...).
std::string_view code_name(Code code) noexcept;

/// What went wrong. `message` and `hint` never quote a record's values: stderr is mailed by cron.
struct Error {
  Code code = Code::kInternal;
  std::string message;               ///< lower case, no full stop
  std::optional<std::uint64_t> entry; ///< 1-based entry of the folder, where the input is one
  std::optional<std::uint64_t> line; ///< 1-based line of the input, where there is one
  std::string pointer;               ///< JSON pointer of the fault, "" for none
  std::string reason;                ///< stable machine word ("duplicate_key"), "" for none
  std::string hint;                  ///< what to do about it, "" for none

  Error with_line(std::uint64_t number) &&;
  Error with_pointer(std::string where) &&;
  Error with_reason(std::string word) &&;
  Error with_hint(std::string text) &&;
};

/// Makes an error in one expression: `return fail(Code::kData, "field is missing")`.
[[gnu::cold]] Error fail(Code code, std::string message);

}  // namespace emr
