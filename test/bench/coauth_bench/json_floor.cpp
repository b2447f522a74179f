#include "json_floor.hpp"

#include "api/clean_text.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace json = boost::json;

namespace bench {

namespace {

constexpr std::array<bool, 256> url_characters = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = '!'; c < 0x7f; ++c)
        table[c] = c != '"' && c != '<' && c != '>' && c != '\\';
    return table;
}();

bool is_web_address(std::string_view url)
{
    return url.size() > 8 &&
           (std::memcmp(url.data(), "https://", 8) == 0 || std::memcmp(url.data(), "http://", 7) == 0) &&
           std::all_of(url.begin(), url.end(), [](char c) { return url_characters[static_cast<unsigned char>(c)]; });
}

bool is_plain(std::string_view text)
{
    std::uint64_t odd = 0;
    std::uint64_t octets = 0;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::memcpy(&octets, text.data() + at, 8);
        odd |= octets | (octets - 0x2020202020202020) | (octets + 0x0101010101010101);
    }
    for (; at < text.size(); ++at)
        odd |= text[at] < 0x20 || text[at] == 0x7f ? 0x80U : 0U;
    return (odd & 0x8080808080808080) == 0;
}

int two_digits(const char* text)
{
    const int tens = text[0] - '0';
    const int ones = text[1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 10'000 : 10 * tens + ones;
}

// "Tue Dec 01 18:37:44 +0000 2009"
std::optional<std::chrono::sys_seconds> date_of(std::string_view text)
{
    if (text.size() != 30 || text.substr(19, 7) != " +0000 " || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const char* const t = text.data();
    const std::size_t month = std::string_view("JanFebMarAprMayJunJulAugSepOctNovDec").find(text.substr(4, 3));
    const std::size_t weekday = std::string_view("SunMonTueWedThuFriSat").find(text.substr(0, 3));
    const int day = two_digits(t + 8);
    const int hour = two_digits(t + 11);
    const int minute = two_digits(t + 14);
    const int second = two_digits(t + 17);
    const std::chrono::year_month_day date(std::chrono::year(two_digits(t + 26) * 100 + two_digits(t + 28)),
        std::chrono::month(static_cast<unsigned>(month / 3 + 1)), std::chrono::day(static_cast<unsigned>(day)));
    if (month % 3 != 0 || weekday % 3 != 0 || !date.ok() || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const std::chrono::sys_days days(date);
    if (std::chrono::weekday(days).c_encoding() != weekday / 3)
        return std::nullopt;
    return days + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

enum class field : std::uint8_t {
    none,
    id,
    name,
    username,
    location,
    description,
    short_url,
    long_url,
    picture,
    email,
    created_at,
    followers,
    following,
    tweets,
    is_protected,
    verified
};

struct handler {
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;
    using code = json::error_code;
    using view = json::string_view;

    std::vector<coauth::profile> users;
    coauth::profile* user = nullptr;
    std::string text;
    std::string link;
    int user_depth = 1;
    int depth = 0;
    bool in_entities = false;
    bool in_url = false;
    field next = field::none;

    field user_member(std::string_view key)
    {
        const auto is = [&key](const char* name) { return std::memcmp(key.data(), name, std::strlen(name)) == 0; };
        switch (key.size()) {
        case 3:
            return is("url") ? field::short_url : field::none;
        case 4:
            return is("name") ? field::name : field::none;
        case 5:
            return is("email") ? field::email : field::none;
        case 6:
            return is("id_str") ? field::id : field::none;
        case 8:
            in_entities = is("entities");
            return is("location") ? field::location : is("verified") ? field::verified : field::none;
        case 9:
            return is("protected") ? field::is_protected : field::none;
        case 10:
            return is("created_at") ? field::created_at : field::none;
        case 11:
            return is("screen_name") ? field::username : is("description") ? field::description : field::none;
        case 13:
            return is("friends_count") ? field::following : field::none;
        case 14:
            return is("statuses_count") ? field::tweets : field::none;
        case 15:
            return is("followers_count") ? field::followers : field::none;
        case 23:
            return is("profile_image_url_https") ? field::picture : field::none;
        default:
            return field::none;
        }
    }

    bool on_document_begin(code&) { return true; }
    bool on_document_end(code&) { return true; }
    bool on_object_begin(code&)
    {
        next = field::none;
        if (++depth == user_depth) {
            user = &users.emplace_back();
            user->provider = "x";
            link.clear();
        }
        return true;
    }
    bool on_object_end(std::size_t, code&)
    {
        if (depth-- != user_depth)
            return true;
        if (user->name.empty())
            user->name = user->username.empty() ? user->id : user->username;
        if (!user->url && is_web_address(link))
            user->url = link;
        if (user->email)
            user->email_verified = true;
        return true;
    }
    bool on_array_begin(code&)
    {
        next = field::none;
        ++depth;
        return true;
    }
    bool on_array_end(std::size_t, code&)
    {
        --depth;
        return true;
    }
    bool on_key_part(view, std::size_t, code&) { return false; }
    bool on_key(view part, std::size_t, code&)
    {
        const std::string_view key(part.data(), part.size());
        if (depth == user_depth)
            next = user_member(key);
        else if (depth == user_depth + 1)
            in_url = in_entities && key == "url";
        else if (depth == user_depth + 4 && in_url && key == "expanded_url" && !user->url)
            next = field::long_url;
        return true;
    }
    bool on_string_part(view part, std::size_t, code&)
    {
        if (next != field::none)
            text.append(part.data(), part.size());
        return true;
    }
    bool on_string(view part, std::size_t, code&)
    {
        if (next == field::none)
            return true;
        if (text.empty()) {
            take({part.data(), part.size()});
        } else {
            text.append(part.data(), part.size());
            take(text);
            text.clear();
        }
        next = field::none;
        return true;
    }
    bool on_number_part(view, code&) { return true; }
    bool on_int64(std::int64_t value, view, code&)
    {
        if (next == field::followers)
            user->followers_count = value;
        else if (next == field::following)
            user->following_count = value;
        else if (next == field::tweets)
            user->tweet_count = value;
        next = field::none;
        return true;
    }
    bool on_uint64(std::uint64_t, view, code&) { return true; }
    bool on_double(double, view, code&) { return true; }
    bool on_bool(bool value, code&)
    {
        if (next == field::is_protected)
            user->is_protected = value;
        else if (next == field::verified)
            user->verified = value;
        next = field::none;
        return true;
    }
    bool on_null(code&)
    {
        next = field::none;
        return true;
    }
    bool on_comment_part(view, code&) { return true; }
    bool on_comment(view, code&) { return true; }

    void take(std::string_view value)
    {
        const auto line = [](std::string_view given) {
            return is_plain(given) ? std::string(given) : coauth::api::clean_line(given);
        };
        switch (next) {
        case field::id:
            if (value.size() <= 19 && value.find_first_not_of("0123456789") == value.npos && value.front() != '0')
                user->id = value;
            break;
        case field::name:
            user->name = line(value);
            break;
        case field::username:
            user->username = line(value);
            break;
        case field::location:
            user->location = line(value);
            break;
        case field::description:
            user->description = is_plain(value) ? std::string(value) : coauth::api::clean_lines(value);
            break;
        case field::short_url:
            link = value;
            break;
        case field::long_url:
            if (is_web_address(value))
                user->url = value;
            break;
        case field::picture:
            if (is_web_address(value)) {
                user->picture = value;
                if (value[4] == ':')
                    user->picture->insert(4, 1, 's');
            }
            break;
        case field::email:
            if (is_plain(value))
                user->email = value;
            break;
        case field::created_at:
            user->created_at = date_of(value);
            break;
        default:
            break;
        }
    }
};

} // namespace

struct json_floor::parser : json::basic_parser<handler> {
    parser() : basic_parser(json::parse_options()) {}
};

json_floor::json_floor() : parser_(std::make_unique<parser>())
{}

json_floor::~json_floor() = default;

std::vector<coauth::profile> json_floor::read(std::string_view body, int depth)
{
    parser_->reset();
    handler& to = parser_->handler();
    to.depth = 0;
    to.user_depth = depth;
    to.users.reserve(depth == 1 ? 1 : 100);
    json::error_code failed;
    parser_->write_some(false, body.data(), body.size(), failed);
    if (failed)
        throw std::runtime_error("json_floor: not JSON");
    return std::exchange(to.users, {});
}

} // namespace bench
