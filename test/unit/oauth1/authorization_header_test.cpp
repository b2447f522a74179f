#include <coauth/oauth1/authorization_header.hpp>

using namespace coauth::oauth1;

namespace {

// What was read, as one text: name=value, each closed by a bar.
std::string read(std::string_view header, bool lenient)
{
    const auto list = parse_authorization_header(header, lenient);
    if (!list)
        return "refused";
    std::string out;
    for (const auto& [name, value] : *list)
        out += name + '=' + value + '|';
    return out;
}

struct row {
    std::string_view header;
    std::string_view strict;
    std::string_view lenient;
};

const std::string_view no = "refused";

} // namespace

TEST_CASE("authorization_header: the grammar of the header")
{
    const row table[] = {
        // What clients send.
        {R"(OAuth a="b")", "a=b|", "a=b|"},
        {R"(OAuth a="b", c="d")", "a=b|c=d|", "a=b|c=d|"},
        {R"(OAuth a="b",c="d")", "a=b|c=d|", "a=b|c=d|"},
        {R"(OAuth a="b" , c="d")", "a=b|c=d|", "a=b|c=d|"},
        {"OAuth\ta=\"b\",\tc=\"d\"", "a=b|c=d|", "a=b|c=d|"},
        {R"(OAuth    a="b"   )", "a=b|", "a=b|"},
        {R"(oauth a="b")", "a=b|", "a=b|"},
        {R"(OAUTH a="b")", "a=b|", "a=b|"},
        {R"(OAuth a="")", "a=|", "a=|"},
        {R"(OAuth a="b%20c")", "a=b c|", "a=b c|"},
        {R"(OAuth a="%2b%2F%3d")", "a=+/=|", "a=+/=|"},
        {R"(OAuth a%5Bb%5D="c")", "a[b]=c|", "a[b]=c|"},
        {R"(OAuth a="-._~09azAZ")", "a=-._~09azAZ|", "a=-._~09azAZ|"},
        {R"(OAuth a="1", a="2")", "a=1|a=2|", "a=1|a=2|"},
        {R"(OAuth a="%C3%A9")", "a=\xc3\xa9|", "a=\xc3\xa9|"},
        {R"(OAuth a="%00")", std::string_view("a=\0|", 4), std::string_view("a=\0|", 4)},

        // The realm is not percent-encoded.
        {R"(OAuth realm="Photos", a="b")", "realm=Photos|a=b|", "realm=Photos|a=b|"},
        {R"(OAuth a="b", realm="")", "a=b|realm=|", "a=b|realm=|"},
        {R"(OAuth Realm="x")", "realm=x|", "realm=x|"},
        {R"(OAuth realm="http://x.example/ a%20b")", "realm=http://x.example/ a%20b|",
            "realm=http://x.example/ a%20b|"},
        {R"(OAuth realm="a, b=\"c\" \\", a="b")", R"(realm=a, b="c" \|a=b|)", R"(realm=a, b="c" \|a=b|)"},
        {"OAuth realm=\"\x01\"", no, no},
        {R"(OAuth realm="a)", no, no},
        {R"(OAuth realm="a\")", no, no},
        {R"(OAuth realm=a)", no, "realm=a|"},

        // What only X takes.
        {R"(OAuth a=b)", no, "a=b|"},
        {R"(OAuth a=b, c="d", e=f)", no, "a=b|c=d|e=f|"},
        {R"(OAuth a=b%20c)", no, "a=b c|"},
        {R"(OAuth a=)", no, "a=|"},
        {R"(OAuth a=, b=c)", no, "a=|b=c|"},
        {R"(OAuth a = "b")", no, "a=b|"},
        {R"(OAuth a ="b")", no, "a=b|"},
        {R"(OAuth a= "b")", no, "a=b|"},
        {R"(OAuth a="b",)", no, "a=b|"},
        {R"(OAuth ,a="b")", no, "a=b|"},
        {R"(OAuth a="b",,c="d")", no, "a=b|c=d|"},
        {R"(OAuth a="b+c")", no, "a=b+c|"},
        {R"(OAuth a="b c")", no, "a=b c|"},
        {R"(OAuth a="b/c=")", no, "a=b/c=|"},
        {R"(OAuth a="b:c!")", no, "a=b:c!|"},

        // What no reader should take.
        {"", no, no},
        {"OAuth", no, no},
        {"OAuth ", no, no},
        {"OAuth  ,", no, no},
        {R"(OAutha="b")", no, no},
        {R"(OAuth2 a="b")", no, no},
        {R"(Basic a="b")", no, no},
        {R"(Bearer abc)", no, no},
        {R"( OAuth a="b")", no, no},
        {R"(OAuth a)", no, no},
        {R"(OAuth "a"="b")", no, no},
        {R"(OAuth ="b")", no, no},
        {R"(OAuth a="b)", no, no},
        {R"(OAuth a="b""c")", no, no},
        {R"(OAuth a="b" c="d")", no, no},
        {R"(OAuth a="b"; c="d")", no, no},
        {R"(OAuth a="b"c)", no, no},
        {R"(OAuth a="%")", no, no},
        {R"(OAuth a="%2")", no, no},
        {R"(OAuth a="%zz")", no, no},
        {R"(OAuth %="b")", no, no},
        {"OAuth a=\"b\r\nX: y\"", no, no},
        {"OAuth a=\"b\", \r\n c=\"d\"", no, no},
        {"OAuth a=\"\x7f\"", no, no},
        {std::string_view("OAuth a=\"b\0\"", 12), no, no},
    };
    CHECK(std::size(table) >= 60);
    for (const row& r : table) {
        CAPTURE(r.header);
        CHECK(read(r.header, false) == r.strict);
        CHECK(read(r.header, true) == r.lenient);
    }
}

TEST_CASE("authorization_header: octets outside ASCII must be encoded, but X's reader takes them")
{
    CHECK(read("OAuth a=\"\xc3\xa9\"", false) == "refused");
    CHECK(read("OAuth a=\"\xc3\xa9\"", true) == "a=\xc3\xa9|");
}

TEST_CASE("authorization_header: a header is refused as a whole with a typed error, and says what to do about encoding")
{
    const auto refused = parse_authorization_header(R"(OAuth oauth_signature="a+b=")");
    REQUIRE(refused.has_error());
    CHECK(refused.error().reason() == coauth::errc::invalid_argument);
    CHECK(refused.error().hint().value().find("3.6") != std::string::npos);
    CHECK(std::string(refused.error().what()).find("a+b") == std::string::npos);
}

TEST_CASE("authorization_header: the length of a header is bounded")
{
    const auto of_size = [](std::size_t size) { return R"(OAuth a=")" + std::string(size - 10, 'x') + '"'; };
    CHECK(of_size(max_authorization_header).size() == max_authorization_header);
    CHECK(parse_authorization_header(of_size(max_authorization_header)).has_value());
    CHECK(parse_authorization_header(of_size(max_authorization_header + 1)).has_error());
}

TEST_CASE("authorization_header: only the scheme OAuth is OAuth's")
{
    for (const std::string_view yes : {"OAuth", "OAuth ", "oauth a", "oAuTh\ta"})
        CHECK(is_oauth_header(yes));
    for (const std::string_view other : {"", "OAut", "OAuth2", "OAuth2 a", "OAuth,", "Basic OAuth", " OAuth"})
        CHECK_FALSE(is_oauth_header(other));
}

TEST_CASE("authorization_header: a header is written encoded, in order, the realm first")
{
    CHECK(write_authorization_header({{"oauth_a", "b c"}, {"oauth_d", "+/=&\xc3\xa9"}}) ==
          R"(OAuth oauth_a="b%20c", oauth_d="%2B%2F%3D%26%C3%A9")");
    CHECK(write_authorization_header({{"a[]", ""}}, "Photos") == R"(OAuth realm="Photos", a%5B%5D="")");
    CHECK(write_authorization_header({{"a", "1"}, {"a", "0"}}) == R"(OAuth a="1", a="0")");
    CHECK(write_authorization_header({}, "Photos") == R"(OAuth realm="Photos")");
}

TEST_CASE("authorization_header: no realm ends the header")
{
    CHECK(write_authorization_header({}, "a\"b\\c") == R"(OAuth realm="a\"b\\c")");
    CHECK(write_authorization_header({}, "a\r\nX: y") == "OAuth realm=\"a  X: y\"");
}

TEST_CASE("authorization_header: what is written is read back, any octet")
{
    parameters list = {{"realm", "a \"quoted\" \\ realm"}};
    for (int c = 0; c < 256; ++c)
        list.emplace_back(std::string("n") + static_cast<char>(c), std::string(1, static_cast<char>(c)));
    const parameters rest(list.begin() + 1, list.end());
    const std::string header = write_authorization_header(rest, list.front().second);
    for (const bool lenient : {false, true}) {
        const auto read_back = parse_authorization_header(header, lenient);
        REQUIRE(read_back.has_value());
        CHECK(*read_back == list);
    }
}

TEST_CASE("authorization_header: no header makes the reader fail but by its error")
{
    const std::string samples[] = {
        R"(OAuth realm="a\"b", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_nonce="%2Fa%25", oauth_empty="")",
        R"(OAuth a=b, c = "d e" ,, f="g")",
    };
    std::size_t read_at_all = 0;
    for (const std::string& sample : samples) {
        for (std::size_t i = 0; i <= sample.size(); ++i)
            for (const bool lenient : {false, true})
                read_at_all += parse_authorization_header(sample.substr(0, i), lenient).has_value();
        for (std::size_t i = 0; i < sample.size(); ++i)
            for (int c = 0; c < 256; ++c) {
                std::string mutated = sample;
                mutated[i] = static_cast<char>(c);
                for (const bool lenient : {false, true})
                    read_at_all += parse_authorization_header(mutated, lenient).has_value();
            }
    }
    CHECK(read_at_all > 0);
}
