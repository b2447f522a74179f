// Header fields as a value.
#pragma once

#include <coauth/export.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coauth::http {

/// Header fields in order. Names compare without case (RFC 9110, section 5.1) and may repeat.
///
/// Thread safety: distinct objects are safe. Lifetime: owns its texts.
class COAUTH_DECL fields {
public:
    using value_type = std::pair<std::string, std::string>;

    fields() = default;

    void add(std::string name, std::string value);

    /// Replaces every field called `name`.
    void set(std::string_view name, std::string value);

    /// The first field called `name`, or empty.
    std::string_view get(std::string_view name) const noexcept;

    std::size_t count(std::string_view name) const noexcept;

    auto begin() const noexcept { return list_.begin(); }
    auto end() const noexcept { return list_.end(); }
    std::size_t size() const noexcept { return list_.size(); }

private:
    std::vector<value_type> list_;
};

/// True if the two names are equal without case.
COAUTH_DECL bool same_field_name(std::string_view a, std::string_view b) noexcept;

} // namespace coauth::http
