#include "oauth1/encoded_parameters.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>

namespace coauth::oauth1 {

namespace {

// What is encoded already holds unreserved characters and `%` only, so encoding it again touches `%` alone.
void encode_again(std::string_view encoded, std::string& out)
{
    for (const char c : encoded) {
        out += c;
        if (c == '%')
            out += "25";
    }
}

} // namespace

void encoded_parameters::add(std::string_view name, std::string_view value)
{
    piece p{};
    p.name = buffer_.size();
    text::percent_encode(name, buffer_);
    p.name_size = buffer_.size() - p.name;
    p.value = buffer_.size();
    text::percent_encode(value, buffer_);
    p.value_size = buffer_.size() - p.value;
    pieces_.push_back(p);
}

result<void> encoded_parameters::add_form(std::string_view raw)
{
    if (raw.empty())
        return {};
    auto list = parse_form(raw);
    if (!list)
        return list.error();
    for (const auto& [name, value] : *list)
        add(name, value);
    return {};
}

void encoded_parameters::sort()
{
    std::sort(pieces_.begin(), pieces_.end(), [this](const piece& a, const piece& b) {
        const int names = name(a).compare(name(b));
        return names != 0 ? names < 0 : value(a) < value(b);
    });
}

bool encoded_parameters::contains(std::string_view encoded_name) const noexcept
{
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const piece& p) { return name(p) == encoded_name; });
}

void encoded_parameters::append_normalized(std::string& out) const
{
    for (const piece& p : pieces_) {
        if (&p != &pieces_.front())
            out += '&';
        out += name(p);
        out += '=';
        out += value(p);
    }
}

void encoded_parameters::append_encoded_again(std::string& out) const
{
    for (const piece& p : pieces_) {
        if (&p != &pieces_.front())
            out += "%26";
        encode_again(name(p), out);
        out += "%3D";
        encode_again(value(p), out);
    }
}

} // namespace coauth::oauth1
