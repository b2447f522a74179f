#include "sandbox/world/seed_clients.hpp"

#include "sandbox/oauth2/redirect_rules.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

bool is_client_text(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

std::optional<std::vector<std::string>> text_list(const json_object& o, std::string_view name)
{
    const auto* value = o.find(name);
    if (!value)
        return std::nullopt;
    const auto* list = value->if_array();
    if (!list)
        o.refuse(name, "must be a list of texts, or null");
    std::vector<std::string> out;
    for (const auto& member : *list) {
        if (!member.is_string() || member.get_string().empty())
            o.refuse(name, "must hold texts only, and no empty one");
        out.emplace_back(member.get_string().data(), member.get_string().size());
    }
    return out;
}

client_authentication read_authentication(const json_object& o, bool has_secret)
{
    if (!o.has("auth"))
        return has_secret ? client_authentication::any_secret : client_authentication::none;
    const auto method = o.text("auth");
    if (method != "none" && method != "client_secret_basic" && method != "client_secret_post")
        o.refuse("auth", "must be none, client_secret_basic or client_secret_post");
    if ((method == "none") == has_secret)
        o.refuse("auth", has_secret ? "is none, and there is a client_secret" : "needs a client_secret");
    if (method == "none")
        return client_authentication::none;
    return method == "client_secret_basic" ? client_authentication::client_secret_basic
                                           : client_authentication::client_secret_post;
}

} // namespace

oauth2_client read_client(const json::value& value, std::string path)
{
    const json_object o(value, std::move(path));
    o.allow_only({"client_id", "client_secret", "auth", "redirect_uris", "scopes", "name"});
    oauth2_client client;
    client.id = o.text("client_id");
    if (client.id.empty() || !is_client_text(client.id))
        o.refuse("client_id", "must be printable ASCII, and not empty");
    const auto given = o.text("client_secret", "");
    if (!is_client_text(given) || (o.has("client_secret") && given.empty()))
        o.refuse("client_secret", "must be printable ASCII and not empty, or null");
    client.secret = secret(std::string_view(given));
    client.authentication = read_authentication(o, !given.empty());
    client.redirect_uris = text_list(o, "redirect_uris");
    if (client.redirect_uris)
        for (const auto& uri : *client.redirect_uris)
            if (!is_redirect_uri(uri))
                o.refuse("redirect_uris", "holds " + uri +
                                              ", which is not an absolute https URL, an http URL on loopback, or a URI "
                                              "of an app's scheme such as com.example.app:/callback");
    client.scopes = text_list(o, "scopes");
    client.name = o.text("name", client.id);
    return client;
}

} // namespace coauth::sandbox
