#include <coauth/identity/profile.hpp>
#include <coauth/identity/user_ref.hpp>
#include <coauth/twitter/picture.hpp>
#include <coauth/twitter/user_names.hpp>

#include <doctest/doctest.h>

using namespace coauth::twitter;

TEST_CASE("profile: a picture comes in the four documented sizes")
{
    profile p;
    CHECK_FALSE(picture_url(p, picture_size::original));

    struct row {
        const char* normal;
        const char* mini;
        const char* bigger;
        const char* original;
    };
    const row table[] = {
        {"https://h/a/b_normal.jpg", "https://h/a/b_mini.jpg", "https://h/a/b_bigger.jpg", "https://h/a/b.jpg"},
        {"https://h/a/b_normal", "https://h/a/b_mini", "https://h/a/b_bigger", "https://h/a/b"},
        {"https://h/_normal_normal.png", "https://h/_normal_mini.png", "https://h/_normal_bigger.png",
            "https://h/_normal.png"},
        {"https://h/b_normal.jpg?v=1.2", "https://h/b_mini.jpg?v=1.2", "https://h/b_bigger.jpg?v=1.2",
            "https://h/b.jpg?v=1.2"},
        // Without the suffix there is only the one.
        {"https://h/b.jpg", "https://h/b.jpg", "https://h/b.jpg", "https://h/b.jpg"},
        {"https://h/x_normal.d/b", "https://h/x_normal.d/b", "https://h/x_normal.d/b", "https://h/x_normal.d/b"},
        {"https://h/", "https://h/", "https://h/", "https://h/"},
    };
    for (const row& r : table) {
        p.picture = r.normal;
        CHECK(picture_url(p, picture_size::normal) == r.normal);
        CHECK(picture_url(p, picture_size::mini) == r.mini);
        CHECK(picture_url(p, picture_size::bigger) == r.bigger);
        CHECK(picture_url(p, picture_size::original) == r.original);
    }
}

TEST_CASE("user_ref: can be an id of 1 to 19 digits, or a name of 1 to 15 letters, digits, underscores")
{
    for (const char* good : {"1", "12", "1234567890123456789", "9999999999999999999"})
        CHECK_MESSAGE(can_be_asked_for(user_ref::id(good)), good);
    for (const char* bad :
        {"", "0", "007", "12345678901234567890", "-1", "+1", "1.0", "1e3", " 1", "1 ", "abc", "1\n", "0x1"})
        CHECK_FALSE_MESSAGE(can_be_asked_for(user_ref::id(bad)), bad);
    for (const char* good : {"a", "_", "1", "jack", "JACK_2", "123456789012345", "ABCDEFGHIJKLMNO"})
        CHECK_MESSAGE(can_be_asked_for(user_ref(good)), good);
    for (const char* bad :
        {"", "@jack", "1234567890123456", "a b", "a-b", "a.b", "caf\xc3\xa9", "a\n", "a%", "a/b", "a,b", "a\x7f"})
        CHECK_FALSE_MESSAGE(can_be_asked_for(user_ref(bad)), bad);
    CHECK_FALSE(can_be_asked_for(user_ref::username(std::string("a\0b", 3))));
}
