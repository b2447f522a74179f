// The sizes of a profile picture at X.
#pragma once

#include <coauth/export.hpp>
#include <coauth/identity/profile.hpp>

#include <optional>
#include <string>

namespace coauth::twitter {

/// The documented sizes of a profile picture, in pixels a side.
enum class picture_size {
    mini,     ///< 24
    normal,   ///< 48, which `profile::picture` is.
    bigger,   ///< 73
    original, ///< As uploaded.
};

/// The URL of a user's picture in this size: the `_normal` before the extension is replaced. Empty without a picture.
COAUTH_DECL std::optional<std::string> picture_url(const coauth::profile& user, picture_size size);

} // namespace coauth::twitter
