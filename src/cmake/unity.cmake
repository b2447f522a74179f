# coauth_unity(target SOURCES files... [ALONE names...]): lets CMAKE_UNITY_BUILD compile the sources of a room
# together, up to 24 at a time. Most of what a source costs the compiler are templates that its neighbours
# need too.
#
# Sources of one group share their unnamed namespaces. Those whose file name is listed after ALONE are
# compiled by themselves.
function(coauth_unity target)
  set(most 24)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ALONE")
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  foreach(source IN LISTS arg_SOURCES)
    cmake_path(GET source FILENAME name)
    if(name IN_LIST arg_ALONE)
      continue()
    endif()
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE group)
    cmake_path(GET group PARENT_PATH group)
    # Sub-rooms that need the same heavy headers are compiled with their room: src/http/http1 with src/http.
    string(REGEX REPLACE "^(test/[^/]+/[^/]+|src/(http|session|sandbox))/.*" "\\1" group "${group}")
    string(MAKE_C_IDENTIFIER "${group}" group)
    list(APPEND files_of_${group} ${source})
    list(LENGTH files_of_${group} count)
    math(EXPR part "(${count} - 1) / ${most}")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group}_${part})
  endforeach()
endfunction()
