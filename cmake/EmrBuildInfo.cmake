# The commit for --version. Configure time is enough: a release is always configured afresh.
execute_process(COMMAND git --no-optional-locks describe --always --dirty --abbrev=12
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE EMR_BUILD_COMMIT
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT EMR_BUILD_COMMIT)
  set(EMR_BUILD_COMMIT unknown)
endif()
configure_file(${CMAKE_SOURCE_DIR}/cmake/emr_build_info.h.in
  ${CMAKE_BINARY_DIR}/generated/emr_build_info.h @ONLY)
