# The three kinds of target. Every flag of the project stands in this file.

add_library(emr_flags INTERFACE)
target_compile_options(emr_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough
  # GCC 12 reports these falsely inside std::vector and std::string at -O3 (GCC bugs 105329, 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<BOOL:${EMR_WERROR}>:-Werror> -fno-omit-frame-pointer -fstack-protector-strong)
target_compile_definitions(emr_flags INTERFACE
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2> EMR_VERSION="${PROJECT_VERSION}")
if(EMR_SANITIZE)
  target_compile_options(emr_flags INTERFACE -fsanitize=${EMR_SANITIZE} -fno-sanitize-recover=all -g)
  target_link_options(emr_flags INTERFACE -fsanitize=${EMR_SANITIZE})
endif()
if(EMR_SANITIZE MATCHES "thread")
  # TSan does not model fences; Boost.Asio can do without them (GCC only warns about each).
  target_compile_options(emr_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  target_compile_definitions(emr_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(EMR_FUZZ)
  target_compile_options(emr_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
# Checks are part of the product: NDEBUG would only remove assert(), which the house does not use.

# What a test itself does is small; half of what it costs is to compile it.
add_library(emr_test_flags INTERFACE)
target_compile_options(emr_test_flags INTERFACE $<$<CONFIG:Release>:-O1>)
add_library(emr_test_main OBJECT ${CMAKE_SOURCE_DIR}/tests/unit/main.cpp)
target_link_libraries(emr_test_main PRIVATE emr_flags emr_test_flags doctest::doctest)

# emr_layer(NAME [PURE] [DEPS layer...] [LIBS target...])
# One folder lib/NAME = one static library emr::NAME = one namespace. Sources are *.cpp beside the
# headers, tests are *_test.cpp in the same folder and become the program emr_NAME_test.
function(emr_layer name)
  cmake_parse_arguments(arg "PURE" "" "DEPS;LIBS;PRIVATE_LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_bench)\\.cpp$")
  set_property(GLOBAL APPEND PROPERTY EMR_LAYERS ${name})
  set_property(GLOBAL PROPERTY EMR_LAYER_${name}_DEPS ${arg_DEPS})
  set_property(GLOBAL PROPERTY EMR_LAYER_${name}_PURE ${arg_PURE})
  if(NOT sources)
    return()
  endif()
  add_library(emr_${name} STATIC ${sources})
  add_library(emr::${name} ALIAS emr_${name})
  target_include_directories(emr_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(emr_${name} PRIVATE emr_flags)
  foreach(dep IN LISTS arg_DEPS)
    if(TARGET emr_${dep})
      target_link_libraries(emr_${name} PUBLIC emr_${dep})
    endif()
  endforeach()
  target_link_libraries(emr_${name} PUBLIC ${arg_LIBS})
  if(tests)
    add_executable(emr_${name}_test ${tests})
    target_link_libraries(emr_${name}_test PRIVATE
      emr_${name} emr_test_main emr_flags emr_test_flags doctest::doctest)
    target_compile_definitions(emr_${name}_test PRIVATE EMR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME unit.${name} COMMAND emr_${name}_test)
  endif()
endfunction()

# emr_tool(NAME DEPS layer...): tools/NAME/*.cpp becomes build/bin/NAME.
function(emr_tool name)
  cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE emr_flags ${arg_LIBS})
  foreach(dep IN LISTS arg_DEPS)
    if(TARGET emr_${dep})
      target_link_libraries(${name} PRIVATE emr_${dep})
    endif()
  endforeach()
  set_property(GLOBAL APPEND PROPERTY EMR_TOOLS ${name})
endfunction()

# emr_fuzz(NAME SOURCE DEPS layer...): a libFuzzer program, only under EMR_FUZZ.
function(emr_fuzz name source)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  if(NOT EMR_FUZZ)
    return()
  endif()
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE emr_flags)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  foreach(dep IN LISTS arg_DEPS)
    target_link_libraries(fuzz_${name} PRIVATE emr_${dep})
  endforeach()
endfunction()
