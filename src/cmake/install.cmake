# Installs the libraries, their headers, and what lets CMake and pkg-config find them.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/coauth)

# `cmake --install` builds nothing: what is not built is said before anything is copied.
set(coauth_installed protocol coauth sandbox)
foreach(name IN ITEMS sqlite redis)
  if(TARGET coauth_${name})
    list(APPEND coauth_installed ${name})
  endif()
endforeach()
list(TRANSFORM coauth_installed REPLACE "(.+)" "$<TARGET_FILE:coauth_\\1>" OUTPUT_VARIABLE library_files)
install(CODE "set(coauth_build \"${PROJECT_BINARY_DIR}\")\nset(coauth_libraries \"${library_files}\")" ALL_COMPONENTS)
install(CODE [[
foreach(library IN LISTS coauth_libraries)
  if(NOT EXISTS "${library}")
    message(FATAL_ERROR "coauth is not built, and nothing is installed. Build it first:\n  cmake --build ${coauth_build}\n")
  endif()
endforeach()
]] ALL_COMPONENTS)

# One export a library: whoever asks for one component needs only that component's dependencies.
foreach(name IN LISTS coauth_installed)
  install(TARGETS coauth_${name} EXPORT coauth_${name} FILE_SET HEADERS)
  install(EXPORT coauth_${name} NAMESPACE coauth:: FILE coauth_${name}.cmake DESTINATION ${package_dir})
endforeach()

configure_package_config_file(src/cmake/coauthConfig.cmake.in ${PROJECT_BINARY_DIR}/coauthConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/coauthConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/coauthConfig.cmake
  ${PROJECT_BINARY_DIR}/coauthConfigVersion.cmake
  src/cmake/boost_too_old.cmake
  DESTINATION ${package_dir})

if(TARGET coauth-sandbox)
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_FULL_BINDIR} OUTPUT_VARIABLE to_libraries)
  set_target_properties(coauth-sandbox PROPERTIES INSTALL_RPATH $ORIGIN/${to_libraries})
  install(TARGETS coauth-sandbox OPTIONAL)
  install(CODE [[
if(NOT EXISTS "$<TARGET_FILE:coauth-sandbox>")
  message(STATUS "coauth-sandbox is not built, and not installed. To have it, too: cmake --build ${coauth_build} --target coauth-sandbox")
endif()
]])
endif()

install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# pkg-config: paths relative to the file itself, so that the tree can be moved.
cmake_path(SET pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${pc_dir} OUTPUT_VARIABLE pc_prefix)
# A static library leaves linking what is inside it to its user.
set(pc_inside "-lboost_json -lboost_url")
set(pc_openssl "openssl >= 3")
if(BUILD_SHARED_LIBS)
  set(pc_libs_private ${pc_inside})
  set(pc_requires_private ${pc_openssl})
else()
  set(pc_libs " ${pc_inside} -pthread")
  set(pc_requires ${pc_openssl})
endif()
configure_file(src/cmake/coauth.pc.in ${PROJECT_BINARY_DIR}/coauth.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/coauth.pc DESTINATION ${pc_dir})
