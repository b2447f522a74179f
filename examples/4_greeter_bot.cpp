// Signs in once by PIN, then reads who mentions the account and answers each with a greeting.
//
// What is promised, and by what:
//
// - No mention is answered twice, even if this program is killed at any moment. What is about to be
//   posted is on the disk before it is sent, and its result before the next one begins. What has no
//   result after a restart, or after a broken connection, was posted or not: so the bot looks in its
//   own timeline for a reply to that mention. If there is none it posts the same text again, which
//   the provider refuses as a duplicate if the first post arrives late; that counts as done. A
//   lost state file is made good by the same look.
// - Every mention is answered, unless it can't be (deleted, protected, blocked, or without the name of its
//   author: that is said; one without an id is passed by), or the provider takes the greeting for a
//   duplicate of one that the bot no longer remembers. So that two
//   mentions by one user don't look the same, the second greeting ends in " (2)".
// - A refusal for any other reason loses no mention. stderr says why, and with --once the exit code is 1. If
//   the operator must act (the account is locked or suspended, the token is revoked, the app may not post), the
//   program ends with exit code 1. Otherwise a later round tries again: after a daily limit, a reply that is
//   taken for automated, an outage, a firewall's page, a suspended user or a bare "Forbidden". The last three may be
//   about one mention, so one further mention is tried in the same round, and the round ends if that is refused as
//   well. Such a mention is tried after all others from then on, and so is one whose post ended without a result in
//   two rounds, with the same text, and one whose greeting is too long with a name of more than 15 letters: a shorter
//   --message answers it. So no mention keeps the others waiting.
// - A mention whose result can't be written to stdout is recorded all the same; then the program ends with exit
//   code 1.
//
// What is not: a provider that both shows a new post in the timeline late and does not refuse the same
// text may get a reply twice. X does not document how long it does either. And two greeters that
// answer each other will go on doing so.
//
// Signals are obeyed between steps: a post in flight is finished and recorded first.

#include "command_line/output.hpp"
#include "greeter_bot/flags.hpp"
#include "greeter_bot/limit_wait.hpp"
#include "greeter_bot/memory.hpp"
#include "greeter_bot/message.hpp"
#include "greeter_bot/result_line.hpp"
#include "greeter_bot/round.hpp"
#include "greeter_bot/state_file.hpp"
#include "greeter_bot/timelines.hpp"
#include "greeter_bot/verdict.hpp"
#include "program/held_back.hpp"
#include "program/main_loop.hpp"
#include "program/pin.hpp"
#include "program/private_file.hpp"

#include <coauth/coro/as_result.hpp>
#include <coauth/oauth1/legs.hpp>
#include <coauth/twitter/from_environment.hpp>
#include <coauth/twitter/provider.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>

namespace asio = boost::asio;
namespace oauth1 = coauth::oauth1;
using coauth::errc;
using greeter_bot::verdict;

namespace {

// A mention that is left for a later round.
struct left_mention {
    left_mention(coauth::error why, bool refused, bool ends_round)
        : why(std::move(why)), refused(refused), ends_round(ends_round)
    {}

    coauth::error why;
    bool refused;    // by the provider, for a reason that may be the account's
    bool ends_round; // no post can be made for now
};

void keep(const greeter_bot::intention& intention, const coauth::error& why)
{
    std::cerr << "kept   mention " << intention.mention << " by @" << intention.username << " for later: " << why.what()
              << '\n';
}

class bot {
public:
    /// `file`: null to keep nothing.
    bot(program::provider_setup& setup, const greeter_bot::flags& flags, const program::private_file* file,
        std::shared_ptr<coauth::store::token_store> tokens)
        : setup_(setup), client_(setup.client()), flags_(flags), file_(file), tokens_(std::move(tokens))
    {
        std::string provider = setup.sandbox() ? greeter_bot::inner_sandbox : setup.base();
        if (file_)
            memory_ = greeter_bot::load(*file_, std::move(provider));
    }

    asio::awaitable<int> run();

private:
    asio::awaitable<void> identify();
    asio::awaitable<std::optional<oauth1::access_token>> stored_token();
    asio::awaitable<void> sign_in();
    asio::awaitable<void> be_known(oauth1::access_token access);
    asio::awaitable<std::vector<coauth::error>> answer_all();
    asio::awaitable<std::optional<left_mention>> answer(
        greeter_bot::round& round, const greeter_bot::intention& intention);
    void skip(greeter_bot::round& round, const greeter_bot::intention& intention, std::string_view reason);
    void finish(
        greeter_bot::round& round, const greeter_bot::intention& intention, const char* outcome, std::string reply);
    asio::awaitable<void> stop_for(coauth::error e);
    coauth::user_key key() const { return coauth::user_key("x", memory_.user_id); }
    void save() const;

    program::provider_setup& setup_;
    const coauth::twitter::client& client_;
    const greeter_bot::flags& flags_;
    const program::private_file* file_;
    const std::shared_ptr<coauth::store::token_store> tokens_;
    greeter_bot::memory memory_;
    std::optional<coauth::twitter::user_client> user_;
    bool token_is_given_ = false;          // by the environment: not kept
    std::optional<std::uint64_t> version_; // of the token in the store
    bool stop_asked_ = false;
    int refusals_ = 0; // of posts, in a row, for a rate limit
};

asio::awaitable<int> bot::run()
{
    co_await identify();
    const std::chrono::milliseconds interval(static_cast<long>(flags_.interval * 1000));
    for (;;) {
        auto round = co_await coauth::as_result(answer_all());
        if (!round && greeter_bot::judge_question(round.error()) == verdict::stop)
            co_await stop_for(round.error());
        std::optional<coauth::error> problem;
        if (!round)
            problem = round.error();
        else if (!round->empty())
            problem = round->back();
        if (flags_.once && problem)
            co_await stop_for(*problem);
        if (flags_.once)
            co_return program::done;
        auto pause = interval;
        if (problem) {
            pause =
                std::max<std::chrono::milliseconds>(pause, problem->retry_after().value_or(std::chrono::seconds(0)));
            std::cerr << "again  " << problem->what() << "; trying again in "
                      << std::chrono::duration<double>(pause).count() << " s\n";
        }
        co_await greeter_bot::wait_for(pause);
    }
}

asio::awaitable<void> bot::identify()
{
    const auto given = setup_.sandbox() ? std::nullopt : coauth::twitter::token_from_environment();
    token_is_given_ = given.has_value();
    auto token = given;
    if (!token)
        token = co_await stored_token();
    if (token)
        co_await be_known(*std::move(token));
    else
        co_await sign_in();
    std::cerr << "ready  as @" << memory_.username << '\n';
}

// The one that was kept for the state's user, or that sign_in kept for --user.
asio::awaitable<std::optional<oauth1::access_token>> bot::stored_token()
{
    if (memory_.user_id.empty())
        memory_.user_id = flags_.user;
    if (memory_.token) {
        auto moved = coauth::twitter::credential_of(*memory_.token);
        co_await tokens_->put(key(), std::move(moved));
        memory_.token.reset();
        save();
        std::cerr << "moved  the token out of " << file_->path() << " into the store\n";
    }
    if (memory_.user_id.empty())
        co_return std::nullopt;
    const auto stored = co_await tokens_->find(key());
    if (!stored)
        co_return std::nullopt;
    version_ = stored->version;
    co_return coauth::twitter::access_token_of(stored->held);
}

asio::awaitable<void> bot::sign_in()
{
    std::cerr << "leg 1  asking " << setup_.base() << " for a request token\n";
    const oauth1::request_token login = co_await client_.request_token(std::string(oauth1::out_of_band));
    program::tell_clock(client_);
    const std::string url = client_.authorize_url(login);
    std::cerr << "leg 2  open this address, signed in as the account that is to greet, and allow the app\n";
    coauth::command_line::print(url + '\n');
    program::pin_entry entry;
    for (;;) {
        const auto input = co_await coauth::as_result(program::ask_for_pin(setup_, url));
        const std::string pin = entry.typed(input);

        std::cerr << "leg 3  trading the request token for an access token\n";
        const program::held_back hold(stop_asked_);
        co_await asio::this_coro::reset_cancellation_state(hold);
        const auto access = co_await coauth::as_result(client_.access_token(login, pin));
        if (access)
            co_await be_known(*access);
        co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        if (stop_asked_)
            throw coauth::error(errc::cancelled);
        if (access)
            co_return;
        entry.refused(access.error());
    }
}

// The token's user; the state must not be another account's.
asio::awaitable<void> bot::be_known(oauth1::access_token access)
{
    user_ = client_.for_user(access);
    std::string id(access.extra("user_id"));
    std::string name(access.extra("screen_name"));
    if (id.empty() || name.empty()) {
        const auto me = co_await user_->me();
        id = me.id;
        name = me.username;
    }
    if (!memory_.user_id.empty() && memory_.user_id != id)
        throw coauth::error(
            errc::invalid_argument, "the state file belongs to @" + memory_.username + ", but the token to @" + name)
            .with_hint("sign in as @" + memory_.username + ", or name another file with --state");
    memory_.user_id = std::move(id);
    memory_.username = std::move(name);
    if (!token_is_given_ && !version_) {
        auto held = coauth::twitter::credential_of(access);
        version_ = co_await tokens_->put(key(), std::move(held));
    }
    save();
}

// One round. Returns why mentions were left for the next one; throws what a further round would not overcome,
// and what the reading of mentions meets.
asio::awaitable<std::vector<coauth::error>> bot::answer_all()
{
    std::vector<coauth::error> refusals;
    int refused = 0;
    const std::string before = memory_.since_id;
    auto mentions = co_await greeter_bot::read_mentions(*user_, memory_.user_id, before);
    greeter_bot::round round(memory_, std::move(mentions.items), std::move(mentions.newest_id));
    if (round.has_next()) {
        const auto replies = co_await greeter_bot::read_own_replies(*user_, memory_.user_id, round.oldest());
        while (const auto intention = round.next(flags_.message)) {
            if (const auto reply = replies.find(intention->mention); reply != replies.end()) {
                finish(round, *intention, "duplicate", reply->second);
                continue;
            }
            const auto left = co_await answer(round, *intention);
            if (!left)
                continue;
            refusals.push_back(left->why);
            // The second that was put off: it seems that no post can be made for now.
            refused += left->refused;
            if (left->ends_round || refused > 1)
                break;
        }
    } else if (memory_.since_id != before) {
        save();
    }
    co_return refusals;
}

asio::awaitable<std::optional<left_mention>> bot::answer(
    greeter_bot::round& round, const greeter_bot::intention& intention)
{
    if (intention.username.empty()) {
        skip(round, intention, "the provider does not say who wrote it");
        co_return std::nullopt;
    }
    if (const auto fault = greeter_bot::length_fault(intention.text)) {
        keep(intention, *fault);
        round.put_off();
        save();
        co_return left_mention(*fault, false, false);
    }
    save();

    // Until the result is recorded nothing may come between.
    const program::held_back hold(stop_asked_);
    co_await asio::this_coro::reset_cancellation_state(hold);
    const auto posted = co_await coauth::as_result(user_->post_tweet(intention.text, intention.mention));
    const verdict judged =
        posted ? verdict::done : greeter_bot::judge_reply(posted.error(), round.lists(intention.mention));
    if (posted) {
        finish(round, intention, "answered", posted->id);
    } else if (judged == verdict::done) {
        finish(round, intention, "duplicate", {});
    } else if (judged == verdict::skip) {
        skip(round, intention, posted.error().what());
    } else if (judged != verdict::wait) {
        keep(intention, posted.error());
    }
    if (judged == verdict::put_off)
        round.put_off();
    else if (judged == verdict::later)
        round.leave();
    if (judged == verdict::put_off || judged == verdict::later)
        save();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (stop_asked_)
        throw coauth::error(errc::cancelled);
    const int earlier = refusals_;
    refusals_ = judged == verdict::wait ? refusals_ + 1 : 0;
    if (judged == verdict::wait)
        co_await greeter_bot::wait_for_limit(posted.error(), earlier);
    else if (judged == verdict::stop)
        throw posted.error();
    else if (judged == verdict::later || judged == verdict::put_off)
        co_return left_mention(posted.error(), judged == verdict::put_off, judged == verdict::later);
    co_return std::nullopt;
}

void bot::skip(greeter_bot::round& round, const greeter_bot::intention& intention, std::string_view reason)
{
    std::cerr << "skip   mention " << intention.mention;
    if (!intention.username.empty())
        std::cerr << " by @" << intention.username;
    std::cerr << ": " << reason << '\n';
    finish(round, intention, "skipped", {});
}

void bot::finish(
    greeter_bot::round& round, const greeter_bot::intention& intention, const char* outcome, std::string reply)
{
    round.settle(reply, std::string_view(outcome) != "skipped");
    save();
    coauth::command_line::print(flags_.provider.json ? greeter_bot::result_json(intention, outcome, reply)
                                                     : greeter_bot::result_text(intention, outcome, reply));
}

asio::awaitable<void> bot::stop_for(coauth::error e)
{
    if (e.reason() != errc::token_revoked)
        throw e;
    if (token_is_given_)
        throw e.with_hint("the token in COAUTH_TOKEN is no longer valid: set a new one, or unset it and sign in");
    co_await tokens_->remove(key(), version_);
    throw e.with_hint("start greeter_bot again and sign in anew; it goes on where it was");
}

void bot::save() const
{
    if (file_)
        greeter_bot::save(*file_, memory_);
}

int run(greeter_bot::flags& flags, int argc, char** argv)
{
    if (const auto exit_code = greeter_bot::read_flags(flags, argc, argv))
        return *exit_code;

    asio::io_context io;
    std::optional<program::private_file> file;
    if (!flags.state.empty())
        file.emplace(flags.state);
    if (flags.keeps_beside_state())
        program::keep_beside(flags.state, flags.kept);
    const auto kept = program::open_store(flags.kept);
    coauth::sandbox::options sandbox;
    sandbox.auto_approve = "";
    program::provider_setup setup(io, flags.provider, std::move(sandbox));
    bot greeter(setup, flags, file ? &*file : nullptr, kept->tokens());
    if (setup.sandbox())
        std::cerr << "No --provider: greeting at a sandbox inside this program, " << setup.base() << '\n';
    return program::run(io, flags.provider.json, greeter.run());
}

} // namespace

int main(int argc, char** argv)
{
    greeter_bot::flags flags;
    return program::guard(flags.provider.json, [&] { return run(flags, argc, argv); });
}
