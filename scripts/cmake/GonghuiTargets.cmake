# How every target of the house is made: one function for libraries, one for programs, one for tests.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

# A compiler cache and the fastest linker when they are there; without them everything still builds.
find_program(GONGHUI_CCACHE ccache)
if(GONGHUI_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this laxness it caches nothing that uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${GONGHUI_CCACHE})
endif()
find_program(GONGHUI_MOLD mold)
if(GONGHUI_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
find_package(spdlog REQUIRED)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# What whoever includes the house's headers needs, in this tree or installed (common/sdk/cpp).
add_library(gonghui_headers INTERFACE)
target_include_directories(gonghui_headers INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/gonghui>)
target_compile_features(gonghui_headers INTERFACE cxx_std_20)

# What only the house's own sources are compiled with.
add_library(gonghui_options INTERFACE)
target_link_libraries(gonghui_options INTERFACE gonghui_headers)
target_compile_options(gonghui_options INTERFACE
  -Wall -Wextra -Wpedantic $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow> -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Werror)

set(GONGHUI_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them: address,undefined or thread")
set(GONGHUI_TIMES_SLOWER 1)
if(GONGHUI_SANITIZE)
  set(GONGHUI_TIMES_SLOWER 5)
  # g++'s manual says that its warnings err under its sanitizers; the plain builds are the ones that must have none.
  target_compile_options(gonghui_options INTERFACE -fsanitize=${GONGHUI_SANITIZE} -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-error>)
  target_link_options(gonghui_options INTERFACE -fsanitize=${GONGHUI_SANITIZE})
endif()

# What is tested stays optimised; the tests themselves compile a third faster without (not under a sanitizer, which is
# slow enough). -fPIE: they are executables, and what is precompiled for them must be compiled alike.
function(gonghui_compile_tests name)
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gmock)
  target_compile_options(${name} PRIVATE -fPIE)
  if(NOT GONGHUI_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)
  endif()
endfunction()

# Headers of others that nearly every file reads, read once: a fifth of the build. Everything must build without as
# well, so that no file forgets an include: the preset of the second compiler does.
option(GONGHUI_PRECOMPILE "Precompile the standard library's headers" OFF)
function(gonghui_precompile name)
  file(WRITE ${PROJECT_BINARY_DIR}/${name}.cpp "")
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE gonghui_options)
  target_precompile_headers(${name} PRIVATE <algorithm> <array> <chrono> <deque> <filesystem> <functional> <map> <memory>
    <mutex> <optional> <set> <span> <string> <string_view> <unordered_map> <unordered_set> <variant> <vector>
    <tl/expected.hpp> ${ARGN})
endfunction()
if(GONGHUI_PRECOMPILE)
  gonghui_precompile(gonghui_precompiled)
  if(BUILD_TESTING)
    gonghui_precompile(gonghui_precompiled_tests <gmock/gmock.h> <gtest/gtest.h>)
    gonghui_compile_tests(gonghui_precompiled_tests)
  endif()
endif()

# What sees what, one JSON object a line, for scripts/check_layers.py.
set(GONGHUI_TARGETS_FILE ${PROJECT_BINARY_DIR}/targets.jsonl)
file(WRITE ${GONGHUI_TARGETS_FILE} "")
function(gonghui_record kind name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(JOIN " " sources ${ARG_SOURCES})
  string(JOIN " " depends ${ARG_DEPENDS})
  string(JOIN " " private_depends ${ARG_PRIVATE_DEPENDS})
  string(CONCAT record "{\"kind\": \"${kind}\", \"name\": \"${name}\", \"folder\": \"${folder}\", "
    "\"sources\": \"${sources}\", \"depends\": \"${depends}\", \"private_depends\": \"${private_depends}\"}")
  file(APPEND ${GONGHUI_TARGETS_FILE} "${record}\n")
endfunction()

# gonghui_library(<name> SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...])
# A target sees only what it names: a wrong include does not link, and scripts/check refuses it by name.
function(gonghui_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC gonghui_headers ${ARG_DEPENDS} PRIVATE gonghui_options ${ARG_PRIVATE_DEPENDS})
    if(GONGHUI_PRECOMPILE)
      target_precompile_headers(${name} REUSE_FROM gonghui_precompiled)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE gonghui_headers ${ARG_DEPENDS})
  endif()
  gonghui_record(library ${name} ${ARGN})
endfunction()

# gonghui_package(<name> <version>)
# There is a Debian package of that name (GonghuiPackages says what is in it).
function(gonghui_package name version)
  set_property(GLOBAL APPEND PROPERTY GONGHUI_PACKAGES ${name})
  set_property(GLOBAL PROPERTY GONGHUI_VERSION_OF_${name} ${version})
endfunction()

# gonghui_program(<name> [VERSION <version>] SOURCES ... DEPENDS ...)
# What has a version is installed by a Debian package of its name, in that version (GonghuiPackages).
function(gonghui_program name)
  cmake_parse_arguments(ARG "" "VERSION" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(ARG_VERSION)
    target_compile_definitions(${name} PRIVATE GONGHUI_VERSION="${ARG_VERSION}")
    gonghui_package(${name} ${ARG_VERSION})
  endif()
  target_link_libraries(${name} PRIVATE gonghui_options ${ARG_DEPENDS})
  gonghui_record(program ${name} ${ARGN})
endfunction()

# gonghui_system_test(<name> <script> TIMEOUT <seconds> [ARGUMENTS ...])
# Real processes and sockets, from Python; its arguments are by default the folder of the programs.
function(gonghui_system_test name script)
  cmake_parse_arguments(ARG "" "TIMEOUT" "ARGUMENTS" ${ARGN})
  if(NOT ARG_ARGUMENTS)
    set(ARG_ARGUMENTS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
  endif()
  add_test(NAME ${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${ARG_ARGUMENTS})
  math(EXPR timeout "${ARG_TIMEOUT} * ${GONGHUI_TIMES_SLOWER}")
  # The costliest begin first, so that none is left alone at the end; ctest itself knows that only from the second run on.
  set_tests_properties(${name} PROPERTIES LABELS system TIMEOUT ${timeout} COST 100
    ENVIRONMENT "GONGHUI_SANITIZE=${GONGHUI_SANITIZE};GONGHUI_TIMES_SLOWER=${GONGHUI_TIMES_SLOWER}")
endfunction()

# gonghui_test(<name> SOURCES ... DEPENDS ... [LABEL unit|contract|system])
# One ctest entry per GoogleTest case.
function(gonghui_test name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  gonghui_compile_tests(${name})
  target_link_libraries(${name} PRIVATE gonghui_options ${ARG_DEPENDS} GTest::gtest_main)
  if(GONGHUI_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM gonghui_precompiled_tests)
  endif()
  gonghui_record(test ${name} SOURCES ${ARG_SOURCES} DEPENDS ${ARG_DEPENDS})
  math(EXPR timeout "120 * ${GONGHUI_TIMES_SLOWER}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${timeout})
endfunction()
