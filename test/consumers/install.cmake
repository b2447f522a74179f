# Installs BUILD_DIR into a fresh WORK_DIR/prefix, by way of another folder.
file(REMOVE_RECURSE ${WORK_DIR}/elsewhere ${WORK_DIR}/prefix)
file(MAKE_DIRECTORY ${WORK_DIR})
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${WORK_DIR}/elsewhere
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${WORK_DIR}/elsewhere ${WORK_DIR}/prefix)
