#include "enrich_profiles/written_lines.hpp"

namespace enrich {

namespace {

[[noreturn]] void refuse(const std::string& why)
{
    throw coauth::error(coauth::errc::invalid_argument, why)
        .with_hint("this OUT belongs to another IN, or was written with --unordered; name another OUT. "
                   "Nothing was changed");
}

} // namespace

void written_lines::match(std::string line, input given)
{
    // By far the most common, and the only one there is in input order.
    if (line == given.text && lines_.empty() && inputs_.empty()) {
        ++lines_read_;
        ++inputs_read_;
        return;
    }
    add_line(std::move(line));
    add_input(std::move(given));
    check_age();
}

void written_lines::match(input given)
{
    add_input(std::move(given));
    check_age();
}

void written_lines::add_line(std::string line)
{
    const std::uint64_t place = lines_read_++;
    const auto partner = inputs_by_text_.lower_bound(std::pair(line, std::uint64_t(0)));
    if (partner != inputs_by_text_.end() && partner->first == line) {
        inputs_.erase(partner->second);
        inputs_by_text_.erase(partner);
        return;
    }
    lines_by_text_.emplace(line, place);
    lines_.emplace(place, std::move(line));
}

void written_lines::add_input(input given)
{
    ++inputs_read_;
    const auto partner = lines_by_text_.lower_bound(std::pair(given.text, std::uint64_t(0)));
    if (partner != lines_by_text_.end() && partner->first == given.text) {
        lines_.erase(partner->second);
        lines_by_text_.erase(partner);
        return;
    }
    inputs_by_text_.emplace(given.text, given.number);
    const std::uint64_t number = given.number;
    inputs_.emplace(number, std::move(given));
}

void written_lines::check_age() const
{
    if (!lines_.empty() && inputs_read_ >= lines_.begin()->first + width_)
        refuse("line " + std::to_string(lines_.begin()->first + 1) + " of OUT is for " +
               quoted_text(lines_.begin()->second) + ", which IN does not have there");
    if (!inputs_.empty() && lines_read_ >= inputs_.begin()->first + width_)
        refuse("input " + std::to_string(inputs_.begin()->first + 1) + " of IN is " +
               quoted_text(inputs_.begin()->second.text) + ", and OUT has no line for it");
}

void written_lines::end_of_inputs() const
{
    if (!lines_.empty())
        refuse("line " + std::to_string(lines_.begin()->first + 1) + " of OUT is for " +
               quoted_text(lines_.begin()->second) + ", which IN does not have there");
}

std::vector<input> written_lines::missing() &&
{
    std::vector<input> all;
    all.reserve(inputs_.size());
    for (auto& [number, given] : inputs_)
        all.push_back(std::move(given));
    return all;
}

} // namespace enrich
