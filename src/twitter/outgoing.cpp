#include "twitter/outgoing.hpp"

#include "twitter/arguments.hpp"

#include <coauth/oauth1/legs.hpp>
#include <coauth/text/ascii.hpp>

namespace coauth::twitter {

namespace {

std::shared_ptr<outgoing> begin(const http::base_url& base, step at)
{
    auto what = std::make_shared<outgoing>();
    what->at = at;
    what->origin = base.origin;
    return what;
}

oauth1::parameters form_of(access_type access)
{
    oauth1::parameters form;
    if (access != access_type::as_registered)
        form.emplace_back("x_auth_access_type", access == access_type::read ? "read" : "write");
    return form;
}

} // namespace

std::shared_ptr<const outgoing> request_token_call(const oauth1::consumer& app, const http::base_url& base,
    std::string_view path, std::string callback, access_type access)
{
    auto what = begin(base, step::request_token);
    what->hidden.push_back(app.secret());
    what->sign = [app, url = base.url() + std::string(path), callback = std::move(callback), form = form_of(access)](
                     const oauth1::moment& at) {
        return oauth1::build_request_token_request(app, url, callback, at, form);
    };
    return what;
}

std::shared_ptr<const outgoing> access_token_call(const oauth1::consumer& app, const http::base_url& base,
    std::string_view path, const oauth1::request_token& login, std::string verifier)
{
    auto what = begin(base, step::access_token);
    secret kept(trimmed_verifier(verifier));
    wipe(verifier);
    what->hidden = {app.secret(), login.secret(), secret(login.token()), kept};
    what->sign = [app, login, url = base.url() + std::string(path), kept](const oauth1::moment& at) {
        return oauth1::build_access_token_request(app, url, login, kept.reveal(), at);
    };
    return what;
}

std::shared_ptr<const outgoing> user_call(const oauth1::consumer& app, const http::base_url& base,
    const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer, api_call call,
    std::chrono::milliseconds retry_budget)
{
    require_call(call);
    auto what = begin(base, step::call);
    what->repeatable = text::equal_ignoring_case(call.method, "GET");
    what->retry_budget = retry_budget;
    if (!call.json.empty())
        what->headers.add("Content-Type", "application/json");
    what->body = std::move(call.json);
    what->hidden = {app.secret(), user.secret(), secret(user.token())};

    std::string url = base.url() + call.path;
    if (!call.query.empty())
        url += '?' + oauth1::encode_form(call.query);
    what->sign = [signer = std::move(signer), method = std::move(call.method), url = std::move(url),
                     form = oauth1::encode_form(call.form)](
                     const oauth1::moment& at) { return signer->sign_request(oauth1::message(method, url, form), at); };
    return what;
}

std::shared_ptr<const outgoing> user_call(const oauth1::consumer& app, const http::base_url& base,
    const oauth1::access_token& user, std::shared_ptr<const oauth1::signer> signer, http::request request)
{
    if (!(request.origin == base.origin))
        throw error(errc::invalid_argument,
            "the request is for " + request.origin.url() + ", and the token for " + base.origin.url());
    auto what = begin(base, step::call);
    what->repeatable = text::equal_ignoring_case(request.method, "GET");
    what->hidden = {app.secret(), user.secret(), secret(user.token())};
    for (const auto& [name, value] : request.headers)
        if (!http::same_field_name(name, "Authorization"))
            what->headers.add(name, value);
    std::string form;
    if (oauth1::is_form(request.headers.get("Content-Type")))
        form = std::move(request.body);
    else
        what->body = std::move(request.body);
    what->sign = [signer = std::move(signer), method = std::move(request.method),
                     url = request.origin.url() + request.target, form = std::move(form)](
                     const oauth1::moment& at) { return signer->sign_request(oauth1::message(method, url, form), at); };
    return what;
}

http::request signed_wire_request(const outgoing& what, const oauth1::moment& at, secret& signature)
{
    oauth1::signed_request signed_one = what.sign(at).value();
    signature = std::move(signed_one.signature);
    http::request wire;
    wire.origin = what.origin;
    wire.method = std::move(signed_one.method);
    // What follows the origin in the signed URL is the target, byte for byte.
    wire.target = signed_one.url.substr(what.origin.url().size());
    wire.headers.add("Authorization", std::move(signed_one.authorization));
    for (const auto& [name, value] : what.headers)
        wire.headers.add(name, value);
    if (!signed_one.form.empty())
        wire.headers.set("Content-Type", "application/x-www-form-urlencoded");
    wire.body = signed_one.form.empty() ? what.body : std::move(signed_one.form);
    return wire;
}

} // namespace coauth::twitter
