// Where a person goes on after a login.
#pragma once

#include <coauth/error.hpp>

#include <string>
#include <string_view>

namespace coauth::site {

/// A path of this site, perhaps with a query: safe to redirect to, however browsers and proxies read it.
///
/// Thread safety: a value. Lifetime: owns its text.
class COAUTH_DECL return_path {
public:
    static constexpr std::size_t max_size = 1024;

    /// "/".
    return_path() : text_("/") {}

    /// Takes a `/` and what may stand in a path and a query (RFC 3986), at most `max_size` octets.
    /// Fails with `errc::invalid_argument` for what may be read as another host or another path:
    /// `//`, `\`, a dot segment, and in the path an encoded slash, backslash, dot, percent or control
    /// character; for a bad `%`, a fragment, and anything that is not visible ASCII.
    static result<return_path> parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }

    /// The value of Location: `origin` (such as "https://example.org") and the path. Since the
    /// host is given, the path can't choose one.
    std::string on(std::string_view origin) const { return std::string(origin) + text_; }

private:
    explicit return_path(std::string_view text) : text_(text) {}

    std::string text_;
};

} // namespace coauth::site
