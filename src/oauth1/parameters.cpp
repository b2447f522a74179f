#include "oauth1/encoded_parameters.hpp"

#include <coauth/oauth1/parameters.hpp>
#include <coauth/text/percent_encoding.hpp>

namespace coauth::oauth1 {

std::string encode_form(const parameters& list)
{
    std::string out;
    for (const auto& [name, value] : list) {
        if (!out.empty())
            out += '&';
        text::percent_encode(name, out);
        out += '=';
        text::percent_encode(value, out);
    }
    return out;
}

std::string normalize(const parameters& list)
{
    encoded_parameters encoded;
    for (const auto& [name, value] : list)
        encoded.add(name, value);
    encoded.sort();
    std::string out;
    encoded.append_normalized(out);
    return out;
}

} // namespace coauth::oauth1
