#include "oauth1/encoded_parameters.hpp"

#include "text/encoding_table.hpp"

#include <algorithm>

namespace coauth::oauth1 {

namespace {

// Not by their texts: where one name ends and another goes on, the former is first.
bool comes_before(const encoded_parameter& a, const encoded_parameter& b) noexcept
{
    const int order = a.name().compare(b.name());
    return order < 0 || (order == 0 && a.text() < b.text());
}

} // namespace

void encoded_parameters::add(std::string_view name, std::string_view value)
{
    const auto equals = encoded_parameter::equals_sign;
    char* const begin = memory_.room(text::room_for_encoded(name.size() + value.size()) + equals.size());
    char* const name_end = text::encode(text::encoded_twice, name, begin);
    const char* const end = text::encode(text::encoded_twice, value, put(equals, name_end));
    add({memory_.keep(end), static_cast<std::size_t>(name_end - begin)});
}

result<void> encoded_parameters::add_form(std::string_view raw)
{
    // Each `&` and `=` leaves the room of an encoded octet, and the last pair may have no `=`.
    char* begin = memory_.room(text::room_for_encoded(raw.size()) + encoded_parameter::equals_sign.size());
    char* out = begin;
    char* name_end = nullptr;
    const auto end_name = [&] {
        name_end = out;
        out = put(encoded_parameter::equals_sign, out);
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
            add({memory_.keep(out), static_cast<std::size_t>(name_end - begin)});
            begin = out;
            name_end = nullptr;
            continue;
        }
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            const int octet = text::escaped_octet(raw.substr(i, 3));
            if (octet < 0) {
                memory_.keep(out); // so that it is wiped
                return error(errc::invalid_argument, "a % is not followed by two hex digits");
            }
            c = static_cast<char>(octet);
            i += 2;
        }
        out = text::encode(text::encoded_twice, c, out);
    }
    return {};
}

void encoded_parameters::sort(std::size_t sorted)
{
    const auto last_sorted = all_.begin() + static_cast<std::ptrdiff_t>(sorted == 0 ? 0 : sorted - 1);
    // X's API 1.1 has no parameter that would not come behind the protocol's.
    if (!std::is_sorted(last_sorted, all_.end(), comes_before))
        std::sort(all_.begin(), all_.end(), comes_before);
}

char* encoded_parameters::write(char* out) const noexcept
{
    for (const encoded_parameter& p : all_)
        out = put(p.text(), &p == &all_.front() ? out : put(ampersand, out));
    return out;
}

} // namespace coauth::oauth1
