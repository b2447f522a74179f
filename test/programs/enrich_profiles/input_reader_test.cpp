#include "enrich_profiles/input_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace enrich;

namespace {

using texts = std::vector<std::string>;

// What is read from `text` in pieces of `piece` octets; a fault follows its input after a bar.
texts read(const std::string& text, const std::string& column, std::size_t piece)
{
    input_reader reader(column);
    for (std::size_t at = 0; at < text.size(); at += piece)
        reader.feed(std::string_view(text).substr(at, piece));
    reader.finish();
    texts found;
    std::uint64_t number = 0;
    for (const auto& i : reader.inputs()) {
        CHECK(i.number == number++);
        CHECK(i.end <= text.size());
        found.push_back(i.fault.empty() ? i.text : i.text + '|' + std::string(i.fault));
    }
    return found;
}

// The same however the text is cut.
texts read(const std::string& text, const std::string& column = {})
{
    const texts whole = read(text, column, text.size() + 1);
    for (const std::size_t piece : {1U, 2U, 3U, 7U})
        CHECK(read(text, column, piece) == whole);
    return whole;
}

std::string refusal(const std::string& text, const std::string& column = {})
{
    try {
        read(text, column, text.size());
    } catch (const no_such_column& e) {
        return e.what();
    }
    return {};
}

} // namespace

TEST_CASE("lines are inputs as they stand")
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

TEST_CASE("a line over 1 KiB is an input that says so and keeps no more than that")
{
    const std::string most(longest_input, 'x');
    CHECK(read(most + "\r\njack") == texts{most, "jack"});
    CHECK(read(most + "x\njack") == texts{most + "|this is over 1 KiB, which is no name or id", "jack"});
    CHECK(read(most + most + most + "\njack") == texts{most + "|this is over 1 KiB, which is no name or id", "jack"});
    CHECK(read(std::string(200'000, 'x') + "\njack", "", 1000).size() == 2);
}

TEST_CASE("a comma in the first line means CSV and the usual columns are found")
{
    CHECK(read("id,username\n1,jack\n2,jill\n") == texts{"jack", "jill"});
    CHECK(read("ID,Other\n1,a\n2,b") == texts{"1", "2"});
    CHECK(read("name,user_id\na,1\n") == texts{"1"});
    CHECK(read("name,id\na,1\n") == texts{"1"});
    CHECK(read("x,name\na,b c\n") == texts{"b c"});
    CHECK(read("id, Screen_Name \n1,jack\n") == texts{"jack"});
    CHECK(read("\xef\xbb\xbfid,x\n1,2\n") == texts{"1"});
    CHECK(read("\xef\xbb\xbf\n\nx,id\n1,2\n") == texts{"2"});
    CHECK(read("\"id\",\"username\"\r\n\"1\",\"jack\"\r\n") == texts{"jack"});
}

TEST_CASE("a column that is named makes CSV of any file")
{
    CHECK(read("who\njack\njill\n", "who") == texts{"jack", "jill"});
    CHECK(read("Who,WHO,who\na,b,c\n", "who") == texts{"c"});
    CHECK(read("Who,WHO\na,b\n", "who") == texts{"a"});
    CHECK(read("\"a,b\",\"say \"\"hi\"\"\"\n1,2\n", "say \"hi\"") == texts{"2"});
    CHECK(read("a\n\"x\n", "a") == texts{"x\n|a quote is never closed"});
    CHECK(read("", "who") == texts{});
}

TEST_CASE("a column that is not there is refused with those that are")
{
    CHECK(refusal("foo,\"b\"\"ar\"\n1,2\n").find("\"foo\" \"b\"ar\"") != std::string::npos);
    CHECK(refusal("\n\xef\xbb\xbfid,x\n") != ""); // a byte order mark is one at the beginning only
    CHECK(refusal("foo,bar\n").find("--column") != std::string::npos);
    CHECK(refusal("jack\njill\n", "who").find("no column called \"who\". Its columns: \"jack\"") != std::string::npos);
    CHECK(refusal("foo,bar", "who") != "");
    CHECK(refusal("a," + std::string(70'000, 'x') + "\n1,2\n").find("64 KiB") != std::string::npos);
}

TEST_CASE("CSV is read as RFC 4180 says")
{
    const std::string head = "id,username,note\n";
    CHECK(read(head + "1,\"jack\",x\n") == texts{"jack"});
    CHECK(read(head + "1,\"ja\"\"ck\",x\n") == texts{"ja\"ck"});
    CHECK(read(head + "1,\"ja,ck\",x\n") == texts{"ja,ck"});
    CHECK(read(head + "1,\"ja\nck\",x\n2,jill,y\n") == texts{"ja\nck", "jill"});
    CHECK(read(head + "1,\"ja\r\nck\",x\r\n2,jill,y\r\n") == texts{"ja\r\nck", "jill"});
    CHECK(read(head + "1,jack,\"a\nb,c\n\"\n2,jill,\"\"\n") == texts{"jack", "jill"});
    CHECK(read(head + "1, jack ,x\n") == texts{" jack "});
    CHECK(read(head + "1,ja\"ck,x\n") == texts{"ja\"ck"});
    CHECK(read(head + "1,,x\n2,\"\",y\n") == texts{"", ""});
    CHECK(read(head + "\n\r\n1,jack,x\n\n") == texts{"jack"});
    CHECK(read(head + "1,jack,x,too,many\n") == texts{"jack"});
    CHECK(read("x,id\r\n1,2\r\n3,\r\n") == texts{"2", ""});
    CHECK(read("x,id\r\n1,\"2\"\r\n") == texts{"2"});
    CHECK(read("id,x\n1") == texts{"1"});
}

TEST_CASE("a record that can't be read has its input all the same")
{
    const std::string head = "id,username\n";
    CHECK(read(head + "1\n2,jill\n") == texts{"|the record has no such column", "jill"});
    CHECK(read(head + "1,\"ja\"ck\n2,jill\n") == texts{"jack|there is text after a closing quote", "jill"});
    CHECK(read(head + "\"1\"x,jack\n2,jill\n") == texts{"jack", "jill"});
    CHECK(read(head + "1,\"jack\n2,jill\n") == texts{"jack\n2,jill\n|a quote is never closed"});
    CHECK(read(head + "\"1,jack\n2,jill\n") == texts{"|a quote is never closed"});
}

TEST_CASE("a quote left open costs 64 KiB and not the file")
{
    std::string text = "id,username\n\"1,jack\n";
    const std::size_t begin = text.size();
    while (text.size() < begin + input_reader::longest_record)
        text += "2,jill\n";
    text += "3,jane\n4,june\n";
    const texts found = read(text, "", 4096);
    REQUIRE(found.size() >= 2);
    CHECK(found[0] == "|a quote is not closed within 64 KiB");
    CHECK(found.back() == "june");
    CHECK(found.size() <= 4);
}

TEST_CASE("an input knows where it ends")
{
    input_reader reader;
    reader.feed("\xef\xbb\xbfjack\r\n\njill");
    reader.finish();
    REQUIRE(reader.inputs().size() == 2);
    CHECK(reader.inputs()[0].end == 9);
    CHECK(reader.inputs()[1].end == 14);
}
