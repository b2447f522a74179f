# PROGRAM, linked with coauth::protocol, is linked with neither Boost.URL nor libssl, and holds nothing of
# them, of Asio, or of the Boost.JSON that OAuth 2 needs and signing does not. A shared coauth::protocol brings
# Boost.JSON, and that brings Boost.Container; neither has anything of the network.
execute_process(COMMAND ldd ${PROGRAM} OUTPUT_VARIABLE libraries COMMAND_ERROR_IS_FATAL ANY)
if(NOT libraries MATCHES "libcrypto")
  message(FATAL_ERROR "not the program that was meant: it has no libcrypto\n${libraries}")
endif()
string(REGEX REPLACE "libboost_(json|container)" "" libraries "${libraries}")
if(libraries MATCHES "(boost_[a-z]+|libssl)")
  message(FATAL_ERROR "linked with ${CMAKE_MATCH_1}:\n${libraries}")
endif()

execute_process(COMMAND nm -C ${PROGRAM} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "coauth::")
  message(FATAL_ERROR "not the program that was meant: it has nothing of coauth")
endif()
if(symbols MATCHES "(boost::(asio|beast|json|urls)| SSL_)")
  message(FATAL_ERROR "holds ${CMAKE_MATCH_1}")
endif()
