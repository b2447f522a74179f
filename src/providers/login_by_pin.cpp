#include <coauth/oauth1/parameters.hpp>
#include <coauth/providers/login_by_pin.hpp>
#include <coauth/text/ascii.hpp>

#include <istream>
#include <ostream>
#include <string>
#include <utility>

namespace coauth::providers {

boost::asio::awaitable<finished_login> login_by_pin(
    std::shared_ptr<login_provider> provider, std::istream& in, std::ostream& out)
{
    begun_login begun = co_await provider->begin("oob", login_request());
    out << begun.url << "\nPIN: " << std::flush;
    std::string pin;
    if (!std::getline(in, pin))
        throw error(errc::denied, "no PIN was given");
    oauth1::parameters query;
    query.emplace_back("oauth_token", begun.key);
    query.emplace_back("oauth_verifier", text::trimmed(pin));
    std::string callback_query = oauth1::encode_form(query);
    finished_login finished = co_await provider->finish(std::move(begun), "oob", std::move(callback_query));
    co_return finished;
}

} // namespace coauth::providers
