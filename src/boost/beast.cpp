// Beast, compiled once (BOOST_BEAST_SEPARATE_COMPILATION); inline, as asio.cpp says.
#include <boost/beast/core/detail/config.hpp>

#undef BOOST_BEAST_DECL
#define BOOST_BEAST_DECL inline __attribute__((used))

#include <boost/beast/src.hpp>
