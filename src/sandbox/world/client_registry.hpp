// The OAuth 2 clients that are registered with the sandbox (RFC 6749, section 2).
#pragma once

#include <coauth/secret.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// How a client proves at the token endpoint that it is itself (RFC 6749, section 2.3).
enum class client_authentication {
    none, ///< A public client: it has no secret.
    client_secret_basic,
    client_secret_post,
    any_secret, ///< Either of the two, as most providers take it.
};

struct oauth2_client {
    oauth2_client() = default;

    std::string id;
    coauth::secret secret; ///< Empty for a public client.
    client_authentication authentication = client_authentication::none;
    /// Compared character by character, but for the port on loopback; none at all: any acceptable URI.
    std::optional<std::vector<std::string>> redirect_uris;
    std::optional<std::vector<std::string>> scopes; ///< Those it may ask for; none at all: all that the provider has.
    std::string name;                               ///< Shown on the page.

    bool is_public() const noexcept { return authentication == client_authentication::none; }
};

/// Thread safety: not safe; the provider guards it.
class client_registry {
public:
    /// Replaces the client of the same id.
    void add(oauth2_client client);

    /// Null if there is none.
    const oauth2_client* find(std::string_view client_id) const;

private:
    std::map<std::string, oauth2_client, std::less<>> by_id_;
};

} // namespace coauth::sandbox
