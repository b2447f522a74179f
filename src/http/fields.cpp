#include <coauth/http/fields.hpp>

#include <algorithm>

namespace coauth::http {

void fields::add(std::string_view name, std::string_view value)
{
    const lengths size{name.size(), value.size()};
    const std::size_t begin = text_.size();
    const std::size_t end = begin + sizeof size + name.size() + value.size();
    if (end > text_.capacity()) {
        // Beside the old text: `name` and `value` may be views into it, and a lack of memory leaves no half of a field.
        fields grown;
        grown.reserve(std::max(end, 2 * text_.capacity()));
        grown.text_ = text_;
        grown.add(name, value);
        return text_.swap(grown.text_);
    }
    text_.resize(end);
    char* const at = text_.data() + begin;
    std::memcpy(at, &size, sizeof size);
    std::copy(value.begin(), value.end(), std::copy(name.begin(), name.end(), at + sizeof size));
}

void fields::set(std::string_view name, std::string_view value)
{
    fields changed; // `name` and `value` may be views into fields that go
    changed.reserve(text_.size() + sizeof(lengths) + name.size() + value.size());
    for (const auto& [other, text] : *this)
        if (!same_field_name(other, name))
            changed.add(other, text);
    changed.add(name, value);
    *this = std::move(changed);
}

std::string_view fields::get(std::string_view name) const noexcept
{
    const auto found =
        std::find_if(begin(), end(), [name](const value_type& field) { return same_field_name(field.first, name); });
    return found == end() ? std::string_view() : (*found).second;
}

std::size_t fields::size() const noexcept
{
    return static_cast<std::size_t>(std::distance(begin(), end()));
}

std::size_t fields::count(std::string_view name) const noexcept
{
    return static_cast<std::size_t>(
        std::count_if(begin(), end(), [name](const value_type& field) { return same_field_name(field.first, name); }));
}

} // namespace coauth::http
