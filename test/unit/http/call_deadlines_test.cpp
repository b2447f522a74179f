#include "http/call_deadlines.hpp"
#include "unit/session/manual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace std::chrono_literals;
using coauth::http::call_deadlines;
using coauth::testing::manual_clock;

namespace {

class named_call final : public call_deadlines::entry, public std::enable_shared_from_this<named_call> {
public:
    named_call(std::shared_ptr<call_deadlines> all, std::string name, std::string& passed)
        : all_(std::move(all)), name_(std::move(name)), passed_(passed)
    {}
    ~named_call() override { all_->clear(*this); }

    void deadline_passed() noexcept override { passed_ += name_; }

private:
    std::shared_ptr<entry> shared() noexcept override { return weak_from_this().lock(); }

    std::shared_ptr<call_deadlines> all_;
    std::string name_;
    std::string& passed_;
};

struct deadlines_fixture {
    ~deadlines_fixture() { clock->end(); }

    std::shared_ptr<named_call> call(std::string name)
    {
        return std::make_shared<named_call>(deadlines, std::move(name), passed);
    }

    void set(named_call& of, std::chrono::milliseconds after) { deadlines->set(of, clock->steady_now() + after); }

    void pass(std::chrono::milliseconds time)
    {
        io.restart();
        io.poll();
        clock->advance(time);
        io.restart();
        io.poll();
    }

    std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
    boost::asio::io_context io;
    std::shared_ptr<call_deadlines> deadlines = std::make_shared<call_deadlines>(io.get_executor(), clock);
    std::string passed;
};

} // namespace

TEST_CASE("call_deadlines: each call is notified once, at its own time")
{
    deadlines_fixture f;
    const auto a = f.call("a"), b = f.call("b"), c = f.call("c");
    f.set(*a, 30ms);
    f.set(*b, 10ms);
    f.set(*c, 20ms);
    f.pass(9ms);
    CHECK(f.passed.empty());
    f.pass(1ms);
    CHECK(f.passed == "b");
    f.pass(15ms);
    CHECK(f.passed == "bc");
    f.pass(1min);
    CHECK(f.passed == "bca");
}

TEST_CASE("call_deadlines: a call that is set again has the new deadline only")
{
    deadlines_fixture f;
    const auto a = f.call("a"), b = f.call("b");
    f.set(*a, 10ms);
    f.set(*b, 40ms);
    f.set(*a, 30ms);
    f.pass(20ms);
    CHECK(f.passed.empty());
    f.set(*b, 5ms);
    f.pass(5ms);
    CHECK(f.passed == "b");
    f.pass(5ms);
    CHECK(f.passed == "ba");
}

TEST_CASE("call_deadlines: one that is cleared or destroyed is not told")
{
    deadlines_fixture f;
    const auto a = f.call("a");
    auto b = f.call("b");
    const auto c = f.call("c");
    f.set(*a, 10ms);
    f.set(*b, 20ms);
    f.set(*c, 30ms);
    f.deadlines->clear(*a);
    f.deadlines->clear(*a);
    b.reset();
    f.pass(1min);
    CHECK(f.passed == "c");
}

TEST_CASE("call_deadlines: the context is busy only while a call has a deadline")
{
    boost::asio::io_context io;
    const auto deadlines = std::make_shared<call_deadlines>(io.get_executor(), coauth::system_clock());
    std::string passed;
    const auto a = std::make_shared<named_call>(deadlines, "a", passed);
    for (int i = 0; i < 3; ++i) {
        deadlines->set(*a, std::chrono::steady_clock::now() + 1h);
        io.restart();
        io.poll();
        CHECK_FALSE(io.stopped());
        deadlines->clear(*a);
        io.restart();
        CHECK(io.run() > 0); // returns
    }
    deadlines->set(*a, std::chrono::steady_clock::now() - 1s);
    io.restart();
    io.run();
    CHECK(passed == "a");
}
