#include "crypto/random.hpp"
#include "store/redis/client.hpp"
#include "store/redis/reseal.hpp"
#include "store/redis/stores.hpp"
#include "text/hex.hpp"

#include <coauth/store/redis_store.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace coauth::store {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_socket_path = 107; // of sockaddr_un
constexpr std::size_t longest_prefix = 64;
constexpr unsigned most_databases = 65'536;

void check_address(const redis_options& address)
{
    const auto need = [](bool good, const char* problem) {
        if (!good)
            throw error(errc::invalid_argument, std::string("redis_options: ") + problem);
    };
    const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    if (address.socket.empty()) {
        need(!address.host.empty() && !has_nul(address.host), "host is empty, or no host");
        need(address.port != 0, "port is 0");
    }
    need(address.socket.size() <= longest_socket_path && !has_nul(address.socket),
        "socket is no path of at most 107 octets");
    need(address.database < most_databases, "database is over 65535");
    need(!address.prefix.empty() && address.prefix.size() <= longest_prefix, "prefix is not of 1 to 64 characters");
    need(std::all_of(address.prefix.begin(), address.prefix.end(),
             [](char c) { return c > ' ' && c <= '~' && c != '{' && c != '}'; }),
        "prefix has a character other than printable ASCII without braces");
}

std::string random_name()
{
    std::array<char, 8> octets{};
    crypto::fill_random(octets.data(), octets.size());
    return text::hex_encode(std::string_view(octets.data(), octets.size()));
}

class in_redis final : public database {
public:
    in_redis(redis::redis_shared shared, const database_options& options)
        : shared_(std::move(shared)), logins_(redis::redis_login_store(shared_, options.logins)),
          tokens_(redis::redis_token_store(shared_)), visitors_(redis::redis_visitor_store(shared_, options.visitors))
    {}

    std::shared_ptr<login_store> logins() override { return logins_; }
    std::shared_ptr<token_store> tokens() override { return tokens_; }
    std::shared_ptr<visitor_store> visitors() override { return visitors_; }
    asio::awaitable<reseal_counts> reseal() override { return redis::reseal_redis(shared_); }

private:
    const redis::redis_shared shared_;
    const std::shared_ptr<login_store> logins_;
    const std::shared_ptr<token_store> tokens_;
    const std::shared_ptr<visitor_store> visitors_;
};

} // namespace

std::shared_ptr<database> redis_store(redis_options address, std::shared_ptr<key_ring> keys, database_options options)
{
    check(options);
    check_address(address);
    if (!keys)
        throw error(errc::invalid_argument, "redis_store: there is no key ring");
    auto clock = options.clock ? options.clock : system_clock();
    auto client = std::make_shared<redis::redis_client>(address, options.deadline);
    redis::redis_shared shared(std::move(client), std::move(keys), std::move(clock), address.prefix, random_name());
    return std::make_shared<in_redis>(std::move(shared), options);
}

} // namespace coauth::store
