// Where an open redirect would be sought: made of what browsers, proxies and libraries are known to
// read in different ways.
#pragma once

#include <string>
#include <vector>

namespace testing {

/// More than 400 texts; none of them may be redirected to.
inline std::vector<std::string> hostile_return_paths()
{
    using namespace std::string_literals;
    const std::vector<std::string> hosts = {"evil.example", "evil.example/", "evil.example/profile",
        "evil.example:443/", "site.example@evil.example", "site.example.evil.example/", "127.0.0.1", "[::1]/",
        "3232235777/", "evil.example?profile", "evil.example\\@site.example", "%65vil.example"};

    std::vector<std::string> all;
    // Ways to write "//" that some programs read as such.
    for (const auto& slashes :
        {"//"s, "///"s, "////"s, "/\\"s, "\\/"s, "\\\\"s, "\\"s, "/\\/"s, "//\\"s, "/\t/"s, "/\n/"s, "/\r\n/"s, "\t//"s,
            " //"s, "/ /"s, "/%2f"s, "/%2F"s, "/%5c"s, "/%5C"s, "/%2f%2f"s, "%2f%2f"s, "/%09/"s, "/%0a/"s, "/%0d%0a/"s,
            "/%00/"s, "/\0/"s, "/%252f"s, "/%255c"s, "/.//"s, "/..//"s, "/./"s, "/../"s, "/%2e/"s, "/%2e%2e//"s,
            "/%2E%2e/"s, "/profile//"s, "/profile/..//"s, "/\xc2\xa0/"s, "/\xe3\x80\x82/"s, "/\xef\xbc\x8f"s})
        for (const auto& host : hosts)
            all.push_back(slashes + host);
    // Another scheme, or none.
    for (const auto& scheme : {"http:"s, "https:"s, "HTTPS:"s, "https:/"s, "https://"s, "https:\\\\"s, "http:///"s,
             "ht\ntps://"s, " https://"s, "\thttps://"s, "\0https://"s, "ftp://"s, "file:///"s, "javascript://"s,
             "data:text/html,"s, "vbscript:"s, "view-source:https://"s, "blob:https://"s, ""s, "@"s, "?"s, "#"s, ":"s,
             "*"s, "."s, "./"s, "../"s})
        for (const auto& host : {"evil.example"s, "evil.example/profile"s, "alert(1)"s})
            all.push_back(scheme + host);
    // A second header, a second line, and what does not fit one.
    for (const auto& text : {"/profile\r\nLocation: https://evil.example"s, "/profile\nSet-Cookie: a=b"s,
             "/profile%0d%0aSet-Cookie:a=b"s, "/profile\0"s, "/profile\x7f"s, "/profile "s, " /profile"s,
             "/profile#@evil.example"s, "/#//evil.example"s, "/<script>"s, "/\"onload=alert(1)"s, "/{a}"s, "/a|b"s,
             "/a^b"s, "/`"s, "/%"s, "/%2"s, "/%zz"s, "/%u2215"s, "/profile?a=%"s, "/profile?a=%0"s, "/profile?\\"s,
             "/."s, "/.."s, "/a/."s, "/a/.."s, "/a/../b"s, "/%2e"s, "/a/%2e%2e"s, "/a%2fb"s, "/a%5cb"s, "/a%3fb"s,
             "/a%23b"s, "/a%25b"s, "/a%20b"s, "/a%7fb"s, "/j\xc3\xbcrgen"s, "/\xff"s, "/a//b"s, "/a//"s})
        all.push_back(text);
    all.push_back("/" + std::string(1024, 'a'));
    all.push_back("/?" + std::string(100'000, 'a'));
    return all;
}

} // namespace testing
