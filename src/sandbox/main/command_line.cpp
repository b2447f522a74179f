#include "command_line.hpp"

#include "command_line/help.hpp"
#include "command_line/input_file.hpp"

#include <coauth/server/listen_address.hpp>
#include <coauth/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <vector>

namespace coauth::sandbox {

namespace {

constexpr std::int64_t ten_years = std::int64_t{10} * 365 * 24 * 3600; // seconds

template <class Number>
bool read_number(std::string_view text, Number& into)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

void set_listen(const std::string& text, options& o)
{
    const auto address = server::listen_address::parse(text);
    if (!address)
        throw CLI::ValidationError("--listen", "wants an IP address and a port, such as 127.0.0.1:0 or [::1]:4443");
    o.address = address->address;
    o.port = address->port;
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

    constexpr std::int64_t longest = 1'000'000'000; // seconds
    CLI::App app("A provider to test OAuth 1.0a and OAuth 2 logins against, on this machine and without keys of yours. "
                 "Prints one "
                 "line of JSON that says where it listens. Manual: docs/sandbox.md.",
        "coauth-sandbox");
    app.set_version_flag("--version", "coauth-sandbox " COAUTH_VERSION_STRING, "Print the version and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");

    app.add_option("--listen", listen, "IP address and port to listen on; port 0 is chosen by the system")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    app.add_flag("--expose", o.expose, "Allow --listen with an address that other machines reach, as in a container");
    app.add_option("--mode", mode_name, "strict: RFC 5849; x: what the real provider takes as well")
        ->check(CLI::IsMember({"strict", "x"}))
        ->type_name("MODE")
        ->capture_default_str();
    app.add_flag("--exit-with-parent", result.exit_with_parent,
        "End when the program that started it ends, or closes the pipe to its standard input");

    app.add_option("--users", o.users, "How many users there are: user_1, user_2, ...")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--seed", seed, "JSON file with apps, users, tokens, tweets and follows of your own")
        ->type_name("FILE");
    auto* approve = app.add_option("--auto-approve", auto_approve,
                           "Approve logins without asking, as this user or as the first that is not suspended")
                        ->expected(0, 1)
                        ->type_name("[=USERNAME]");
    app.add_option("--consumer-key", o.consumer_key, "The app's key")->type_name("KEY")->capture_default_str();
    app.add_option("--consumer-secret", o.consumer_secret, "The app's secret; not a real one")
        ->type_name("SECRET")
        ->capture_default_str();

    app.add_option("--ca-out", o.ca_out, "Where the throw-away CA's certificate goes")
        ->type_name("FILE")
        ->default_str("a temporary folder");
    app.add_option("--tls-name", o.tls_names, "A further name in the throw-away certificate")->type_name("NAME");
    auto* cert_option = app.add_option("--tls-cert", certificate, "A certificate of your own, PEM")->type_name("FILE");
    auto* key_option = app.add_option("--tls-key", key, "The private key of --tls-cert, PEM")->type_name("FILE");
    cert_option->needs(key_option);
    key_option->needs(cert_option);
    app.get_option("--tls-name")->excludes(cert_option);
    app.get_option("--ca-out")->excludes(cert_option);

    app.add_option("--request-token-ttl", ttl, "Seconds that a login may take")
        ->check(CLI::Range(std::int64_t{1}, longest))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--timestamp-window", window, "Seconds that a timestamp may be off, both ways")
        ->check(CLI::Range(std::int64_t{1}, longest))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--clock-skew", skew, "Seconds that the sandbox's own clock is ahead; negative: behind")
        ->check(CLI::Range(-ten_years, ten_years))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--rate-window", rate_window, "Seconds of a rate window")
        ->check(CLI::Range(std::int64_t{1}, longest))
        ->type_name("SECONDS")
        ->capture_default_str();
    app.add_option("--rate-limit", limits,
           "Calls in a window, by a user and by the app alone, then the same for a day; 0 is no limit")
        ->type_name("ROUTE=USER/APP[/USER_DAY/APP_DAY]")
        ->default_str("those that the provider documents");
    app.add_option("--faults", faults, "JSON file with faults to play")->type_name("FILE");
    app.add_option("--log", result.log_file, "File for one line a request")
        ->type_name("FILE")
        ->default_str("standard error");
    coauth::command_line::set_up_help(app,
        "coauth-sandbox --auto-approve --exit-with-parent\n"
        "coauth-sandbox --listen 127.0.0.1:4443 --ca-out ca.pem --mode x",
        "0: ended as it should\n"
        "1: an error, which standard error reports\n"
        "2: wrong usage\n"
        "130, 143: ended by SIGINT, SIGTERM");

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
        o.seed = coauth::command_line::read_file(seed);
    if (!faults.empty())
        o.faults = coauth::command_line::read_file(faults);
    if (!certificate.empty())
        o.tls =
            server::tls_identity(coauth::command_line::read_file(certificate), coauth::command_line::read_file(key));
    return result;
}

} // namespace coauth::sandbox
