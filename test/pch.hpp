// What most tests include; compiled once.
#pragma once

#include <coauth/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Lets doctest say what a result holds when a check fails; its value may have no text.
template <class T>
struct doctest::StringMaker<boost::system::result<T, coauth::error>> {
    static String convert(const boost::system::result<T, coauth::error>& r)
    {
        return r.has_value() ? String("a value") : String(r.error().what());
    }
};
