#include "enrich_profiles/input_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace enrich;

namespace {

using texts = std::vector<std::string>;

// What is read from `text` in pieces of `piece` octets; a fault follows its input after a bar, with its line.
texts read(const std::string& text, const std::string& column, std::size_t piece)
{
    input_reader reader(column);
    for (std::size_t at = 0; at < text.size(); at += piece)
        reader.feed(std::string_view(text).substr(at, piece));
    reader.finish();
    texts found;
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    for (const auto& i : reader.inputs()) {
        CHECK(i.number == number++);
        CHECK(i.end <= text.size());
        CHECK(i.line > line);
        CHECK(i.last_line >= i.line);
        line = i.last_line;
        found.push_back(i.fault.empty() ? i.text : i.text + '|' + std::to_string(i.line) + ": " + i.fault);
    }
    return found;
}

std::string in_utf16(const std::string& text, bool big_endian)
{
    std::string octets;
    const auto add = [&](unsigned unit) {
        const char high = static_cast<char>(unit >> 8);
        const char low = static_cast<char>(unit & 0xff);
        octets += big_endian ? high : low;
        octets += big_endian ? low : high;
    };
    for (std::size_t at = 0; at < text.size();) {
        const unsigned first = static_cast<unsigned char>(text[at]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        unsigned character = length == 1 ? first : first & (0xffU >> (length + 1));
        for (std::size_t i = 1; i < length; ++i)
            character = character << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
        if (character < 0x10000) {
            add(character);
        } else {
            add(0xd800 + ((character - 0x10000) >> 10));
            add(0xdc00 + ((character - 0x10000) & 0x3ff));
        }
        at += length;
    }
    return octets;
}

// The same however the text is cut, and in UTF-16.
texts read(const std::string& text, const std::string& column = {})
{
    const texts whole = read(text, column, text.size() + 1);
    for (const std::size_t piece : {1U, 2U, 3U, 4U, 5U, 7U, 64U})
        CHECK(read(text, column, piece) == whole);
    if (as_utf8(text) != text)
        return whole;
    const bool marked = text.starts_with("\xef\xbb\xbf");
    for (const bool big_endian : {false, true}) {
        const std::string octets = in_utf16((marked ? "" : "\xef\xbb\xbf") + text, big_endian);
        for (const std::size_t piece : {std::size_t(1), std::size_t(2), std::size_t(3), octets.size() + 1})
            CHECK(read(octets, column, piece) == whole);
    }
    return whole;
}

std::string refusal(const std::string& text, const std::string& column = {})
{
    try {
        read(text, column, text.size());
    } catch (const column_error& e) {
        return e.what();
    }
    return {};
}

std::string layout_of(const std::string& text, const std::string& column = {})
{
    input_reader reader(column);
    reader.feed(text);
    reader.finish();
    return reader.layout();
}

} // namespace

TEST_CASE("input_reader: lines are inputs unchanged")
{
    CHECK(read("") == texts{});
    CHECK(read("\n \n\t\r\n") == texts{});
    CHECK(read("jack") == texts{"jack"});
    CHECK(read("jack\n") == texts{"jack"});
    CHECK(read("jack\r\njill\r\n") == texts{"jack", "jill"});
    CHECK(read("\n\n @jack \n\n\"q\"\n") == texts{" @jack ", "\"q\""});
    CHECK(read("\xef\xbb\xbfjack\njill") == texts{"jack", "jill"});
    CHECK(read("jack\nji,ll\n") == texts{"jack", "ji,ll"});
    CHECK(read("ja\xff\n") == texts{"ja\xef\xbf\xbd"});
    CHECK(read(std::string("a\0b\n", 4)) == texts{std::string("a\0b", 3)});
}

TEST_CASE("input_reader: a line over 1 KiB is an input that says so and keeps no more than that")
{
    const std::string most(longest_input, 'x');
    CHECK(read(most + "\r\njack") == texts{most, "jack"});
    CHECK(read(most + "x\njack") == texts{most + "|1: over 1 KiB, which is not a name or id", "jack"});
    CHECK(read(most + most + most + "\njack") == texts{most + "|1: over 1 KiB, which is not a name or id", "jack"});
    CHECK(read(std::string(200'000, 'x') + "\njack", "", 1000).size() == 2);
}

TEST_CASE("input_reader: a comma in the first line means CSV and the usual columns are found")
{
    CHECK(read("id,username\n1,jack\n2,jill\n") == texts{"jack", "jill"});
    CHECK(read("ID,Other\n1,a\n2,b") == texts{"1", "2"});
    CHECK(read("name,user_id\na,1\n") == texts{"1"});
    CHECK(read("x,name\na,b c\n") == texts{"b c"});
    CHECK(read("id, Screen_Name \n1,jack\n") == texts{"jack"});
    CHECK(read("\xef\xbb\xbfid,x\n1,2\n") == texts{"1"});
    CHECK(read("\xef\xbb\xbf\n\nx,id\n1,2\n") == texts{"2"});
    CHECK(read("\"id\",\"username\"\r\n\"1\",\"jack\"\r\n") == texts{"jack"});
}

TEST_CASE("input_reader: a column that is named makes CSV of any file")
{
    CHECK(read("who\njack\njill\n", "who") == texts{"jack", "jill"});
    CHECK(read("Who,WHO,who\na,b,c\n", "who") == texts{"c"});
    CHECK(read("a b,Who\nx,y\n", "@WHO") == texts{"y"});
    CHECK(refusal("Who,WHO\na,b\n", "who") ==
          R"(IN has several columns called "who": "Who" "WHO". Give the one that is meant a name of its own)");
    CHECK(read("\"a,b\",\"say \"\"hi\"\"\"\n1,2\n", "say \"hi\"") == texts{"2"});
    CHECK(read("a\n\"x\n", "a") == texts{"|2: a quote is never closed"});
    CHECK(read("", "who") == texts{});
}

TEST_CASE("input_reader: a column that is not there is refused with those that are")
{
    CHECK(refusal("foo,\"b\"\"ar\"\n1,2\n").find(R"("foo" "b\"ar")") != std::string::npos);
    CHECK(refusal("\n\xef\xbb\xbfid,x\n") != ""); // a byte order mark is one at the beginning only
    CHECK(refusal("foo,bar\n").find("--column") != std::string::npos);
    CHECK(refusal("jack\njill\n", "who").find("no column called \"who\". Its columns: \"jack\"") != std::string::npos);
    CHECK(refusal("foo,bar", "who") != "");
    CHECK(refusal("a," + std::string(70'000, 'x') + "\n1,2\n").find("64 KiB") != std::string::npos);
}

TEST_CASE("input_reader: CSV is read as RFC 4180 says")
{
    const std::string head = "id,username,note\n";
    CHECK(read(head + "1,\"jack\",x\n") == texts{"jack"});
    CHECK(read(head + "1,\"ja\"\"ck\",x\n") == texts{"ja\"ck"});
    CHECK(read(head + "1,\"ja,ck\",x\n") == texts{"ja,ck"});
    CHECK(read(head + "1,\"ja\nck\",x\n2,jill,y\n") == texts{"ja\nck", "jill"});
    CHECK(read(head + "1,\"ja\r\nck\",x\r\n2,jill,y\r\n") == texts{"ja\r\nck", "jill"});
    CHECK(read(head + "1,jack,\"a\nb,c\n\"\n2,jill,\"\"\n") == texts{"jack", "jill"});
    CHECK(read(head + "1, jack ,x\n") == texts{" jack "});
    CHECK(read(head + "1,\"jack\" \t,x\n") == texts{"jack"});
    CHECK(read(head + "1,,x\n2,\"\",y\n") == texts{"", ""});
    CHECK(read(head + "\n\r\n1,jack,x\n\n") == texts{"jack"});
    CHECK(read("x,user_id\r\n1,2\r\n3,\r\n") == texts{"2", ""});
    CHECK(read("x,user_id\r\n1,\"2\"\r\n") == texts{"2"});
    CHECK(read("id,x\n1,") == texts{"1"});
}

TEST_CASE("input_reader: a row that can't be read is an input without a text, and says in which line it is")
{
    const std::string head = "x, name, username\n";
    const std::string blank = "there is a blank before an opening quote";
    const std::string inside = "there is a quote inside a field that does not begin with one";
    const std::string after = "there is text after a closing quote";
    const std::string open = "a quote is never closed";
    const auto count = [](int fields) {
        return "the row has " + std::to_string(fields) + (fields == 1 ? " field" : " fields") +
               ", and the header has 3";
    };
    struct row_case {
        std::string row, fault;
    };
    const std::vector<row_case> cases = {
        {R"(1, "Lovelace, user_9, Dr", user_1)", blank},
        {R"(1, "Lovelace, Ada", user_1)", blank},
        {"1,\t\"Lovelace, user_9, Dr\",user_1", blank},
        {R"(1,"Ada", "user_1")", blank},
        {"1, \"a\nb, user_9, c\nd\", user_1", blank},
        {R"(1,5" disk,user_1)", inside},
        {R"(1,Ada,us"er_1)", inside},
        {"1,5\" disk,\"a\nb, user_9, c\n\",user_1", inside},
        {R"(1,"Ada" Lovelace,user_1)", after},
        {R"(1,"Ada"x,user_1)", after},
        {R"(1,"say "hi, user_9" ",user_1)", after},
        {"1,Ada,\"user_1\"x", after},
        {"1,Ada", count(2)},
        {"user_1", count(1)},
        {"1,Lovelace, user_9,user_1", count(4)},
        {"1,Ada,user_1,", count(4)},
    };
    for (const row_case& each : cases) {
        CAPTURE(each.row);
        const auto lines = static_cast<std::size_t>(std::count(each.row.begin(), each.row.end(), '\n'));
        CHECK(
            read(head + "0,x,user_0\n" + each.row + "\n2,y,user_2") == texts{"user_0", "|3: " + each.fault, "user_2"});
        CHECK(read("\n" + head + each.row + "\n2,y,user_2\n\n3,z\n") ==
              texts{"|3: " + each.fault, "user_2", '|' + std::to_string(6 + lines) + ": " + count(2)});
    }
    // What may be in quotes is not taken for a row.
    CHECK(read(head + R"(1,Ada "the, x," Lovelace,user_1)" + "\n2,user_9,c\n3,\"x\",user_3\n4,y,user_4\n") ==
          texts{"|2: " + inside, "user_4"});
    CHECK(read(head + "1,\"jack\n2,x,jill\n") == texts{"|2: " + open});
    CHECK(read(head + "1,x,jack\n\"2,x,jill\n") == texts{"jack", "|3: " + open});
    CHECK(read(head + "1,\"x\ny\",jack\n\"2,x,jill\n") == texts{"jack", "|4: " + open});
}

TEST_CASE("input_reader: one column is a table if its header is known or it is in quotes")
{
    CHECK(read("username\njack\njill\n") == texts{"jack", "jill"});
    CHECK(read("@username\n@jack\n") == texts{"@jack"});
    CHECK(read("\"username\"\n\"jack\"\n") == texts{"jack"});
    CHECK(read("\"Screen Name\"\njack\n") == texts{"jack"});
    CHECK(read(" User ID \r\n12\r\n") == texts{"12"});
    CHECK(read("\"Whose\nturn\"\njack\n") == texts{"jack"});
    CHECK(read("\"jack\"\n\"ji\"\"ll\"\n12\n") == texts{"jack", "ji\"ll", "12"});
    CHECK(read("\"12\"\n\"13\"\n") == texts{"12", "13"});
    CHECK(read("\"jack\"\n\"jill\" or june\n") == texts{"jack", "|2: there is text after a closing quote"});
    CHECK(read("\"jack\njill\n") == texts{"\"jack", "jill"});
    CHECK(read("my list\njack\n") == texts{"my list", "jack"});
    CHECK(read("username\njack\n\n\"\"\n") == texts{"jack", ""});
    CHECK(read("username\n") == texts{});
}

TEST_CASE("input_reader: what spreadsheets and data frames write is read")
{
    const texts expected = {"jack", "ji\"ll, \n", "12"};
    const std::string mark = "\xef\xbb\xbf";
    for (const std::string delimiter : {",", ";", "\t", "|"}) {
        for (const std::string end : {"\n", "\r\n", "\r", "\r\r\n"}) {
            CAPTURE(delimiter);
            CAPTURE(end);
            std::string text;
            for (const std::string row :
                {";id;\"a,b\";User_Name", "0;1;\"x;\";jack", "1;;y;\"ji\"\"ll, \n\"", "2;;;\"12\"", ";;;", "", ""}) {
                std::string cells;
                bool quoted = false;
                for (const char c : row) {
                    quoted = quoted != (c == '"');
                    cells += c == ';' && !quoted ? delimiter : std::string(1, c);
                }
                text += cells + end;
            }
            CHECK(read(text) == expected);
            CHECK(read(mark + text) == expected);
            CHECK(read("sep=" + delimiter + end + text) == expected);
            CHECK(read(mark + "\"SEP=" + delimiter + '"' + end + text) == expected);
        }
    }
    CHECK(read("sep=;\r\nusername\r\njack\r\n") == texts{"jack"});
    CHECK(read("sep=;\r\njack\r\njill\r\n") == texts{"jack", "jill"});
    CHECK(read("sep=^\nid^user name\n1^jack\n") == texts{"jack"});
    CHECK(read("sep=;\n") == texts{});
    CHECK(read("sep=jack\n") == texts{"sep=jack"});
    CHECK(read("jack\rjill\r") == texts{"jack", "jill"});
    CHECK(read("jack\r\rjill") == texts{"jack", "jill"});
    // A line end of the other kind is text, so that no part of a field is taken for the whole.
    CHECK(read("jack\rjill\njane\r\njim") == texts{"jack", "jill\njane", "jim"});
    CHECK(read("x,username\r1,a\nuser_9\r") == texts{"a\nuser_9"});
    CHECK(read("x,username\n1,a\ruser_9\n") == texts{"a\ruser_9"});
    CHECK(read("jack\r\njill\rjane\n") == texts{"jack", "jill\rjane"});
    CHECK(read("\t\njack\t\njill\n") == texts{"jack\t", "jill"});
    CHECK(read("x\tusername\njack\tjill\n") == texts{"jill"});
}

TEST_CASE("input_reader: UTF-16 without a mark is read, and characters that are cut are replaced")
{
    const std::string text = "id,username\n1,jack\n2,j\xc3\xa4 \xf0\x9f\x98\x80\n";
    for (const bool big_endian : {false, true}) {
        const std::string octets = in_utf16(text, big_endian);
        for (const std::size_t piece : {1U, 3U, 1000U}) {
            CHECK(read(octets, "", piece) == texts{"jack", "j\xc3\xa4 \xf0\x9f\x98\x80"});
            CHECK(read(octets.substr(0, octets.size() - 3), "", piece) == texts{"jack", "j\xc3\xa4 \xef\xbf\xbd"});
            CHECK(read(octets.substr(0, octets.size() - 4) + octets.substr(octets.size() - 2), "", piece) ==
                  texts{"jack", "j\xc3\xa4 \xef\xbf\xbd"});
        }
    }
    CHECK(read(std::string("a\0b\n", 4)) == texts{std::string("a\0b", 3)});
}

TEST_CASE("input_reader: what is not text is refused by its kind")
{
    using namespace std::string_literals;
    for (const std::string& octets : {"PK\x03\x04\n"s, "\x1f\x8b\x08\n"s, "\xff\xfe\0\0a\0\0\0\n\0\0\0"s}) {
        input_reader reader;
        CHECK_THROWS_AS(reader.feed(octets), const coauth::error&);
    }
}

TEST_CASE("input_reader: it says how IN is read")
{
    CHECK(layout_of("jack\n") == "");
    CHECK(layout_of("id;username\n") == R"(CSV separated by semicolons, of which column "username" (2 of 2) is read)");
    CHECK(layout_of("a\tid\n") == R"(CSV separated by tabs, of which column "id" (2 of 2) is read)");
    CHECK(layout_of("a,\"full\tname\"", "full name") ==
          R"(CSV separated by commas, of which column "full\tname" (2 of 2) is read)");
    CHECK(layout_of("@Handle\n") == R"(one column, with the header "@Handle")");
    CHECK(layout_of("\"jack\"\n") == "one column in quotes, without a header");
    CHECK(layout_of("\xff\xfe" + in_utf16("id,x\n", false)) ==
          R"(UTF-16, CSV separated by commas, of which column "id" (1 of 2) is read)");
}

TEST_CASE("input_reader: a quote left open loses 128 KiB and not the file")
{
    std::string text = "id,username\n\"1,jack\n";
    const std::size_t begin = text.size();
    while (text.size() < begin + row_reader::longest_quoted)
        text += "2,jill\n";
    text += "3,jane\n4,june\n";
    const texts found = read(text, "", 4096);
    REQUIRE(found.size() >= 2);
    CHECK(found[0] == "|2: a quote is not closed within 128 KiB");
    CHECK(found.back() == "june");
    CHECK(found.size() <= 4);
}

TEST_CASE("input_reader: the longest cell of a spreadsheet is not a quote left open")
{
    std::string cell;
    for (int i = 0; i < 32'767 / 2; ++i)
        cell += "\xe2\x82\xac\n";
    CHECK(read("text,username\n\"" + cell + "\",jack\n1,jill\n", "", 4096) == texts{"jack", "jill"});
}

TEST_CASE("input_reader: an input has the position of its end")
{
    input_reader reader;
    reader.feed("\xef\xbb\xbfjack\r\n\njill");
    reader.finish();
    REQUIRE(reader.inputs().size() == 2);
    CHECK(reader.inputs()[0].end == 9);
    CHECK(reader.inputs()[1].end == 14);
}
