#include <coauth/error.hpp>
#include <coauth/identity/account.hpp>

namespace coauth {

account::~account() = default;

const lookup_rules* account::directory() const
{
    return nullptr;
}

boost::asio::awaitable<reply<lookups>> account::look_up(std::vector<user_ref>)
{
    throw error(errc::invalid_argument, "this provider looks no users up");
}

} // namespace coauth
