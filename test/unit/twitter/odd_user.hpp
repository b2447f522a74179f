// One user among three, with one member in an odd shape: the matrix of what providers were seen to send.
#pragma once

#include <coauth/identity/profile.hpp>
#include <coauth/twitter/endpoints.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::testing {

/// A member's value as the body has it, and what a reader of texts makes of it.
struct odd_shape {
    std::string value;
    std::optional<std::string> line;  ///< As a text of one line; nothing: absent.
    std::optional<std::string> lines; ///< As a text of several lines.
    bool is_clean = false;            ///< A text that needs no repair.
};

inline odd_shape odd_kind(std::string value)
{
    return {std::move(value), std::nullopt, std::nullopt, false};
}

inline odd_shape odd_text(std::string value, std::string line, std::optional<std::string> lines = std::nullopt)
{
    odd_shape shape{std::move(value), line, lines.value_or(line), false};
    if (line.empty())
        shape.line.reset();
    if (shape.lines->empty())
        shape.lines.reset();
    return shape;
}

inline odd_shape clean_text(std::string text)
{
    return {'"' + text + '"', text, text, true};
}

inline const std::vector<odd_shape>& odd_shapes()
{
    const std::string fffd = "\xef\xbf\xbd";
    static const std::vector<odd_shape> table{odd_kind("null"), odd_kind("7"), odd_kind("-1"), odd_kind("1.0"),
        odd_kind("1.2e3"), odd_kind("1e400"), odd_kind("9223372036854775808"), odd_kind("18446744073709551616"),
        odd_kind("true"), odd_kind("{}"), odd_kind("[]"), odd_kind("[[[[[[[[7]]]]]]]]"),
        odd_kind(R"({"a":{"a":1,"a":2},"a":[]})"), odd_kind(R"([{"id":"1","id":"1"}])"),
        odd_kind(R"({"url":7,"urls":"x"})"), odd_kind("\"\""), clean_text("12"), clean_text("1.0"), clean_text("true"),
        clean_text("yesterday"), clean_text("2007-02-20T16:35:54+02:00"), clean_text("Tue Feb 20 16:35:54 +0200 2007"),
        clean_text("2007-02-30T16:35:54Z"), clean_text("sixteen_letters_"), clean_text("twenty_letters_name_"),
        clean_text("twenty_one_letters_na"), odd_text(R"("\u0000")", ""), odd_text(R"("a\u0000b")", "ab"),
        odd_text(R"("a\u001b[2Jb\u0007")", "a[2Jb"), odd_text(R"("a\nb\r\nc")", "abc", "a\nb\r\nc"),
        odd_text(R"("a\tb")", "ab", "a b"), odd_text(R"("a\u007fb\u0085c\u009bd")", "abcd"),
        odd_text("\"a\x01z\"", "az"), odd_text("\"a\x02\nb\"", "ab", "a\nb"),
        odd_text(std::string("\"a\0b\"", 5), "ab"), odd_text(R"("\ud83d")", fffd), odd_text(R"("x\uD83D")", "x" + fffd),
        odd_text(R"("\ude00x")", fffd + "x"), odd_text(R"("\ude00\ud83d")", fffd + fffd),
        odd_text(R"("\ud83d\"x")", fffd + "\"x"), odd_text(R"("\ud83d\u0041")", fffd + "A"),
        odd_text(R"("\ud83d\n\ude00")", fffd + fffd, fffd + "\n" + fffd),
        odd_text(R"("\ud83d\ud83d\ude00")", fffd + "\xf0\x9f\x98\x80"),
        odd_text(R"("\ud83d\\ude00")", fffd + "\\ude00"), odd_text(R"("\\\ud83d")", "\\" + fffd),
        odd_text("\"x\xed\xa0\xbd\xed\xb8\x80\"", "x" + fffd + fffd + fffd + fffd + fffd + fffd),
        odd_text("\"x\xff\"", "x" + fffd), odd_text("\"x\xc3\"", "x" + fffd), odd_text("\"x\xf0\x9f\x98\"", "x" + fffd),
        odd_text("\"\xc0\xafx\"", fffd + fffd + "x")};
    return table;
}

/// How a member is read.
enum class member_kind { name, username, line, lines, address, email, flag, count, time, frame };

struct odd_member {
    std::string path; ///< In the user object, with dots.
    member_kind kind;
    std::string field; ///< In `described`; empty: other fields are looked for there.
};

inline std::vector<odd_member> odd_members(twitter::api_version api)
{
    const bool v2 = api == twitter::api_version::v2;
    std::vector<odd_member> list{{"name", member_kind::name, "name"},
        {v2 ? "username" : "screen_name", member_kind::username, "username"},
        {"location", member_kind::line, "location"}, {"description", member_kind::lines, "description"},
        {"url", member_kind::frame, ""}, {"entities", member_kind::frame, "url"},
        {"entities.url", member_kind::frame, "url"}, {"entities.url.urls", member_kind::frame, "url"},
        {"entities.url.urls.expanded_url", member_kind::address, "url"}, {"protected", member_kind::flag, "protected"},
        {"verified", member_kind::flag, "verified"}, {"created_at", member_kind::time, "created_at"},
        {v2 ? "confirmed_email" : "email", member_kind::email, "email"},
        {v2 ? "profile_image_url" : "profile_image_url_https", member_kind::address, "picture"},
        {"nobody_reads_this", member_kind::frame, ""}};
    const std::string metrics = v2 ? "public_metrics." : "";
    list.push_back({metrics + "followers_count", member_kind::count, "followers"});
    list.push_back({metrics + (v2 ? "following_count" : "friends_count"), member_kind::count, "following"});
    list.push_back({metrics + (v2 ? "tweet_count" : "statuses_count"), member_kind::count, "tweets"});
    if (v2)
        list.push_back({"public_metrics", member_kind::frame, "metrics"});
    return list;
}

/// Writes a user of whom one member may be odd.
class user_writer {
public:
    user_writer(twitter::api_version api, int number)
        : v2_(api == twitter::api_version::v2), number_(std::to_string(number))
    {}

    /// `value` in place of the member's own; with `repeated` after it, as a second member of that name.
    user_writer& odd(std::string path, std::string value, bool repeated = false)
    {
        path_ = std::move(path);
        value_ = std::move(value);
        repeated_ = repeated;
        return *this;
    }

    std::string user() const
    {
        const std::string counts = member("followers_count", number_, "public_metrics.") + ',' +
                                   member(v2_ ? "following_count" : "friends_count", '2' + number_, "public_metrics.") +
                                   ',' +
                                   member(v2_ ? "tweet_count" : "statuses_count", '3' + number_, "public_metrics.");
        const std::string expanded =
            member("expanded_url", "\"https://example.com/" + number_ + '"', "entities.url.urls.", true);
        const std::string urls = member("urls", "[{" + expanded + "}]", "entities.url.", true);
        const std::string url = member("url", '{' + urls + '}', "entities.", true);
        return '{' + (v2_ ? "" : "\"id\":" + number_ + ',') + member(v2_ ? "id" : "id_str", '"' + number_ + '"') + ',' +
               member("name", "\"Name " + number_ + '"') + ',' +
               member(v2_ ? "username" : "screen_name", "\"user_" + number_ + '"') + ',' +
               member("location", "\"Place " + number_ + '"') + ',' +
               member("description", "\"Line\\n" + number_ + '"') + ',' +
               member("url", "\"https://t.co/" + number_ + '"') + ',' + member("entities", '{' + url + '}') + ',' +
               member("protected", "false") + ',' + member("verified", "true") + ',' +
               member("created_at", v2_ ? "\"2007-02-20T14:35:54.000Z\"" : "\"Tue Feb 20 14:35:54 +0000 2007\"") + ',' +
               member(v2_ ? "confirmed_email" : "email", "\"u" + number_ + "@example.com\"") + ',' +
               member(
                   v2_ ? "profile_image_url" : "profile_image_url_https", "\"https://h/" + number_ + "_normal.jpg\"") +
               ',' + member("nobody_reads_this", "1") + ',' +
               (v2_ ? member("public_metrics", '{' + counts + '}') : counts) + '}';
    }

private:
    std::string member(
        const std::string& leaf, const std::string& own, std::string prefix = {}, bool always = false) const
    {
        const std::string path = (v2_ || always ? prefix : std::string()) + leaf;
        const std::string written = '"' + leaf + "\":";
        if (path != path_)
            return written + own;
        return (repeated_ ? written + own + ',' : std::string()) + written + value_;
    }

    bool v2_;
    std::string number_;
    std::string path_, value_;
    bool repeated_ = false;
};

/// The fields by name; those that are absent are left out.
inline std::map<std::string, std::string> described(const coauth::profile& p)
{
    std::map<std::string, std::string> out{{"id", p.id}, {"username", p.username}, {"name", p.name}};
    const auto add_text = [&out](const char* field, const std::optional<std::string>& text) {
        if (text)
            out[field] = *text;
    };
    const auto add_number = [&out](const char* field, std::optional<std::int64_t> number) {
        if (number)
            out[field] = std::to_string(*number);
    };
    add_text("picture", p.picture);
    add_text("description", p.description);
    add_text("location", p.location);
    add_text("url", p.url);
    add_text("email", p.email);
    add_number("protected", p.is_protected);
    add_number("verified", p.verified);
    add_number("followers", p.followers_count);
    add_number("following", p.following_count);
    add_number("tweets", p.tweet_count);
    if (p.created_at)
        add_number("created_at", p.created_at->time_since_epoch().count());
    return out;
}

/// What is read of user `number` when all is well.
inline std::map<std::string, std::string> plain_user(int number)
{
    const std::string n = std::to_string(number);
    return {{"id", n}, {"username", "user_" + n}, {"name", "Name " + n}, {"picture", "https://h/" + n + "_normal.jpg"},
        {"description", "Line\n" + n}, {"location", "Place " + n}, {"url", "https://example.com/" + n},
        {"email", 'u' + n + "@example.com"}, {"protected", "0"}, {"verified", "1"}, {"followers", n},
        {"following", '2' + n}, {"tweets", '3' + n}, {"created_at", "1171982154"}};
}

/// What is read of user `number` with that member in that shape.
inline std::map<std::string, std::string> odd_user(
    int number, const odd_member& member, const odd_shape& shape, bool repeated)
{
    auto fields = plain_user(number);
    const std::string short_link = "https://t.co/" + std::to_string(number);
    const auto put = [&](const std::optional<std::string>& text) {
        fields.erase(member.field);
        if (text && !repeated)
            fields[member.field] = *text;
    };
    switch (member.kind) {
    case member_kind::name:
        put(shape.line);
        fields.try_emplace("name", fields["username"]);
        break;
    case member_kind::username:
        put(shape.line);
        fields.try_emplace("username", "");
        break;
    case member_kind::line:
        put(shape.line);
        break;
    case member_kind::lines:
        put(shape.lines);
        break;
    case member_kind::email:
        put(shape.is_clean ? shape.line : std::nullopt);
        break;
    case member_kind::flag:
        put(shape.value == "true" ? std::optional<std::string>("1") : std::nullopt);
        break;
    case member_kind::count:
        put(shape.value == "7" ? std::optional<std::string>("7") : std::nullopt);
        break;
    case member_kind::address:
    case member_kind::time:
        put(std::nullopt);
        break;
    case member_kind::frame:
        if (member.field == "metrics")
            for (const char* count : {"followers", "following", "tweets"})
                fields.erase(count);
        break;
    }
    if (member.field == "url")
        fields["url"] = short_link;
    return fields;
}

} // namespace coauth::testing
