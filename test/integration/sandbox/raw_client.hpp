// A sandbox that runs, and a client that sends it bytes: TLS with the throw-away CA, one request
// a connection.
#pragma once

#include <coauth/oauth1/legs.hpp>
#include <coauth/oauth1/signer.hpp>
#include <coauth/sandbox/provider.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace sandbox_test {

namespace asio = boost::asio;
namespace oauth1 = coauth::oauth1;
namespace sandbox = coauth::sandbox;

/// Runs on threads of its own until it is destroyed.
class running_sandbox {
public:
    explicit running_sandbox(sandbox::options o = sandbox::options(), int threads = 1)
        : work_(io_.get_executor()), provider_(std::make_unique<sandbox::provider>(io_.get_executor(), std::move(o)))
    {
        for (int i = 0; i < threads; ++i)
            threads_.emplace_back([this] { io_.run(); });
    }

    ~running_sandbox()
    {
        asio::co_spawn(io_, provider_->close(), asio::use_future).get();
        provider_.reset();
        work_.reset();
        for (auto& t : threads_)
            t.join();
    }

    running_sandbox(const running_sandbox&) = delete;
    running_sandbox& operator=(const running_sandbox&) = delete;

    sandbox::provider* operator->() { return provider_.get(); }
    sandbox::provider& operator*() { return *provider_; }

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::unique_ptr<sandbox::provider> provider_;
    std::vector<std::thread> threads_;
};

/// Everything that came before the connection ended.
inline std::string read_all(auto& stream)
{
    std::string bytes;
    boost::system::error_code failure;
    asio::read(stream, asio::dynamic_buffer(bytes), failure);
    return bytes;
}

inline asio::ip::tcp::endpoint endpoint_of(const std::string& url)
{
    const auto host = url.substr(url.find("//") + 2);
    const auto colon = host.rfind(':');
    return {
        asio::ip::make_address(host.substr(0, colon)), static_cast<unsigned short>(std::stoi(host.substr(colon + 1)))};
}

/// Sends `request` unchanged over TLS.
inline std::string send_over_tls(sandbox::provider& p, const std::string& request)
{
    asio::io_context io;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.load_verify_file(p.ca_file());
    asio::ssl::stream<asio::ip::tcp::socket> stream(io, tls);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification("127.0.0.1"));
    stream.next_layer().connect(endpoint_of(p.url()));
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer(request));
    return read_all(stream);
}

/// The same without TLS, to the control port.
inline std::string control(
    sandbox::provider& p, const std::string& method, const std::string& path, const std::string& body = {})
{
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect(endpoint_of(p.control_url()));
    const auto request = method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body;
    asio::write(socket, asio::buffer(request));
    return read_all(socket);
}

inline std::string plain(sandbox::provider& p, const std::string& method, const std::string& target,
    const std::string& headers = {}, const std::string& body = {})
{
    const auto url = p.url();
    return send_over_tls(p, method + ' ' + target + " HTTP/1.1\r\nHost: " + url.substr(8) +
                                "\r\nConnection: close\r\n" + headers +
                                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

inline std::int64_t seconds_now()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Signs and sends.
inline std::string signed_exchange(sandbox::provider& p, const oauth1::signer& by, const std::string& method,
    const std::string& target, oauth1::parameters oauth = {})
{
    const auto url = p.url() + target;
    oauth1::message m(method, url);
    m.oauth = std::move(oauth);
    const auto r = by.sign_request(m, oauth1::moment(oauth1::random_nonce(), seconds_now())).value();
    return plain(p, method, target, "Authorization: " + r.authorization + "\r\n");
}

inline int status_of(const std::string& response)
{
    return response.size() < 12 ? 0 : std::stoi(response.substr(9, 3));
}

inline std::string body_of(const std::string& response)
{
    const auto end = response.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : response.substr(end + 4);
}

/// The text between two others, or empty.
inline std::string between(const std::string& text, const std::string& before, const std::string& after)
{
    const auto begin = text.find(before);
    if (begin == std::string::npos)
        return {};
    const auto first = begin + before.size();
    return text.substr(first, text.find(after, first) - first);
}

inline std::string leg1(sandbox::provider& p, const std::string& callback)
{
    oauth1::parameters oauth;
    oauth.emplace_back("oauth_callback", callback);
    return signed_exchange(p, oauth1::signer(p.consumer()), "POST", "/oauth/request_token", std::move(oauth));
}

inline std::string leg3(sandbox::provider& p, const oauth1::request_token& login, const std::string& verifier)
{
    oauth1::parameters oauth;
    oauth.emplace_back("oauth_verifier", verifier);
    return signed_exchange(p, oauth1::signer(p.consumer(), login), "POST", "/oauth/access_token", std::move(oauth));
}

} // namespace sandbox_test
