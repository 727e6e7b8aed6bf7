# The setting of every Bats file that runs a tool: `load ../tool`, then `tool_setup` in setup.

# tool_setup: an empty directory, the tools on the PATH, no settings of the user
tool_setup() {
  local name
  bats_load_library bats-support
  bats_load_library bats-assert
  PATH=$EMR_BUILD/bin:$PATH
  cd "$BATS_TEST_TMPDIR" || return
  for name in "${!EMR_@}"; do
    case $name in EMR_BUILD | EMR_SOURCE | EMR_SHARED) ;; *) unset "$name" ;; esac
  done
  unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID # systemd's
  export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg
  umask 077
}

sanitized() { ldd "$EMR_BUILD/bin/emr-sign" | grep -q -e libasan -e libtsan; }

# memory_limit KIB: a command for `bash -c` that bounds the memory of what follows. A sanitizer maps
# terabytes of shadow memory: there the answer counts, not the memory.
memory_limit() {
  if sanitized; then echo true; else echo "ulimit -v $1"; fi
}
