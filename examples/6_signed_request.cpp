// Sends one signed request to any OAuth 1.0a provider, or one with a token of OAuth 2 (--bearer); explains a signature part
// by part without sending (--explain); runs files of test vectors (--vectors).
//
// A URL that begins with "/" is taken below --provider, or from a sandbox inside this program, where
// a user's token is at hand: `signed_request GET /2/users/me`.

#include "command_line/input_file.hpp"
#include "command_line/output.hpp"
#include "program/bearer_token.hpp"
#include "program/main_loop.hpp"
#include "program/provider_flags.hpp"
#include "program/vector_file.hpp"

#include <coauth/oauth1/signer.hpp>
#include <coauth/oauth1/target.hpp>
#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <coauth/version.hpp>

#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>
#include <unistd.h>

namespace asio = boost::asio;
namespace oauth1 = coauth::oauth1;

namespace {

struct request_flags {
    request_flags() = default;

    program::provider_flags provider;
    std::string method;
    std::string url;
    std::vector<std::string> data;
    std::string body;
    std::string place = "header";
    std::optional<std::string> realm;
    std::string signature_method = "HMAC-SHA1";
    std::string rsa_key_file;
    bool body_hash = false;
    bool bearer = false;
    bool explain = false;
    std::string vectors;

    bool needs_sandbox() const { return url.starts_with('/') && provider.provider.empty(); }
    bool body_in_url() const { return method == "GET" || method == "DELETE" || method == "HEAD"; }
};

// What will be signed and sent, complete but for the signature.
struct unsigned_request {
    unsigned_request() = default;

    std::string url;
    std::string form;
    oauth1::parameters oauth;
};

std::optional<coauth::secret> rsa_key(const request_flags& flags)
{
    if (flags.rsa_key_file.empty())
        return std::nullopt;
    return coauth::secret(coauth::command_line::read_file(flags.rsa_key_file));
}

oauth1::parameters data_parameters(const request_flags& flags)
{
    oauth1::parameters list;
    for (const auto& pair : flags.data) {
        const auto equals = std::min(pair.find('='), pair.size());
        list.emplace_back(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    }
    return list;
}

unsigned_request build(const request_flags& flags, const std::string& base, const oauth1::signature_method& method)
{
    unsigned_request r;
    r.url = flags.url.starts_with('/') ? base + flags.url : flags.url;
    const std::string data = oauth1::encode_form(data_parameters(flags));
    if (!data.empty() && flags.body_in_url())
        r.url += (r.url.find('?') == r.url.npos ? '?' : '&') + data;
    else
        r.form = data;
    if (flags.body_hash && method)
        r.oauth.emplace_back("oauth_body_hash", method->body_hash(flags.body));
    return r;
}

oauth1::message message_of(const request_flags& flags, const unsigned_request& r)
{
    oauth1::message m(flags.method, r.url, r.form);
    m.oauth = r.oauth;
    if (flags.realm)
        m.realm = *flags.realm;
    return m;
}

oauth1::moment now()
{
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return oauth1::moment(oauth1::random_nonce(), std::chrono::duration_cast<std::chrono::seconds>(since_1970).count());
}

// The token as the base string, the header or the parameters hold it, with all but its beginning left out.
std::string with_short_token(std::string text, const std::string& token)
{
    constexpr std::size_t shown = 4;
    if (token.size() <= shown)
        return text;
    const std::string once = coauth::text::percent_encode(token);
    for (const std::string& form : {coauth::text::percent_encode(once), once, token})
        for (auto at = text.find(form); at != text.npos; at = text.find(form, at + shown))
            text.replace(at, form.size(), token.substr(0, shown) + "...");
    return text;
}

// What carries the OAuth parameters, and its text.
struct signed_place {
    signed_place(std::string new_name, std::string new_text) : name(std::move(new_name)), text(std::move(new_text)) {}

    std::string name; // "authorization", "query" or "form"
    std::string text;
};

signed_place sent_place(const request_flags& flags, const oauth1::signed_request& sent)
{
    if (flags.place == "query")
        return signed_place(flags.place, sent.url.substr(sent.url.find('?') + 1));
    return signed_place(flags.place, sent.form);
}

void print_explanation(oauth1::explanation e, signed_place place, const std::string& token, bool json)
{
    for (auto* part : {&e.normalized, &e.base_string, &place.text})
        *part = with_short_token(std::move(*part), token);
    std::cerr
        << "Compare the base string with the one that the provider or another library makes of the same nonce and "
           "timestamp\n(coauth-sandbox keeps its own in its journal). The access token is shortened here.\n";
    if (json) {
        boost::json::object o;
        o["method"] = e.method;
        o["base_uri"] = e.base_uri;
        o["parameters"] = e.normalized;
        o["base_string"] = e.base_string;
        o["key"] = e.masked_key;
        o["signature"] = e.signature;
        o["authorization"] = nullptr;
        o[place.name] = place.text;
        std::cout << boost::json::serialize(o) << '\n';
        return;
    }
    std::cout << "method         " << e.method << "\nbase URI       " << e.base_uri
              << "\nparameters     (encoded, sorted)\n";
    std::string_view rest = e.normalized;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        std::cout << "               " << rest.substr(0, end) << '\n';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::cout << "base string    " << e.base_string << "\nkey            " << e.masked_key << "\nsignature      "
              << e.signature << '\n';
    std::string label = place.name == "authorization" ? "Authorization" : place.name;
    label.resize(15, ' ');
    std::cout << label << place.text << '\n';
}

oauth1::placement placement_of(const request_flags& flags)
{
    return flags.place == "query"  ? oauth1::placement::query
           : flags.place == "form" ? oauth1::placement::form
                                   : oauth1::placement::header;
}

void explain(const request_flags& flags, const unsigned_request& r, const oauth1::signer& signer,
    const oauth1::signature_method& method, const std::string& token)
{
    const oauth1::message m = message_of(flags, r);
    const oauth1::moment at = now();
    oauth1::explanation e = signer.explain(m, at).value();
    signed_place place("authorization", e.authorization);
    if (method->needs_tls()) {
        // The signature of PLAINTEXT is the secrets themselves.
        place = signed_place(flags.place == "header" ? place.name : flags.place, "[hidden: it holds the secrets]");
        e.signature = place.text;
    } else if (flags.place != "header") {
        place = sent_place(flags, signer.sign_request(m, at, placement_of(flags)).value());
    }
    print_explanation(std::move(e), std::move(place), token, flags.provider.json);
}

coauth::http::request to_http(
    const request_flags& flags, const std::string& url, const std::string& form, const std::string& authorization)
{
    const auto target = oauth1::split_target(url).value();
    if (!target.https && !oauth1::is_loopback_host(target.host))
        throw coauth::error(coauth::errc::invalid_argument, "plain http is for loopback addresses only")
            .with_hint("use https");
    coauth::http::request out;
    out.origin.https = target.https;
    out.origin.host = std::string(target.host);
    if (out.origin.host.starts_with('['))
        out.origin.host = out.origin.host.substr(1, out.origin.host.size() - 2);
    out.origin.port = target.port;
    out.method = flags.method;
    out.target = std::string(target.path);
    if (!target.query.empty())
        out.target += '?' + std::string(target.query);
    if (!authorization.empty())
        out.headers.add("Authorization", authorization);
    out.headers.add("Accept", "*/*");
    out.headers.add("User-Agent", "coauth/" COAUTH_VERSION_STRING);
    if (!flags.body.empty()) {
        out.headers.add("Content-Type", "application/json");
        out.body = flags.body;
    } else if (!form.empty()) {
        out.headers.add("Content-Type", "application/x-www-form-urlencoded");
        out.body = form;
    }
    return out;
}

// `hint`: what to do about HTTP 401.
asio::awaitable<int> send(
    std::shared_ptr<coauth::http::transport> transport, coauth::http::request request, const char* hint)
{
    const coauth::http::response response = co_await transport->send(std::move(request));
    std::cerr << "HTTP " << response.status << '\n';
    // Before the body, which may end without a line break.
    if (response.status == 401)
        std::cerr << "hint: " << hint << '\n';
    const bool needs_line_end = isatty(STDOUT_FILENO) && !response.body.ends_with('\n');
    coauth::command_line::print(needs_line_end ? response.body + '\n' : response.body);
    co_return response.status >= 400 ? program::failed : program::done;
}

asio::awaitable<int> send_with_bearer(const program::network& connections, const request_flags& flags)
{
    coauth::secret token;
    if (connections.sandbox())
        token = co_await program::sandbox_bearer_token(connections);
    else
        token = program::bearer_token_from_environment();
    const std::string base = connections.sandbox() ? connections.sandbox()->url() : flags.provider.provider;
    const unsigned_request r = build(flags, base, nullptr);
    auto request = to_http(flags, r.url, r.form, "Bearer " + std::string(token.reveal()));
    const int exit_code = co_await send(connections.transport(), std::move(request),
        "the token may have expired, or be another provider's: sign in again and put it into COAUTH_TOKEN");
    co_return exit_code;
}

std::optional<std::string> usage_fault(const request_flags& flags)
{
    const bool signs = flags.place != "header" || flags.realm || flags.signature_method != "HMAC-SHA1" ||
                       !flags.rsa_key_file.empty() || flags.body_hash || flags.explain || !flags.vectors.empty();
    if (flags.bearer && signs)
        return "--bearer signs nothing: it does not go with --place, --realm, --method, --rsa-key, --body-hash, "
               "--explain "
               "and --vectors";
    if (!flags.vectors.empty() && (!(flags.method + flags.url + flags.body).empty() || !flags.data.empty()))
        return "--vectors has its requests in the file: it does not go with METHOD, URL, -d and --body";
    if (flags.vectors.empty() && (flags.method.empty() || flags.url.empty()))
        return "METHOD and URL are required";
    for (const std::string& pair : flags.data)
        if (pair.find('=') == pair.npos)
            return "-d takes NAME=VALUE, or NAME= for an empty value";
    if (!flags.body.empty() && (!flags.data.empty() || flags.place == "form"))
        return "--body is the whole body; it does not go with -d or --place form";
    if (!flags.body.empty() && flags.body_in_url())
        return "a " + flags.method + " has no body";
    if (flags.body_hash && (!flags.data.empty() || flags.place == "form") && !flags.body_in_url())
        return "--body-hash is not for forms, whose fields are signed anyway";
    if (flags.needs_sandbox())
        if (std::string fault = flags.provider.fault_with_sandbox(); !fault.empty())
            return fault;
    return std::nullopt;
}

int run(const request_flags& flags)
{
    const auto key = rsa_key(flags);
    if (!flags.vectors.empty()) {
        std::ios::sync_with_stdio(false);
        if (flags.vectors == "-") {
            return program::run_vectors(std::cin, std::cout, key);
        }
        std::ifstream in = coauth::command_line::open_file(flags.vectors);
        return program::run_vectors(in, std::cout, key);
    }

    asio::io_context io;
    if (flags.bearer) {
        coauth::sandbox::options options;
        options.auto_approve = "";
        const program::network connections(io, flags.provider, flags.needs_sandbox(), std::move(options));
        return program::run(io, flags.provider.json, send_with_bearer(connections, flags));
    }

    const auto method = coauth::oauth1::signature_method_named(flags.signature_method, key);
    if (flags.explain && !flags.needs_sandbox()) {
        const auto app = coauth::twitter::consumer_from_environment();
        const auto user = coauth::twitter::token_from_environment();
        const auto r = build(flags, flags.provider.provider, method);
        const oauth1::signer signer = user ? oauth1::signer(app, *user, method) : oauth1::signer(app, method);
        explain(flags, r, signer, method, user ? user->token() : std::string());
        return program::done;
    }

    program::provider_flags provider = flags.provider;
    if (!flags.needs_sandbox() && provider.provider.empty())
        provider.provider = "https://api.x.com"; // the URL is whole: no sandbox is needed, and this base is not used
    program::provider_setup setup(io, provider);
    const auto user = setup.sandbox() ? std::optional(setup.sandbox()->issue_access_token("user_1"))
                                      : coauth::twitter::token_from_environment();
    const oauth1::signer signer =
        user ? oauth1::signer(setup.app(), *user, method) : oauth1::signer(setup.app(), method);
    const auto r = build(flags, setup.base(), method);
    if (flags.explain) {
        explain(flags, r, signer, method, user ? user->token() : std::string());
        return program::done;
    }
    const auto signed_one = signer.sign_request(message_of(flags, r), now(), placement_of(flags)).value();
    auto request = to_http(flags, signed_one.url, signed_one.form, signed_one.authorization);
    const char* const hint = "--explain in place of sending shows what was signed, part by part";
    return program::run(io, flags.provider.json, send(setup.transport(), std::move(request), hint));
}

int read_flags_and_run(request_flags& flags, int argc, char** argv)
{
    CLI::App app("Sends a signed request to any OAuth 1.0a provider, or explains its signature. Keys come from "
                 "COAUTH_CONSUMER_KEY, COAUTH_CONSUMER_SECRET, COAUTH_TOKEN and COAUTH_TOKEN_SECRET. With --bearer the "
                 "request is not signed, and COAUTH_TOKEN is a token of OAuth 2.",
        "signed_request");
    flags.provider.add_to(app, {"--authorize-base", "--api"});
    app.add_option("METHOD", flags.method, "The HTTP method");
    app.add_option("URL", flags.url, "The URL, percent-encoded; one that begins with / is below the provider");
    app.add_option("-d", flags.data, "A parameter: in the query of GET, HEAD and DELETE, else in a form body")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("--body", flags.body, "A JSON body; it is not signed")->type_name("JSON");
    app.add_option("--place", flags.place, "Where the OAuth parameters go")
        ->check(CLI::IsMember({"header", "query", "form"}))
        ->type_name("PLACE")
        ->capture_default_str();
    app.add_option("--realm", flags.realm, "The realm of the Authorization header")->type_name("TEXT");
    app.add_option("--method", flags.signature_method, "The signature method")
        ->check(CLI::IsMember(
            {"HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"}))
        ->type_name("NAME")
        ->capture_default_str();
    app.add_option("--rsa-key", flags.rsa_key_file, "A PEM file with the private key for the RSA methods")
        ->type_name("FILE");
    app.add_flag("--bearer", flags.bearer, "Send COAUTH_TOKEN as a bearer token, for OAuth 2 (RFC 6750)");
    app.add_flag("--body-hash", flags.body_hash, "Send oauth_body_hash");
    app.add_flag("--explain", flags.explain,
        "Send nothing; show the base string part by part, the form of the key, and the header, query or form");
    app.add_option("--vectors", flags.vectors, "Run this file of test vectors, JSON lines; - is standard input")
        ->type_name("FILE");
    const char* const example = "signed_request GET /2/users/me\n"
                                "COAUTH_TOKEN=... signed_request --bearer GET https://api.github.com/user\n"
                                "signed_request POST /1.1/statuses/update.json -d \"status=Hello\" --explain\n"
                                "signed_request --vectors vectors.jsonl";
    const std::string failure = "an error, which standard error reports, or a response of HTTP 400 and above";
    if (const auto exit_code = program::parse_flags(app, argc, argv, example, failure))
        return *exit_code;
    // RFC 5849 signs methods in upper case, so they are sent that way.
    flags.method = coauth::text::uppered(flags.method);
    if (const auto fault = usage_fault(flags))
        return program::misused(app, *fault);
    return run(flags);
}

} // namespace

int main(int argc, char** argv)
{
    request_flags flags;
    return program::guard(flags.provider.json, [&] { return read_flags_and_run(flags, argc, argv); });
}
