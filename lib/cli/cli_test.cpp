// The parts of the command line layer that need no process: scanning, values, configuration,
// streams, generated text. What a process shows is in tests/cli/sample.bats.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>

#include <cstdlib>

#include "cli/config.h"
#include "cli/environment.h"
#include "cli/error_json.h"
#include "cli/files.h"
#include "cli/generate.h"
#include "cli/lines.h"
#include "cli/scan.h"
#include "cli/system_random.h"
#include "cli/values.h"

namespace emr::cli {
namespace {

ToolSpec two_verbs() {
  return {
      .name = "emr-test",
      .summary = "test",
      .verbs = {{.name = "one",
                 .summary = "first",
                 .streams = Streams::kFilter,
                 .options =
                     {{.name = "limit",
                       .short_name = 'l',
                       .kind = Kind::kCount,
                       .help = "how many",
                       .preset = "10",
                       .min = 1,
                       .max = 100},
                      {.name = "peer", .short_name = 'p', .help = "with whom", .repeatable = true},
                      {.name = "yes",
                       .short_name = 'y',
                       .kind = Kind::kFlag,
                       .help = "do not ask",
                       .configurable = false}}},
                {.name = "two", .summary = "second"}},
      .default_verb = "one"};
}

const Table& table() {
  static const ToolSpec tool = two_verbs();
  static const Table made = make_table(tool, tool.verbs.front());
  return made;
}

Environment fixed_environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::optional<std::string>() : found->second;
  };
}

Result<Values> values_of(const std::vector<std::string>& arguments,
                         std::map<std::string, std::string> variables = {},
                         const std::vector<Config>& configs = {}) {
  EMR_ASSIGN(const ParsedArguments parsed, parse_arguments(table(), arguments));
  return resolve_values(table(), parsed, fixed_environment(std::move(variables)), configs);
}

std::string problem_of(const std::vector<std::string>& arguments) {
  const Result<Values> values = values_of(arguments);
  return values ? "" : values.error().message;
}

/// A pipe that holds `text` and is closed behind it.
class FilledPipe {
 public:
  explicit FilledPipe(const std::string& text) {
    REQUIRE(pipe(ends_) == 0);
    REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    close(ends_[1]);
  }
  ~FilledPipe() { close(ends_[0]); }
  FilledPipe(const FilledPipe&) = delete;
  FilledPipe& operator=(const FilledPipe&) = delete;
  int fd() const { return ends_[0]; }

 private:
  int ends_[2] = {-1, -1};
};

/// A directory that goes with its test.
class Folder {
 public:
  Folder() { REQUIRE(mkdtemp(path_) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return std::string(path_) + "/" + name; }

 private:
  char path_[32] = "/tmp/emr-cli-test-XXXXXX";
};

TEST_CASE("parse: options in every spelling") {
  const Values values =
      values_of({"--limit=5", "-p", "a", "in.jsonl", "-yp", "b", "--peer", "[c,d]"}).value();
  CHECK(values.find("limit")->texts == std::vector<std::string>{"5"});
  CHECK(values.find("peer")->texts == std::vector<std::string>{"a", "b", "[c,d]"});
  CHECK(values.find("INPUT")->texts == std::vector<std::string>{"in.jsonl"});
  CHECK(values.find("yes")->texts.size() == 1);
  CHECK(values_of({"--", "--peer"}).value().find("INPUT")->texts.front() == "--peer");
  CHECK(values_of({"-"}).value().find("INPUT")->texts.front() == "-");
  CHECK(values_of({}).value().find("limit")->preset);
}

TEST_CASE("parse: what is refused") {
  CHECK(problem_of({"--peer"}) == "--peer needs a value: a text");
  CHECK(problem_of({"--peer", "--yes"}) == "--peer needs a value: a text");
  CHECK(problem_of({"--peer=--yes"}).empty());
  CHECK(problem_of({"-p", "-x"}) == "-p needs a value: a text");
  CHECK(problem_of({"--pee", "x"}) == "unknown option --pee");
  CHECK(problem_of({"--limit", "5", "-l", "6"}) == "-l is given more than once");
  CHECK(problem_of({"-yy"}) == "-y is given more than once");
  CHECK(problem_of({"--yes=no"}) == "--yes takes no value");
  CHECK(problem_of({"--limit", "007"}) == "--limit must be a whole number from 1 to 100");
  CHECK(problem_of({"a", "b"}) == "there are too many arguments");
  CHECK(problem_of({"--110101199001011234"}) == "unknown option");  // a value, not a name
}

TEST_CASE("values: precedence") {
  const std::vector<Config> configs = {{"first.json", {{"limit", {"3"}}}},
                                       {"second.json", {{"limit", {"4"}}, {"peer", {"x", "y"}}}}};
  CHECK(values_of({"-l", "1"}, {{"EMR_TEST_LIMIT", "2"}}, configs).value().find("limit")->origin ==
        "command line");
  CHECK(values_of({}, {{"EMR_TEST_LIMIT", "2"}}, configs).value().find("limit")->origin ==
        "EMR_TEST_LIMIT");
  CHECK(values_of({}, {}, configs).value().find("limit")->texts.front() == "3");
  CHECK(values_of({}, {}, configs).value().find("peer")->texts.size() == 2);
  // What is not configurable is not read.
  CHECK(values_of({}, {{"EMR_TEST_YES", "true"}}).value().find("yes") == nullptr);
  CHECK(values_of({}, {{"EMR_VERBOSE", "2"}}).value().find("verbose")->texts.size() == 2);
  CHECK(values_of({}, {{"EMR_QUIET", "0"}}).value().find("quiet")->texts.empty());
  CHECK(values_of({}, {{"EMR_TEST_LIMIT", "0x1"}}).error().code == Code::kUsage);
  CHECK(values_of({}, {}, {{"c.json", {{"limit", {"900"}}}}}).error().code == Code::kConfig);
}

TEST_CASE("values: only what means the same in every tool has one variable") {
  CHECK(environment_name("emr-test", "error-format") == "EMR_ERROR_FORMAT");
  CHECK(environment_name("emr-ipfs-put", "node") == "EMR_NODE");
  for (const char* own : {"key-file", "institution", "patient", "from", "policy", "limit"}) {
    const std::string name = environment_name("emr-ipfs-put", own);
    CHECK(name.starts_with("EMR_IPFS_PUT_"));
  }
  CHECK(values_of({}, {{"EMR_LIMIT", "2"}}).value().find("limit")->preset);
}

TEST_CASE("environment: an old or misspelt name is told, not ignored") {
  const auto hint = [](std::string_view name) {
    const Status checked = check_environment(make_union_table(two_verbs()), {"PATH", name});
    if (!checked) CHECK(checked.error().code == Code::kConfig);
    return checked ? std::string() : checked.error().hint;
  };
  for (const char* fine : {"EMR_TEST_LIMIT", "EMR_CONFIG", "EMR_QUIET", "EMR_OTHER_LIMIT",
                           "EMR_NODE", "EMR_BUILD", "LIMIT", "EMR_TESTS"}) {
    CAPTURE(fine);
    CHECK(hint(fine).empty());
  }
  CHECK(hint("EMR_LIMIT") == "its name is EMR_TEST_LIMIT");
  CHECK(hint("EMR_TEST_QUIET") == "its name is EMR_QUIET");
  CHECK(hint("EMR_TEST_OUTPUT") == "--output is given on the command line only");
  CHECK(hint("EMR_TEST_LIMITS").find("--print-config") != std::string::npos);
}

TEST_CASE("config: sections and refusals") {
  const auto read = [](std::string_view text) {
    return read_config(text, "c.json", "emr-test", table());
  };
  const Config config = read(R"({"type":"emr.config","v":1,"all":{"node":"http://h"},
               "emr-test":{"limit":6,"peer":["a","b"]},"emr-other":{"anything":[{}]}})")
                            .value();
  CHECK(config.entries.at("limit") == std::vector<std::string>{"6"});
  CHECK(config.entries.at("peer").size() == 2);
  CHECK_FALSE(config.entries.contains("node"));  // shared, and not ours
  for (const char* bad : {R"({"v":1})", R"({"type":"emr.config","v":1,"emr-test":{"x":1}})",
                          R"({"type":"emr.config","v":1,"all":{"x":1}})",
                          R"({"type":"emr.config","v":1,"all":{"limit":1}})",  // one tool's own
                          R"({"type":"emr.config","v":1,"emr-test":{"config":"x"}})",
                          R"({"type":"emr.config","v":1,"emr-test":{"limit":[1]}})",
                          R"({"type":"emr.config","v":1,"emr-test":[]})", "", "[]",
                          R"({"type":"emr.config","v":1,"emr-test":{"limit":1.5}})"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(read(bad).ok());
    CHECK(read(bad).error().code == Code::kConfig);
  }
}

TEST_CASE("lines: every boundary") {
  const FilledPipe pipe_end("a\nbb\n\nc\r\n   \n" + std::string(9, 'x') + "\n" +
                            std::string(10, 'y') + "\nlast");
  LineReader reader(pipe_end.fd(), false, 9);
  const auto next = [&] { return *reader.next().value(); };
  CHECK(next().text == "a");
  CHECK(next().text == "bb");
  CHECK(next().fault->reason == "blank_line");
  const Line crlf = next();
  CHECK(crlf.fault->reason == "crlf");
  CHECK(crlf.fault->line == 4);
  CHECK(next().fault->reason == "blank_line");
  CHECK(reader.has_buffered_line());
  CHECK(next().text == "xxxxxxxxx");
  CHECK(next().fault->reason == "too_large");
  CHECK_FALSE(reader.has_buffered_line());
  const Line last = next();
  CHECK(last.text == "last");
  CHECK(last.number == 8);
  CHECK_FALSE(reader.next().value().has_value());
  CHECK_FALSE(reader.next().value().has_value());
}

TEST_CASE("lines: a failed read and a failed write are kIo") {
  LineReader reader(-1);
  CHECK(reader.next().error().code == Code::kIo);
  const int full = open("/dev/full", O_WRONLY);
  LineWriter writer(full);
  CHECK(writer.write("x").error().code == Code::kIo);
  CHECK(writer.finish().error().code == Code::kIo);
  close(full);
}

TEST_CASE("error policy: stop, skip, and what may not be skipped") {
  ErrorPolicy stop(false, {});
  CHECK(stop.failed(3, fail(Code::kData, "bad")).error().line == 3);
  std::vector<std::uint64_t> seen;
  ErrorPolicy skip(true, [&](const Error& error) { seen.push_back(*error.line); });
  CHECK(skip.failed(4, fail(Code::kData, "bad")).ok());
  CHECK(skip.failed(5, fail(Code::kDenied, "no")).ok());
  CHECK_FALSE(skip.failed(6, fail(Code::kUnavailable, "gone")).ok());
  CHECK(seen == std::vector<std::uint64_t>{4, 5});
  CHECK(skip.finish().error().code == Code::kPartial);
}

TEST_CASE("atomic file: complete or not at all") {
  const Folder folder;
  const std::string path = folder.file("out");
  {
    AtomicFile file = AtomicFile::create(path).value();
    CHECK(file.write(as_bytes("half")).ok());
  }
  CHECK(access(path.c_str(), F_OK) != 0);
  CHECK(write_file(path, "one", 0640).ok());
  CHECK(read_file(path, 10).value() == "one");
  CHECK(write_file(path, "two").ok());
  CHECK(read_file(path, 3).value() == "two");
  CHECK(read_file(path, 2).error().reason == "too_large");
  CHECK(read_file(folder.file("none"), 2).error().code == Code::kNoInput);
  CHECK(std::system(("test $(ls -A " + folder.file("") + " | wc -l) = 1").c_str()) == 0);
}

TEST_CASE("files: what a killed process left goes, what a living one writes stays") {
  const Folder folder;
  const std::string half = folder.file(".emr-unfinished-0123456789abcdef");
  CHECK(write_file(half, "half", 0600).ok());
  AtomicFile living = AtomicFile::create(folder.file("a"), 0600).value();
  CHECK(living.write(as_bytes("whole")).ok());
  remove_left_overs(folder_of(folder.file("a")));
  CHECK(access(half.c_str(), F_OK) != 0);
  CHECK(living.commit().ok());
  CHECK(read_file(folder.file("a"), 10).value() == "whole");
}

TEST_CASE("files: a person's file is no left-over, whatever it is called") {
  const Folder folder;
  const std::string name = ".emr-unfinished-0123456789abcde";
  const std::string kept[] = {".emr-backup", ".emr-notes1", ".emr-link01",  // reviewer's names
                              name, name + "G", name + "01", name + "1",    // the last: mode 0644
                              name + "2", name + "3", name + "4", name + "5"};
  for (const std::string& file : kept) {
    if (file == name + "3" || file == name + "4") continue;
    CHECK(write_file(folder.file(file), "x", file == name + "1" ? 0644 : 0600).ok());
  }
  REQUIRE(symlink(folder.file(".emr-backup").c_str(), folder.file(name + "3").c_str()) == 0);
  REQUIRE(link(folder.file(".emr-notes1").c_str(), folder.file(name + "4").c_str()) == 0);
  REQUIRE(chmod(folder.file(name + "5").c_str(), 0700) == 0);
  REQUIRE(rename(folder.file(name + "2").c_str(), folder.file("gone").c_str()) == 0);
  REQUIRE(mkdir(folder.file(name + "2").c_str(), 0600) == 0);
  remove_left_overs(folder_of(folder.file("a")));
  for (const std::string& file : kept) {
    CAPTURE(file);
    struct stat info {};
    CHECK(lstat(folder.file(file).c_str(), &info) == 0);
  }
  const std::string link = folder.file(".emr-link01");  // read and written as any other
  CHECK(write_file(link, "new", 0600).ok());
  remove_left_overs(folder_of(link));
  CHECK(read_file(link, 10).value() == "new");
}

TEST_CASE("secret files: a passphrase ends before the line end of any system") {
  const Folder folder;
  const std::string path = folder.file("pass");
  const auto read = [&](std::string_view text) {
    std::remove(path.c_str());
    REQUIRE(write_new_secret_file(path, text).ok());
    PassphraseSource source;
    source.file = path;
    return std::string(read_passphrase(source).value().text());
  };
  CHECK(read("secret\r\nmore\r\n") == "secret");
  CHECK(read("secret\nmore\n") == "secret");
  CHECK(read("secret\r") == "secret\r");  // no line end
}

TEST_CASE("secret files: new ones are private and never overwrite") {
  const Folder folder;
  const std::string path = folder.file("key");
  CHECK(write_new_secret_file(path, std::string(63, '0') + "7\n").ok());
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(read_key_file(path).value().bytes()[31] == 7);
  CHECK(write_new_secret_file(path, "x").error().code == Code::kCantCreate);
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  CHECK(read_key_file(path).error().code == Code::kDenied);
}

TEST_CASE("errors as JSON") {
  const Error error = fail(Code::kData, "field \"x\" is missing")
                          .with_line(12)
                          .with_pointer("/a")
                          .with_reason("missing")
                          .with_hint("add it");
  CHECK(error_json("emr-test", error) ==
        R"({"type":"emr.error","v":1,"tool":"emr-test","code":65,"kind":"data",)"
        R"("message":"field \"x\" is missing","line":12,"pointer":"/a","reason":"missing",)"
        R"("hint":"add it"})");
  CHECK(error_json("t", fail(Code::kIo, "\xFF")).find("(not UTF-8)") != std::string::npos);
}

TEST_CASE("text: wrapping and paragraphs") {
  CHECK(wrap("aa bb cc", 2, 7) == "  aa bb\n  cc\n");
  CHECK(wrap("averylongword x", 0, 5) == "averylongword\nx\n");
  CHECK(wrap("", 1, 5) == " \n");
  CHECK(paragraphs("a\nb\n\nc") == std::vector<std::string>{"a b", "c"});
}

TEST_CASE("generated: all statuses, sorted; both verbs everywhere") {
  const ToolSpec tool = two_verbs();
  std::vector<int> codes;
  for (const ExitStatus& status : all_exit_status(tool)) codes.push_back(status.code);
  CHECK(codes == std::vector<int>{0, 2, 3, 66, 70, 73, 74, 78});
  for (const char* what : {"man", "bash", "zsh", "fish"}) {
    const std::string text = generate(tool, what);
    CHECK(text.find("two") != std::string::npos);
    CHECK(text.find("limit") != std::string::npos);
  }
}

TEST_CASE("system random: fills everything, never twice the same") {
  SystemRandom random;
  Hash32 first{};
  Hash32 second{};
  random.fill(first);
  random.fill(second);
  CHECK(first != second);
  CHECK(first != Hash32{});
}

}  // namespace
}  // namespace emr::cli
