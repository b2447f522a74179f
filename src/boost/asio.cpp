// Asio, compiled once for coauth's own sources, which see declarations only (BOOST_ASIO_SEPARATE_COMPILATION).
//
// Its functions are inline here, as they are for a program that uses Asio by its headers beside coauth, with any
// compiler: the linker keeps one of each, and one of each static object inside them (signal state, error categories).
#define BOOST_ASIO_DECL inline __attribute__((used))

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
