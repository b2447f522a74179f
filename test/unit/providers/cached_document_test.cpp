#include "providers/cached_document.hpp"
#include "unit/twitter/fake_provider.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <optional>

using namespace coauth;
namespace asio = boost::asio;

namespace {

struct document_clock {
    coauth::clock& machine() const { return *time; }

    std::shared_ptr<twitter::testing::fake_clock> time = std::make_shared<twitter::testing::fake_clock>();
};

struct document_owner {
    const document_clock* clock() const { return &clocks; }

    document_clock clocks;
    mutable one_shot never;
    mutable int fetches = 0;
};

// The first one does not end until it is cancelled.
asio::awaitable<int> fetch_number(std::shared_ptr<const document_owner> owner)
{
    ++owner->fetches;
    if (owner->fetches == 1)
        co_await owner->never.wait();
    co_return owner->fetches;
}

struct document_fixture {
    using outcome = std::optional<result<providers::document_version<int>>>;

    void get(outcome& into, asio::cancellation_signal& cancel)
    {
        asio::co_spawn(io, twitter::testing::keep(document.get(owner, fetch_number), into),
            asio::bind_cancellation_slot(cancel.slot(), [](const std::exception_ptr&) {}));
        poll();
    }
    void poll()
    {
        io.restart();
        io.poll();
    }

    std::shared_ptr<const document_owner> owner = std::make_shared<const document_owner>();
    providers::cached_document<int> document;
    asio::cancellation_signal first_cancel, second_cancel, third_cancel;
    outcome first, second, third;
    asio::io_context io;
};

} // namespace

TEST_CASE("cached_document: a caller cancelled at any step before or after its turn to fetch leaves it to the next one")
{
    for (int handlers = 0; handlers < 20; ++handlers) {
        CAPTURE(handlers);
        document_fixture f;
        f.get(f.first, f.first_cancel);
        f.get(f.second, f.second_cancel);
        REQUIRE(f.owner->fetches == 1);
        f.first_cancel.emit(asio::cancellation_type::terminal);
        f.io.restart();
        for (int ran = 0; ran < handlers; ++ran)
            f.io.poll_one();
        f.second_cancel.emit(asio::cancellation_type::terminal);
        f.poll();
        f.get(f.third, f.third_cancel);
        CHECK(f.third.has_value());
        if (f.third)
            CHECK(f.third->has_value());
        f.third_cancel.emit(asio::cancellation_type::terminal);
        f.poll();
    }
}
