#include "oauth1/encoded_parameters.hpp"

#include <algorithm>

namespace coauth::oauth1 {

namespace {

constexpr std::string_view equals_sign = "%3D"; // as long as `separator`
constexpr std::string_view ampersand = "%26";

bool comes_before(const encoded_parameter& a, const encoded_parameter& b) noexcept
{
    return a.text() < b.text();
}

} // namespace

void encoded_parameters::add(std::string_view name, std::string_view value)
{
    char* const begin =
        memory_.room(text::room_for_encoded(name.size() + value.size()) + encoded_parameter::separator.size());
    char* const name_end = text::encode(text::encoded_twice, name, begin);
    const char* const end = text::encode(text::encoded_twice, value, put(encoded_parameter::separator, name_end));
    add_joined(memory_.keep(end), static_cast<std::size_t>(name_end - begin));
}

result<void> encoded_parameters::add_form(std::string_view raw)
{
    // Each `&` and `=` leaves the room of an encoded octet, and the last pair may have no `=`.
    char* begin = memory_.room(text::room_for_encoded(raw.size()) + encoded_parameter::separator.size());
    char* out = begin;
    char* name_end = nullptr;
    const auto end_name = [&] {
        name_end = out;
        out = put(encoded_parameter::separator, out);
    };
    for (std::size_t i = 0; i <= raw.size(); ++i) {
        for (; i < raw.size() && text::is_unreserved(raw[i]); ++i)
            *out++ = raw[i];
        char c = i < raw.size() ? raw[i] : '&';
        if (c == '=' && !name_end) {
            end_name();
            continue;
        }
        if (c == '&') {
            if (out == begin)
                continue;
            if (!name_end)
                end_name();
            add_joined(memory_.keep(out), static_cast<std::size_t>(name_end - begin));
            begin = out;
            name_end = nullptr;
            continue;
        }
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            const int octet = text::escaped_octet(raw.substr(i, 3));
            if (octet < 0)
                return error(errc::invalid_argument, "a % is not followed by two hex digits");
            c = static_cast<char>(octet);
            i += 2;
        }
        out = text::encode(text::encoded_twice, c, out);
    }
    return {};
}

void encoded_parameters::add_to_many(std::string_view text, std::size_t name_size)
{
    if (many_.empty())
        many_.assign(few_.begin(), few_.end());
    many_.emplace_back(text, name_size);
}

void encoded_parameters::sort()
{
    if (std::is_sorted(begin(), end(), comes_before)) // as the parameters of X's API 1.1 are
        return;
    encoded_parameter* const first = many_.empty() ? few_.data() : many_.data();
    std::sort(first, first + count_, comes_before);
}

std::size_t encoded_parameters::size() const noexcept
{
    std::size_t all = 0;
    for (const encoded_parameter& p : *this)
        all += p.text().size() + ampersand.size();
    return all;
}

char* encoded_parameters::write(char* out) const noexcept
{
    for (const encoded_parameter& p : *this) {
        if (&p != begin())
            out = put(ampersand, out);
        char* const name_end = out + p.name().size();
        out = put(p.text(), out);
        put(equals_sign, name_end);
    }
    return out;
}

} // namespace coauth::oauth1
