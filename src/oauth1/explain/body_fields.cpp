// Bodies that are no forms, as a client signs them that takes what is inside for parameters.
#include "oauth1/explain/faults.hpp"

#include <coauth/text/ascii.hpp>
#include <coauth/text/utf8.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace coauth::oauth1 {

namespace {

// Reads what it knows and gives up at anything else: it explains a signature, and validates nothing.
class member_reader {
public:
    explicit member_reader(std::string_view text) : rest_(text) {}

    std::optional<parameters> read()
    {
        parameters list;
        if (!take('{'))
            return std::nullopt;
        if (take('}'))
            return list;
        do {
            auto name = read_string();
            if (!name || !take(':'))
                return std::nullopt;
            auto value = next() == '"' ? read_string() : read_word();
            if (!value)
                return std::nullopt;
            list.emplace_back(*std::move(name), *std::move(value));
        } while (take(','));
        return take('}') ? std::optional(std::move(list)) : std::nullopt;
    }

private:
    char next()
    {
        const auto begin = rest_.find_first_not_of(text::white_space);
        rest_.remove_prefix(begin == rest_.npos ? rest_.size() : begin);
        return rest_.empty() ? '\0' : rest_.front();
    }

    bool take(char expected)
    {
        if (next() != expected || rest_.empty())
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<std::string> read_word()
    {
        const auto end = rest_.find_first_not_of("+-.0123456789abcdefghijklmnopqrstuvwxyzE");
        const auto word = rest_.substr(0, end);
        rest_.remove_prefix(word.size());
        return word.empty() ? std::nullopt : std::optional<std::string>(word);
    }

    std::optional<std::string> read_string()
    {
        if (!take('"'))
            return std::nullopt;
        std::string out;
        do {
            const auto plain = rest_.substr(0, rest_.find_first_of("\"\\"));
            out += plain;
            rest_.remove_prefix(plain.size());
            if (rest_.starts_with('"')) {
                rest_.remove_prefix(1);
                return out;
            }
        } while (read_escape(out));
        return std::nullopt;
    }

    bool read_escape(std::string& out)
    {
        constexpr std::string_view letters = "\"\\/bfnrt", characters = "\"\\/\b\f\n\r\t";
        const auto known = rest_.size() < 2 ? letters.npos : letters.find(rest_[1]);
        if (known != letters.npos) {
            out += characters[known];
            rest_.remove_prefix(2);
            return true;
        }
        auto code = read_unit();
        if (code && *code >= 0xd800 && *code < 0xdc00) {
            const auto low = read_unit();
            code = low ? std::optional(0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00)) : std::nullopt;
        }
        if (code)
            text::append_character(*code, out);
        return code.has_value();
    }

    // One of UTF-16, behind a backslash.
    std::optional<std::uint32_t> read_unit()
    {
        std::uint32_t unit = 0;
        const auto digits = rest_.starts_with("\\u") ? rest_.substr(2, 4) : std::string_view();
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
        if (failure != std::errc() || end != digits.data() + 4)
            return std::nullopt;
        rest_.remove_prefix(6);
        return unit;
    }

    std::string_view rest_;
};

} // namespace

parameters flat_json_members(std::string_view text)
{
    return member_reader(text).read().value_or(parameters());
}

parameters multipart_fields(std::string_view text)
{
    parameters list;
    const auto boundary = text.substr(0, text.find("\r\n"));
    if (!boundary.starts_with("--") || boundary.size() < 3)
        return list;
    while (text.starts_with(boundary)) {
        text.remove_prefix(boundary.size());
        const auto end = text.find(boundary);
        const auto part = text.substr(0, end);
        text.remove_prefix(part.size());
        const auto blank = part.find("\r\n\r\n");
        constexpr std::string_view before_name = "form-data; name=\"";
        const auto name = part.find(before_name);
        if (end == text.npos || blank == part.npos || name == part.npos || name > blank || part.size() < blank + 6)
            break;
        const auto head = part.substr(name + before_name.size(), blank - name - before_name.size());
        if (head.find("filename") == head.npos)
            list.emplace_back(head.substr(0, head.find('"')), part.substr(blank + 4, part.size() - blank - 6));
    }
    return list;
}

} // namespace coauth::oauth1
