#include "oauth1/explain/draft.hpp"

#include "text/hex.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace coauth::oauth1 {

namespace {

bool stays(char c, const escaping& encoder) noexcept
{
    return text::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || (c == '~' && !encoder.tilde) ||
           encoder.left_alone.find(c) != std::string_view::npos;
}

std::string escape_once(std::string_view text, const escaping& encoder)
{
    const std::string_view digits = encoder.lower_case ? text::lower_hex_digits : text::upper_hex_digits;
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    for (const char c : text) {
        if (stays(c, encoder)) {
            out += c;
        } else if (c == ' ' && encoder.plus) {
            out += '+';
        } else {
            out += '%';
            text::append_hex(static_cast<unsigned char>(c), out, digits);
        }
    }
    return out;
}

std::string escape(std::string_view text, const escaping& encoder)
{
    std::string out(text);
    for (unsigned i = 0; i < encoder.rounds; ++i)
        out = escape_once(out, encoder);
    return out;
}

struct pair {
    std::string name, value;                 // encoded
    std::string decoded_name, decoded_value; // as they were
};

bool comes_before(const pair& a, const pair& b, ordering order)
{
    switch (order) {
    case ordering::encoded_pairs:
        return std::tie(a.name, a.value) < std::tie(b.name, b.value);
    case ordering::encoded_names:
        return a.name < b.name;
    case ordering::joined:
        return a.name + '=' + a.value < b.name + '=' + b.value;
    case ordering::decoded:
        return std::tie(a.decoded_name, a.decoded_value) < std::tie(b.decoded_name, b.decoded_value);
    case ordering::any_case:
        return text::lowered(a.name) < text::lowered(b.name);
    case ordering::as_collected:
        break;
    }
    return false;
}

} // namespace

draft::draft(const claims& c)
    : method(text::uppered(c.method)), scheme(c.url.https ? "https" : "http"), host(text::lowered(c.url.host)),
      path(c.url.path), query(c.query), form(c.form), header(c.header)
{
    if (c.url.port != (c.url.https ? 443 : 80))
        port = ':' + std::to_string(c.url.port);
    std::copy_if(c.oauth.begin(), c.oauth.end(), std::back_inserter(header),
        [](const parameter& p) { return p.first != "oauth_signature"; });
}

std::string draft::base_string() const
{
    std::vector<pair> pairs;
    for (const parameters* list : {&query, &form, &header})
        for (const auto& [name, value] : *list)
            pairs.push_back(pair{escape(name, inner), escape(value, inner), name, value});
    for (const auto& [name, value] : as_they_are)
        pairs.push_back(pair{name, value, name, value});
    if (order != ordering::as_collected)
        std::stable_sort(
            pairs.begin(), pairs.end(), [&](const pair& a, const pair& b) { return comes_before(a, b, order); });

    std::string joined;
    for (const pair& p : pairs) {
        if (!joined.empty())
            joined += '&';
        joined += p.name;
        if (equals_when_empty || !p.value.empty())
            joined += '=';
        joined += p.value;
    }
    joined += behind_parameters;
    const std::string server = path_only ? std::string() : scheme + "://" + host + port;
    return escape(method, escaping()) + '&' + escape(server + path + behind_path, outer_uri) + '&' +
           escape(joined, outer_parameters);
}

} // namespace coauth::oauth1
