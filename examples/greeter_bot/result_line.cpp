#include "greeter_bot/result_line.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace greeter_bot {

namespace {

boost::json::value text_or_null(std::string_view text)
{
    return text.empty() ? boost::json::value(nullptr) : boost::json::value(std::string(text));
}

} // namespace

std::string result_text(const intention& settled, std::string_view outcome, std::string_view reply)
{
    std::string line(outcome);
    if (!settled.username.empty())
        line += " @" + settled.username;
    line += " (mention " + settled.mention;
    if (!reply.empty())
        line.append(", reply ").append(reply);
    return line + ")\n";
}

std::string result_json(const intention& settled, std::string_view outcome, std::string_view reply)
{
    boost::json::object line;
    line["mention"] = settled.mention;
    line["username"] = text_or_null(settled.username);
    line["reply"] = text_or_null(reply);
    line["outcome"] = text_or_null(outcome);
    return boost::json::serialize(line) + '\n';
}

} // namespace greeter_bot
