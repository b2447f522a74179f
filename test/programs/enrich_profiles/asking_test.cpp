// A run at a session without a network: how it ends, and that nothing of it is used after that.
#include "allocation_failure.hpp"
#include "enrich_profiles/asking.hpp"
#include "unit/session/echo_provider.hpp"

#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using coauth::errc;
using coauth::error;
using coauth::testing::allocations_until_failure;
using coauth::testing::echo_provider;
using namespace enrich;

namespace {

class counted_inputs final : public inputs {
public:
    explicit counted_inputs(const std::vector<std::string>& names)
    {
        for (const std::string& name : names) {
            input added;
            added.number = list_.size();
            added.text = name;
            list_.push_back(added);
        }
    }

    bool has() const noexcept override { return !list_.empty(); }
    asio::awaitable<bool> read_more() override { co_return has(); }
    const input& front() const override { return list_.front(); }
    input take() override
    {
        input first = std::move(list_.front());
        list_.pop_front();
        return first;
    }
    void interrupt() override { ++interrupts; }

    int interrupts = 0;

private:
    std::deque<input> list_;
};

std::vector<std::string> equal_names(std::size_t count)
{
    return std::vector<std::string>(count, "user_1");
}

// A session and a run that asks it for these names.
struct asking_fixture {
    explicit asking_fixture(const std::vector<std::string>& names, job_options options = job_options())
        : source(names), tested(
                             io.get_executor(), options,
                             [this](const std::vector<output_line>& lines) {
                                 if (refuse_lines)
                                     refuse_lines();
                                 written += lines.size();
                             },
                             tally())
    {
        coauth::session_options session_options;
        session_options.retry_for = std::chrono::milliseconds(0);
        session.emplace(io.get_executor(), provider, session_options);
        asio::co_spawn(io, session->add_user("ann", echo_provider::token_of("ann")), asio::detached);
        io.run();
        run.emplace(*session, "ann", waits, source, tested);
    }

    // `after` is called in the turn of the loop in which the run ends.
    void start(std::function<void()> after = [] {})
    {
        // Asio destroys a coroutine, handler and all, where memory fails in its own machinery.
        std::shared_ptr<void> end(nullptr, [this](void*) { ended = true; });
        asio::co_spawn(io, ask_for_all(*run), [this, end, after = std::move(after)](std::exception_ptr e, bool all) {
            all_asked = all;
            threw = e != nullptr;
            after();
        });
    }

    void finish()
    {
        for (;;) {
            try {
                io.restart();
                if (io.poll() == 0) // a run that waits for ever holds a timer
                    return;
            } catch (const std::bad_alloc&) { // Asio's own
            }
        }
    }

    asio::io_context io;
    std::shared_ptr<echo_provider> provider = std::make_shared<echo_provider>();
    std::optional<coauth::session> session;
    std::function<void()> refuse_lines;
    std::size_t written = 0;
    counted_inputs source;
    job tested;
    limit_waits waits;
    std::optional<asking> run;
    bool ended = false;
    bool all_asked = false;
    bool threw = false;
};

job_options one_request()
{
    job_options options;
    options.requests = 1;
    return options;
}

} // namespace

TEST_CASE("asking: nothing of a run is used after it has ended, though its last names came from the cache")
{
    for (const std::size_t count : std::vector<std::size_t>{1, 100, 101, 200, 201, 299, 401, 999}) {
        CAPTURE(count);
        asking_fixture f(equal_names(count), one_request());
        // As if what was there before were something else now.
        f.start([&f] { f.tested.stop(error(errc::cancelled)); });
        f.finish();
        CHECK(f.all_asked);
        CHECK(f.written == count);
        CHECK(f.source.interrupts == 0);
    }
}

TEST_CASE("asking: what a program does wrong is not called the provider's error")
{
    asking_fixture fails(equal_names(3));
    fails.refuse_lines = [] { throw std::logic_error("surprise"); };
    fails.start();
    fails.finish();
    REQUIRE(fails.tested.stopped());
    CHECK(fails.tested.stopped()->reason() == errc::invalid_argument);
    CHECK(fails.tested.stopped()->message() == "internal error: surprise");
    CHECK(fails.source.interrupts == 1);

    asking_fixture starved(equal_names(3));
    starved.refuse_lines = [] { throw std::bad_alloc(); };
    starved.start();
    starved.finish();
    REQUIRE(starved.tested.stopped());
    CHECK(starved.tested.stopped()->reason() == errc::invalid_argument);
    CHECK(starved.tested.stopped()->message() == "out of memory");
    CHECK(starved.tested.stopped()->hint());
}

TEST_CASE("asking: whichever allocation fails, the run ends")
{
    std::size_t stopped = 0;
    for (std::size_t number = 1;; ++number) {
        CAPTURE(number);
        asking_fixture f({"user_1", "user_2", "user_3"}, one_request());
        f.start();
        allocations_until_failure = number;
        f.finish();
        const bool failed = std::exchange(allocations_until_failure, 0) == 0;
        CHECK(f.ended);
        CHECK_FALSE(f.threw);
        if (f.tested.stopped())
            ++stopped;
        if (!failed)
            break;
    }
    CHECK(stopped != 0);
}

TEST_CASE("asking: failures that may be about a job's inputs leave the session open where other inputs follow")
{
    struct {
        errc code;
        bool others_follow;
        bool open;
    } const rows[] = {
        {errc::malformed_response, true, true},
        {errc::provider_unavailable, true, true},
        {errc::malformed_response, false, false},
        {errc::provider_unavailable, false, false},
        {errc::forbidden, true, false},
        {errc::token_revoked, true, false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(name(row.code)));
        CAPTURE(row.others_follow);
        job_options options;
        options.others_follow = row.others_follow;
        asking_fixture f({"user_1", "user_2"}, options);
        f.provider->fails = [&row](std::size_t) { throw error(row.code); };
        f.start();
        f.finish();
        REQUIRE(f.tested.stopped());
        CHECK(f.tested.stopped()->reason() == row.code);
        CHECK(f.tested.leaves_others() == row.open);
        CHECK(f.written == 0);
        f.provider->fails = {};
        std::optional<bool> found;
        asio::co_spawn(f.io, f.session->profile("ann", "user_3"),
            [&found](std::exception_ptr e, const coauth::profile&) { found = e == nullptr; });
        f.io.restart();
        f.io.run();
        CHECK(found == row.open);
    }
}
