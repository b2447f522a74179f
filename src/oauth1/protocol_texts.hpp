// The protocol parameters that are the same in each request, made ready.
#pragma once

#include "oauth1/encoded_parameters.hpp"
#include "oauth1/scratch.hpp"
#include "text/encoding_table.hpp"

#include <coauth/oauth1/message.hpp>
#include <coauth/text/percent_encoding.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace coauth::oauth1 {

/// A protocol parameter with a name that needs no encoding.
struct ready_parameter {
    ready_parameter(std::string_view parameter_name, std::string_view value) : name_size(parameter_name.size())
    {
        header.reserve(name_size + 3 * value.size() + 3);
        base.reserve(name_size + 5 * value.size() + encoded_parameter::separator.size());
        header.append(parameter_name).append("=\"");
        const std::size_t begin = header.size();
        text::percent_encode(value, header);
        base.append(parameter_name).append(encoded_parameter::separator);
        text::percent_encode(std::string_view(header).substr(begin), base);
        header += '"';
    }

    /// The name and the value of `base`, which has "%3D" between them.
    std::string_view name() const noexcept { return std::string_view(base).substr(0, name_size); }
    std::string_view value() const noexcept
    {
        return std::string_view(base).substr(name_size + encoded_parameter::separator.size());
    }

    std::size_t name_size;
    std::string header; ///< name="value"
    std::string base;   ///< See `encoded_parameter`.
};

constexpr std::size_t longest_number = 20; // of 64 bits

inline char* put_number(std::int64_t number, char* out) noexcept
{
    return std::to_chars(out, out + longest_number, number).ptr;
}

/// A nonce and a timestamp as they are written.
///
/// Lifetime: views into a `scratch` and the moment.
struct moment_text {
    /// Encodes the nonce only if it must be.
    moment_text(const moment& at, scratch& memory)
        : nonce(at.nonce), nonce_again(at.nonce),
          timestamp(memory.keep(put_number(at.timestamp, memory.room(longest_number))))
    {
        if (std::all_of(at.nonce.begin(), at.nonce.end(), [](char c) { return text::is_unreserved(c); }))
            return;
        const std::size_t room = text::room_for_encoded(at.nonce.size());
        nonce = memory.keep(text::encode(text::encoded_once, at.nonce, memory.room(room)));
        nonce_again = memory.keep(text::encode(text::encoded_twice, at.nonce, memory.room(room)));
    }

    std::string_view nonce;       ///< Encoded.
    std::string_view nonce_again; ///< Encoded twice.
    std::string_view timestamp;
};

/// All protocol parameters of a request that has the usual ones, the signature aside: what stands before its nonce, between nonce
/// and timestamp, and behind. No other name that a request may have sorts between theirs.
struct protocol_texts {
    protocol_texts() = default;

    std::size_t size(std::string_view nonce, std::string_view timestamp) const noexcept
    {
        return before_nonce.size() + nonce.size() + before_timestamp.size() + timestamp.size() + after_timestamp.size();
    }

    char* write(std::string_view nonce, std::string_view timestamp, char* out) const noexcept
    {
        out = put(nonce, put(before_nonce, out));
        out = put(timestamp, put(before_timestamp, out));
        return put(after_timestamp, out);
    }

    std::string before_nonce;
    std::string before_timestamp;
    std::string after_timestamp;
};

} // namespace coauth::oauth1
