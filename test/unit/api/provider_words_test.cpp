#include "api/provider_words.hpp"

#include <coauth/text/utf8.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace coauth;
using namespace coauth::api;

TEST_CASE("provider_words: what is shown is short and UTF-8")
{
    CHECK(shown("caf\xc3\xa9") == "caf\xc3\xa9");
    CHECK(shown("bad \xff") == "bad ?");
    CHECK(shown(std::string(200, 'a')) == std::string(200, 'a'));
    const std::string cut = shown(std::string(196, 'a') + "\xe2\x98\x83\xe2\x98\x83");
    CHECK(cut == std::string(196, 'a') + "...");
    CHECK(coauth::text::is_utf8(cut));
}

TEST_CASE("provider_words: hidden texts are replaced, as they are and percent-encoded, unless they are very short")
{
    const std::vector<secret> hidden{secret("token/canary=1"), secret("123"), secret()};
    CHECK(without_texts("bad token/canary=1 here", hidden) == "bad [hidden] here");
    CHECK(without_texts("bad token%2Fcanary%3D1, token/canary=1", hidden) == "bad [hidden], [hidden]");
    CHECK(without_texts("code 123", hidden) == "code 123");
    CHECK(repeats("code 123", hidden));
    CHECK(repeats("a token%2Fcanary%3D1", hidden));
    CHECK_FALSE(repeats("a token", hidden));
    CHECK_FALSE(repeats("", hidden));
}
