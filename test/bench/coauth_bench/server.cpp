#include "server.hpp"

#include "twitter/read_profile.hpp"

#include <coauth/providers/oauth2_provider.hpp>
#include <coauth/sandbox/kit/client.hpp>
#include <coauth/sandbox/provider.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
using namespace coauth;

namespace bench {

namespace {

constexpr int known_users = 1'600;
constexpr int line_of_known_user = 8; // of the harness's targets

std::string text_of(const char* name, const std::string& otherwise)
{
    const char* const found = std::getenv(name);
    return found ? found : otherwise;
}

std::string name_at_line(const std::string& path, int line)
{
    std::ifstream in(path);
    std::string name;
    std::string id;
    for (int i = 0; i < line && (in >> name >> id); ++i) {}
    if (name.empty())
        throw std::runtime_error("there are no targets in " + path);
    return name;
}

sandbox::options sandbox_options()
{
    sandbox::options options;
    options.users = known_users;
    options.auto_approve = "user_1";
    for (const char* route : {"/1.1/users/show.json", "/1.1/users/lookup.json", "/2/users/by", "/2/users/me",
             "/2/users/by/username/:username"})
        options.rate_limits[route] = sandbox::route_limit();
    return options;
}

std::shared_ptr<login_provider> x_by_oauth2(
    const std::string& base, std::shared_ptr<http::transport> transport, oauth2::app app)
{
    twitter::provider_options options;
    options.client.endpoints = twitter::endpoints(base);
    return twitter::provider(std::move(transport), std::move(app), options);
}

// The text of the credential that a login by OAuth 2 gives.
asio::awaitable<std::string> log_in(const sandbox::provider& sandbox)
{
    const std::string callback = "https://app.example/callback";
    const auto executor = co_await asio::this_coro::executor;
    http::pool_options options;
    options.trust = http::tls_trust::ca_file(sandbox.ca_file());
    const auto x = x_by_oauth2(sandbox.url(), std::make_shared<http::connection_pool>(executor, options),
        oauth2::app(sandbox.client_id(), sandbox.client_secret()));
    auto begun = co_await x->begin(callback, login_request());
    const std::string page = begun.url;
    auto query = co_await sandbox::allow(sandbox, page, "user_1");
    const auto finished = co_await x->finish(std::move(begun), callback, std::move(query));
    co_return std::string(finished.held.text().reveal());
}

// Writes where it is, and serves until it is killed.
void serve(int out)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    asio::io_context io;
    sandbox::provider provider(io.get_executor(), sandbox_options());
    std::string bearer;
    asio::co_spawn(io, log_in(provider), [&](const std::exception_ptr&, std::string text) {
        bearer = std::move(text);
        io.stop();
    });
    io.run();
    io.restart();
    const auto user = provider.issue_access_token("user_1");
    std::ostringstream lines;
    lines << provider.url() << '\n'
          << provider.ca_file() << '\n'
          << provider.consumer().key() << '\n'
          << provider.consumer().secret().reveal() << '\n'
          << user.token() << '\n'
          << user.secret().reveal() << '\n'
          << bearer << '\n';
    const std::string text = lines.str();
    if (::write(out, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        ::_exit(1);
    ::close(out);
    io.run();
}

} // namespace

// The harness's credentials have the lengths that X gives; they open nothing.
server::server(bool is_called)
    : app("cChZNFj6T5R0TigYB9yd1wXYZ", secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOgABCDEFGHI")),
      user("7588892-kagSNqWge8gB1WwE3plnFsJHAZVfxWD7Vb57p0b4ab",
          secret("PbKfYqSryyeKDWz4ebtY3o5ogNLG11WJuZBc9fQrQoabc")),
      bearer("oauth2 token_type=bearer&access_token=" + std::string(90, 'A'))
{
    const auto folder = text_of("BENCH_TMP", "");
    if (folder.empty()) {
        if (is_called)
            start_sandbox();
        return;
    }
    const int port = std::stoi(text_of("BENCH_PORT", "8443"));
    base = "https://localhost:" + std::to_string(port);
    ca_file = folder + "/data/cert.pem";
    user_name = name_at_line(text_of("BENCH_TARGETS", folder + "/targets.txt"), line_of_known_user);
}

void server::start_sandbox()
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        throw std::runtime_error("no pipe to a sandbox");
    const pid_t child = ::fork();
    if (child < 0)
        throw std::runtime_error("no process for a sandbox");
    if (child == 0) {
        ::close(ends[0]);
        serve(ends[1]);
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    std::array<char, 1024> buffer{};
    for (ssize_t size = 0; (size = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    ::close(ends[0]);
    std::istringstream lines(text);
    std::string key;
    std::string key_secret;
    std::string token;
    std::string token_secret;
    std::string bearer_text;
    if (!(lines >> base >> ca_file >> key >> key_secret >> token >> token_secret >> std::ws) ||
        !std::getline(lines, bearer_text))
        throw std::runtime_error("the sandbox did not start");
    app = oauth1::consumer(key, secret(key_secret));
    user = oauth1::access_token(token, secret(token_secret));
    bearer = secret(bearer_text);
    user_name = "user_2";
    for (int i = 1; i <= known_users; ++i)
        user_names.push_back("user_" + std::to_string(i));
    is_sandbox = true;
}

http::pool_options server::pool() const
{
    http::pool_options options;
    options.trust = http::tls_trust::ca_file(ca_file);
    return options;
}

twitter::client server::client(asio::any_io_executor executor, http::pool_options pool) const
{
    return client(std::make_shared<http::connection_pool>(std::move(executor), std::move(pool)));
}

twitter::client server::client(std::shared_ptr<http::transport> transport) const
{
    twitter::client_options options;
    options.endpoints = twitter::endpoints(base);
    options.api = twitter::api_version::v1_1; // what the harness speaks
    return twitter::client(std::move(transport), app, options);
}

std::shared_ptr<account> server::bearer_account(std::shared_ptr<http::transport> transport) const
{
    const oauth2::app bearer_app("an-app", secret("its-secret"));
    const credential held(bearer);
    if (is_sandbox)
        return x_by_oauth2(base, std::move(transport), bearer_app)->open(held);
    providers::oauth2_rules rules("harness");
    rules.authorize_url = base + "/oauth/authorize";
    rules.token_url = base + "/oauth/token";
    rules.user_url = base + "/1.1/users/show.json";
    rules.read_user = [](std::string_view body) { return twitter::read_profile(twitter::api_version::v1_1, body); };
    return providers::oauth2_provider(std::move(transport), bearer_app, std::move(rules))->open(held);
}

} // namespace bench
