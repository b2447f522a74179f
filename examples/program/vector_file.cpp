#include "program/vector_file.hpp"

#include "program/line_reader.hpp"
#include "program/main_loop.hpp"

#include <coauth/error.hpp>
#include <coauth/oauth1/signer.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <csignal>
#include <istream>
#include <ostream>
#include <unistd.h>

namespace program {

namespace {

namespace json = boost::json;
namespace oauth1 = coauth::oauth1;

[[noreturn]] void refuse(std::string why)
{
    throw coauth::error(coauth::errc::invalid_argument, std::move(why));
}

// Null and absent are the same: not sent.
std::optional<std::string> text(const json::object& o, std::string_view name)
{
    const json::value* v = o.if_contains(name);
    if (!v || v->is_null())
        return std::nullopt;
    if (!v->is_string())
        refuse("\"" + std::string(name) + "\" is not a text");
    return std::string(v->get_string());
}

std::int64_t timestamp(const json::object& o)
{
    const json::value* v = o.if_contains("timestamp");
    if (!v || v->is_null())
        return 0;
    if (v->is_int64())
        return v->get_int64();
    std::int64_t out = 0;
    if (const json::string* s = v->if_string()) {
        const auto [end, ec] = std::from_chars(s->data(), s->data() + s->size(), out);
        if (ec == std::errc() && end == s->data() + s->size() && out > 0)
            return out;
    }
    refuse("\"timestamp\" is not a whole number");
}

oauth1::signer make_signer(const json::object& o, const std::optional<coauth::secret>& rsa_key)
{
    const std::string method = text(o, "signature_method").value_or("HMAC-SHA1");
    std::string consumer_secret = text(o, "consumer_secret").value_or("");
    std::optional<coauth::secret> key = rsa_key;
    if (method.starts_with("RSA-") && consumer_secret.starts_with("-----BEGIN"))
        key = coauth::secret(std::exchange(consumer_secret, std::string()));

    const oauth1::consumer app(text(o, "consumer_key").value_or(""), coauth::secret(std::move(consumer_secret)));
    const auto token = text(o, "token");
    const coauth::secret token_secret(text(o, "token_secret").value_or(""));
    if (token && !token->empty())
        return oauth1::signer(
            app, oauth1::access_token(*token, token_secret), oauth1::signature_method_named(method, key));
    if (!token_secret.empty())
        refuse("there is a token secret without a token");
    return oauth1::signer(app, oauth1::signature_method_named(method, key));
}

json::object result_of(const json::object& o, const std::optional<coauth::secret>& rsa_key)
{
    const std::string method = text(o, "method").value_or("");
    const std::string url = text(o, "url").value_or("");
    const std::string form = text(o, "form").value_or("");
    const auto realm = text(o, "realm");
    const json::value* version = o.if_contains("version");
    if (version && !version->is_null() && !version->is_bool())
        refuse("\"version\" is neither true nor false");

    oauth1::message m(method, url, form);
    if (realm)
        m.realm = *realm;
    m.version = version && version->is_bool() && version->get_bool();
    m.empty_token = text(o, "token") == "";
    if (auto callback = text(o, "callback"))
        m.oauth.emplace_back("oauth_callback", std::move(*callback));
    if (auto verifier = text(o, "verifier"))
        m.oauth.emplace_back("oauth_verifier", std::move(*verifier));

    const oauth1::moment at(text(o, "nonce").value_or(""), timestamp(o));
    auto explained = make_signer(o, rsa_key).explain(m, at).value();
    json::object out;
    out["base_string"] = std::move(explained.base_string);
    out["signature"] = std::move(explained.signature);
    out["authorization"] = std::move(explained.authorization);
    return out;
}

volatile std::sig_atomic_t stop_signal = 0;
volatile std::sig_atomic_t all_written = true; // the next line is waited for

void on_stop_signal(int number)
{
    if (all_written)
        _exit(128 + number);
    stop_signal = number;
}

void stop_on_signals()
{
    struct sigaction action = {};
    action.sa_handler = on_stop_signal;
    for (const int number : {SIGINT, SIGTERM})
        sigaction(number, &action, nullptr);
}

std::string failure(const json::value& id, std::string_view why)
{
    json::object out;
    out["id"] = id;
    out["error"] = why;
    return json::serialize(out);
}

} // namespace

std::string run_vector(std::string_view line, const std::optional<coauth::secret>& rsa_key)
{
    boost::system::error_code ec;
    const json::value parsed = json::parse(line, ec);
    if (ec)
        return failure(nullptr, "the line is not JSON: " + ec.message());
    const json::object* o = parsed.if_object();
    if (!o)
        return failure(nullptr, "the line is not a JSON object");
    const json::value* given = o->if_contains("id");
    const json::value id = given ? *given : json::value(nullptr);
    try {
        json::object out;
        out["id"] = id;
        for (auto& member : result_of(*o, rsa_key))
            out.insert(std::move(member));
        return json::serialize(out);
    } catch (const coauth::error& e) {
        return failure(id, e.what());
    }
}

int run_vectors(std::istream& in, std::ostream& out, const std::optional<coauth::secret>& rsa_key)
{
    stop_on_signals();
    std::string line;
    bool too_long = false;
    while (out && !stop_signal && read_line(in, line, too_long)) {
        all_written = false;
        if (too_long)
            out << failure(nullptr, "the line is over 1 MiB") << '\n';
        else if (line.find_first_not_of(" \t") != line.npos)
            out << run_vector(line, rsa_key) << '\n';
        // A writer that waits for the result before it writes the next line gets it.
        if (in.rdbuf()->in_avail() <= 0) {
            out.flush();
            all_written = true;
        }
    }
    out.flush();
    return stop_signal ? 128 + stop_signal : done;
}

} // namespace program
