#include "greeter_bot/memory.hpp"

#include <coauth/error.hpp>
#include <coauth/text/ascii.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace greeter_bot {

namespace json = boost::json;

namespace {

constexpr const char* program_name = "greeter_bot";
constexpr int version = 2;
constexpr int version_with_token = 1;

json::value or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

[[noreturn]] void damaged(const std::string& why)
{
    throw coauth::error(coauth::errc::store_unavailable, "the state is damaged: " + why)
        .with_hint("bring the file back from a backup; or move it away to sign in anew: mentions with a reply that the "
                   "provider shows are not answered again");
}

const json::object& object_in(const json::value& value, const char* name)
{
    const json::object* object = value.if_object();
    if (!object)
        damaged(std::string(name) + " is not an object");
    return *object;
}

// Null is empty.
std::string text_in(const json::object& o, const char* name)
{
    const json::value* value = o.if_contains(name);
    if (!value)
        damaged(std::string(name) + " is missing");
    if (value->is_null())
        return {};
    const json::string* text = value->if_string();
    if (!text)
        damaged(std::string(name) + " is not a text");
    return {text->data(), text->size()};
}

std::string id_in(const json::object& o, const char* name)
{
    constexpr std::size_t longest = 19;
    std::string id = text_in(o, name);
    if (!coauth::text::all_digits(id) || id.size() > longest || id.starts_with('0'))
        damaged(std::string(name) + " is not an id");
    return id;
}

std::string mention_in(const json::object& o)
{
    std::string id = id_in(o, "mention");
    if (id.empty())
        damaged("a mention has no id");
    return id;
}

std::optional<coauth::oauth1::access_token> token_in(const json::object& o, const std::string& user_id)
{
    std::string token = text_in(o, "token");
    coauth::secret secret(text_in(o, "token_secret"));
    if (token.empty())
        return std::nullopt;
    // As leg 3 gave it, so that the client knows the token's user.
    coauth::oauth1::parameters extra;
    extra.emplace_back("user_id", user_id);
    extra.emplace_back("screen_name", text_in(o, "username"));
    try {
        return coauth::oauth1::access_token(std::move(token), std::move(secret), std::move(extra));
    } catch (const coauth::error&) {
        damaged("the token can't be one");
    }
}

json::value to_json(const intention& reply)
{
    json::object o;
    o["mention"] = reply.mention;
    o["username"] = or_null(reply.username);
    o["text"] = or_null(reply.text);
    return o;
}

intention intention_in(const json::value& value)
{
    const json::object& o = object_in(value, "intention");
    return {mention_in(o), text_in(o, "username"), text_in(o, "text")};
}

} // namespace

std::string to_text(const memory& m)
{
    json::object o;
    o["program"] = program_name;
    o["version"] = version;
    o["provider"] = m.provider;
    o["user_id"] = or_null(m.user_id);
    o["username"] = or_null(m.username);
    o["since_id"] = or_null(m.since_id);
    json::array settled;
    for (const settled_mention& s : m.settled) {
        json::object entry;
        entry["mention"] = s.mention;
        entry["reply"] = or_null(s.reply);
        entry["text"] = or_null(s.text);
        settled.push_back(std::move(entry));
    }
    o["answered"] = std::move(settled);
    o["intention"] = m.open ? to_json(*m.open) : json::value(nullptr);
    json::array put_off;
    for (const intention& later : m.put_off)
        if (!later.text.empty())
            put_off.push_back(to_json(later));
    o["put_off"] = std::move(put_off);
    return json::serialize(o) + '\n';
}

memory from_text(std::string_view text)
{
    boost::system::error_code problem;
    const json::value root = json::parse(json::string_view(text.data(), text.size()), problem);
    if (problem)
        damaged("it is not JSON");
    const json::object& o = object_in(root, "it");
    if (const json::value* name = o.if_contains("program"); !name || *name != program_name)
        throw coauth::error(coauth::errc::store_unavailable, "this is not a state of greeter_bot")
            .with_hint("name another file with --state");
    const json::value* number = o.if_contains("version");
    if (!number || (*number != version && *number != version_with_token))
        throw coauth::error(coauth::errc::store_unavailable, "another version of greeter_bot wrote this state")
            .with_hint("use that version, or name another file with --state");

    memory m;
    m.provider = text_in(o, "provider");
    m.user_id = id_in(o, "user_id");
    m.username = text_in(o, "username");
    if (*number == version_with_token)
        m.token = token_in(o, m.user_id);
    m.since_id = id_in(o, "since_id");
    const json::value* settled = o.if_contains("answered");
    if (!settled || !settled->is_array())
        damaged("answered is not a list");
    for (const json::value& value : settled->get_array()) {
        const json::object& entry = object_in(value, "an answered mention");
        m.settled.emplace_back(mention_in(entry), id_in(entry, "reply"), text_in(entry, "text"));
    }
    const json::value* open = o.if_contains("intention");
    if (!open)
        damaged("intention is missing");
    if (!open->is_null())
        m.open = intention_in(*open);
    const json::value* put_off = o.if_contains("put_off");
    if (!put_off)
        return m; // from a version that knew none
    if (!put_off->is_array())
        damaged("put_off is not a list");
    for (const json::value& value : put_off->get_array())
        m.put_off.push_back(intention_in(value));
    return m;
}

} // namespace greeter_bot
