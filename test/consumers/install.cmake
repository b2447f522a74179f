# Installs BUILD_DIR into a fresh WORK_DIR/prefix, by way of another folder: a package must not remember where it was
# built. SOURCE_DIR and BUILD_DIR are nowhere in what is installed.
file(REMOVE_RECURSE ${WORK_DIR}/elsewhere ${WORK_DIR}/prefix)
file(MAKE_DIRECTORY ${WORK_DIR})
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${WORK_DIR}/elsewhere
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${WORK_DIR}/elsewhere ${WORK_DIR}/prefix)

if(NOT EXISTS ${WORK_DIR}/prefix/${DOCDIR}/LICENSE)
  message(FATAL_ERROR "LICENSE is not installed")
endif()
execute_process(COMMAND grep -rlF -e ${SOURCE_DIR}/ -e ${BUILD_DIR} ${WORK_DIR}/prefix
  OUTPUT_VARIABLE found RESULT_VARIABLE none)
if(NOT none EQUAL 1)
  message(FATAL_ERROR "these hold the path of the build:\n${found}")
endif()
