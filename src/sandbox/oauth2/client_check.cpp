#include "sandbox/oauth2/client_check.hpp"

#include "text/base64.hpp"

#include <coauth/text/percent_encoding.hpp>

#include <string>
#include <utility>
#include <vector>

namespace coauth::sandbox {

namespace {

struct client_credentials {
    std::string id;
    std::optional<std::string> secret;
    bool by_basic = false;
};

client_check refused_client(std::string_view reason, std::string explanation, bool challenges)
{
    client_check out;
    out.refused = refusal("invalid_client", reason, std::move(explanation), 401);
    out.refused->challenges = challenges;
    return out;
}

client_check refused_request(std::string_view reason, std::string explanation)
{
    client_check out;
    out.refused = refusal("invalid_request", reason, std::move(explanation));
    return out;
}

// What "Basic" and base64 hold, form-decoded; nothing if that can't be read.
std::optional<client_credentials> read_basic(std::string_view header)
{
    constexpr std::string_view scheme = "Basic ";
    constexpr std::size_t longest = 8192;
    if (header.size() > longest || header.size() <= scheme.size() ||
        !http::same_field_name(header.substr(0, scheme.size()), scheme))
        return std::nullopt;
    const auto octets = text::base64_decode(header.substr(scheme.size()), text::tail_bits::any);
    if (!octets)
        return std::nullopt;
    const std::string pair(octets->begin(), octets->end());
    const auto colon = pair.find(':');
    if (colon == pair.npos)
        return std::nullopt;
    auto id = text::form_decode(std::string_view(pair).substr(0, colon));
    auto secret = text::form_decode(std::string_view(pair).substr(colon + 1));
    if (!id || !secret)
        return std::nullopt;
    client_credentials out;
    out.id = std::move(*id);
    out.secret = std::move(*secret);
    out.by_basic = true;
    return out;
}

std::string_view name_of(client_authentication method)
{
    switch (method) {
    case client_authentication::none:
        return "none";
    case client_authentication::client_secret_basic:
        return "client_secret_basic";
    case client_authentication::client_secret_post:
        return "client_secret_post";
    case client_authentication::any_secret:
        break;
    }
    return "client_secret_basic or client_secret_post";
}

bool takes_method(const oauth2_client& client, const face_rules& rules, bool by_basic)
{
    switch (client.authentication) {
    case client_authentication::client_secret_basic:
        return by_basic;
    case client_authentication::client_secret_post:
        return !by_basic;
    case client_authentication::any_secret:
        return by_basic ? rules.takes_basic : rules.takes_post;
    case client_authentication::none:
        break;
    }
    return false;
}

client_check judge_credentials(
    const client_credentials& given, const face_rules& rules, const client_registry& known, bool secret_optional)
{
    const auto* client = known.find(given.id);
    // An unknown client costs what a wrong secret does.
    static const secret nothing("no client has this secret, which is compared for the time that it takes");
    const bool matches = (client ? client->secret : nothing).matches(given.secret.value_or(""));
    if (!client)
        return refused_client("unknown_client", "no client is registered as " + printable(given.id), given.by_basic);
    client_check accepted;
    accepted.client = client;
    if (client->is_public()) {
        if (given.secret)
            return refused_client("unexpected_secret",
                "the client " + printable(client->id) + " is public (none), and sent a secret", given.by_basic);
        return accepted;
    }
    if (!given.secret) {
        if (secret_optional)
            return accepted;
        return refused_client("no_credentials",
            "the client " + printable(client->id) + " sent no secret: it is registered with " +
                std::string(name_of(client->authentication)),
            given.by_basic);
    }
    if (!takes_method(*client, rules, given.by_basic))
        return refused_client("wrong_method",
            "the client sent its secret by " +
                std::string(given.by_basic ? "HTTP Basic" : "parameter (client_secret_post)") +
                ", and is registered with " + std::string(name_of(client->authentication)) +
                (client->authentication == client_authentication::any_secret
                        ? ", of which " + std::string(rules.name) + " takes the other only"
                        : std::string()),
            given.by_basic);
    if (!matches)
        return refused_client(
            "wrong_secret", "the secret of the client " + printable(client->id) + " is another", given.by_basic);
    return accepted;
}

} // namespace

client_check check_client(const server::request& r, const parameter_reading& sent, const face_rules& rules,
    const client_registry& known, bool secret_optional)
{
    const auto headers = r.headers.count("Authorization");
    const auto* id = sent.find("client_id");
    const auto* by_parameter = sent.find("client_secret");
    if (headers > 1)
        return refused_request("duplicate_header", "there is more than one Authorization header");
    if (rules.client_id_in_body && !id) {
        client_check out;
        out.refused = missing_parameter("client_id", std::string(rules.name) + " demands it in every body");
        return out;
    }
    client_credentials given;
    if (headers == 1) {
        auto basic = read_basic(r.headers.get("Authorization"));
        if (!basic)
            return refused_client("malformed",
                "the Authorization header is not HTTP Basic with the form-encoded id, a colon and the form-encoded "
                "secret in base64",
                true);
        if (by_parameter)
            return refused_request(
                "two_methods", "the client authenticates in the header and in the body: once is allowed");
        if (id && *id != basic->id)
            return refused_request("two_clients",
                "the client_id is " + printable(*id) + " in the body, and another in the Authorization header");
        given = std::move(*basic);
    } else {
        if (!id)
            return refused_client("no_credentials", "client_id and HTTP Basic are both missing", false);
        given.id = *id;
        if (by_parameter)
            given.secret = *by_parameter;
    }
    return judge_credentials(given, rules, known, secret_optional);
}

} // namespace coauth::sandbox
