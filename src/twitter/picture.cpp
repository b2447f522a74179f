#include <coauth/twitter/picture.hpp>

#include <string_view>

namespace coauth::twitter {

namespace {

std::string_view suffix(picture_size size) noexcept
{
    switch (size) {
    case picture_size::mini:
        return "_mini";
    case picture_size::normal:
        return "_normal";
    case picture_size::bigger:
        return "_bigger";
    case picture_size::original:
        break;
    }
    return "";
}

} // namespace

std::optional<std::string> picture_url(const coauth::profile& user, picture_size size)
{
    constexpr std::string_view normal = "_normal";
    if (!user.picture)
        return std::nullopt;

    // The suffix is before the extension of the last path segment; some pictures have no extension.
    const std::string_view all = *user.picture;
    const std::string_view path = all.substr(0, all.find_first_of("?#"));
    const std::size_t segment = path.rfind('/') + 1;
    const std::size_t dot = path.find_last_of('.');
    const std::size_t stem_end = dot != std::string_view::npos && dot >= segment ? dot : path.size();
    if (!path.substr(segment, stem_end - segment).ends_with(normal))
        return user.picture;
    std::string url(all.substr(0, stem_end - normal.size()));
    url += suffix(size);
    url += all.substr(stem_end);
    return url;
}

} // namespace coauth::twitter
