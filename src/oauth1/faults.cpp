#include "oauth1/faults.hpp"

#include <coauth/oauth1/percent_encoding.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace coauth::oauth1 {

namespace {

using context = fault_context;

// ---- Method and URI ---------------------------------------------------------------------------

void swap_scheme(draft& d)
{
    d.scheme = d.scheme == "https" ? "http" : "https";
}

void keep_default_port(draft& d)
{
    if (d.port.empty())
        d.port = d.scheme == "https" ? ":443" : ":80";
}

void decode_path(draft& d, const context&)
{
    if (auto decoded = percent_decode(d.path))
        d.path = *decoded;
}

void toggle_trailing_slash(draft& d, const context&)
{
    if (d.path.size() > 1 && d.path.back() == '/')
        d.path.pop_back();
    else if (d.path != "/")
        d.path += '/';
}

void other_name_of_host(draft& d, const context&)
{
    constexpr std::pair<std::string_view, std::string_view> twins[] = {
        {"api.x.com", "api.twitter.com"}, {"localhost", "127.0.0.1"}};
    for (const auto& [a, b] : twins) {
        if (d.host == a)
            d.host = b;
        else if (d.host == b)
            d.host = a;
        else
            continue;
        return;
    }
}

// ---- Which parameters -------------------------------------------------------------------------

void remove(parameters& list, std::string_view name)
{
    std::erase_if(list, [&](const parameter& p) { return p.first == name; });
}

template <std::size_t N>
void leave_out(draft& d, const char (&name)[N])
{
    remove(d.header, name);
}

void add_if_absent(draft& d, std::string name, std::string value)
{
    if (!find(d.header, name))
        d.header.emplace_back(std::move(name), std::move(value));
}

void query_in_uri(draft& d, const context& c)
{
    if (!c.request.where.query.empty())
        d.behind_path = '?' + std::string(c.request.where.query);
}

// Text that was never meant to be a form, signed as if it were one.
void body_as_form(draft& d, const context& c)
{
    if (c.request.form_body || c.body.empty())
        return;
    if (auto list = parse_form(c.body))
        d.form = *std::move(list);
}

enum class keep { first, last };

void drop_duplicates(draft& d, keep which)
{
    parameters all;
    for (const parameters* list : {&d.query, &d.form})
        for (const parameter& p : *list) {
            const auto earlier =
                std::find_if(all.begin(), all.end(), [&](const parameter& q) { return q.first == p.first; });
            if (earlier == all.end())
                all.push_back(p);
            else if (which == keep::last)
                earlier->second = p.second;
        }
    d.query = std::move(all);
    d.form.clear();
}

void drop_empty_values(draft& d, const context&)
{
    for (parameters* list : {&d.query, &d.form, &d.header})
        std::erase_if(*list, [](const parameter& p) { return p.second.empty(); });
}

// ---- How they are decoded and encoded ---------------------------------------------------------

// Reads `raw` the way a client might that signs its own text: what `read` makes of each name and value.
template <class Read>
parameters read_raw(std::string_view raw, Read read)
{
    parameters list;
    while (!raw.empty()) {
        const auto end = std::min(raw.find('&'), raw.size());
        const std::string_view text = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (text.empty() || text.starts_with("oauth_"))
            continue;
        const auto equals = std::min(text.find('='), text.size());
        list.emplace_back(read(text.substr(0, equals)), read(text.substr(std::min(equals + 1, text.size()))));
    }
    return list;
}

void plus_stays_plus(draft& d, const context& c)
{
    const auto read = [](std::string_view text) { return percent_decode(text).value(); };
    d.query = read_raw(c.request.where.query, read);
    if (c.request.form_body)
        d.form = read_raw(c.body, read);
}

void text_as_sent(draft& d, const context& c)
{
    const auto read = [](std::string_view text) { return std::string(text); };
    d.as_they_are = read_raw(c.request.where.query, read);
    if (c.request.form_body)
        for (parameter& p : read_raw(c.body, read))
            d.as_they_are.push_back(std::move(p));
    d.query.clear();
    d.form.clear();
}

void as_latin_1(draft& d, const context&)
{
    // Two octets of UTF-8 hold what one of Latin-1 does; other characters have no Latin-1.
    const auto convert = [](std::string& text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto lead = static_cast<unsigned char>(text[i]);
            if ((lead == 0xc2 || lead == 0xc3) && i + 1 < text.size())
                out += static_cast<char>(((lead & 3) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
            else
                out += text[i];
        }
        text = std::move(out);
    };
    for (parameters* list : {&d.query, &d.form})
        for (auto& [name, value] : *list) {
            convert(name);
            convert(value);
        }
}

void encode_everywhere(draft& d, void (*how)(escaping&))
{
    how(d.inner);
    how(d.outer_uri);
    how(d.outer_parameters);
}

void callback_as_is(draft& d, const context&)
{
    if (const std::string* value = find(d.header, "oauth_callback")) {
        d.as_they_are.emplace_back("oauth_callback", *value);
        leave_out(d, "oauth_callback");
    }
}

void callback_encoded(draft& d, const context&)
{
    for (auto& [name, value] : d.header)
        if (name == "oauth_callback")
            value = percent_encode(value);
}

void callback_decoded(draft& d, const context&)
{
    for (auto& [name, value] : d.header)
        if (name == "oauth_callback")
            if (auto decoded = percent_decode(value))
                value = *std::move(decoded);
}

constexpr std::string_view sub_delimiters = "!*'()";

constexpr std::string_view method_differs =
    "the method differs: another one was signed than the one that was sent; sign the method that is sent";
constexpr std::string_view scheme_differs =
    "the scheme differs: http was signed for https or the other way round; sign the URL that the client opens, and "
    "behind a TLS proxy the URL outside it";
constexpr std::string_view port_differs =
    "the port differs: the scheme's own port (80, 443) is left out, every other port is signed";
constexpr std::string_view reserved_differs = "the encoding differs: reserved characters such as ! * ' ( ) were left "
                                              "alone; encode all but letters, digits and -._~";
constexpr std::string_view lower_case_differs =
    "the encoding differs: %XX was written with lower-case hex digits; use upper case";
constexpr std::string_view order_differs =
    "the order differs: the parameters were not sorted; sort them by encoded name, then by encoded value";
constexpr std::string_view duplicates_differ =
    "the parameters differ: one of several with the same name was dropped; sign all of them";
constexpr std::string_view twice_differs = "the encoding differs: the parameters were encoded once too often; in the "
                                           "base string they are encoded twice in all";

constexpr std::
    array
        faults =
            {
                // Method and URI.
                signing_fault{method_differs, [](draft& d, const context&) { d.method = "GET"; }},
                signing_fault{method_differs, [](draft& d, const context&) { d.method = "POST"; }},
                signing_fault{method_differs, [](draft& d, const context&) { d.method = "PUT"; }},
                signing_fault{method_differs, [](draft& d, const context&) { d.method = "DELETE"; }},
                signing_fault{
                    "the method differs: it was signed in the case in which it was given; sign it in upper case",
                    [](draft& d, const context&) {
                        std::transform(d.method.begin(), d.method.end(), d.method.begin(),
                            [](char x) { return x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x; });
                    }},
                signing_fault{scheme_differs, [](draft& d, const context&) { swap_scheme(d); }},
                signing_fault{scheme_differs,
                    [](draft& d, const context&) {
                        keep_default_port(d);
                        swap_scheme(d);
                    }},
                signing_fault{scheme_differs,
                    [](draft& d, const context&) {
                        d.port.clear();
                        swap_scheme(d);
                    }},
                signing_fault{port_differs, [](draft& d, const context&) { keep_default_port(d); }},
                signing_fault{port_differs, [](draft& d, const context&) { d.port.clear(); }},
                signing_fault{
                    "the host differs: it was signed in the case in which it was written; sign it in lower case",
                    [](draft& d, const context& c) { d.host = c.request.where.host; }},
                signing_fault{"the host differs: another name of this server was signed; sign the name that is in the "
                              "Host header",
                    other_name_of_host},
                signing_fault{"the path differs: it was decoded before it was signed; sign it as it stands on the wire",
                    decode_path},
                signing_fault{"the path differs: an empty path was signed as nothing; sign it as /",
                    [](draft& d, const context&) {
                        if (d.path == "/")
                            d.path.clear();
                    }},
                signing_fault{"the path differs by a slash at its end; sign exactly the path that is sent",
                    toggle_trailing_slash},

                // Which parameters.
                signing_fault{"the parameters differ: the query was not signed; its parameters belong to the signature",
                    [](draft& d, const context&) { d.query.clear(); }},
                signing_fault{
                    "the URI differs: the query was signed as part of it; sign the query's parameters among the others",
                    [](draft& d, const context& c) {
                        query_in_uri(d, c);
                        d.query.clear();
                    }},
                signing_fault{
                    "the URI differs: the query was signed as part of it too; sign it among the parameters only",
                    query_in_uri},
                signing_fault{
                    "the parameters differ: the form body was not signed; its parameters belong to the signature",
                    [](draft& d, const context&) { d.form.clear(); }},
                signing_fault{
                    "the parameters differ: neither query nor form body was signed; both belong to the signature",
                    [](draft& d, const context&) {
                        d.query.clear();
                        d.form.clear();
                    }},
                signing_fault{"the parameters differ: a body that is no form was signed; only "
                              "application/x-www-form-urlencoded is",
                    body_as_form},
                signing_fault{
                    "the parameters differ: oauth_token was not signed; sign it whenever it is sent, empty too",
                    [](draft& d, const context&) { leave_out(d, "oauth_token"); }},
                signing_fault{
                    "the parameters differ: an empty oauth_token was signed that was not sent; sign what is sent",
                    [](draft& d, const context&) { add_if_absent(d, "oauth_token", ""); }},
                signing_fault{"the parameters differ: oauth_version was sent but not signed; sign it, or leave it out",
                    [](draft& d, const context&) { leave_out(d, "oauth_version"); }},
                signing_fault{"the parameters differ: oauth_version was signed but not sent; send it, or leave it out",
                    [](draft& d, const context&) { add_if_absent(d, "oauth_version", "1.0"); }},
                signing_fault{"the parameters differ: oauth_callback was added after signing; sign it with the others",
                    [](draft& d, const context&) { leave_out(d, "oauth_callback"); }},
                signing_fault{"the parameters differ: oauth_verifier was added after signing; sign it with the others",
                    [](draft& d, const context&) { leave_out(d, "oauth_verifier"); }},
                signing_fault{"the parameters differ: oauth_body_hash was added after signing; sign it with the others",
                    [](draft& d, const context&) { leave_out(d, "oauth_body_hash"); }},
                signing_fault{
                    "the parameters differ: the realm was signed; it is the one parameter of the header that is not",
                    [](draft& d, const context& c) {
                        if (c.request.realm)
                            d.header.emplace_back("realm", *c.request.realm);
                    }},
                signing_fault{"the parameters differ: parameters of the Authorization header that are not oauth_... "
                              "were not signed; "
                              "all but realm are",
                    [](draft& d, const context&) {
                        std::erase_if(d.header, [](const parameter& p) { return !p.first.starts_with("oauth_"); });
                    }},
                signing_fault{duplicates_differ, [](draft& d, const context&) { drop_duplicates(d, keep::first); }},
                signing_fault{duplicates_differ, [](draft& d, const context&) { drop_duplicates(d, keep::last); }},
                signing_fault{"the parameters differ: those with an empty value were dropped; sign them as name=",
                    drop_empty_values},
                signing_fault{"the parameters differ: an empty value was signed without its \"=\"; sign it as name=",
                    [](draft& d, const context&) { d.equals_when_empty = false; }},

                // Order.
                signing_fault{"the order differs: the texts name=value were sorted; compare names first, then values",
                    [](draft& d, const context&) { d.order = ordering::joined; }},
                signing_fault{"the order differs: the parameters were sorted before they were encoded; encode first",
                    [](draft& d, const context&) { d.order = ordering::decoded; }},
                signing_fault{"the order differs: values of the same name were not sorted; sort them too",
                    [](draft& d, const context&) { d.order = ordering::encoded_names; }},
                signing_fault{"the order differs: names were sorted without regard to case; compare octets",
                    [](draft& d, const context&) { d.order = ordering::any_case; }},
                signing_fault{order_differs, [](draft& d, const context&) { d.order = ordering::as_collected; }},
                signing_fault{order_differs,
                    [](draft& d, const context&) {
                        d.order = ordering::as_collected;
                        std::swap(d.header, d.query);
                        d.form.insert(d.form.begin(), d.header.begin(), d.header.end());
                        d.header.clear();
                    }},

                // Encoding.
                signing_fault{
                    "the encoding differs: a + in query or form body was signed as a plus; there it is a space",
                    plus_stays_plus},
                signing_fault{"the encoding differs: a space was signed as +; in the base string it is %20",
                    [](draft& d, const context&) { d.inner.plus = true; }},
                signing_fault{reserved_differs,
                    [](draft& d, const context&) {
                        encode_everywhere(d, [](escaping& e) { e.left_alone = sub_delimiters; });
                    }},
                signing_fault{reserved_differs, [](draft& d, const context&) { d.inner.left_alone = sub_delimiters; }},
                signing_fault{"the encoding differs: a form encoder was used, which leaves * alone, encodes ~ and "
                              "writes spaces as +; "
                              "encode all but letters, digits and -._~, a space as %20",
                    [](draft& d, const context&) {
                        encode_everywhere(d, [](escaping& e) {
                            e.left_alone = "*";
                            e.tilde = true;
                            e.plus = true;
                        });
                    }},
                signing_fault{"the encoding differs: ~ was encoded; it stays as it is",
                    [](draft& d, const context&) { encode_everywhere(d, [](escaping& e) { e.tilde = true; }); }},
                signing_fault{"the encoding differs: / was left alone; encode it too",
                    [](draft& d, const context&) { d.inner.left_alone = "/"; }},
                signing_fault{"the encoding differs: square brackets or commas were left alone; encode them in names "
                              "and values, and "
                              "once more in the base string",
                    [](draft& d, const context&) { d.inner.left_alone = "[]"; }},
                signing_fault{"the encoding differs: square brackets or commas were left alone; encode them in names "
                              "and values, and "
                              "once more in the base string",
                    [](draft& d, const context&) { d.inner.left_alone = "[],"; }},
                signing_fault{lower_case_differs,
                    [](draft& d, const context&) { encode_everywhere(d, [](escaping& e) { e.lower_case = true; }); }},
                signing_fault{lower_case_differs, [](draft& d, const context&) { d.inner.lower_case = true; }},
                signing_fault{"the encoding differs: the text of query or form body was signed as it was sent; decode "
                              "it and encode it "
                              "as RFC 5849, section 3.6 says",
                    text_as_sent},
                signing_fault{"the encoding differs: characters outside ASCII were signed as Latin-1; sign their UTF-8",
                    as_latin_1},
                signing_fault{"the callback differs: it was not encoded; encode it as every value", callback_as_is},
                signing_fault{"the callback differs: it was encoded twice before it was signed, but once when it was "
                              "sent; hand it over "
                              "as it is",
                    callback_encoded},
                signing_fault{
                    "the callback differs: it was sent encoded twice, but signed encoded once; hand it over as it is",
                    callback_decoded},
                signing_fault{twice_differs, [](draft& d, const context&) { d.inner.rounds = 2; }},
                signing_fault{twice_differs, [](draft& d, const context&) { d.outer_parameters.rounds = 2; }},
                signing_fault{"the encoding differs: names and values were not encoded before they were joined",
                    [](draft& d, const context&) { d.inner.rounds = 0; }},
                signing_fault{
                    "the encoding differs: the joined parameters were not encoded once more in the base string",
                    [](draft& d, const context&) { d.outer_parameters.rounds = 0; }},
                signing_fault{"the base string differs: its parts were joined without being encoded",
                    [](draft& d, const context&) {
                        d.outer_uri.rounds = 0;
                        d.outer_parameters.rounds = 0;
                    }},

                // Pairs that come from one habit.
                signing_fault{"method and parameters differ: the request was signed as a GET without its form body; "
                              "sign what is sent",
                    [](draft& d, const context&) {
                        d.method = "GET";
                        d.form.clear();
                    }},
                signing_fault{"the encoding differs: / was left alone and a space was signed as +; encode all but "
                              "letters, digits and "
                              "-._~, a space as %20",
                    [](draft& d, const context&) {
                        d.inner.left_alone = "/";
                        d.inner.plus = true;
                    }},
};

} // namespace

std::span<const signing_fault> signing_faults() noexcept
{
    return faults;
}

} // namespace coauth::oauth1
