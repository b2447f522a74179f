#include "store/sqlite/stores.hpp"
#include "store/sqlite/token_rows.hpp"

namespace coauth::store::sqlite {

namespace asio = boost::asio;

namespace {

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
        return write(
            owner_, "storing a credential", [user = std::move(user), held = std::move(held)](database_file& file) {
                return put_token(file, user, held);
            });
    }

    asio::awaitable<std::optional<std::uint64_t>> replace_if(
        user_key user, std::uint64_t version, credential held) override
    {
        return write(owner_, "replacing a credential",
            [user = std::move(user), version, held = std::move(held)](
                database_file& file) { return replace_token(file, user, version, held); });
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
