# Installation: programs, man pages and completions under PREFIX. The pages are generated from the
# programs (target `docs`), checked in, and compared by a test (tests/cli/docs.bats).
include(GNUInstallDirs)
get_property(EMR_TOOLS GLOBAL PROPERTY EMR_TOOLS)
if(EMR_TOOLS)
  install(TARGETS ${EMR_TOOLS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  add_custom_target(docs
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/generate-docs.sh ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}
    DEPENDS ${EMR_TOOLS} VERBATIM)
endif()

# Debian's own packages use vendor-completions, a local installation site-functions.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(EMR_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
else()
  set(EMR_ZSH_DIR ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
foreach(tool IN LISTS EMR_TOOLS)
  install(FILES ${CMAKE_SOURCE_DIR}/man/${tool}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
  install(FILES ${CMAKE_SOURCE_DIR}/completions/${tool}.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${tool} OPTIONAL)
  install(FILES ${CMAKE_SOURCE_DIR}/completions/_${tool} DESTINATION ${EMR_ZSH_DIR} OPTIONAL)
  install(FILES ${CMAKE_SOURCE_DIR}/completions/${tool}.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/lib/node/OPERATING.md
              ${CMAKE_SOURCE_DIR}/examples/emr-pbft-node.service
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/emr-tools)
