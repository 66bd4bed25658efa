# SPDX-License-Identifier: Apache-2.0
# A folder is a library; its sources are the files in it. main.cc belongs to the program.

# The standard library costs more to parse than most files: once for all libraries. It hides a forgotten
# include, so the presets `release`, `fuzz` and `tidy` do without it.
file(WRITE ${CMAKE_BINARY_DIR}/generated/libraries_pch.cc "")
add_library(libraries_pch STATIC ${CMAKE_BINARY_DIR}/generated/libraries_pch.cc)
target_link_libraries(libraries_pch PRIVATE tidegate_options)
target_precompile_headers(libraries_pch PRIVATE
  <algorithm> <array> <chrono> <deque> <expected> <filesystem> <functional> <map> <memory> <mutex>
  <optional> <span> <string> <string_view> <thread> <utility> <variant> <vector>)

# tidegate_library(path/of/folder LINKS … [SCHEMA file.fbs])  → target path_of_folder
function(tidegate_library folder)
  cmake_parse_arguments(ARG "" "SCHEMA" "LINKS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(${name} STATIC ${sources})
    target_precompile_headers(${name} REUSE_FROM libraries_pch)
    if(NOT folder MATCHES "^(edge/gate|simulators|simulators/station|tools)$")  # no fuzz target goes there
      target_compile_options(${name} PRIVATE ${tidegate_coverage})
    endif()
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${name} ${scope} tidegate_options ${ARG_LINKS})
  if(ARG_SCHEMA AND EXISTS ${CMAKE_SOURCE_DIR}/${folder}/${ARG_SCHEMA})
    string(REGEX REPLACE "\\.fbs$" "_generated.h" header ${ARG_SCHEMA})
    set(out ${CMAKE_BINARY_DIR}/generated/${folder})
    add_custom_command(
      OUTPUT ${out}/${header}
      COMMAND ${FLATC} --cpp --scoped-enums --warnings-as-errors -o ${out} ${CMAKE_SOURCE_DIR}/${folder}/${ARG_SCHEMA}
      DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/${ARG_SCHEMA}
      COMMENT "flatc ${folder}/${ARG_SCHEMA}")
    add_custom_target(${name}_schema DEPENDS ${out}/${header})
    add_dependencies(${name} ${name}_schema)
  endif()
endfunction()

# tidegate_program(name main.cc LINKS …)
function(tidegate_program name main)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${main})
    return()
  endif()
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE tidegate_options ${ARG_LINKS})
  target_compile_definitions(${name} PRIVATE TIDEGATE_VERSION="${PROJECT_VERSION}")
endfunction()

# tidegate_test(path/of/folder LINKS … [TIMEOUT s] [COST s] [LABELS …] [LOCK name] [SHARDS n])  → one executable of tests/<folder>/*_test.cc
# SHARDS: under sanitizers its cases share n processes, which take longer to start than most cases to run.
function(tidegate_test folder)
  cmake_parse_arguments(ARG "" "TIMEOUT;LOCK;COST;SHARDS" "LINKS;LABELS" ${ARGN})
  string(REPLACE "/" "_" name ${folder}_test)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc)
  if(NOT sources)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  # GoogleTest costs more to parse than most tests: once for all of them.
  if(NOT TARGET tests_pch)
    file(WRITE ${CMAKE_BINARY_DIR}/generated/tests_pch.cc "")
    add_library(tests_pch STATIC ${CMAKE_BINARY_DIR}/generated/tests_pch.cc)
    target_link_libraries(tests_pch PRIVATE tidegate_options GTest::gtest GTest::gmock)
    target_compile_definitions(tests_pch PRIVATE
      TIDEGATE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TIDEGATE_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
    target_precompile_headers(tests_pch PRIVATE
      <gmock/gmock.h> <gtest/gtest.h> <array> <chrono> <filesystem> <functional> <optional> <string>
      <vector>)
  endif()
  add_executable(${name} ${sources})
  target_precompile_headers(${name} REUSE_FROM tests_pch)
  target_link_libraries(${name} PRIVATE tidegate_options ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    TIDEGATE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TIDEGATE_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  # An empty value would vanish on the way and its name swallow the next.
  set(properties TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LABELS)
    list(APPEND properties LABELS ${ARG_LABELS})
  endif()
  if(ARG_LOCK)
    list(APPEND properties RESOURCE_LOCK ${ARG_LOCK})
  endif()
  # The long ones first, or the last of them runs alone.
  if(ARG_COST)
    list(APPEND properties COST ${ARG_COST})
  endif()
  if(TIDEGATE_SANITIZE AND ARG_SHARDS)
    math(EXPR last "${ARG_SHARDS} - 1")
    foreach(index RANGE ${last})
      add_test(NAME ${folder}.shard_${index} COMMAND ${name} --gtest_brief=1)
      set_tests_properties(${folder}.shard_${index} PROPERTIES ${properties} TIMEOUT 600
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index}")
    endforeach()
    return()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${folder}." DISCOVERY_TIMEOUT 60
    PROPERTIES ${properties})
endfunction()
