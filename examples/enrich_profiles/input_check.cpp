#include "enrich_profiles/input_check.hpp"

namespace enrich {

void input_check::count(const input& given)
{
    if (full())
        return;
    ++judged_;
    if (user_of(given, by_))
        return;
    if (invalid_ == 0)
        example_ = given;
    ++invalid_;
}

input_check::verdict input_check::judge(bool ended, bool more_at_hand) const noexcept
{
    const bool mostly_invalid = 2 * invalid_ > judged_;
    const bool enough = judged_ >= least_judged;
    const bool complete = ended || full();
    if (!complete && more_at_hand)
        return verdict::read_on;
    if (!mostly_invalid)
        return verdict::accepted;
    if (enough)
        return verdict::refused;
    return complete ? verdict::accepted : verdict::read_on;
}

coauth::error input_check::refusal(const std::string& layout, bool any_accepted) const
{
    const coauth::error example = user_of(example_, by_).error();
    const char* const expected = by_ == naming::ids     ? "an id"
                                 : by_ == naming::names ? "a user name"
                                                        : "a user name or an id";
    return coauth::error(coauth::errc::invalid_argument,
        std::to_string(invalid_) + " of the first " + std::to_string(judged_) + " inputs of IN are invalid, such as " +
            quoted_text(example_.text) + ": " + example.message())
        .with_hint("IN was read as " + (layout.empty() ? std::string("plain lines") : layout) +
                   "; expected: " + expected + " on each line, or CSV whose header names the column. " +
                   (any_accepted ? "No more is asked" : "Nothing was asked or written"));
}

} // namespace enrich
