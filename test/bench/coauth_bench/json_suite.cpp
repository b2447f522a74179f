// The readers of responses are private: the public way to them is over the wire.
#include "suites.hpp"
#include "twitter/read_lookups.hpp"
#include "twitter/read_profile.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
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
}

} // namespace bench
