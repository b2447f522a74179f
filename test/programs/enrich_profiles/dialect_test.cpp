#include "enrich_profiles/columns.hpp"
#include "enrich_profiles/dialect.hpp"
#include "enrich_profiles/text_encoding.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace enrich;
using namespace std::string_literals;

namespace {

// "lines", "table ;", "header", "header , cr sep", or "?" where more must tell.
std::string dialect_text(const std::string& head, bool ended, const std::string& column = {})
{
    const auto found = detect_dialect(head, ended, column);
    if (!found)
        return "?";
    std::string text = !found->table ? "lines" : found->header ? "header" : "table";
    if (found->delimiter)
        text += ' ' + std::string(1, *found->delimiter == '\t' ? 't' : *found->delimiter);
    return text + (found->cr_ends ? " cr" : "") + (found->delimiter_row ? " sep" : "");
}

std::string encoding_text(const std::string& octets, bool ended)
{
    const auto found = detect_encoding(octets, ended);
    if (!found)
        return "?";
    if (!found->unreadable.empty())
        return std::string(found->unreadable);
    const char* const names[] = {"utf8", "utf16_le", "utf16_be"};
    return names[static_cast<int>(found->form)] + std::to_string(found->mark_size);
}

// The place of the column, or what is said.
std::string column_text(const std::vector<std::string>& header, const std::string& wanted = {})
{
    try {
        return std::to_string(choose_column(header, wanted));
    } catch (const column_error& e) {
        return e.what();
    }
}

} // namespace

TEST_CASE("detect_dialect: the first row that is not blank tells")
{
    struct dialect_case {
        std::string head, expected;
        std::string column = {};
    };
    const std::vector<dialect_case> cases = {
        {"", "lines"},
        {"\n \r\n", "lines"},
        {"jack", "lines"},
        {"jack\nid,username\n", "lines"},
        {"two words\n", "lines"},
        {"jack\t\n", "lines"},
        {"\tjack\n", "lines"},
        {"jack\r\njill", "lines"},
        {"jack\rjill", "lines cr"},
        {"jack\r", "lines cr"},
        {"jack\r\r\njill", "lines"},
        {"\r\rjack\rjill\r", "lines cr"},
        {"jack,jill\n", "header ,"},
        {"jack;jill\n", "header ;"},
        {"jack\tjill\n", "header t"},
        {"jack|jill\n", "header |"},
        {"\tusername\n", "header t"},
        {"username\t\n", "header t"},
        {"id,a;b;c;d\n", "header ,"},
        {"id;full name, first;x\n", "header ;"},
        {"a,b;c\n", "header ,"},
        {"a,b;c;d\n", "header ;"},
        {"\"a,b,c\";d\n", "header ;"},
        {"\"a\nb\"\t\"c\"\n", "header t"},
        {"\"a\rb\";c\n", "header ;"},
        {"\"a\nb\";c\r1;2\r", "header ; cr"},
        {"id,\"a\"\",\"\";b\"\n", "header ,"},
        {"username", "header"},
        {" @User Name \n", "header"},
        {"\"username\"\n", "header"},
        {"\"nickname of them\"\n", "header"},
        {"\"jack\"\n", "table"},
        {"\"@jack\" \r\n", "table"},
        {"\"12\"\n", "table"},
        {"\"jack\njill\n", "lines"},
        {"nick\n", "header", "nick"},
        {"jack\n", "header", "nick"},
        {"a;b,c\n", "header ,", "c"},
        {"a;b,c\n", "header ;", "a"},
        {"\"b,c\"\n", "header", "b,c"},
        {"", "header", "nick"},
        {"sep=;\nid,x;b\n", "header ; sep"},
        {"sep=;\nusername\n", "header ; sep"},
        {"sep=;\njack\n", "table ; sep"},
        {"sep=;\nfull name\n", "header ; sep"},
        {"\n\"Sep=,\"\r\n\r\nid\r\n", "header , sep"},
        {"sep=\t\rid\tx\r", "header t cr sep"},
        {"sep=,,,\nid,x,\n", "header , sep"},
        {"sep==\na=b\n", "header = sep"},
        {"sep=\n", "lines"},
        {"sep=x\n", "lines"},
        {"sep=;x\n", "header ;"},
        {"sep=;\nsep=,\n", "header ; sep"},
        {",,\n;;\n\nid;x\n", "header ;"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.head);
        CHECK(dialect_text(each.head, true, each.column) == each.expected);
        // Once the beginning tells, the rest makes no difference.
        for (std::size_t size = 0; size <= each.head.size(); ++size) {
            const std::string early = dialect_text(each.head.substr(0, size), false, each.column);
            CHECK((early == "?" || early == each.expected));
        }
    }
}

TEST_CASE("detect_dialect: a line end tells, and in quotes or after a CR more must")
{
    CHECK(dialect_text("jack\n", false) == "lines");
    CHECK(dialect_text("jack", false) == "?");
    CHECK(dialect_text("jack\r", false) == "?");
    CHECK(dialect_text("jack\r\r", false) == "?");
    CHECK(dialect_text("jack\rj", false) == "lines cr");
    CHECK(dialect_text("\"a\n", false) == "?");
    CHECK(dialect_text("sep=;\n", false) == "?");
    CHECK(dialect_text("\n\n", false) == "?");
    const std::string head(longest_head, 'x');
    CHECK(dialect_text(head, false) == "lines");
    CHECK(dialect_text(head + "\r,\n", false) == "lines");
    CHECK(dialect_text(',' + head + "\r,\n", false) == "header ,");
    CHECK(dialect_text("a;\"b\n" + head, false) == "header ;");
    CHECK(dialect_text(std::string(longest_head, '\n'), false) == "lines");
}

TEST_CASE("detect_encoding: four octets at most tell")
{
    struct encoding_case {
        std::string octets, expected;
    };
    const std::vector<encoding_case> cases = {
        {"", "utf80"},
        {"a", "utf80"},
        {"a\n", "utf80"},
        {"PK\n", "utf80"},
        {"\xff", "utf80"},
        {"\0\0a\n"s, "utf80"},
        {"a\0b\n"s, "utf80"},
        {"a\0"s, "utf80"},
        {"\xef\xbb\xbf", "utf83"},
        {"\xef\xbb", "utf80"},
        {"\xef\xbb\xbfjack", "utf83"},
        {"\xff\xfe", "utf16_le2"},
        {"\xff\xfe"
         "a\0"s,
            "utf16_le2"},
        {"\xfe\xff\0a"s, "utf16_be2"},
        {"a\0b\0"s, "utf16_le0"},
        {"\0a\0b"s, "utf16_be0"},
        {"\xff\xfe\0\0"s, "UTF-32"},
        {"\0\0\xfe\xff"s, "UTF-32"},
        {"\x1f\x8b\x08", "compressed (gzip)"},
        {"PK\x03\x04", "a zip archive or a spreadsheet (.xlsx, .ods)"},
        {"\xd0\xcf\x11\xe0", "a spreadsheet (.xls)"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.octets);
        CHECK(encoding_text(each.octets, true) == each.expected);
        for (std::size_t size = 0; size <= each.octets.size(); ++size) {
            const std::string early = encoding_text(each.octets.substr(0, size), false);
            CHECK((early == "?" || early == each.expected));
        }
    }
    // Someone may wait for the response to it.
    CHECK(encoding_text("a\n", false) == "utf80");
    CHECK(encoding_text("P\n", false) == "utf80");
}

TEST_CASE("choose_column: a column is taken only if no other could be meant")
{
    struct column_case {
        std::vector<std::string> header;
        std::string expected;
    };
    const std::string several = "IN has several columns that could be meant: ";
    const std::string end = ". Say with --column which has the names or ids";
    const std::vector<column_case> cases = {
        {{"username"}, "0"},
        {{"anything"}, "0"},
        {{"id", "username"}, "1"},
        {{"", "username"}, "1"},
        {{"id", "name", "username"}, "2"},
        {{"user_id", "Screen Name"}, "1"},
        {{"id", "author_id", "author.username"}, "2"},
        {{"name", "e-mail", "@Twitter"}, "2"},
        {{"name", "user_id"}, "1"},
        {{"x", "USER-ID"}, "1"},
        {{"x", "\"Author ID\""}, "1"},
        {{"ID", "Other"}, "0"},
        {{"x", "name"}, "1"},
        {{"tweet_id", "author_id", "text"}, "1"},
        {{"id", "author_id", "text"}, several + R"("id" "author_id")" + end},
        {{"id", "user_id", "text"}, several + R"("id" "user_id")" + end},
        {{"author_id", "text", "user id"}, several + R"("author_id" "user id")" + end},
        {{"id", "name"}, several + R"("id" "name")" + end},
        {{"id", "id_str"}, several + R"("id" "id_str")" + end},
        {{"name", "user"}, several + R"("name" "user")" + end},
        {{"username", "x", "screen_name"}, several + R"("username" "screen_name")" + end},
        {{"username", "handle", "id"}, several + R"("username" "handle")" + end},
        {{"username", "Username"}, several + R"("username" "Username")" + end},
        {{"a", "b"}, "IN looks like CSV with a header, and none of its columns is known to have names or ids. "
                     R"(Say with --column which has. Its columns: "a" "b")"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.expected);
        CHECK(column_text(each.header) == each.expected);
    }
}

TEST_CASE("choose_column: the column that is asked for is found as it is spelled, or else as headers are compared")
{
    CHECK(column_text({"id", "author_id"}, "author_id") == "1");
    CHECK(column_text({"id", "Author ID"}, "author_id") == "1");
    CHECK(column_text({"Who", "WHO", "who"}, "who") == "2");
    CHECK(column_text({" who "}, "who") == "0");
    CHECK(column_text({"a", "-"}, "-") == "1");
    CHECK(column_text({"a", "-"}, "+") == R"(IN has no column called "+". Its columns: "a" "-")");
    CHECK(column_text({"jack"}, "who") == R"(IN has no column called "who". Its columns: "jack")");
    CHECK(column_text({"a_b", "a b"}, "ab") ==
          R"(IN has several columns called "ab": "a_b" "a b". Give the one that is meant a name of its own)");
    CHECK(column_text({"x\x1b[2J", "y"}, "z") == R"(IN has no column called "z". Its columns: "x\u001b[2J" "y")");
    CHECK(column_text(std::vector<std::string>(60, "a"), "b").ends_with(" \"a\" ..."));
}
