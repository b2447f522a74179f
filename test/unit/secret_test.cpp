#include "allocation_failure.hpp"

#include <coauth/secret.hpp>

#include <optional>
#include <string>
#include <utility>

using coauth::secret;

TEST_CASE("secret: a secret holds its text, and its copies are their own")
{
    secret a("hush");
    secret b = a;
    CHECK(b.reveal() == "hush");
    CHECK(b.reveal().data() != a.reveal().data());
    const secret c = std::move(a);
    CHECK(c.matches("hush"));
    CHECK(a.empty());
    b = secret("other");
    CHECK(b.reveal() == "other");
    CHECK(secret().reveal().empty());
}

TEST_CASE("secret: a secret takes the text out of a string")
{
    std::string text(100, 'x');
    const char* const where = text.data();
    const secret s(std::move(text));
    CHECK(s.size() == 100);
    CHECK(text.empty());
    CHECK(std::string_view(where, 100).find('x') == std::string_view::npos); // the buffer is still text's own
}

TEST_CASE("secret: two secrets match if their texts are equal")
{
    const secret s("hush");
    CHECK(s.matches("hush"));
    for (const char* other : {"", "hus", "hushh", "Hush", "husH"})
        CHECK_FALSE(s.matches(other));
    CHECK(secret().matches(""));
}

TEST_CASE("secret: its bytes are overwritten before they are freed")
{
    const std::string overwritten(4, '\0');
    for (const char* end : {"destroyed", "assigned", "moved from"}) {
        CAPTURE(std::string(end));
        std::optional<secret> s(std::in_place, "hush");
        const coauth::testing::watched_memory bytes(s->reveal());
        CHECK(bytes.when_freed().empty());
        if (end[0] == 'd')
            s.reset();
        else if (end[0] == 'a')
            *s = secret("another");
        else
            secret(std::move(*s));
        CHECK(bytes.when_freed() == overwritten);
    }
}
