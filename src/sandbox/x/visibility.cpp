#include "sandbox/x/visibility.hpp"

#include <coauth/text/utf8.hpp>

namespace coauth::sandbox {

bool may_read_tweets(const call& c, const user& author, const world& w)
{
    if (!author.is_protected)
        return true;
    return c.user && (c.user->user == author.id || w.follows(c.user->user, author.id));
}

post_verdict judge_post(std::uint64_t author, std::string_view text, std::uint64_t reply_to, const world& w)
{
    constexpr std::size_t longest = 280;
    if (text::count_characters(text) > longest)
        return post_verdict::too_long;
    if (reply_to != 0 && !w.tweet_by_id(reply_to))
        return post_verdict::reply_to_nothing;
    if (w.posted_before(author, text))
        return post_verdict::duplicate;
    return post_verdict::fine;
}

} // namespace coauth::sandbox
