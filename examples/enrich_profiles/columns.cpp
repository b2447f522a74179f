#include "enrich_profiles/columns.hpp"

#include "enrich_profiles/input.hpp"

#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>

namespace enrich {

namespace {

enum class meaning { user_name, user_id, some_id, some_name };

struct known_header {
    std::string_view text; // folded
    meaning means;
};

constexpr std::array known_headers = {
    known_header{"username", meaning::user_name},
    known_header{"usernames", meaning::user_name},
    known_header{"screenname", meaning::user_name},
    known_header{"screennames", meaning::user_name},
    known_header{"userscreenname", meaning::user_name},
    known_header{"handle", meaning::user_name},
    known_header{"handles", meaning::user_name},
    known_header{"userhandle", meaning::user_name},
    known_header{"twitter", meaning::user_name},
    known_header{"twitteraccount", meaning::user_name},
    known_header{"twitterhandle", meaning::user_name},
    known_header{"twitterhandles", meaning::user_name},
    known_header{"twittername", meaning::user_name},
    known_header{"twitterscreenname", meaning::user_name},
    known_header{"twitteruser", meaning::user_name},
    known_header{"twitterusername", meaning::user_name},
    known_header{"xaccount", meaning::user_name},
    known_header{"xhandle", meaning::user_name},
    known_header{"xusername", meaning::user_name},
    known_header{"authorhandle", meaning::user_name},
    known_header{"authorscreenname", meaning::user_name},
    known_header{"authorusername", meaning::user_name},
    known_header{"userid", meaning::user_id},
    known_header{"userids", meaning::user_id},
    known_header{"useridstr", meaning::user_id},
    known_header{"twitterid", meaning::user_id},
    known_header{"twitterids", meaning::user_id},
    known_header{"twitteruserid", meaning::user_id},
    known_header{"xuserid", meaning::user_id},
    known_header{"authorid", meaning::user_id},
    known_header{"accountid", meaning::user_id},
    known_header{"ownerid", meaning::user_id},
    known_header{"id", meaning::some_id},
    known_header{"ids", meaning::some_id},
    known_header{"idstr", meaning::some_id},
    known_header{"uid", meaning::some_id},
    known_header{"name", meaning::some_name},
    known_header{"names", meaning::some_name},
    known_header{"user", meaning::some_name},
    known_header{"users", meaning::some_name},
    known_header{"account", meaning::some_name},
    known_header{"accounts", meaning::some_name},
    known_header{"author", meaning::some_name},
};

// What could be meant where the first kind is there, most certain first.
struct candidates {
    meaning first;
    std::array<meaning, 2> all;
};
constexpr std::array candidate_kinds = {
    candidates{meaning::user_name, {meaning::user_name, meaning::user_name}},
    candidates{meaning::user_id, {meaning::user_id, meaning::some_id}},
    candidates{meaning::some_id, {meaning::some_id, meaning::some_name}},
    candidates{meaning::some_name, {meaning::some_name, meaning::some_name}},
};

using places = std::vector<std::size_t>;

const known_header* find_known(std::string_view header)
{
    const std::string text = folded(header);
    const auto found = std::find_if(
        known_headers.begin(), known_headers.end(), [&](const known_header& known) { return known.text == text; });
    return found == known_headers.end() ? nullptr : &*found;
}

template <class Predicate>
places find_columns(const std::vector<std::string>& header, Predicate predicate)
{
    places found;
    for (std::size_t i = 0; i < header.size(); ++i)
        if (predicate(header[i]))
            found.push_back(i);
    return found;
}

places named_columns(const std::vector<std::string>& header, std::string_view wanted)
{
    const auto spelled = find_columns(header, [&](std::string_view text) { return trimmed(text) == trimmed(wanted); });
    if (!spelled.empty())
        return spelled;
    const std::string text = folded(wanted);
    return find_columns(header, [&](std::string_view each) { return !text.empty() && folded(each) == text; });
}

places known_columns(const std::vector<std::string>& header)
{
    for (const candidates& kind : candidate_kinds) {
        const auto is_of = [&](meaning first, meaning second) {
            return find_columns(header, [&](std::string_view text) {
                const known_header* known = find_known(text);
                return known && (known->means == first || known->means == second);
            });
        };
        if (!is_of(kind.first, kind.first).empty())
            return is_of(kind.all[0], kind.all[1]);
    }
    return {};
}

std::string list(const std::vector<std::string>& header, const places& columns)
{
    constexpr std::size_t most = 50;
    std::string text;
    for (std::size_t i = 0; i < std::min(columns.size(), most); ++i)
        text += ' ' + quoted_text(trimmed(header[columns[i]]));
    return columns.size() > most ? text + " ..." : text;
}

} // namespace

std::string folded(std::string_view header)
{
    std::string text;
    for (const char c : header)
        if (coauth::text::is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80)
            text += coauth::text::lower(c);
    return text;
}

bool is_known_header(std::string_view header)
{
    return find_known(header) != nullptr;
}

bool has_column(const std::vector<std::string>& header, std::string_view wanted)
{
    return !named_columns(header, wanted).empty();
}

std::size_t choose_column(const std::vector<std::string>& header, std::string_view wanted)
{
    const places found = wanted.empty() ? known_columns(header) : named_columns(header, wanted);
    if (found.size() == 1)
        return found.front();
    const places all = find_columns(header, [](std::string_view) { return true; });
    if (found.empty() && wanted.empty() && header.size() == 1)
        return 0; // the only one
    if (found.empty() && wanted.empty())
        throw column_error("IN looks like CSV with a header, and none of its columns is known to have names or ids. "
                           "Say with --column which has. Its columns:" +
                           list(header, all));
    if (found.empty())
        throw column_error("IN has no column called " + quoted_text(wanted) + ". Its columns:" + list(header, all));
    if (wanted.empty())
        throw column_error("IN has several columns that could be meant:" + list(header, found) +
                           ". Say with --column which has the names or ids");
    throw column_error("IN has several columns called " + quoted_text(wanted) + ':' + list(header, found) +
                       ". Give the one that is meant a name of its own");
}

} // namespace enrich
