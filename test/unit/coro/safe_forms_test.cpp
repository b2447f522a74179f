// The forms of coroutine code that g++ 12 compiles right, one test each; the address sanitizer is the
// judge. Should a new compiler or flag break one of them, this says which.
// test/structure/coroutine_lint.py refuses the forms that are compiled wrong.
#include <boost/asio/post.hpp>

#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace {

// Too long to be stored inside a string object, so that freeing twice shows.
const std::string text = "a text that is long enough to be stored on the heap, where the sanitizer checks it";

// An option type of the house: with a declared constructor it is not an aggregate.
struct options {
    options() = default;
    explicit options(std::string name) : name(std::move(name)) {}
    std::string name;
};

struct answer {
    std::string first;
    std::string second;
};

asio::awaitable<std::string> echo(std::string value)
{
    auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    co_return value;
}

asio::awaitable<std::string> name_of(options o)
{
    auto name = co_await echo(std::move(o.name));
    co_return name;
}

asio::awaitable<std::tuple<int, std::string>> numbered(std::pair<int, std::string> p, std::optional<std::string> suffix)
{
    auto second = co_await echo(p.second + suffix.value_or(""));
    co_return std::make_tuple(p.first, std::move(second));
}

asio::awaitable<std::string> call(std::function<asio::awaitable<std::string>(std::string)> f, std::string argument)
{
    auto result = co_await f(std::move(argument));
    co_return result;
}

asio::awaitable<std::vector<std::string>> several()
{
    auto first = co_await echo(text);
    auto second = co_await echo(text);
    std::vector<std::string> texts;
    texts.push_back(std::move(first));
    texts.push_back(std::move(second));
    co_return texts;
}

// Runs `op` to its end on this thread.
template <class T>
T run(asio::awaitable<T> op)
{
    asio::io_context io;
    std::optional<T> result;
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(op), [&](std::exception_ptr e, T value) {
        failure = e;
        result = std::move(value);
    });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
    return std::move(result).value();
}

asio::awaitable<std::string> with_named_local()
{
    options o(text);
    auto name = co_await name_of(std::move(o));
    co_return name;
}

asio::awaitable<std::string> with_constructed_temporary()
{
    auto name = co_await name_of(options(text));
    co_return name;
}

asio::awaitable<std::string> with_pair_optional_and_binding()
{
    auto [number, words] = co_await numbered(std::make_pair(1, text), std::optional<std::string>(text));
    co_return std::to_string(number) + words;
}

asio::awaitable<std::string> with_bound_function()
{
    auto words = co_await call(std::bind_front([](std::string a, std::string b) { return echo(a + b); }, text), text);
    co_return words;
}

asio::awaitable<std::string> with_captureless_lambda()
{
    auto words = co_await call([](std::string a) { return echo(std::move(a)); }, text);
    co_return words;
}

asio::awaitable<std::string> with_reference_capture()
{
    const std::string suffix = text;
    auto words = co_await call([&](std::string a) { return echo(a + suffix); }, text);
    co_return words;
}

asio::awaitable<std::string> with_range_for()
{
    std::string all;
    for (auto& words : co_await several())
        all += words;
    co_return all;
}

asio::awaitable<std::string> with_bool_first()
{
    auto words = co_await echo(text);
    if (words == text)
        co_return words;
    co_return "";
}

asio::awaitable<answer> with_aggregate_without_await()
{
    auto first = co_await echo(text);
    auto second = co_await echo(text);
    co_return answer{first, second};
}

asio::awaitable<std::string> after_an_exception()
{
    std::string caught;
    try {
        auto words = co_await echo(text);
        throw std::runtime_error(words);
    } catch (const std::runtime_error& e) {
        caught = e.what();
    }
    auto words = co_await echo(std::move(caught));
    co_return words;
}

} // namespace

TEST_CASE("safe coroutine forms: a named local, moved")
{
    CHECK(run(with_named_local()) == text);
}

TEST_CASE("safe coroutine forms: a temporary made by a constructor")
{
    CHECK(run(with_constructed_temporary()) == text);
}

TEST_CASE("safe coroutine forms: pair, optional, and a binding of a tuple")
{
    CHECK(run(with_pair_optional_and_binding()) == "1" + text + text);
}

TEST_CASE("safe coroutine forms: bind_front")
{
    CHECK(run(with_bound_function()) == text + text);
}

TEST_CASE("safe coroutine forms: a lambda without captures")
{
    CHECK(run(with_captureless_lambda()) == text);
}

TEST_CASE("safe coroutine forms: a lambda that captures by reference")
{
    CHECK(run(with_reference_capture()) == text + text);
}

TEST_CASE("safe coroutine forms: a range-for over an awaited list")
{
    CHECK(run(with_range_for()) == text + text);
}

TEST_CASE("safe coroutine forms: await, then decide")
{
    CHECK(run(with_bool_first()) == text);
}

TEST_CASE("safe coroutine forms: an aggregate returned, nothing awaited in it")
{
    const answer pair = run(with_aggregate_without_await());
    CHECK(pair.first == text);
    CHECK(pair.second == text);
}

TEST_CASE("safe coroutine forms: await after an exception was caught")
{
    CHECK(run(after_an_exception()) == text);
}
