#include "oauth1/signer_state.hpp"

#include "oauth1/control_characters.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/authorization_header.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace coauth::oauth1 {

namespace {

// What the signer adds to a request, the first of all, may not be there already: `own` of its own, then what the message brings.
result<void> check_names(const encoded_parameters& all, std::size_t own, const parameters& brought)
{
    const std::size_t added = own + brought.size();
    for (std::size_t i = own; i < all.size(); ++i) {
        const std::string_view name = all[i].name();
        const bool is_protocol = name.starts_with("oauth_");
        if (i < added && (!is_protocol || name == "oauth_signature"))
            return error(errc::invalid_argument,
                '"' + brought[i - own].first + "\" is not a protocol parameter that a request may bring");
        if (!is_protocol)
            continue;
        if (name == "oauth_signature")
            return error(errc::invalid_argument, "the request carries an oauth_signature already");
        const auto same = [name](const encoded_parameter& p) { return p.name() == name; };
        if (std::any_of(all.begin(), all.begin() + std::min(i, added), same))
            return error(
                errc::invalid_argument, "the request carries " + std::string(name) + " already, which the signer adds");
    }
    return {};
}

constexpr std::size_t longest_number = 20; // of 64 bits

char* put_number(std::int64_t number, char* out) noexcept
{
    return std::to_chars(out, out + longest_number, number).ptr;
}

// The digits of a timestamp, until the thread asks for another's: the signatures of a second share them.
std::string_view digits_of_second(std::int64_t timestamp) noexcept
{
    static thread_local std::int64_t last = 0;
    static thread_local std::array<char, longest_number> digits;
    static thread_local std::size_t size = 0;
    if (timestamp != last) {
        last = timestamp;
        size = static_cast<std::size_t>(put_number(timestamp, digits.data()) - digits.data());
    }
    return {digits.data(), size};
}

// The URI of `base_string_uri`, encoded.
char* write_uri(const target& url, char* out)
{
    out = put(url.https ? "https%3A%2F%2F" : "http%3A%2F%2F", out);
    for (const char c : url.host)
        out = text::encode(text::encoded_once, text::lower(c), out);
    if (url.port != (url.https ? 443 : 80))
        out = put_number(url.port, put("%3A", out));
    return text::encode(text::encoded_once, url.path, out);
}

// Takes back what was appended to a text, unless it is complete.
class appended {
public:
    explicit appended(std::string& text) noexcept : text_(text), begin_(text.size()) {}
    appended(const appended&) = delete;
    appended& operator=(const appended&) = delete;
    ~appended()
    {
        if (!complete_)
            text_.resize(begin_);
    }

    void complete() noexcept { complete_ = true; }

private:
    std::string& text_;
    std::size_t begin_;
    bool complete_ = false;
};

} // namespace

result<void> check_method(std::string_view method)
{
    if (!is_method(method))
        return error(errc::invalid_argument, "the HTTP method is empty or malformed");
    return {};
}

result<void> base_string::write_moment(const moment& at, bool optional, scratch& memory)
{
    const bool plain = text::all_letters_or_digits(at.nonce);
    if ((at.nonce.empty() && !optional) || (!plain && !is_graphic(at.nonce)))
        return error(errc::invalid_argument, "the nonce is empty or not printable");
    if (at.timestamp < 0 || (at.timestamp == 0 && !optional))
        return error(errc::invalid_argument, "the timestamp is not positive");
    nonce = at.nonce;
    nonce_again = at.nonce;
    if (!plain) {
        const std::size_t room = text::room_for_encoded(at.nonce.size());
        nonce = memory.keep(text::encode(text::encoded_once, at.nonce, memory.room(room)));
        nonce_again = memory.keep(text::encode(text::encoded_twice, at.nonce, memory.room(room)));
    }
    if (at.timestamp != 0)
        timestamp = memory.keep(put(digits_of_second(at.timestamp), memory.room(longest_number)));
    return {};
}

result<void> check_tls(const signature_algorithm& method, const target& url)
{
    if (method.needs_tls() && !url.https)
        return error(errc::invalid_argument,
            std::string(method.name()) + " sends the secrets themselves, so the URL must be https");
    return {};
}

std::size_t opening_room(std::string_view method, const target& url) noexcept
{
    constexpr std::string_view longest_frame = "&https%3A%2F%2F%3A65535&";
    return text::room_for_encoded(method.size() + url.host.size() + url.path.size()) + longest_frame.size();
}

char* write_opening(std::string_view method, const target& url, char* out) noexcept
{
    for (const char c : method)
        out = text::encode(text::encoded_once, text::upper(c), out);
    return put("&", write_uri(url, put("&", out)));
}

signer::state::state(const consumer& app, std::optional<std::string_view> token_text, const secret& token_secret,
    signature_method algorithm, bool many)
    : has_token(token_text.has_value()), consumer_secret_size(app.secret().size()),
      token_secret_size(token_secret.size()), method(std::move(algorithm)),
      key(method->make_key(app.secret(), token_secret)), ready_key(many ? key->after(std::string_view()) : nullptr)
{
    struct {
        ready_parameter& ready;
        std::string_view name, value;
    } const all[] = {{consumer_key, "oauth_consumer_key", app.key()},
        {method_name, "oauth_signature_method", method->name()},
        {token, "oauth_token", token_text.value_or(std::string_view())}};
    std::size_t room = text::room_for_encoded(0);
    for (const auto& [ready, name, value] : all) {
        const auto escaped = std::count_if(value.begin(), value.end(), [](char c) { return !text::is_unreserved(c); });
        room += 2 * (name.size() + value.size()) + 6 * static_cast<std::size_t>(escaped) + 6;
    }
    texts_ = std::make_unique<char[]>(room);
    char* end = texts_.get();
    for (const auto& [ready, name, value] : all) {
        char* const header = end;
        char* const base = put("\"", text::encode(text::encoded_once, value, put("=\"", put(name, header))));
        end = text::encode(text::encoded_twice, value, put(encoded_parameter::equals_sign, put(name, base)));
        ready.header = std::string_view(header, base);
        ready.base = encoded_parameter(std::string_view(base, end), name.size());
    }
}

result<base_string> signer::state::write_base_string(
    const message& m, const moment& at, scratch& memory, bool sent) const
{
    if (auto fit = check_method(m.method); !fit)
        return fit.error();
    base_string out;
    // Section 3.4.4: PLAINTEXT, which sends its secrets over TLS, may go without nonce and timestamp.
    if (auto fit = out.write_moment(at, method->needs_tls(), memory); !fit)
        return fit.error();
    if (has_control_character(m.realm.value_or(std::string_view())))
        return error(errc::invalid_argument, "the realm holds a control character");
    const auto url = split_target(m.url);
    if (!url)
        return url.error();
    if (auto fit = check_tls(*method, *url); sent && !fit)
        return fit.error();

    encoded_parameters all(memory);
    all.add(consumer_key.base);
    if (!out.nonce.empty())
        all.add_encoded("oauth_nonce", out.nonce_again);
    all.add(method_name.base);
    if (!out.timestamp.empty())
        all.add_encoded("oauth_timestamp", out.timestamp);
    if (has_token || m.empty_token)
        all.add(token.base);
    if (m.version)
        all.add({"oauth_version%3D1.0", 13});
    const std::size_t own = all.size();
    for (const auto& [name, value] : m.oauth)
        all.add(name, value);
    for (const std::string_view form : {url->query, m.form})
        if (auto read = all.add_form(form); !read)
            return read.error();
    if (auto fit = check_names(all, own, m.oauth); !fit)
        return fit.error();
    all.sort(own);

    char* const begin = memory.room(opening_room(m.method, *url) + all.room());
    out.text = memory.keep(all.write(write_opening(m.method, *url, begin)));
    return out;
}

result<void> signer::state::append_header(const message& m, const base_string& base, const signing_key& by,
    scratch& memory, std::string& out, secret* signature) const
{
    appended header(out);
    const std::size_t begin = out.size();
    if (auto made = by.sign(base.text, out); !made)
        return made.error();
    const std::string_view value(out.data() + begin, out.size() - begin);
    if (signature)
        *signature = secret(value);

    constexpr std::size_t names = 200; // with what stands between them, at most
    const std::string realm = m.realm ? write_authorization_header(parameters(), m.realm) + ", " : std::string();
    const std::string_view front = m.realm ? std::string_view(realm) : "OAuth ";
    std::size_t brought = 0;
    for (const auto& [name, decoded] : m.oauth)
        brought += std::string_view("=\"\", ").size() + text::room_for_encoded(name.size() + decoded.size());
    char* end = memory.room(names + front.size() + brought + consumer_key.header.size() + method_name.header.size() +
                            token.header.size() + base.nonce.size() + text::room_for_encoded(value.size()));
    end = put(front, end);
    for (const auto& [name, decoded] : m.oauth) {
        end = put("=\"", text::encode(text::encoded_once, name, end));
        end = put("\", ", text::encode(text::encoded_once, decoded, end));
    }
    end = put(consumer_key.header, end);
    if (!base.nonce.empty())
        end = put("\"", put(base.nonce, put(", oauth_nonce=\"", end)));
    end = put(method_name.header, put(", ", end));
    if (!base.timestamp.empty())
        end = put("\"", put(base.timestamp, put(", oauth_timestamp=\"", end)));
    if (has_token || m.empty_token)
        end = put(token.header, put(", ", end));
    if (m.version)
        end = put(", oauth_version=\"1.0\"", end);
    end = put("\"", text::encode(text::encoded_once, value, put(", oauth_signature=\"", end)));
    out.replace(begin, out.npos, memory.keep(end));
    header.complete();
    return {};
}

} // namespace coauth::oauth1
