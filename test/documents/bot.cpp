// [bot
#include <coauth/coro/as_result.hpp>
#include <coauth/coro/run.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>

boost::asio::awaitable<void> greet() {
    auto bot = co_await coauth::twitter::user_client_from_environment();
    auto me = co_await bot.me();
    coauth::twitter::page_options unread;
    std::ifstream("greeted") >> unread.since_id;
    for (;;) {
        auto mentions = co_await bot.mentions(me.id, unread);
        std::reverse(mentions.items.begin(), mentions.items.end()); // the oldest first
        for (const auto& mention : mentions.items) {
            unread.since_id = mention.id;
            std::ofstream("greeted") << mention.id; // before the post: better none than two
            auto text = "Hello @" + mention.author_username.value_or("you");
            auto posted = co_await coauth::as_result(bot.post_tweet(text, mention.id));
            std::cout << (posted ? text + '\n' : describe(posted.error())) << std::flush;
        }
        co_await coauth::system_clock()->sleep_for(std::chrono::minutes(1));
    }
}

int main() { return coauth::run(greet()); }
// ]
