# SPDX-License-Identifier: Apache-2.0
# One interface target with everything the compiler is told.
add_library(tidegate_options INTERFACE)
target_include_directories(tidegate_options INTERFACE ${CMAKE_SOURCE_DIR})
# As a system folder: clang-tidy has nothing to say about what flatc wrote.
target_include_directories(tidegate_options SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/generated)
target_compile_options(tidegate_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op> -Wsuggest-override
  -Wimplicit-fallthrough -Werror
  -Wno-missing-field-initializers  # designated initialisers leave out what has a default, on purpose
  -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Only sanitizers and fuzzers are built with it, in half of g++'s time; g++ is whose warnings we mend.
  target_compile_options(tidegate_options INTERFACE -Wno-unknown-warning-option
    -Wno-deprecated-declarations)  # std::stable_sort of libstdc++ 12 uses one itself
endif()
# Off: -Wnull-dereference (g++ 12 reports it inside libstdc++'s own optional and vector at -O2).
# Off: -Wsign-conversion is not in -Wconversion for C++; char and enum arithmetic would drown in casts.

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
  target_compile_options(tidegate_options INTERFACE
    -Wno-restrict  # g++ 12 reports it inside std::string operator+ at -O2 (GCC bug 105329)
    # and these inside moved std::variant and std::vector
    -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
    -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  target_link_options(tidegate_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  include(CheckPIESupported)
  check_pie_supported()
else()
  target_compile_options(tidegate_options INTERFACE -D_GLIBCXX_ASSERTIONS)
endif()

if(TIDEGATE_SANITIZE)
  target_compile_definitions(tidegate_options INTERFACE TIDEGATE_SANITIZED)
  target_compile_options(tidegate_options INTERFACE -fsanitize=${TIDEGATE_SANITIZE} -fno-sanitize-recover=all
    -Wno-maybe-uninitialized  # g++ 12 with sanitizers reports it in std::optional and std::variant
    # … and these in the operator+ and move of std::string, with thread
    -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
  )
  target_link_options(tidegate_options INTERFACE -fsanitize=${TIDEGATE_SANITIZE})
endif()

# What a fuzzer sees of its way: what -fsanitize=fuzzer-no-link stands for, without parting the precompiled
# headers of libraries that have it from those that have not.
set(tidegate_coverage "")
if(TIDEGATE_FUZZ)
  set(tidegate_coverage -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table)
endif()
