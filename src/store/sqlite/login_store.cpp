#include "store/sqlite/end_rows.hpp"
#include "store/sqlite/login_rows.hpp"
#include "store/sqlite/stores.hpp"

namespace coauth::store::sqlite {

namespace asio = boost::asio;

namespace {

constexpr std::size_t settled_at_once = 500;

std::string_view octets_of(const login_id& id)
{
    return blob(id.octets).octets;
}

asio::awaitable<void> add_sealed(engine_ptr owner, pending_login login)
{
    const auto due = owner->now() + nanoseconds(owner->options.logins.time_to_live);
    prepared_record record(*owner->keys, login_place(owner->store, octets_of(login.id), due), record_text(login));
    auto added = write(owner, "storing a login",
        [limits = owner->options.logins, id = login.id, browser = login.browser, due, record = std::move(record)](
            database_file& file) mutable {
            add_login(file, limits, id, browser, due, record);
            return true;
        });
    co_await std::move(added);
}

asio::awaitable<void> report_end(engine_ptr owner, login_id id, ended_login reached)
{
    const auto ended = owner->now();
    prepared_record record(*owner->keys, end_place(owner->store, octets_of(id), ended), record_text(reached));
    auto added = write(
        owner, "storing the end of a login", [id, ended, record = std::move(record)](database_file& file) mutable {
            add_end(file, id, ended, record);
            return true;
        });
    co_await std::move(added);
    // So that watchers of this process need not wait until the thread looks by itself. If it fails, the end is stored all the same.
    auto notified = read(owner, "reading how logins ended", [watchers = owner->watchers](database_file& file) {
        watchers->look(file);
        return true;
    });
    co_await as_result(std::move(notified));
}

asio::awaitable<login_store::expiry> expire_all(engine_ptr owner)
{
    const auto limits = owner->options.logins;
    for (std::size_t settled = settled_at_once; settled == settled_at_once;) {
        auto some = write(owner, "expiring logins",
            [limits](database_file& file) { return settle_logins(file, limits, settled_at_once); });
        settled = co_await std::move(some);
    }
    auto counted = write(owner, "expiring logins", [](database_file& file) { return take_expired(file); });
    co_return co_await std::move(counted);
}

class login_store_of_file final : public login_store {
public:
    explicit login_store_of_file(engine_ptr owner) : owner_(std::move(owner)) {}

    login_limits limits() const override { return owner_->options.logins; }

    asio::awaitable<void> add(pending_login login) override { return add_sealed(owner_, std::move(login)); }

    asio::awaitable<counts> count(browser_digest browser) override
    {
        return read(owner_, "counting logins", [browser](database_file& file) { return count_logins(file, browser); });
    }

    asio::awaitable<taken_login> take(login_id id, browser_digest browser) override
    {
        return write(owner_, "taking a login",
            [limits = limits(), id, browser](database_file& file) { return take_login(file, limits, id, browser); });
    }

    asio::awaitable<void> end(login_id id, ended_login reached) override
    {
        return report_end(owner_, id, std::move(reached));
    }

    std::shared_ptr<void> watch(watcher notified) override
    {
        auto watching = owner_->watchers->add(std::move(notified));
        owner_->reader.notify();
        return watching;
    }

    asio::awaitable<expiry> expire() override { return expire_all(owner_); }

private:
    const engine_ptr owner_;
};

} // namespace

std::shared_ptr<login_store> logins_of(engine_ptr owner)
{
    return std::make_shared<login_store_of_file>(std::move(owner));
}

} // namespace coauth::store::sqlite
