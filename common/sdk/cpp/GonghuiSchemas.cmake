# gonghui_schemas(<target> <folder>)
# Typed messages of one service for <target>, from the JSON Schemas in <folder>: structs and codecs, which the target
# compiles and whoever links it sees as <schemas/generated/<service>/codecs.hpp>, like those of the house. The service is
# the one that the schemas' "$id" names. Beside them lie golden_test.cpp (GoogleTest; put it into a test that links the
# target) and golden.json, examples of every message for encoders in other languages.
#
# Made when CMake runs, which it does again when a schema changes: what is wrong with one is said before anything compiles.
function(gonghui_schemas target folder)
  find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
  set(tools ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../scripts)  # in the tree of the sources, or of an installation
  if(NOT EXISTS ${tools}/schema_tools)
    set(tools ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../share/gonghui)
  endif()
  get_filename_component(folder ${folder} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  set(into ${CMAKE_CURRENT_BINARY_DIR}/messages_of_${target})
  file(GLOB schemas CONFIGURE_DEPENDS ${folder}/*.json)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${schemas})
  execute_process(COMMAND ${Python3_EXECUTABLE} -B -m schema_tools.plug_in ${folder} ${into}
    WORKING_DIRECTORY ${tools} OUTPUT_VARIABLE service OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE failed ERROR_VARIABLE problems)
  if(failed)
    message(FATAL_ERROR "The messages of ${target}:\n${problems}")
  endif()
  target_sources(${target} PRIVATE ${into}/schemas/generated/${service}/codecs.cpp)
  target_include_directories(${target} PUBLIC ${into})
endfunction()
