#include "api/clean_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace coauth::api;

TEST_CASE("clean_text: what is odd is found at every place, among plain characters and among others")
{
    struct row {
        std::string odd;
        std::string line;
        std::string lines;
    };
    const std::string fffd = "\xef\xbf\xbd";
    const row table[] = {{std::string(1, '\0'), "", ""}, {"\x1f", "", ""}, {"\x7f", "", ""}, {"\n", "", "\n"},
        {"\r", "", "\r"}, {"\t", "", " "}, {" ", " ", " "}, {"~", "~", "~"}, {"\xc2\x80", "", ""}, {"\xc2\x9f", "", ""},
        {"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"}, {"\xc3\xa9", "\xc3\xa9", "\xc3\xa9"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, {"\xff", fffd, fffd}, {"\x80", fffd, fffd}};
    for (const row& r : table)
        for (std::size_t before = 0; before < 20; ++before)
            for (const std::string& after : {std::string(), std::string(9, 'b'), std::string("\xc3\xa9")}) {
                const std::string plain(before, 'a');
                REQUIRE(clean_line(plain + r.odd + after) == plain + r.line + after);
                REQUIRE(clean_lines(plain + r.odd + after) == plain + r.lines + after);
            }
}
