#include "command_line.hpp"

#include <coauth/server/listen_address.hpp>
#include <coauth/version.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

namespace coauth::sandbox {

namespace {

std::string read_file(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || !text)
        throw error(errc::invalid_argument, "the file " + path + " can't be read");
    return text.str();
}

template <class Number>
bool read_number(std::string_view text, Number& into)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

void set_listen(const std::string& text, options& o)
{
    const auto where = server::listen_address::parse(text);
    if (!where)
        throw CLI::ValidationError("--listen", "wants an address and a port, such as 127.0.0.1:0");
    o.address = where->address;
    o.port = where->port;
}

// ROUTE=PER_USER/PER_APP, and further /PER_USER_DAY/PER_APP_DAY.
void add_rate_limit(const std::string& text, options& o)
{
    const auto equals = text.find('=');
    std::vector<std::int64_t> numbers;
    std::string_view rest = text;
    rest.remove_prefix(equals == std::string::npos ? rest.size() : equals + 1);
    while (!rest.empty()) {
        const auto end = std::min(rest.find('/'), rest.size());
        std::int64_t number = -1;
        if (!read_number(rest.substr(0, end), number) || number < 0)
            numbers.clear(), rest = {};
        else
            numbers.push_back(number), rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (numbers.size() != 2 && numbers.size() != 4)
        throw CLI::ValidationError("--rate-limit", "wants ROUTE=PER_USER/PER_APP, such as /2/users/:id=900/300");
    numbers.resize(4);
    o.rate_limits[text.substr(0, equals)] = route_limit(numbers[0], numbers[1], numbers[2], numbers[3]);
}

} // namespace

command_line parse_command_line(int argc, char** argv)
{
    command_line result;
    auto& o = result.options;
    std::string listen = "127.0.0.1:0", mode_name = "strict", seed, faults, certificate, key, auto_approve;
    std::vector<std::string> limits;
    std::int64_t ttl = o.request_token_ttl.count(), window = o.timestamp_window.count(), skew = 0,
                 rate_window = o.rate_window.count();

    CLI::App app(
        "A strict OAuth 1.0a provider on loopback, to test logins against. Nobody here is real.", "coauth-sandbox");
    app.set_version_flag("--version", "coauth-sandbox " COAUTH_VERSION_STRING);
    app.add_option("--listen", listen, "Loopback address and port; port 0: chosen")->capture_default_str();
    app.add_option("--mode", mode_name, "strict (RFC 5849) or x (with the real provider's tolerances)")
        ->check(CLI::IsMember({"strict", "x"}))
        ->capture_default_str();
    app.add_option("--users", o.users, "How many people: user_1, user_2, ...")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--seed", seed, "JSON file with consumers, users, tokens, tweets and follows");
    auto* approve =
        app.add_option("--auto-approve", auto_approve, "Approve without asking, as this user (default: the first)")
            ->expected(0, 1)
            ->type_name("[=USERNAME]");
    app.add_option("--consumer-key", o.consumer_key, "The app's key")->capture_default_str();
    app.add_option("--consumer-secret", o.consumer_secret, "The app's secret; not a real one")->capture_default_str();
    auto* cert_option = app.add_option("--tls-cert", certificate, "Certificate (PEM) instead of a throw-away one");
    auto* key_option = app.add_option("--tls-key", key, "Its key (PEM)");
    cert_option->needs(key_option);
    key_option->needs(cert_option);
    app.add_option("--tls-name", o.tls_names, "Further name in the throw-away certificate; repeatable")
        ->excludes(cert_option);
    app.add_option("--ca-out", o.ca_out, "Where the throw-away CA's certificate is written")->excludes(cert_option);
    app.add_option("--request-token-ttl", ttl, "Seconds that a login may take")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
    app.add_option("--timestamp-window", window, "Seconds that a timestamp may be off, both ways")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
    app.add_option("--clock-skew", skew, "Seconds that the sandbox's own clock is ahead")->capture_default_str();
    app.add_option("--rate-window", rate_window, "Seconds of a rate window")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
    app.add_option("--rate-limit", limits, "ROUTE=PER_USER/PER_APP[/PER_USER_DAY/PER_APP_DAY], 0: none; repeatable");
    app.add_option("--faults", faults, "JSON file with scripted faults");
    app.add_option("--log", result.log_file, "File for one line a request (default: stderr)");

    try {
        app.parse(argc, argv);
        set_listen(listen, o);
        for (const auto& limit : limits)
            add_rate_limit(limit, o);
    } catch (const CLI::ParseError& e) {
        const int code = app.exit(e, std::cout, std::cerr);
        result.exit_code = code == 0 ? 0 : 2;
        return result;
    }

    o.mode = mode_name == "x" ? mode::x : mode::strict;
    o.request_token_ttl = std::chrono::seconds(ttl);
    o.timestamp_window = std::chrono::seconds(window);
    o.clock_skew = std::chrono::seconds(skew);
    o.rate_window = std::chrono::seconds(rate_window);
    if (approve->count() != 0)
        o.auto_approve = auto_approve;
    if (!seed.empty())
        o.seed = read_file(seed);
    if (!faults.empty())
        o.faults = read_file(faults);
    if (!certificate.empty())
        o.tls = server::tls_identity(read_file(certificate), read_file(key));
    return result;
}

} // namespace coauth::sandbox
