#include "suites.hpp"

#include <coauth/oauth1/signer.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

using namespace coauth;

namespace bench {

namespace {

// Where the harness's programs sign for.
std::vector<std::string> urls()
{
    constexpr int count = 1024;
    std::vector<std::string> out;
    const char* const path = std::getenv("BENCH_TARGETS");
    std::ifstream in(path ? path : "");
    std::string name;
    std::string id;
    for (int i = 0; i < count; ++i) {
        if (!(in >> name >> id)) {
            name = "some_user_" + std::to_string(i);
            id = std::to_string(1'000'000 + i);
        }
        out.push_back("https://api.twitter.com/1.1/users/show.json?screen_name=" + name + "&user_id=" + id);
    }
    return out;
}

std::int64_t seconds_since_1970()
{
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

void sign(const arguments& given, const server& at)
{
    const auto all = urls();
    const oauth1::signer signer(at.app, at.user);
    std::string header;
    const auto sign_one = [&](std::uint64_t number) {
        header.clear();
        const oauth1::message message("GET", all[number % all.size()]);
        const auto done = signer.sign(message, oauth1::moment(oauth1::random_nonce(), seconds_since_1970()), header);
        if (!done)
            throw done.error();
        keep(header);
    };
    if (given.sample) {
        sign_one(0);
        std::cout << all[0] << '\n' << header << '\n';
        return;
    }
    measure(given, "sign", "users_show", sign_one);
}

} // namespace bench
