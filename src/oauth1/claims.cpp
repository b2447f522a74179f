#include "oauth1/claims.hpp"

#include "oauth1/control_characters.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace coauth::oauth1 {

namespace {

using reason = refusal_reason;
using verdict = std::optional<refusal>;

bool is_protocol(std::string_view name) noexcept
{
    return name.starts_with("oauth_");
}

bool not_printable(std::string_view text) noexcept
{
    return std::any_of(text.begin(), text.end(), [](char c) { return c < 0x20 || c >= 0x7f; });
}

// How many parameters a query or form may have at most, before any is kept.
std::size_t pairs_in(std::string_view form) noexcept
{
    return form.empty() ? 0 : static_cast<std::size_t>(std::count(form.begin(), form.end(), '&')) + 1;
}

// ---- The three places -------------------------------------------------------------------------

verdict read_header(const incoming_request& request, bool lenient, claims& out)
{
    if (request.authorization.size() > 1)
        return refusal(reason::malformed, "there is more than one Authorization header; send one");
    if (request.authorization.empty() || !is_oauth_header(request.authorization.front()))
        return {};
    auto list = parse_authorization_header(request.authorization.front(), lenient);
    if (!list)
        return refusal(reason::malformed, list.error().what());
    for (auto& [name, value] : *list) {
        if (name == "realm") {
            if (out.realm && !lenient)
                return refusal(reason::malformed, "the Authorization header has two realms");
            out.realm = std::move(value);
        } else if (!lenient || is_protocol(name)) {
            out.header.emplace_back(std::move(name), std::move(value));
        }
    }
    return {};
}

verdict read_request(const incoming_request& request, claims& out)
{
    if (!is_method(request.method) || request.method.size() > 32) // more than any registered one has
        return refusal(reason::malformed, "the HTTP method is not a token");
    out.method = request.method;
    auto url = split_target(request.url);
    if (!url)
        return refusal(reason::malformed, url.error().what());
    out.url = *url;
    out.body = request.body;
    out.form_body = is_form(request.content_type);
    if (pairs_in(out.url.query) + (out.form_body ? pairs_in(request.body) : 0) > max_request_parameters)
        return refusal(reason::malformed,
            "query and form body have more than " + std::to_string(max_request_parameters) + " parameters");
    auto query = parse_form(out.url.query);
    if (!query)
        return refusal(reason::malformed, "in the query " + query.error().message());
    out.query = std::move(*query);
    if (!out.form_body)
        return {};
    auto form = parse_form(request.body);
    if (!form)
        return refusal(reason::malformed, "in the form body " + form.error().message());
    out.form = std::move(*form);
    return {};
}

// ---- Which of them counts ---------------------------------------------------------------------

struct place {
    // Takes the protocol parameters out of `all`.
    place(std::string_view place_name, parameters& all) : name(place_name)
    {
        const auto first =
            std::stable_partition(all.begin(), all.end(), [](const parameter& p) { return !is_protocol(p.first); });
        protocol.assign(std::move_iterator(first), std::move_iterator(all.end()));
        all.erase(first, all.end());
    }

    std::string_view name;
    parameters protocol;
};

// Section 3.5: one place, the header before the form body before the query, and each parameter once. X: anywhere, and the last
// one counts.
verdict choose(const std::array<place, 3>& places, bool lenient, claims& out)
{
    const place* chosen = nullptr;
    for (const place& here : places) {
        for (const parameter& p : here.protocol) {
            if (!chosen)
                chosen = &here;
            if (chosen != &here && !lenient)
                return refusal(reason::duplicate_parameter,
                    "there are protocol parameters in the " + std::string(chosen->name) + " and in the " +
                        std::string(here.name) + "; send all of them in one place");
            const auto earlier = std::find_if(
                out.oauth.begin(), out.oauth.end(), [&](const parameter& other) { return other.first == p.first; });
            if (earlier == out.oauth.end()) {
                if (out.oauth.size() == max_protocol_parameters)
                    return refusal(reason::malformed, "there are more than " + std::to_string(max_protocol_parameters) +
                                                          " parameters whose names begin with oauth_");
                out.oauth.push_back(p);
            } else if (lenient) {
                earlier->second = p.second;
            } else {
                return refusal(reason::duplicate_parameter,
                    "a protocol parameter is in the " + std::string(here.name) + " twice; send it once");
            }
        }
    }
    return {};
}

// ---- What each protocol parameter may be ------------------------------------------------------

verdict missing(std::string_view name)
{
    return refusal(reason::missing_parameter, std::string(name) + " is missing or empty");
}

verdict unfit(std::string_view name, std::string_view why)
{
    return refusal(reason::malformed, std::string(name) + ' ' + std::string(why));
}

verdict check_bounds(const parameters& oauth)
{
    struct bound {
        std::string_view name;
        std::size_t longest;
        bool (*unfit)(std::string_view) noexcept;
    };
    static constexpr std::array bounds = {
        bound{"oauth_consumer_key", max_consumer_key, has_control_character},
        bound{"oauth_token", max_token, has_control_character},
        bound{"oauth_nonce", max_nonce, not_printable},
        bound{"oauth_signature", max_signature, not_printable},
        bound{"oauth_verifier", 512, has_control_character},
    };
    for (const auto& [name, value] : oauth) {
        if (name.size() > 64 || !is_graphic(name))
            return unfit("a parameter called oauth_...", "has a name that is too long or not printable");
        const auto known =
            std::find_if(bounds.begin(), bounds.end(), [&name = name](const bound& b) { return b.name == name; });
        const std::size_t longest = known == bounds.end() ? max_protocol_value : known->longest;
        if (value.size() > longest)
            return unfit(name, "is longer than " + std::to_string(longest) + " octets");
        if (name == "oauth_signature" && value.ends_with('\n'))
            return unfit(name, "ends in a newline; some base64 encoders put one there, so take it off");
        if (known == bounds.end() ? has_control_character(value) : known->unfit(value))
            return unfit(name, "holds a character that it may not hold");
    }
    return {};
}

verdict read_timestamp(std::string_view text, claims& out)
{
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (!text::all_digits(text) || read.ec != std::errc() || text.size() > 19 || seconds <= 0)
        return refusal(
            reason::bad_timestamp, "oauth_timestamp is not a positive number of seconds since 1970 written in digits");
    out.timestamp = seconds;
    return {};
}

bool has(const std::string* value) noexcept
{
    return value && !value->empty();
}

verdict read_protocol(const verifier_options& options, claims& out)
{
    if (const std::string* key = find(out.oauth, "oauth_consumer_key"))
        out.consumer_key = *key;
    if (const std::string* token = find(out.oauth, "oauth_token"))
        out.token = *token;
    if (verdict wrong = check_bounds(out.oauth))
        return wrong;

    const std::string* version = find(out.oauth, "oauth_version");
    const bool is_1_0a = version && (*version == "1.0a" || *version == "1.0A"); // published as 1.0 again
    if (version && *version != "1.0" && !(options.lenient && is_1_0a))
        return refusal(reason::unsupported_version, "oauth_version is not 1.0; send 1.0, or leave it out");

    for (const std::string_view name : {"oauth_consumer_key", "oauth_signature_method", "oauth_signature"})
        if (!has(find(out.oauth, name)))
            return missing(name);
    out.signature_method = *find(out.oauth, "oauth_signature_method");
    out.signature = *find(out.oauth, "oauth_signature");

    if (std::find(options.methods.begin(), options.methods.end(), out.signature_method) == options.methods.end())
        return refusal(reason::unsupported_method, "oauth_signature_method is not a method that is accepted here");
    const bool plain = out.signature_method == "PLAINTEXT";
    if (plain && !out.url.https)
        return refusal(
            reason::unsupported_method, "PLAINTEXT sends the secrets themselves and is accepted over https only");

    const std::string* timestamp = find(out.oauth, "oauth_timestamp");
    const std::string* nonce = find(out.oauth, "oauth_nonce");
    // Section 3.4.4 lets PLAINTEXT go without both; a nonce alone can't be remembered for a bounded time.
    if (!has(timestamp) && (!plain || timestamp || nonce))
        return missing("oauth_timestamp");
    if (!has(nonce) && (!plain || nonce))
        return missing("oauth_nonce");
    if (nonce)
        out.nonce = *nonce;
    return timestamp ? read_timestamp(*timestamp, out) : verdict();
}

} // namespace

parameters claims::signed_parameters() const
{
    parameters list = request;
    list.insert(list.end(), header.begin(), header.end());
    for (const parameter& p : oauth)
        if (p.first != "oauth_signature")
            list.push_back(p);
    return list;
}

std::optional<refusal> read_claims(const incoming_request& request, const verifier_options& options, claims& out)
{
    if (verdict wrong = read_request(request, out))
        return wrong;
    if (verdict wrong = read_header(request, options.lenient, out))
        return wrong;

    const std::array places = {
        place("Authorization header", out.header), place("form body", out.form), place("query", out.query)};
    out.request = out.query;
    out.request.insert(out.request.end(), out.form.begin(), out.form.end());
    if (verdict wrong = choose(places, options.lenient, out))
        return wrong;
    if (out.oauth.empty())
        return refusal(
            reason::no_credentials, "there are no OAuth parameters in the Authorization header, form body or query");
    return read_protocol(options, out);
}

} // namespace coauth::oauth1
