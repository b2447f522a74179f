#include "oauth1/explain/faults.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <utility>

namespace coauth::oauth1 {

namespace {

void other_scheme(draft& d, const claims&)
{
    d.scheme = d.scheme == "https" ? "http" : "https";
}

void default_port(draft& d, const claims&)
{
    if (d.port.empty())
        d.port = d.scheme == "https" ? ":443" : ":80";
}

void no_port(draft& d, const claims&)
{
    d.port.clear();
}

// A client that has its provider's address built in, and reaches another server.
void built_in_host(draft& d, std::string_view host)
{
    d.host = host;
    d.port.clear();
}

void query_in_uri_too(draft& d, const claims& c)
{
    if (!c.url.query.empty())
        d.behind_path = '?' + std::string(c.url.query);
}

constexpr std::string_view other_method =
    "the method differs: another one was signed than the one that was sent; sign the method that is sent";
constexpr std::string_view scheme =
    "the scheme differs: http was signed for https or the other way round; sign the URL that the client opens, and "
    "behind a TLS proxy the URL outside it";
constexpr std::string_view built_in =
    "the host differs: the provider's own was signed; sign the name that is in the Host header";
constexpr std::string_view port =
    "the port differs: the scheme's own port (80, 443) is left out, every other port is signed";

constexpr signing_fault faults[] = {
    {other_method, [](draft& d, const claims&) { d.method = "GET"; }},
    {other_method, [](draft& d, const claims&) { d.method = "POST"; }},
    {other_method, [](draft& d, const claims&) { d.method = "PUT"; }},
    {other_method, [](draft& d, const claims&) { d.method = "DELETE"; }},
    {"the method differs: it was signed in the case in which it was given; sign it in upper case",
        [](draft& d, const claims&) { d.method = text::lowered(d.method); }},
    {scheme, other_scheme},
    {scheme,
        [](draft& d, const claims& c) {
            // A TLS proxy's name for the server inside it: http://host:443.
            default_port(d, c);
            other_scheme(d, c);
        }},
    {scheme,
        [](draft& d, const claims& c) {
            no_port(d, c);
            other_scheme(d, c);
        }},
    {port, default_port},
    {port, no_port},
    {"the host differs: it was signed in the case in which it was written; sign it in lower case",
        [](draft& d, const claims& c) { d.host = c.url.host; }},
    {"the host differs: another name of this server was signed; sign the name that is in the Host header",
        [](draft& d, const claims&) {
            constexpr std::pair<std::string_view, std::string_view> twins[] = {
                {"api.x.com", "api.twitter.com"}, {"localhost", "127.0.0.1"}};
            for (const auto& [a, b] : twins) {
                if (d.host != a && d.host != b)
                    continue;
                d.host = d.host == a ? b : a;
                return;
            }
        }},
    {built_in, [](draft& d, const claims&) { built_in_host(d, "api.twitter.com"); }},
    {built_in, [](draft& d, const claims&) { built_in_host(d, "api.x.com"); }},
    {"the path differs: it was decoded before it was signed; sign it as it is sent",
        [](draft& d, const claims&) {
            if (auto decoded = text::percent_decode(d.path))
                d.path = *std::move(decoded);
        }},
    {"the path differs: an empty path was signed as nothing; sign it as /",
        [](draft& d, const claims&) { d.path = d.path == "/" ? "" : d.path; }},
    {"the path differs by a slash at its end; sign exactly the path that is sent",
        [](draft& d, const claims&) {
            if (d.path.size() > 1 && d.path.back() == '/')
                d.path.pop_back();
            else if (d.path != "/")
                d.path += '/';
        }},
    {"the path differs: it was signed without its .json; sign exactly the path that is sent",
        [](draft& d, const claims&) {
            constexpr std::string_view suffix = ".json";
            if (d.path.ends_with(suffix))
                d.path.resize(d.path.size() - suffix.size());
        }},
    {"the path differs: it was signed with two slashes at its beginning; let the base URL end without one",
        [](draft& d, const claims&) { d.path = '/' + d.path; }},
    {"the URI differs: only its path was signed; sign scheme and host too",
        [](draft& d, const claims&) { d.path_only = true; }},
    {"the URI differs: the query was signed as part of it; sign the query's parameters among the others",
        [](draft& d, const claims& c) {
            query_in_uri_too(d, c);
            d.query.clear();
        }},
    {"the URI differs: the query was signed as part of it too; sign it among the parameters only", query_in_uri_too},
    {"method and parameters differ: the request was signed as a GET without its form body; sign what is sent",
        [](draft& d, const claims&) {
            d.method = "GET";
            d.form.clear();
        }},
};

} // namespace

std::span<const signing_fault> uri_faults() noexcept
{
    return faults;
}

} // namespace coauth::oauth1
