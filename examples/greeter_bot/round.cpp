#include "greeter_bot/round.hpp"

#include "greeter_bot/ids.hpp"
#include "greeter_bot/message.hpp"

#include <algorithm>
#include <utility>

namespace greeter_bot {

namespace {

using coauth::twitter::tweet;

// So many replies that may have been posted are enough to keep in mind: they are tried before new ones begin.
constexpr std::ptrdiff_t most_unknown = 64;

} // namespace

round::round(memory& m, std::vector<tweet> mentions, std::string newest_id)
    : memory_(m), mentions_(std::move(mentions)), newest_id_(std::move(newest_id))
{
    std::sort(mentions_.begin(), mentions_.end(), [](const tweet& a, const tweet& b) { return is_older(a.id, b.id); });
    const auto same = [](const tweet& a, const tweet& b) { return a.id == b.id; };
    mentions_.erase(std::unique(mentions_.begin(), mentions_.end(), same), mentions_.end());
    std::erase_if(m.put_off, [this](const intention& later) { return later.text.empty() && !lists(later.mention); });
    remaining_ = m.put_off.size();
    may_be_posted_ = m.open.has_value();
    advance();
}

bool round::is_settled(const tweet& mention) const
{
    if (!is_older(memory_.since_id, mention.id) || mention.author_id == memory_.user_id)
        return true;
    return std::any_of(memory_.settled.begin(), memory_.settled.end(),
        [&mention](const settled_mention& s) { return s.mention == mention.id; });
}

const tweet* round::find_next() const
{
    const auto found =
        std::find_if(mentions_.begin(), mentions_.end(), [this](const tweet& t) { return !is_settled(t); });
    return found == mentions_.end() ? nullptr : &*found;
}

const tweet* round::find_fresh() const
{
    const auto found = std::find_if(
        mentions_.begin(), mentions_.end(), [this](const tweet& t) { return !is_settled(t) && !is_put_off(t.id); });
    return found == mentions_.end() ? nullptr : &*found;
}

bool round::is_put_off(std::string_view mention) const
{
    return std::any_of(memory_.put_off.begin(), memory_.put_off.end(),
        [mention](const intention& later) { return later.mention == mention; });
}

bool round::has_next() const
{
    return memory_.open || find_next() || !memory_.put_off.empty();
}

std::string round::oldest() const
{
    std::string id;
    const auto consider = [&id](const std::string& mention) {
        if (id.empty() || is_older(mention, id))
            id = mention;
    };
    if (const tweet* first = find_next())
        consider(first->id);
    if (memory_.open)
        consider(memory_.open->mention);
    for (const intention& later : memory_.put_off)
        consider(later.mention);
    return id;
}

std::optional<intention> round::next(std::string_view message_template)
{
    if (memory_.open)
        return memory_.open;
    const auto unknown = std::count_if(
        memory_.put_off.begin(), memory_.put_off.end(), [](const intention& later) { return !later.text.empty(); });
    const tweet* fresh = unknown < most_unknown ? find_fresh() : nullptr;
    if (fresh) {
        open(intention(fresh->id, fresh->author_username.value_or(std::string()), {}));
    } else if (remaining_ != 0) {
        --remaining_;
        intention later = std::move(memory_.put_off.front());
        memory_.put_off.erase(memory_.put_off.begin());
        open(std::move(later));
    } else {
        return std::nullopt;
    }
    if (memory_.open->text.empty())
        memory_.open->text = distinct_text(message_template, memory_.open->username);
    return memory_.open;
}

void round::open(intention reply)
{
    may_be_posted_ = !reply.text.empty();
    memory_.open = std::move(reply);
}

// Neither what was said nor what may have been.
std::string round::distinct_text(std::string_view message_template, std::string_view username) const
{
    std::vector<settled_mention> said = memory_.settled;
    for (const intention& later : memory_.put_off)
        said.emplace_back(later.mention, std::string(), later.text);
    return distinct(message_for(message_template, username), said);
}

bool round::lists(std::string_view mention) const
{
    return std::any_of(mentions_.begin(), mentions_.end(), [mention](const tweet& t) { return t.id == mention; });
}

void round::put_off()
{
    intention later = std::move(*memory_.open);
    memory_.open.reset();
    if (!may_be_posted_)
        later.text.clear();
    memory_.put_off.push_back(std::move(later));
}

void round::leave()
{
    if (std::exchange(may_be_posted_, true))
        put_off();
}

void round::settle(std::string reply, bool said)
{
    intention done = std::move(*memory_.open);
    memory_.open.reset();
    memory_.settled.emplace_back(
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
    auto& list = memory_.settled;
    while (list.size() > most && !is_older(memory_.since_id, list.front().mention))
        list.erase(list.begin());
}

} // namespace greeter_bot
