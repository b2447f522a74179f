# Configures SOURCE_DIR where things are missing, and installs what is not built whole: what to do about it is said at
# once, and works. COMPILER and GENERATOR as in the build at BUILD_DIR, whose libraries stand in for built ones.
function(run result out)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${result} ${code} PARENT_SCOPE)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()
function(expect text)
  foreach(part IN LISTS ARGN)
    string(FIND "${text}" "${part}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "does not say \"${part}\":\n${text}")
    endif()
  endforeach()
endfunction()

set(build ${WORK_DIR}/incomplete)
set(prefix ${WORK_DIR}/incomplete-prefix)
file(REMOVE_RECURSE ${build} ${prefix})
set(configure ${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${build} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER})
foreach(package IN ITEMS CLI11 doctest benchmark)
  list(APPEND configure -D CMAKE_DISABLE_FIND_PACKAGE_${package}=ON)
endforeach()

# All that is missing is said at once, with its package.
run(failed text ${configure} -D CMAKE_DISABLE_FIND_PACKAGE_Boost=ON -D CMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON)
expect("${text}" "Boost 1.81" "OpenSSL 3" CLI11 "-D COAUTH_BUILD_EXAMPLES=OFF -D COAUTH_BUILD_SANDBOX=OFF" doctest
  "-D COAUTH_BUILD_TESTS=OFF" "Google Benchmark" "apt-get install libboost1.81-dev \
libboost-json1.81-dev libboost-url1.81-dev libssl-dev libcli11-dev doctest-dev libbenchmark-dev")
if(NOT failed)
  message(FATAL_ERROR "configured without what it needs:\n${text}")
endif()

# So is what does without the optional part of it, and it does.
file(REMOVE_RECURSE ${build})
run(failed text ${configure})
if(NOT failed OR NOT text MATCHES "\n +(cmake -S [^\n]*)")
  message(FATAL_ERROR "no command that does without:\n${text}")
endif()
separate_arguments(command UNIX_COMMAND "${CMAKE_MATCH_1}")
list(POP_FRONT command)
run(failed text ${CMAKE_COMMAND} ${command})
if(failed)
  message(FATAL_ERROR "the command that was given fails:\n${text}")
endif()

# A build without examples has the program all the same.
run(failed text ${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${build} -D CMAKE_DISABLE_FIND_PACKAGE_CLI11=OFF
  -D COAUTH_BUILD_EXAMPLES=OFF -D COAUTH_BUILD_SANDBOX=ON)
if(failed)
  message(FATAL_ERROR "does not configure without examples:\n${text}")
endif()

# Nothing is built: nothing is installed, and the command that builds is said.
set(install ${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
run(failed text ${install})
expect("${text}" "Build it first" "cmake --build ${build}")
if(NOT failed OR EXISTS ${prefix})
  message(FATAL_ERROR "installs half of it:\n${text}")
endif()

# Only the libraries are built, as by the README's first command: they are installed, and the program is named.
file(GLOB_RECURSE libraries RELATIVE ${BUILD_DIR} ${BUILD_DIR}/src/libcoauth*)
foreach(library IN LISTS libraries)
  get_filename_component(folder ${library} DIRECTORY)
  file(COPY ${BUILD_DIR}/${library} DESTINATION ${build}/${folder})
endforeach()
run(failed text ${install})
expect("${text}" "cmake --build ${build} --target coauth-sandbox")
if(failed OR EXISTS ${prefix}/${BINDIR}/coauth-sandbox OR NOT EXISTS ${prefix}/${INCLUDEDIR}/coauth/version.hpp)
  message(FATAL_ERROR "does not install what is built:\n${text}")
endif()
run(failed text ${CMAKE_COMMAND} --build ${build} --target help)
expect("${text}" coauth-sandbox)

# The program, too, is built: it is installed.
file(COPY ${BUILD_DIR}/bin/coauth-sandbox DESTINATION ${build}/bin)
run(failed text ${install})
if(failed OR NOT EXISTS ${prefix}/${BINDIR}/coauth-sandbox)
  message(FATAL_ERROR "does not install coauth-sandbox:\n${text}")
endif()
