#include "allocation_failure.hpp"

#include <coauth/http/fields.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <new>
#include <string>

using coauth::http::fields;

TEST_CASE("fields: names compare without case, in ASCII only")
{
    CHECK(coauth::http::same_field_name("Content-Type", "content-TYPE"));
    CHECK_FALSE(coauth::http::same_field_name("Content-Type", "Content-Typ"));
    CHECK_FALSE(coauth::http::same_field_name("", "a"));
    CHECK_FALSE(coauth::http::same_field_name("[", "{")); // apart by the same bit as upper and lower case
    CHECK(coauth::http::same_field_name("", ""));
}

TEST_CASE("fields: they keep their order and may repeat")
{
    fields f;
    f.add("Set-Cookie", "a=1");
    f.add("Date", "today");
    f.add("set-cookie", "b=2");
    CHECK(f.size() == 3);
    CHECK(f.count("SET-COOKIE") == 2);
    CHECK(f.get("set-cookie") == "a=1");
    CHECK(f.get("missing").empty());
    std::string all;
    for (const auto& [name, value] : f)
        all.append(name).append("=").append(value).append(";");
    CHECK(all == "Set-Cookie=a=1;Date=today;set-cookie=b=2;");
}

TEST_CASE("fields: setting one replaces all of its name, even if the name is a view into one of them")
{
    fields f;
    f.add("A", "1");
    f.add("B", "2");
    f.add("a", "3");
    f.set(f.begin()->first, "4");
    CHECK(f.count("a") == 1);
    CHECK(f.get("A") == "4");
    CHECK(f.get("B") == "2");
}

TEST_CASE("fields: one may be added and set from views into another, however often they grow")
{
    fields f;
    f.add("X-Long", std::string(100, 'a') + "end");
    for (int i = 0; i < 40; ++i)
        f.add(f.begin()->first, f.get("X-Long"));
    CHECK(f.size() == 41);
    CHECK(f.count("x-long") == 41);
    for (const auto& [name, value] : f)
        CHECK(value.ends_with("aaaend"));
    f.set("X-Long", f.get("X-Long").substr(100));
    CHECK(f.size() == 1);
    CHECK(f.get("X-Long") == "end");
}

TEST_CASE("fields: one may be added from views into another where there is room, too")
{
    fields f;
    f.reserve(1000);
    f.add("X-Name", "a value");
    f.add(f.begin()->first, f.get("X-Name"));
    f.add(f.get("X-Name").substr(2), f.begin()->first);
    CHECK(f.count("X-Name") == 2);
    CHECK(f.get("value") == "X-Name");
}

TEST_CASE("fields: one that lacks memory is not added, and the others stay")
{
    fields f;
    std::size_t failed = 0;
    for (int i = 0; i < 50; ++i) {
        const std::size_t before = f.size();
        bool added = false;
        try {
            const coauth::testing::memory_shortage shortage;
            f.add("X-Name", "a value");
            added = true;
        } catch (const std::bad_alloc&) {
            ++failed;
        }
        CHECK(f.size() == before + (added ? 1 : 0));
        if (!added)
            f.add("X-Name", "a value");
        CHECK(f.count("X-Name") == f.size());
    }
    CHECK(f.size() == 50);
    CHECK(failed > 2);
}

TEST_CASE("fields: those that were moved away are none")
{
    fields f;
    f.add("A", std::string(100, 'a'));
    const fields moved = std::move(f);
    CHECK(moved.size() == 1);
    f.add("B", "2"); // usable: what is left of a moved text is empty
    CHECK(f.size() == 1);
    CHECK(f.get("B") == "2");
}
