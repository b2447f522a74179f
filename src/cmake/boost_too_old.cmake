# Says why Boost will not do, in words. Used by the build and by the installed package.

# " Found: 1.74.0." or nothing.
function(coauth_boost_versions out)
  set(found "")
  if(Boost_CONSIDERED_VERSIONS)
    set(versions ${Boost_CONSIDERED_VERSIONS})
    list(REMOVE_DUPLICATES versions)
    list(JOIN versions ", " versions)
    set(found " Found: ${versions}.")
  endif()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

function(coauth_boost_too_old out)
  coauth_boost_versions(found)
  string(CONCAT why
    "coauth needs Boost 1.81 or later with Boost.JSON and Boost.URL.${found}\n"
    "On Debian 12, where libboost-dev is 1.74, install libboost1.81-dev, libboost-json1.81-dev and "
    "libboost-url1.81-dev. Elsewhere point Boost_ROOT or CMAKE_PREFIX_PATH to a newer Boost.")
  set(${out} "${why}" PARENT_SCOPE)
endfunction()
