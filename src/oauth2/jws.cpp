#include "oauth2/json_object.hpp"
#include "text/base64url.hpp"

#include <coauth/oauth2/jws.hpp>

#include <array>
#include <utility>

namespace coauth::oauth2 {

namespace {

constexpr std::array<std::string_view, 4> algorithm_names = {"RS256", "ES256", "PS256", "EdDSA"};

// A text that may be missing, but not of another kind.
bool read_optional_text(const strict_object& header, std::string_view name, std::string& out)
{
    const boost::json::value* value = header.find(name);
    const auto text = text_of(value);
    if (text)
        out = *text;
    return !value || text;
}

} // namespace

std::string_view name(jws_algorithm algorithm) noexcept
{
    return algorithm_names[static_cast<std::size_t>(algorithm)];
}

std::optional<jws_algorithm> jws_algorithm_named(std::string_view name) noexcept
{
    for (std::size_t i = 0; i < algorithm_names.size(); ++i)
        if (algorithm_names[i] == name)
            return static_cast<jws_algorithm>(i);
    return std::nullopt;
}

std::string_view name(jws_fault fault) noexcept
{
    constexpr std::array<std::string_view, 3> names = {"malformed", "unsupported_algorithm", "critical_extension"};
    return names[static_cast<std::size_t>(fault)];
}

jws_result parse_jws(std::string_view token)
{
    const std::size_t first = token.find('.');
    const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
    if (token.size() > max_jws || second == token.npos)
        return jws_fault::malformed;
    // A third point is not of the alphabet.
    const auto header_text = text::decode_base64url(token.substr(0, first));
    auto payload = text::decode_base64url(token.substr(first + 1, second - first - 1));
    auto signature = text::decode_base64url(token.substr(second + 1));
    const auto header = header_text ? strict_object::parse(*header_text) : std::nullopt;
    if (!header || !payload || payload->empty() || !signature)
        return jws_fault::malformed;

    jws out;
    if (header->find("crit"))
        return jws_fault::critical_extension;
    const auto algorithm = jws_algorithm_named(text_of(header->find("alg")).value_or(""));
    if (!algorithm)
        return jws_fault::unsupported_algorithm;
    if (signature->empty() || !read_optional_text(*header, "kid", out.key_id) ||
        !read_optional_text(*header, "typ", out.type))
        return jws_fault::malformed;
    out.algorithm = *algorithm;
    out.payload = std::move(*payload);
    out.signing_input = token.substr(0, second);
    out.signature = std::move(*signature);
    return out;
}

} // namespace coauth::oauth2
