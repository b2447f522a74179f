# Finds what coauth is built from, and says at once all that is missing: what to install, and what does without.
include(${CMAKE_CURRENT_LIST_DIR}/boost_too_old.cmake)

# So that a project that adds this folder can link what coauth links.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)

set(coauth_missing "")
set(coauth_packages "")
set(coauth_without "")
set(coauth_required FALSE)

# coauth_needs(found title PACKAGES Debian's names... [WITHOUT options...]): notes what is missing if `found` is false.
# Without `options` it is needed in any case.
macro(coauth_needs found title)
  if(NOT ${found})
    cmake_parse_arguments(arg "" "" "PACKAGES;WITHOUT" ${ARGN})
    list(APPEND coauth_packages ${arg_PACKAGES})
    if(arg_WITHOUT)
      list(TRANSFORM arg_WITHOUT REPLACE "(.+)" "-D \\1=OFF")
      list(APPEND coauth_without ${arg_WITHOUT})
      list(JOIN arg_WITHOUT " " options)
      string(APPEND coauth_missing "  ${title}; not with ${options}\n")
    else()
      set(coauth_required TRUE)
      string(APPEND coauth_missing "  ${title}\n")
    endif()
  endif()
endmacro()

# coauth_optional(option found title packages...): notes what is missing if the option is ON, and turns AUTO into what was found.
macro(coauth_optional option found title)
  if(${option} STREQUAL "AUTO")
    set(${option}_BUILT ${${found}})
  else()
    set(${option}_BUILT ${${option}})
    if(${option})
      coauth_needs(${found} "${title}" PACKAGES ${ARGN} WITHOUT ${option})
    endif()
  endif()
endmacro()

# Boost by component; header-only parts (Asio, Beast, System) come with Boost::headers. Never
# "system": newer Boosts have no such component.
find_package(Boost 1.81 CONFIG QUIET COMPONENTS json url)
coauth_boost_versions(coauth_found)
coauth_needs(Boost_FOUND "Boost 1.81 or later with Boost.JSON and Boost.URL (Boost_ROOT says where).${coauth_found}"
  PACKAGES libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev)
find_package(OpenSSL 3 QUIET)
coauth_needs(OPENSSL_FOUND "OpenSSL 3" PACKAGES libssl-dev)
find_package(Threads REQUIRED)

# The databases are libraries of their own. AUTO: built if what they need is here.
find_package(SQLite3 QUIET)
coauth_optional(COAUTH_SQLITE SQLite3_FOUND "SQLite 3, for coauth::sqlite" libsqlite3-dev)
find_package(PkgConfig QUIET)
set(hiredis_FOUND FALSE)
if(PkgConfig_FOUND)
  # Its own CMake configuration is broken in 0.14.
  pkg_check_modules(hiredis QUIET IMPORTED_TARGET GLOBAL hiredis)
  if(hiredis_FOUND)
    # _FILE_OFFSET_BITS, which no header of hiredis reads, and which would forbid a precompiled header.
    set_property(TARGET PkgConfig::hiredis PROPERTY INTERFACE_COMPILE_OPTIONS "")
  endif()
endif()
coauth_optional(COAUTH_REDIS hiredis_FOUND "hiredis (found by pkg-config), for coauth::redis" libhiredis-dev pkgconf)

if(COAUTH_BUILD_EXAMPLES OR COAUTH_BUILD_SANDBOX)
  find_package(CLI11 CONFIG QUIET)
  set(coauth_programs COAUTH_BUILD_SANDBOX)
  if(COAUTH_BUILD_EXAMPLES)
    set(coauth_programs COAUTH_BUILD_EXAMPLES COAUTH_BUILD_SANDBOX)
  endif()
  coauth_needs(CLI11_FOUND "CLI11, for the examples and coauth-sandbox" PACKAGES libcli11-dev WITHOUT ${coauth_programs})
endif()
if(COAUTH_BUILD_TESTS)
  # The scripts want Debian's own Python, with Debian's modules, whatever else is on PATH.
  find_program(COAUTH_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(COAUTH_PYTHON python3)
  coauth_needs(COAUTH_PYTHON "Python 3, for the tests" PACKAGES python3 WITHOUT COAUTH_BUILD_TESTS)
  if(NOT BUILD_SHARED_LIBS)
    find_package(doctest CONFIG QUIET)
    coauth_needs(doctest_FOUND "doctest, for the tests" PACKAGES doctest-dev WITHOUT COAUTH_BUILD_TESTS)
    find_package(benchmark CONFIG QUIET)
    coauth_needs(benchmark_FOUND "Google Benchmark, for the tests" PACKAGES libbenchmark-dev WITHOUT COAUTH_BUILD_TESTS)
  endif()
endif()

if(coauth_missing)
  list(JOIN coauth_packages " " coauth_packages)
  string(CONCAT why "This is missing to build coauth:\n${coauth_missing}"
    "On Debian 12, as root:\n  apt-get install ${coauth_packages}\n")
  if(NOT coauth_required)
    list(REMOVE_DUPLICATES coauth_without)
    list(JOIN coauth_without " " coauth_without)
    string(APPEND why "Or without what is optional:\n"
      "  cmake -S ${PROJECT_SOURCE_DIR} -B ${PROJECT_BINARY_DIR} ${coauth_without}\n")
  endif()
  message(FATAL_ERROR "${why}")
endif()
