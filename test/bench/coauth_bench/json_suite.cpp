// The readers of responses are private: the public way to them is over the wire.
#include "json_floor.hpp"
#include "suites.hpp"
#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

using namespace coauth;

namespace bench {

namespace {

std::string content_of(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string text_of(const profile& p)
{
    const auto number = [](auto value) { return value ? std::to_string(*value) : "-"; };
    return p.id + p.username + p.name + p.picture.value_or("-") + p.description.value_or("-") +
           p.location.value_or("-") + p.url.value_or("-") + p.email.value_or("-") + number(p.is_protected) +
           number(p.verified) + number(p.followers_count) + number(p.following_count) + number(p.tweet_count) +
           (p.created_at ? std::to_string(p.created_at->time_since_epoch().count()) : "-");
}

// A floor that read less would be none.
void check_equal(const std::vector<profile>& floor, const coauth::lookups& found)
{
    bool equal = floor.size() == found.outcomes.size();
    for (std::size_t i = 0; equal && i < floor.size(); ++i)
        equal = found.outcomes[i].profile && text_of(floor[i]) == text_of(*found.outcomes[i].profile);
    if (!equal)
        throw std::runtime_error("json: the floor reads other profiles than coauth");
}

} // namespace

void json(const arguments& given, const server&)
{
    const char* const folder = std::getenv("BENCH_TMP");
    if (!folder) {
        std::cerr << "json: the bodies to read come with a harness, in BENCH_TMP\n";
        return;
    }
    const auto one = content_of(std::string(folder) + "/data/user.json");
    const auto hundred = content_of(std::string(folder) + "/data/lookup100.json");
    std::vector<user_ref> users;
    std::ifstream targets(std::string(folder) + "/targets.txt");
    std::string name;
    std::string id;
    while (users.size() < 100 && (targets >> name >> id))
        users.push_back(user_ref(name));
    const auto bytes = [](const std::string& body) { return "\"bytes\":" + std::to_string(body.size()); };
    measure(
        given, "json", "show_extract",
        [&](std::uint64_t) { keep(twitter::read_profile(twitter::api_version::v1_1, one)); }, 1, bytes(one));
    measure(
        given, "json", "lookup100_extract",
        [&](std::uint64_t) { keep(twitter::read_lookups(twitter::api_version::v1_1, users, hundred)); }, 1,
        bytes(hundred));
    json_floor floor;
    measure(
        given, "json", "show_sax_full", [&](std::uint64_t) { keep(floor.read(one, 1)); }, 1, bytes(one), "floor");
    measure(
        given, "json", "lookup100_sax_full", [&](std::uint64_t) { keep(floor.read(hundred, 2)); }, 1, bytes(hundred),
        "floor");
    check_equal(floor.read(hundred, 2), twitter::read_lookups(twitter::api_version::v1_1, users, hundred));
}

} // namespace bench
