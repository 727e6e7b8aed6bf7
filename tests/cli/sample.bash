# The setting of the emr-sample Bats files: `load sample`, then `sample_setup` in setup.
# shellcheck disable=SC2034,SC2154

# sample_setup: an empty directory without settings of the user
sample_setup() {
  load ../tool
  tool_setup
  build=$EMR_BUILD
  canary=110101199001011234
}

record() { printf '{"type":"emr.sample","v":1,"n":%s}\n' "$1"; }

# usage_error TEXT ARGUMENT...: exit 2, nothing on stdout, one error with this text
usage_error() {
  local text=$1
  shift
  run -2 --separate-stderr emr-sample "$@"
  assert_equal "$output" ""
  [[ $stderr == *"emr-sample: error: "*"$text"* ]] || fail "stderr: $stderr"
}
