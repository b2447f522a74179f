#include "greeter_bot/round.hpp"

#include "greeter_bot/message.hpp"

#include <algorithm>

namespace greeter_bot {

namespace {

using coauth::twitter::tweet;

// Ids are decimal numbers without a zero in front; an empty one is below all others.
bool is_older(const std::string& a, const std::string& b)
{
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

} // namespace

round::round(memory& m, std::vector<tweet> mentions, std::string newest_id)
    : memory_(m), mentions_(std::move(mentions)), newest_id_(std::move(newest_id))
{
    std::sort(mentions_.begin(), mentions_.end(), [](const tweet& a, const tweet& b) { return is_older(a.id, b.id); });
    const auto same = [](const tweet& a, const tweet& b) { return a.id == b.id; };
    mentions_.erase(std::unique(mentions_.begin(), mentions_.end(), same), mentions_.end());
    advance();
}

bool round::is_settled(const tweet& mention) const
{
    if (!is_older(memory_.since_id, mention.id) || mention.author_id == memory_.user_id)
        return true;
    return std::any_of(memory_.answered.begin(), memory_.answered.end(),
        [&mention](const settled_mention& s) { return s.mention == mention.id; });
}

const tweet* round::find_next() const
{
    const auto found =
        std::find_if(mentions_.begin(), mentions_.end(), [this](const tweet& t) { return !is_settled(t); });
    return found == mentions_.end() ? nullptr : &*found;
}

const tweet* round::find_ready() const
{
    const auto found = std::find_if(mentions_.begin(), mentions_.end(),
        [this](const tweet& t) { return !is_settled(t) && std::count(put_off_.begin(), put_off_.end(), t.id) == 0; });
    return found == mentions_.end() ? nullptr : &*found;
}

bool round::has_next() const
{
    return memory_.open || find_next();
}

std::string round::oldest() const
{
    const tweet* first = find_next();
    if (!memory_.open)
        return first ? first->id : std::string();
    return first && is_older(first->id, memory_.open->mention) ? first->id : memory_.open->mention;
}

std::optional<intention> round::next(std::string_view message_template)
{
    const tweet* first = memory_.open ? nullptr : find_ready();
    if (first) {
        const std::string username = first->author_username.value_or(std::string());
        std::string text = distinct(message_for(message_template, username), memory_.answered);
        memory_.open = intention(first->id, username, std::move(text));
    }
    return memory_.open;
}

bool round::lists(std::string_view mention) const
{
    return std::any_of(mentions_.begin(), mentions_.end(), [mention](const tweet& t) { return t.id == mention; });
}

void round::put_off()
{
    put_off_.push_back(std::move(memory_.open->mention));
    memory_.open.reset();
}

void round::settle(std::string reply, bool said)
{
    intention done = std::move(*memory_.open);
    memory_.open.reset();
    memory_.answered.emplace_back(
        std::move(done.mention), std::move(reply), said ? std::move(done.text) : std::string());
    advance();
}

void round::advance()
{
    for (const tweet& mention : mentions_) {
        if (!is_settled(mention))
            break;
        if (is_older(memory_.since_id, mention.id))
            memory_.since_id = mention.id;
    }
    // Not beyond a mention that was put off: the next round must be given it again.
    if (!find_next() && is_older(memory_.since_id, newest_id_))
        memory_.since_id = newest_id_;
    constexpr std::size_t most = 256;
    auto& list = memory_.answered;
    while (list.size() > most && !is_older(memory_.since_id, list.front().mention))
        list.erase(list.begin());
}

} // namespace greeter_bot
