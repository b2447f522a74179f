// Logins that wait, by the hundred thousand.
#include "load/resident_memory.hpp"
#include "suites.hpp"

#include <coauth/oauth2/pkce.hpp>
#include <coauth/oauth2/state.hpp>
#include <coauth/session/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <malloc.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace coauth;

namespace bench {

namespace {

const std::string oauth1_proof = "the secret of a request token, of 43 signs ";

void rethrow_failure(const std::exception_ptr& failed)
{
    if (failed)
        std::rethrow_exception(failed);
}

std::size_t heap()
{
    const auto used = ::mallinfo2();
    return used.uordblks + used.hblkhd;
}

// As an OAuth 2 provider has it: PKCE's verifier, OpenID's nonce, and what the app asks for.
std::string oauth2_proof()
{
    return std::string(oauth2::random_code_verifier().reveal()) + ' ' + oauth2::random_nonce() +
           " openid profile email";
}

// The least that a provider does: it makes the texts of a login, and reads the key and the user out of the callback.
class instant_provider final : public login_provider {
public:
    explicit instant_provider(std::string proof) : proof_(std::move(proof)) {}

    std::string_view name() const noexcept override { return "x"; }
    asio::awaitable<begun_login> begin(std::string, login_request) override
    {
        std::string key = "request-token-" + std::to_string(++begun_);
        std::string url = "https://provider.example/?oauth_token=" + key;
        co_return begun_login(std::move(key), std::move(url), secret(std::string_view(proof_)));
    }
    result<std::string> key_of(std::string_view query) const override
    {
        const auto begin = query.find('=') + 1;
        return std::string(query.substr(begin, query.find('&') - begin));
    }
    asio::awaitable<finished_login> finish(begun_login, std::string, std::string query) override
    {
        profile user;
        user.id = query.substr(query.rfind('=') + 1);
        user.username = "jack";
        co_return finished_login(std::move(user), credential(secret("token-of-7")));
    }
    std::shared_ptr<account> open(const credential&) const override { throw error(errc::invalid_argument); }

private:
    const std::string proof_;
    std::size_t begun_ = 0;
};

// Logins of one session, of a browser each.
class many_logins {
public:
    /// Beside a timer: held, while a coroutine like the one that awaits a login awaits a timer. That one's own part is the rest.
    enum class kind { held, held_oauth2, awaited, beside_timer, without_session };

    many_logins(std::size_t count, kind measured)
        : count_(count), measured_(measured),
          provider(std::make_shared<instant_provider>(measured == kind::held_oauth2 ? oauth2_proof() : oauth1_proof))
    {
        store::login_limits limits;
        limits.max_pending = 2 * count;
        session_options options;
        options.callback = "https://app.example/callback";
        options.login_limits = limits;
        options.share_login_for = std::chrono::milliseconds(0);
        session.emplace(io.get_executor(), provider, std::move(options));
        begun_.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            browsers_.push_back(browser_binding::random());
        for (std::size_t i = 0; measured == kind::beside_timer && i < count; ++i)
            timers_.emplace_back(io, std::chrono::hours(1));
    }

    void begin() { run(begin_all()); }

    void end()
    {
        run(end_all());
        begun_.clear();
    }

private:
    // In one turn of the loop after another, as a server would. The session's alarm stays set.
    void run(asio::awaitable<void> operation)
    {
        asio::co_spawn(io, std::move(operation), rethrow_failure);
        io.restart();
        io.poll();
    }

    asio::awaitable<void> begin_all()
    {
        for (std::size_t i = 0; i < count_; ++i) {
            co_await begin_one(i);
            co_await asio::post(io, asio::use_awaitable);
        }
    }

    asio::awaitable<void> end_all()
    {
        for (std::size_t i = 0; i < count_; ++i) {
            co_await end_one(i);
            co_await asio::post(io, asio::use_awaitable);
        }
    }

    // What is the provider's and the benchmark's own, is measured without the session, too.
    asio::awaitable<login> begin_login(browser_binding present)
    {
        if (measured_ != kind::without_session)
            return session->begin_login(std::move(present));
        return begin_at_provider(std::move(present));
    }
    asio::awaitable<login> begin_at_provider(browser_binding present)
    {
        begun_login begun = co_await provider->begin("https://app.example/callback", login_request());
        co_return login(std::move(begun.url), std::move(present), nullptr);
    }

    asio::awaitable<login_outcome> complete_login(std::string query, browser_binding present)
    {
        if (measured_ != kind::without_session)
            return session->complete_login(std::move(query), std::move(present));
        return complete_at_provider(std::move(query), std::move(present));
    }
    asio::awaitable<login_outcome> complete_at_provider(std::string query, browser_binding)
    {
        begun_login begun(provider->key_of(query).value(), std::string(), secret());
        const finished_login finished =
            co_await provider->finish(std::move(begun), "https://app.example/callback", std::move(query));
        login_outcome outcome(login_status::granted);
        outcome.user = signed_in_user("x", finished.user.id, finished.user.username);
        co_return outcome;
    }

    asio::awaitable<void> begin_one(std::size_t number)
    {
        login begun = co_await begin_login(browsers_[number]);
        begun_.push_back(begun.url.substr(begun.url.find('?') + 1));
        if (measured_ == kind::awaited)
            asio::co_spawn(io, wait_for(begun.awaited()), rethrow_failure);
        if (measured_ == kind::beside_timer)
            asio::co_spawn(io, wait_for_timer(timers_[number]), rethrow_failure);
    }

    asio::awaitable<void> wait_for(std::shared_ptr<login::ticket> awaited)
    {
        const login_outcome outcome = co_await session->wait(std::move(awaited));
        keep(outcome);
    }

    asio::awaitable<void> wait_for_timer(asio::steady_timer& timer)
    {
        boost::system::error_code ended;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
        const login_outcome outcome;
        keep(outcome);
    }

    asio::awaitable<void> end_one(std::size_t number)
    {
        const auto outcome = co_await complete_login(begun_[number] + "&oauth_verifier=7", browsers_[number]);
        if (outcome.status != login_status::granted)
            throw std::runtime_error("a login was not granted");
        if (measured_ == kind::beside_timer)
            timers_[number].cancel();
    }

    const std::size_t count_;
    const kind measured_;
    asio::io_context io;
    const std::shared_ptr<instant_provider> provider;
    std::optional<coauth::session> session;
    std::vector<browser_binding> browsers_;
    std::vector<std::string> begun_;
    std::deque<asio::steady_timer> timers_; // in memory of their own, as those of a program would be
};

struct pending_case {
    many_logins::kind measured;
    const char* name;
    const char* impl;
};

constexpr pending_case pending_cases[] = {
    {many_logins::kind::held, "login", "coauth"},
    {many_logins::kind::held_oauth2, "login_oauth2", "coauth"},
    {many_logins::kind::awaited, "login_awaited", "coauth"},
    {many_logins::kind::beside_timer, "login_beside_timer", "floor"},
    {many_logins::kind::without_session, "login_without_session", "floor"},
};

} // namespace

void pending(const arguments& given, const server&)
{
    const std::size_t count = given.count != 0 ? given.count : 100'000;
    for (const auto& [measured, name, impl] : pending_cases) {
        if (!given.wants(name))
            continue;
        many_logins logins(count, measured);
        ::mallopt(M_TRIM_THRESHOLD, 1 << 30); // pages stay, so that warm rounds take no faults
        const auto each = [count](double number) { return std::to_string(number / static_cast<double>(count)); };
        const auto resident_before = testing::resident_bytes();
        const auto heap_before = heap();
        const double begun = processor_seconds();
        logins.begin();
        const double all_begun = processor_seconds();
        const auto resident = static_cast<double>(testing::resident_bytes() - resident_before);
        const auto held = static_cast<double>(heap() - heap_before);
        logins.end();
        const double ended = processor_seconds();
        const meter started;
        logins.begin();
        logins.end();
        started.report("pending", name, count,
            "\"rss_bytes_per_op\":" + each(resident) + ",\"heap_bytes_per_op\":" + each(held) +
                ",\"cold_spawn_cpu_ns\":" + each((all_begun - begun) * 1e9) +
                ",\"cold_wake_cpu_ns\":" + each((ended - all_begun) * 1e9),
            impl);
    }
}

} // namespace bench
