#include "store/sqlite/stores.hpp"
#include "store/sqlite/visitor_rows.hpp"

#include <algorithm>
#include <iterator>

namespace coauth::store::sqlite {

namespace asio = boost::asio;

namespace {

asio::awaitable<std::optional<user_key>> add_sealed_visitor(
    engine_ptr owner, browser_digest browser, signed_in_user user, browser_digest previous)
{
    const auto begun = owner->now();
    prepared_record record(*owner->keys, visitor_place(owner->store, user.provider, blob(browser.octets).octets, begun),
        record_text(user));
    auto added = write(owner, "storing a visitor",
        [limits = owner->options.visitors, browser, user = user.key(), begun, record = std::move(record), previous](
            database_file& file) mutable { return add_visitor(file, limits, browser, user, begun, record, previous); });
    co_return co_await std::move(added);
}

asio::awaitable<std::vector<user_key>> expire_some(engine_ptr owner, std::size_t limit)
{
    const auto limits = owner->options.visitors;
    std::vector<user_key> left;
    for (bool limited = true; limited;) {
        const std::size_t wanted = limit - left.size();
        auto some = write(owner, "expiring visitors",
            [limits, wanted](database_file& file) { return expire_visitors(file, limits, wanted); });
        auto expired = co_await as_result(std::move(some));
        // Users that earlier parts found are returned, since no later call returns them.
        if (!expired && left.empty())
            throw expired.error();
        if (!expired)
            break;
        std::move(expired->left.begin(), expired->left.end(), std::back_inserter(left));
        limited = expired->limited;
    }
    co_return left;
}

class visitor_store_of_file final : public visitor_store {
public:
    explicit visitor_store_of_file(engine_ptr owner) : owner_(std::move(owner)) {}

    visitor_limits limits() const override { return owner_->options.visitors; }

    asio::awaitable<std::optional<user_key>> add(
        browser_digest browser, signed_in_user user, browser_digest previous) override
    {
        return add_sealed_visitor(owner_, browser, std::move(user), previous);
    }

    asio::awaitable<std::optional<signed_in_user>> find(browser_digest browser) override
    {
        return read(owner_, "reading a visitor",
            [limits = limits(), browser](database_file& file) { return find_visitor(file, limits, browser); });
    }

    asio::awaitable<std::optional<user_key>> remove(browser_digest browser) override
    {
        return write(
            owner_, "removing a visitor", [browser](database_file& file) { return remove_visitor(file, browser); });
    }

    asio::awaitable<bool> remove_all(user_key user, time_point latest) override
    {
        return write(owner_, "removing visitors",
            [user = std::move(user), latest](database_file& file) { return remove_visitors(file, user, latest); });
    }

    asio::awaitable<bool> has(user_key user) override
    {
        return read(owner_, "reading visitors",
            [user = std::move(user)](database_file& file) { return has_visitor(file, user); });
    }

    asio::awaitable<std::vector<user_key>> expire(std::size_t limit) override
    {
        return expire_some(owner_, std::max<std::size_t>(limit, 1));
    }

    asio::awaitable<std::size_t> count() override
    {
        return read(owner_, "counting visitors", [](database_file& file) { return count_visitors(file); });
    }

private:
    const engine_ptr owner_;
};

} // namespace

std::shared_ptr<visitor_store> visitors_of(engine_ptr owner)
{
    return std::make_shared<visitor_store_of_file>(std::move(owner));
}

} // namespace coauth::store::sqlite
