// What a person shows on this site.
#pragma once

#include <coauth/error.hpp>
#include <coauth/identity/profile.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace login_server {

/// A profile card: the person's own, independent of the provider's profile. Empty is "left empty".
struct card {
    card() = default;

    std::string name;
    std::string username; ///< On this site; any other site's may be somebody else's.
    std::string picture;  ///< https URL.
    std::string description;
    std::string link; ///< http or https URL.

    bool operator==(const card&) const = default;
};

/// One field of a card: how it is called in the form, how long it may be, in characters, and whether it
/// may have several lines.
struct field {
    std::string_view name;
    std::string_view label;
    std::string card::*text;
    std::size_t longest;
    bool has_lines = false;
};

/// All of them, in the order in which they are shown.
inline constexpr std::array<field, 5> fields{
    field{"name", "Name", &card::name, 50},
    field{"username", "Username", &card::username, 30},
    field{"picture", "Picture", &card::picture, 500},
    field{"description", "About you", &card::description, 500, true},
    field{"link", "Link", &card::link, 500},
};

/// Fills in what the person has left empty, and changes nothing else.
void fill_in(card& theirs, const coauth::profile& profile);

/// Reads the form. Fails with `errc::invalid_argument` for a body that is not this form: a field
/// missing or doubled, bad encoding, text that is not UTF-8.
coauth::result<card> read_card(std::string_view body);

/// What is wrong with a field, in words for the person.
struct problem {
    problem(std::string_view field, std::string text) : field(field), text(std::move(text)) {}

    std::string_view field;
    std::string text;
};

/// Empty if it can be saved.
std::vector<problem> problems_of(const card& typed);

} // namespace login_server
