#include "suites.hpp"

#include <coauth/oauth1/prepared_endpoint.hpp>
#include <coauth/oauth1/signer.hpp>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace coauth;

namespace bench {

namespace {

constexpr std::uint64_t target_count = 1024;
constexpr std::string_view endpoint = "https://api.twitter.com/1.1/users/show.json";

struct target {
    std::string name;
    std::string id;
    std::string url;
};

// Where the harness's programs sign for.
std::vector<target> targets()
{
    std::vector<target> out;
    const char* const path = std::getenv("BENCH_TARGETS");
    std::ifstream in(path ? path : "");
    for (std::uint64_t i = 0; i < target_count; ++i) {
        target next;
        if (!(in >> next.name >> next.id)) {
            next.name = "some_user_" + std::to_string(i);
            next.id = std::to_string(1'000'000 + i);
        }
        next.url = std::string(endpoint) + "?screen_name=" + next.name + "&user_id=" + next.id;
        out.push_back(std::move(next));
    }
    return out;
}

// What one thread uses again for each request.
class signing {
public:
    signing(const server& at, const std::vector<target>& targets)
        : targets_(targets), signer_(at.app, at.user), show_(signer_, "GET", endpoint, {"screen_name", "user_id"})
    {}

    void sign_url(std::uint64_t number)
    {
        const auto& next = begin(number);
        check(signer_.sign(oauth1::message("GET", next.url), moment_, header));
    }

    void sign_endpoint(std::uint64_t number)
    {
        const auto& next = begin(number);
        check(show_.sign({next.name, next.id}, moment_, header));
    }

    std::string header;

private:
    const target& begin(std::uint64_t number)
    {
        header.clear();
        moment_.renew(std::time(nullptr));
        return targets_[number % target_count];
    }

    void check(const result<void>& done)
    {
        if (!done)
            throw done.error();
        keep(header);
    }

    const std::vector<target>& targets_;
    oauth1::signer signer_;
    oauth1::prepared_endpoint show_;
    oauth1::moment moment_;
};

} // namespace

void sign(const arguments& given, const server& at)
{
    const auto all = targets();
    signing loop(at, all);
    if (given.sample) {
        given.only == "endpoint" ? loop.sign_endpoint(0) : loop.sign_url(0);
        std::cout << all[0].url << '\n' << loop.header << '\n';
        return;
    }
    measure(given, "sign", "users_show", [&](std::uint64_t number) { loop.sign_url(number); });
    measure(given, "sign", "users_show_endpoint", [&](std::uint64_t number) { loop.sign_endpoint(number); });

    constexpr std::uint64_t each = 20'000;
    measure(
        given, "sign", "users_show_2_threads",
        [&](std::uint64_t) {
            const auto sign_many = [&] {
                signing mine(at, all);
                for (std::uint64_t i = 0; i < each; ++i)
                    mine.sign_url(i);
            };
            std::thread other(sign_many);
            sign_many();
            other.join();
        },
        2 * each);
}

} // namespace bench
