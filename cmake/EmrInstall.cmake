# Installation: binaries, man pages and completions under PREFIX.
include(GNUInstallDirs)
get_property(EMR_TOOLS GLOBAL PROPERTY EMR_TOOLS)
if(EMR_TOOLS)
  install(TARGETS ${EMR_TOOLS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
