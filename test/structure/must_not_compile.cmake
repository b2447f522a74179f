# Compiles SOURCE twice: as it is, which must succeed, and with MUST_FAIL, which must fail with
# REASON in the compiler's words. So no case passes because of a typing error.
set(ENV{LC_ALL} C)
list(TRANSFORM INCLUDES PREPEND -I)
set(compile ${COMPILER} -std=c++20 -fsyntax-only ${INCLUDES} ${SOURCE})

execute_process(COMMAND ${compile} RESULT_VARIABLE result ERROR_VARIABLE words)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the correct form does not compile either:\n${words}")
endif()

execute_process(COMMAND ${compile} -DMUST_FAIL RESULT_VARIABLE result ERROR_VARIABLE words)
if(result EQUAL 0)
  message(FATAL_ERROR "this compiles, and must not: ${SOURCE}")
endif()
if(NOT words MATCHES "${REASON}")
  message(FATAL_ERROR "fails for another reason than \"${REASON}\":\n${words}")
endif()
