#include <coauth/server/prefetch.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace coauth::server {

namespace {

constexpr std::array<std::string_view, 4> fields = {"Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"};

// "prefetch", "prefetch;prerender", "prefetch; anonymous-client-ip"
bool fetches_ahead(std::string_view purpose) noexcept
{
    const auto end = std::min(purpose.find_first_of("; \t,"), purpose.size());
    const std::string_view first = purpose.substr(0, end);
    return http::same_field_name(first, "prefetch") || http::same_field_name(first, "preview") ||
           http::same_field_name(first, "prerender");
}

} // namespace

bool is_prefetch(const request& r) noexcept
{
    return std::any_of(
        fields.begin(), fields.end(), [&r](std::string_view field) { return fetches_ahead(r.headers.get(field)); });
}

response refuse_prefetch()
{
    response out(503, "text/plain; charset=utf-8", "This page is not made ahead of the visit.\n");
    out.headers.set("Cache-Control", "no-store");
    out.headers.set("Vary", "Sec-Purpose, Purpose, X-Moz, X-Purpose");
    return out;
}

} // namespace coauth::server
