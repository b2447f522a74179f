#include <coauth/text/ascii.hpp>
#include <coauth/text/copied_with.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace text = coauth::text;

TEST_CASE("ascii: classes hold the characters of ASCII, and of all other octets none")
{
    const std::string_view digits = "0123456789";
    const std::string_view hex = "0123456789abcdefABCDEF";
    const std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        CAPTURE(octet);
        CHECK(text::is_digit(c) == (digits.find(c) != digits.npos));
        CHECK(text::is_hex_digit(c) == (hex.find(c) != hex.npos));
        CHECK(text::is_letter(c) == (letters.find(c) != letters.npos));
        CHECK(text::is_letter_or_digit(c) == (text::is_letter(c) || text::is_digit(c)));
    }
    CHECK(text::all_digits("0123456789"));
    CHECK(text::all_digits(""));
    for (const char* not_digits : {"1a", " 1", "1 ", "-1", "+1", "1.0", "\xd9\xa1"})
        CHECK_FALSE(text::all_digits(not_digits));
}

TEST_CASE("ascii: a text is of letters and digits if each of its octets is, wherever it stands")
{
    CHECK(text::all_letters_or_digits(""));
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        for (const std::size_t length : {1U, 15U, 16U, 17U, 33U})
            for (std::size_t place = 0; place < length; ++place) {
                std::string mixed(length, 'z');
                mixed[place] = c;
                REQUIRE(text::all_letters_or_digits(mixed) == text::is_letter_or_digit(c));
            }
    }
}

TEST_CASE("ascii: case is changed for letters of ASCII only")
{
    const std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
    const std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        CAPTURE(octet);
        const auto of_lower = lower.find(c);
        const auto of_upper = upper.find(c);
        CHECK(text::lower(c) == (of_upper == upper.npos ? c : lower[of_upper]));
        CHECK(text::upper(c) == (of_lower == lower.npos ? c : upper[of_lower]));
    }
    CHECK(text::lowered("Caf\xc3\x89 [\\]^_` \xc0Z") == "caf\xc3\x89 [\\]^_` \xc0z");
    CHECK(text::uppered("caf\xc3\xa9 {|}~ \xe0z") == "CAF\xc3\xa9 {|}~ \xe0Z");
    CHECK(text::lowered(std::string_view("A\0B", 3)) == std::string_view("a\0b", 3));
    CHECK(text::lowered("").empty());
}

TEST_CASE("ascii: two texts are equal in any case of ASCII, and in nothing else")
{
    struct row {
        std::string_view a, b;
        bool equal;
    };
    const row table[] = {
        {"", "", true},
        {"Content-Type", "content-TYPE", true},
        {"a", "", false},
        {"", "a", false},
        {"a", "ab", false},
        {"[", "{", false},
        {"@", "`", false}, // apart by the same bit as upper and lower case
        {"\xc3\x89", "\xc3\xa9", false},
        {"k", "\xe2\x84\xaa", false},
        {std::string_view("a\0b", 3), "a", false},
    };
    for (const row& r : table) {
        CAPTURE(r.a);
        CAPTURE(r.b);
        CHECK(text::equal_ignoring_case(r.a, r.b) == r.equal);
        CHECK(text::equal_ignoring_case(r.b, r.a) == r.equal);
    }
}

TEST_CASE("ascii: what is trimmed stands at the beginning and at the end")
{
    struct row {
        std::string_view given, of_white_space, of_blanks;
    };
    const row table[] = {
        {"", "", ""},
        {" ", "", ""},
        {"\r\n\t ", "", "\r\n"},
        {"a", "a", "a"},
        {" a b ", "a b", "a b"},
        {"\ta\r\n", "a", "a\r\n"},
        {"\va\f", "\va\f", "\va\f"},
        {"\xc2\xa0 a", "\xc2\xa0 a", "\xc2\xa0 a"},
    };
    for (const row& r : table) {
        CAPTURE(r.given);
        CHECK(text::trimmed(r.given) == r.of_white_space);
        CHECK(text::trimmed(r.given, text::blanks) == r.of_blanks);
        CHECK(text::trimmed(r.given, "") == r.given);
    }
    const std::string_view whole = "  inside  ";
    CHECK(text::trimmed(whole).data() == whole.data() + 2);
}

TEST_CASE("copied_with: what surrounds a key is named, and what is inside it is not")
{
    using coauth::text::copied_with;
    for (const char* key : {"", "key", "a key", "a\"key\"b", "\"key", "key'", "\"", "k\u00e9y", "key\u00e9"}) {
        CAPTURE(key);
        CHECK(copied_with(key).empty());
    }
    for (const char* key : {" key", "key ", "\tkey", "key\t", "\u00a0key", "key\u200b", " "})
        CHECK(copied_with(key) == "a blank");
    for (const char* key : {"\"key\"", "'key'", "\u201ckey\u201d", "\u2018key\u2019", "\"\""})
        CHECK(copied_with(key) == "quotation marks");
    CHECK(copied_with("\ufeffkey") == "a byte order mark");
}
