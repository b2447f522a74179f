#include "text/base64.hpp"
#include "text/hex.hpp"

#include <coauth/text/percent_encoding.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <utility>

namespace text = coauth::text;
using coauth::errc;

namespace {

std::string base64_decoded(std::string_view given, text::tail_bits tail = text::tail_bits::zero)
{
    const auto octets = text::base64_decode(given, tail);
    return octets ? std::string(octets->begin(), octets->end()) : "refused";
}

} // namespace

TEST_CASE("percent_encoding: unreserved characters are kept, every other octet is escaped")
{
    const std::string kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (int octet = 0; octet < 256; ++octet) {
        const std::string octet_text(1, static_cast<char>(octet));
        char escaped[4];
        std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(octet));
        CHECK(text::percent_encode(octet_text) ==
              (kept.find(octet_text) != kept.npos ? octet_text : std::string(escaped)));
        CHECK(text::percent_decode(text::percent_encode(octet_text)).value() == octet_text);
        CHECK(text::form_decode(text::percent_encode(octet_text)).value() == octet_text);
    }
}

TEST_CASE("percent_encoding: two hex digits follow a percent sign, and a plus is a space in forms only")
{
    CHECK(text::percent_decode("a%2bb+c").value() == "a+b+c");
    CHECK(text::form_decode("a%2Bb+c").value() == "a+b c");
    CHECK(text::form_decode("").value().empty());
    for (const char* bad : {"%", "%2", "a%2", "%%20", "%G0", "%0G", "abc%", "% 20", "%-1"}) {
        CAPTURE(bad);
        CHECK(text::percent_decode(bad).error().reason() == errc::invalid_argument);
        CHECK(text::form_decode(bad).error().reason() == errc::invalid_argument);
    }
}

TEST_CASE("base64: octets are written as RFC 4648 writes them, and read back")
{
    struct row {
        std::string octets, base64, base64url;
    };
    const row table[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xff\xfe\xfd\xfc\xfb", "//79/Ps=", "__79_Ps"},
        {"\xfb\xef\xbe", "++++", "----"},
        {std::string(3, '\0'), "AAAA", "AAAA"},
        {std::string(1, '\0'), "AA==", "AA"},
    };
    for (const row& r : table) {
        CAPTURE(r.base64);
        CHECK(text::base64_encode(r.octets) == r.base64);
        CHECK(text::base64url_encode(r.octets) == r.base64url);
        CHECK(text::without_padding(r.base64).size() == r.base64url.size());
        CHECK(base64_decoded(r.base64) == r.octets);
    }
    std::string all;
    for (int octet = 0; octet < 256; ++octet) {
        all += static_cast<char>(octet);
        CHECK(base64_decoded(text::base64_encode(all)) == all);
    }
    std::string appended = "before ";
    const unsigned char octets[] = {'f', 'o'};
    text::base64_encode(octets, appended);
    text::base64url_encode(octets, appended);
    CHECK(appended == "before Zm8=Zm8");
}

TEST_CASE("base64: only the text that encodes the octets is read")
{
    for (const char* bad : {"Z", "Zg", "Zg=", "Zm9", "Zg==Zg==", "Zg=v", "=Zg=", "Z===", "====", "=", "Zm9v=", " Zm9v",
             "Zm9v\n", "Zm 9v", "Zm9\xc3", "__79_Ps=", "Zm9*"}) {
        CAPTURE(bad);
        CHECK(base64_decoded(bad) == "refused");
        CHECK(base64_decoded(bad, text::tail_bits::any) == "refused");
        CHECK(text::base64_decode(bad).error().reason() == errc::invalid_argument);
    }
    // Other tail bits: the same octets by another text.
    for (const auto& row : {std::pair("Zh==", "f"), {"Zv==", "f"}, {"Zm9=", "fo"}, {"Zm+=", "fo"}}) {
        const std::string given(row.first);
        CAPTURE(given);
        CHECK(base64_decoded(given) == "refused");
        CHECK(base64_decoded(given, text::tail_bits::any) == row.second);
    }
    CHECK(text::base64_decode(std::string(1 << 20, 'A')));
    CHECK_FALSE(text::base64_decode(std::string((1 << 20) + 4, 'A')));
}

TEST_CASE("hex: two digits stand for an octet, in either case")
{
    CHECK(text::hex_encode(std::string_view("\x00\x7f\x80\xab\xff", 5)) == "007f80abff");
    CHECK(text::hex_encode(std::string_view("\x00\x7f\x80\xab\xff", 5), text::upper_hex_digits) == "007F80ABFF");
    CHECK(text::hex_encode("").empty());
    const std::string_view lower = "0123456789abcdef";
    const std::string_view upper = "0123456789ABCDEF";
    for (int octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        const auto place = lower.find(c) != lower.npos ? lower.find(c) : upper.find(c);
        CAPTURE(octet);
        CHECK(text::hex_value(c) == (place == upper.npos ? -1 : static_cast<int>(place)));
    }
}
