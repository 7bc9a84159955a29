# A Debian package for each program that has a version (gonghui_program), and what it brings beside the program:
# manual page, changelog, copyright. `gonghui` brings units, alert rules, documents and examples as well; `gonghui-gateway` the
# pages, which scripts/web has built; the plug-ins are folders that `gonghui plug` takes, too; `libgonghui-dev` is the SDK for
# C++ (common/sdk/cpp says what is in it) and has no program. scripts/package makes them all.

set(packages_folder ${PROJECT_BINARY_DIR}/package_files)
get_property(packages GLOBAL PROPERTY GONGHUI_PACKAGES)
find_program(GONGHUI_HELP2MAN help2man)
find_program(GONGHUI_GIT git)

set(summary_of_gonghui "operator's command of a trade union's service platform")
set(summary_of_gonghui-hub "bus of a trade union's service platform")
set(summary_of_gonghui-registration "members and organisations of a trade union")
set(summary_of_gonghui-training "evening classes of a trade union")
set(summary_of_gonghui-matchmaking "matchmaking evenings of a trade union")
set(summary_of_gonghui-gateway "web portal, console and JSON API of a trade union")
set(summary_of_libgonghui-dev "SDK for services of a trade union's platform, in C++")
set(summary_of_gonghui-notifications "inbox and e-mail to members of a trade union")
set(summary_of_gonghui-stations "service stations for outdoor workers of a trade union")
set(summary_of_gonghui-pledges "promises of a trade union for the year, and how far they are")

# The last commit's, so that the same sources make the same packages.
set(changed_at "Thu, 01 Jan 1970 00:00:00 +0000")
if(GONGHUI_GIT)
  execute_process(COMMAND ${GONGHUI_GIT} -C ${PROJECT_SOURCE_DIR} log -1 --format=%aD OUTPUT_VARIABLE committed_at
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(committed_at)
    set(changed_at "${committed_at}")
  endif()
endif()
set(maintainer "Gonghui maintainers <maintainers@gonghui.example.org>")

# gonghui_gzip(<to> <from>): without name and time in it.
set(zipped)
function(gonghui_gzip to)
  cmake_parse_arguments(ARG "" "" "DEPENDS;COMMAND" ${ARGN})
  add_custom_command(OUTPUT ${to} COMMAND ${ARG_COMMAND} | gzip -9n > ${to} DEPENDS ${ARG_DEPENDS} VERBATIM)
  set(zipped ${zipped} ${to} PARENT_SCOPE)
endfunction()

set(units_folder ${packages_folder}/units)
set(operations ${PROJECT_SOURCE_DIR}/services/ctl/operations)
file(READ ${operations}/units/hardening.conf HARDENING)
string(STRIP "${HARDENING}" HARDENING)
foreach(unit gonghui-hub@.service gonghui-backup@.service)
  configure_file(${operations}/units/${unit} ${units_folder}/${unit} @ONLY)
endforeach()
foreach(SERVICE registration training matchmaking notifications gateway)
  configure_file(${operations}/units/gonghui-service@.service ${units_folder}/gonghui-${SERVICE}@.service @ONLY)
endforeach()
set(folder_of_stations share/gonghui/stations)  # beside the SDK that it imports
set(folder_of_pledges lib/gonghui/pledges)
foreach(SERVICE stations pledges)
  set(FOLDER /usr/${folder_of_${SERVICE}})
  configure_file(${operations}/units/gonghui-plug-in@.service ${units_folder}/gonghui-${SERVICE}@.service @ONLY)
endforeach()
foreach(unit gonghui@.target gonghui-prepare@.service gonghui-backup@.timer)
  configure_file(${operations}/units/${unit} ${units_folder}/${unit} COPYONLY)
endforeach()
configure_file(${operations}/units/mail.conf ${units_folder}/gonghui-notifications@.service.d/mail.conf COPYONLY)

execute_process(COMMAND dpkg --print-architecture OUTPUT_VARIABLE native OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(CPACK_DEBIAN_GONGHUI-STATIONS_PACKAGE_ARCHITECTURE all)
foreach(package IN LISTS packages)
  get_property(version GLOBAL PROPERTY GONGHUI_VERSION_OF_${package})
  string(TOUPPER ${package} PACKAGE)
  set(CPACK_DEBIAN_${PACKAGE}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${PACKAGE}_FILE_NAME DEB-DEFAULT)
  set(what "One program")
  if(package STREQUAL libgonghui-dev)
    set(what "The SDK")
  endif()
  set(architecture ${CPACK_DEBIAN_${PACKAGE}_PACKAGE_ARCHITECTURE})
  if(NOT architecture)
    set(architecture ${native})
  endif()
  set(CPACK_COMPONENT_${PACKAGE}_DESCRIPTION "${summary_of_${package}}
${what} of Gonghui: a hub and services for registration, training,
matchmaking and notifications that speak over an encrypted bus, each with a
store of its own. Every district is deployed by itself.")
  set(files ${packages_folder}/${package})
  file(WRITE ${files}/changelog
    "${package} (${version}) bookworm; urgency=medium\n\n  * What has changed: /usr/share/doc/gonghui/CHANGELOG.md.gz.\n\n"
    " -- ${maintainer}  ${changed_at}\n")
  file(APPEND ${packages_folder}/versions.new "${package} ${version} ${architecture}\n")
  execute_process(COMMAND gzip -9nf ${files}/changelog COMMAND_ERROR_IS_FATAL ANY)  # so that a component can be installed at once
  if(TARGET ${package})
    gonghui_gzip(${files}/${package}.1.gz
      COMMAND env LC_ALL=C.UTF-8 ${GONGHUI_HELP2MAN} --no-info --section=1 --manual=Gonghui "--source=Gonghui ${version}"
        "--name=${summary_of_${package}}" $<TARGET_FILE:${package}>
      DEPENDS ${package})

    install(TARGETS ${package} RUNTIME DESTINATION bin COMPONENT ${package})
    install(FILES ${files}/${package}.1.gz DESTINATION share/man/man1 COMPONENT ${package})
  endif()
  install(FILES ${operations}/copyright ${files}/changelog.gz DESTINATION share/doc/${package} COMPONENT ${package})
endforeach()
file(RENAME ${packages_folder}/versions.new ${packages_folder}/versions)
# gonghui_document(<package> <file>)
macro(gonghui_document package file)
  get_filename_component(name ${file} NAME)
  gonghui_gzip(${packages_folder}/${package}/${name}.gz COMMAND cat ${PROJECT_SOURCE_DIR}/${file}
    DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  install(FILES ${packages_folder}/${package}/${name}.gz DESTINATION share/doc/${package} COMPONENT ${package})
endmacro()
foreach(document CHANGELOG.md services/ctl/OPERATING.md services/ctl/OPERATING.zh-CN.md)
  gonghui_document(gonghui ${document})
endforeach()
gonghui_document(gonghui-gateway services/gateway/API.md)
gonghui_document(gonghui-stations services/stations/README.md)
gonghui_document(gonghui-pledges services/pledges/README.md)
add_custom_command(OUTPUT ${packages_folder}/bash DEPENDS gonghui VERBATIM
  COMMAND $<TARGET_FILE:gonghui> completion bash > ${packages_folder}/bash
  COMMAND $<TARGET_FILE:gonghui> completion zsh > ${packages_folder}/zsh
  COMMAND $<TARGET_FILE:gonghui> completion fish > ${packages_folder}/fish)
add_custom_target(package_files DEPENDS ${zipped} ${packages_folder}/bash)
add_dependencies(package_files gonghui_sdk pledges)  # with all that they stand on

install(DIRECTORY ${units_folder}/ DESTINATION /lib/systemd/system COMPONENT gonghui)
install(FILES ${packages_folder}/bash DESTINATION share/bash-completion/completions RENAME gonghui COMPONENT gonghui)
install(FILES ${packages_folder}/zsh DESTINATION share/zsh/vendor-completions RENAME _gonghui COMPONENT gonghui)
install(FILES ${packages_folder}/fish DESTINATION share/fish/vendor_completions.d RENAME gonghui.fish COMPONENT gonghui)
install(FILES ${operations}/lintian-overrides DESTINATION share/lintian/overrides RENAME gonghui COMPONENT gonghui)
install(FILES ${operations}/alerts.yml ${operations}/dashboard.json DESTINATION share/gonghui COMPONENT gonghui)
# What `gonghui new service` writes from.
install(DIRECTORY common/sdk DESTINATION share/gonghui COMPONENT gonghui
  PATTERN node_modules EXCLUDE PATTERN __pycache__ EXCLUDE PATTERN "*.egg-info" EXCLUDE PATTERN build EXCLUDE
  REGEX "/sdk/cpp/(gonghui|CMakeLists.txt|Gonghui[^/]*)$" EXCLUDE)
install(FILES services/ctl/district.toml ${operations}/prometheus.yml ${operations}/nginx.conf
  DESTINATION share/doc/gonghui/examples COMPONENT gonghui)
install(DIRECTORY services/gateway/web/dist/portal services/gateway/web/dist/console DESTINATION share/gonghui/web
  COMPONENT gonghui-gateway)
install(DIRECTORY services/stations/ DESTINATION ${folder_of_stations} COMPONENT gonghui-stations
  USE_SOURCE_PERMISSIONS FILES_MATCHING PATTERN *.py PATTERN *.json PATTERN rights.toml PATTERN run
  PATTERN *_test.py EXCLUDE PATTERN load.py EXCLUDE PATTERN __pycache__ EXCLUDE)
install(DIRECTORY services/pledges/schemas DESTINATION ${folder_of_pledges} COMPONENT gonghui-pledges)
install(FILES services/pledges/rights.toml DESTINATION ${folder_of_pledges} COMPONENT gonghui-pledges)
install(PROGRAMS services/pledges/run DESTINATION ${folder_of_pledges} COMPONENT gonghui-pledges)
install(TARGETS pledges RUNTIME DESTINATION ${folder_of_pledges}/out COMPONENT gonghui-pledges)

set(CPACK_DEBIAN_GONGHUI_PACKAGE_DEPENDS procps)
set(CPACK_DEBIAN_GONGHUI_PACKAGE_SUGGESTS
  "gonghui-hub, gonghui-registration, gonghui-training, gonghui-matchmaking, gonghui-notifications, gonghui-gateway, nginx, prometheus, python3-msgpack, python3-zmq")
set(CPACK_DEBIAN_GONGHUI-STATIONS_PACKAGE_DEPENDS "gonghui, python3, python3-msgpack, python3-zmq")
set(CPACK_DEBIAN_LIBGONGHUI-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBGONGHUI-DEV_PACKAGE_DEPENDS
  "libcpp-httplib-dev, libcurl4-openssl-dev, libexpected-dev, libjemalloc-dev, libsodium-dev, libspdlog-dev, libsqlite3-dev, libtomlplusplus-dev, libzmq3-dev, pkg-config, prometheus-cpp-dev, python3")
set(CPACK_DEBIAN_LIBGONGHUI-DEV_PACKAGE_SUGGESTS "cmake, g++, gonghui, libgtest-dev, ninja-build")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gonghui)
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_SOURCE_DIR}/build/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL ${packages})
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
