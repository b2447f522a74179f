#include "store/random_version.hpp"
#include "store/sqlite/stores.hpp"
#include "store/sqlite/token_rows.hpp"

namespace coauth::store::sqlite {

namespace asio = boost::asio;

namespace {

prepared_record prepared_token(const engine& owner, const user_key& user, std::uint64_t version, const credential& held)
{
    return prepared_record(
        *owner.keys, token_place(owner.store, user, static_cast<std::int64_t>(version)), record_text(held));
}

asio::awaitable<std::uint64_t> put_sealed(engine_ptr owner, user_key user, credential held)
{
    const auto version = random_version();
    auto record = prepared_token(*owner, user, version, held);
    auto stored = write(owner, "storing a credential",
        [user = std::move(user), version, record = std::move(record)](database_file& file) mutable {
            put_token(file, user, version, record);
            return true;
        });
    co_await std::move(stored);
    co_return version;
}

asio::awaitable<std::optional<std::uint64_t>> replace_sealed(
    engine_ptr owner, user_key user, std::uint64_t replaced, credential held)
{
    const auto version = random_version();
    auto record = prepared_token(*owner, user, version, held);
    auto stored = write(owner, "replacing a credential",
        [user = std::move(user), replaced, version, record = std::move(record)](
            database_file& file) mutable { return replace_token(file, user, replaced, version, record); });
    const bool was_held = co_await std::move(stored);
    if (!was_held)
        co_return std::nullopt;
    co_return version;
}

class token_store_of_file final : public token_store {
public:
    explicit token_store_of_file(engine_ptr owner) : owner_(std::move(owner)) {}

    asio::awaitable<std::optional<stored_credential>> find(user_key user) override
    {
        return read(owner_, "reading a credential",
            [user = std::move(user)](database_file& file) { return find_token(file, user); });
    }

    asio::awaitable<std::uint64_t> put(user_key user, credential held) override
    {
        return put_sealed(owner_, std::move(user), std::move(held));
    }

    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        return replace_sealed(owner_, std::move(user), version, std::move(held));
    }

    asio::awaitable<bool> lease(user_key user, std::uint64_t version, std::chrono::milliseconds time) override
    {
        return write(owner_, "leasing a credential", [user = std::move(user), version, time](database_file& file) {
            return lease_token(file, user, version, time);
        });
    }

    asio::awaitable<bool> remove(user_key user, std::optional<std::uint64_t> version) override
    {
        return write(owner_, "removing a credential",
            [user = std::move(user), version](database_file& file) { return remove_token(file, user, version); });
    }

private:
    const engine_ptr owner_;
};

} // namespace

std::shared_ptr<token_store> tokens_of(engine_ptr owner)
{
    return std::make_shared<token_store_of_file>(std::move(owner));
}

} // namespace coauth::store::sqlite
