#include <coauth/store/database.hpp>
#include <coauth/store/memory_store.hpp>

#include <utility>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

class in_memory final : public database {
public:
    explicit in_memory(const database_options& options, std::shared_ptr<clock> clock)
        : logins_(memory_login_store(options.logins, clock)), tokens_(memory_token_store(clock)),
          visitors_(memory_visitor_store(options.visitors, std::move(clock)))
    {}

    std::shared_ptr<login_store> logins() override { return logins_; }
    std::shared_ptr<token_store> tokens() override { return tokens_; }
    std::shared_ptr<visitor_store> visitors() override { return visitors_; }
    asio::awaitable<reseal_counts> reseal() override { co_return reseal_counts(); }

private:
    const std::shared_ptr<login_store> logins_;
    const std::shared_ptr<token_store> tokens_;
    const std::shared_ptr<visitor_store> visitors_;
};

} // namespace

database::~database() = default;

void check(const database_options& options)
{
    check(options.logins);
    check(options.visitors);
    if (options.deadline < std::chrono::milliseconds(100) || options.deadline > std::chrono::seconds(60))
        throw error(errc::invalid_argument, "database_options: deadline is not from 100 ms to 60 s");
}

std::shared_ptr<database> memory_database(database_options options)
{
    check(options);
    auto clock = options.clock ? options.clock : system_clock();
    return std::make_shared<in_memory>(options, std::move(clock));
}

} // namespace coauth::store
