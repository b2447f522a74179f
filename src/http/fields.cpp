#include <coauth/http/fields.hpp>
#include <coauth/text/ascii.hpp>

#include <algorithm>

namespace coauth::http {

namespace {

auto called(std::string_view name)
{
    return [name](const fields::value_type& field) { return same_field_name(field.first, name); };
}

} // namespace

bool same_field_name(std::string_view a, std::string_view b) noexcept
{
    return text::equal_ignoring_case(a, b);
}

void fields::add(std::string name, std::string value)
{
    list_.emplace_back(std::move(name), std::move(value));
}

void fields::set(std::string_view name, std::string value)
{
    std::string kept(name); // `name` may be a view into a field that goes
    list_.erase(std::remove_if(list_.begin(), list_.end(), called(kept)), list_.end());
    add(std::move(kept), std::move(value));
}

std::string_view fields::get(std::string_view name) const noexcept
{
    const auto found = std::find_if(list_.begin(), list_.end(), called(name));
    return found == list_.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t fields::count(std::string_view name) const noexcept
{
    return static_cast<std::size_t>(std::count_if(list_.begin(), list_.end(), called(name)));
}

} // namespace coauth::http
