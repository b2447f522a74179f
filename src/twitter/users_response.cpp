#include "twitter/users_response.hpp"

#include "api/json_members.hpp"
#include "text/json_events.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <utility>

namespace coauth::twitter {

namespace {

constexpr std::size_t most_nested = 8;

constexpr member outer_object{place::none, {}, field::response, place::response};
constexpr member outer_users{place::none, {}, field::data};

// Follows the objects and lists that `user_members` names, and skips all others.
class users_reader {
public:
    users_reader(api_version api, users_shape shape, std::size_t count)
        : members_(members_of(api)), data_content_(shape == users_shape::one ? place::user : place::users),
          count_(count), root_(api == api_version::v2 || shape == users_shape::page ? outer_object : outer_users),
          builder_(api), next_(&root_)
    {}

    users_response finish();

    // As `json_events` has it.
    void member(std::string_view name);
    void begin_object() { begin(false); }
    void begin_list() { begin(true); }
    void end();
    bool wants_text() const noexcept { return next_ != nullptr; }
    void text(std::string_view value);
    void integer(std::int64_t value);
    void flag(bool value);
    void null();
    void other_number() { take(); }

private:
    void begin(bool list);
    void enter(place content);
    listed_user& add_user();
    void leave(place content);
    const twitter::member* take();
    void note_odd_element();
    void take_problem();
    std::string* problem_text(field f);
    const twitter::member* next_element() const;

    const member_table& members_;
    const place data_content_;
    const std::size_t count_;
    const twitter::member& root_;
    user_builder builder_;
    problem_members problem_;
    users_response response_;

    const twitter::member* next_; ///< Whose value comes next; null: it is not read.
    place here_ = place::none;
    std::array<place, most_nested> outside_{}; ///< Those that `here_` is in.
    std::size_t depth_ = 0;
    std::size_t skipped_ = 0; ///< How deep it is in what is not read.

    // Of the innermost user and problem, and of the response.
    field_set seen_;
    field_set repeated_;
    field_set given_;   ///< With a value other than null.
    field_set entered_; ///< With an object or a list where one is read.
};

void users_reader::member(std::string_view name)
{
    if (skipped_ != 0)
        return;
    next_ = members_.find(here_, name);
    if (!next_)
        return;
    if (seen_.has(next_->meaning)) {
        repeated_.add(next_->meaning);
        next_ = nullptr;
        return;
    }
    seen_.add(next_->meaning);
}

void users_reader::begin(bool list)
{
    const place content = !next_ ? place::none : next_->meaning == field::data ? data_content_ : next_->content;
    if (content != place::none && is_list(content) == list) {
        given_.add(next_->meaning);
        entered_.add(next_->meaning);
        enter(content);
        return;
    }
    take();
    next_ = nullptr;
    ++skipped_;
}

void users_reader::enter(place content)
{
    outside_[depth_++] = here_;
    here_ = content;
    next_ = members_.find(content, {});
    if (content == place::users)
        response_.users.reserve(count_);
    if (content != place::user && content != place::problem)
        return;
    const field_set own = content == place::user ? user_fields : problem_fields;
    seen_.remove(own);
    repeated_.remove(own);
    given_.remove(own);
    entered_.remove(own);
    if (content == place::user)
        builder_.begin(add_user());
    else
        problem_ = problem_members();
}

// A value of two octets becomes one of some hundred.
listed_user& users_reader::add_user()
{
    constexpr std::size_t most_users = 5'000; // the largest page has 1 000
    if (response_.users.size() == most_users)
        throw error(errc::response_too_large, "the response lists more than 5000 users");
    return response_.users.emplace_back();
}

void users_reader::end()
{
    if (skipped_ != 0) {
        if (--skipped_ == 0)
            next_ = next_element();
        return;
    }
    if (here_ == place::user)
        builder_.end(given_, repeated_);
    else if (here_ == place::problem)
        take_problem();
    here_ = outside_[--depth_];
    next_ = next_element();
}

// The next one in a list after the first. Of links, only the first is read.
const member* users_reader::next_element() const
{
    return here_ == place::links ? nullptr : members_.find(here_, {});
}

// For a value other than an object or a list that is read: the member that it is of.
const member* users_reader::take()
{
    const twitter::member* const taken = next_;
    if (!taken)
        return nullptr;
    given_.add(taken->meaning);
    next_ = nullptr;
    if (taken->meaning == field::element)
        note_odd_element();
    return taken;
}

void users_reader::note_odd_element()
{
    if (here_ == place::users)
        add_user().is_object = false;
    else if (here_ == place::problems)
        response_.has_unreadable_problems = true;
    next_ = next_element();
}

void users_reader::null()
{
    if (next_ && next_->meaning == field::element)
        note_odd_element();
    else
        next_ = nullptr;
}

void users_reader::flag(bool value)
{
    const twitter::member* taken = take();
    if (taken && user_fields.has(taken->meaning))
        builder_.flag(taken->meaning, value);
}

void users_reader::integer(std::int64_t value)
{
    const twitter::member* taken = take();
    if (taken && taken->meaning == field::code)
        problem_.code = value;
    else if (taken && user_fields.has(taken->meaning))
        builder_.integer(taken->meaning, value);
}

void users_reader::text(std::string_view value)
{
    const twitter::member* taken = take();
    if (!taken)
        return;
    if (user_fields.has(taken->meaning))
        builder_.text(taken->meaning, value);
    else if (taken->meaning == field::next_page)
        response_.next_page = value;
    else if (std::string* const text = problem_text(taken->meaning))
        *text = value;
}

// Null for a field that is not a text of a problem.
std::string* users_reader::problem_text(field f)
{
    switch (f) {
    case field::title:
        return &problem_.title;
    case field::message:
        return &problem_.message;
    case field::detail:
        return &problem_.detail;
    case field::type:
        return &problem_.type;
    case field::value:
        return &problem_.value;
    case field::resource_id:
        return &problem_.resource_id;
    default:
        return nullptr;
    }
}

void users_reader::take_problem()
{
    if (repeated_.has(field::code))
        problem_.code.reset();
    for (const field f : {field::title, field::message, field::detail, field::type, field::value, field::resource_id})
        if (repeated_.has(f))
            problem_text(f)->clear();
    response_.problems.push_back(refusal_of(std::move(problem_)));
}

users_response users_reader::finish()
{
    const auto is_odd = [this](field f, bool is_right) { return repeated_.has(f) || (given_.has(f) && !is_right); };
    if (&root_ == &outer_object && !entered_.has(field::response))
        api::refuse_member("body", "not an object");
    response_.has_data = given_.has(field::data) || repeated_.has(field::data);
    response_.is_readable = entered_.has(field::data) && !repeated_.has(field::data);
    if (repeated_.has(field::data))
        response_.users.clear();
    if (repeated_.has(field::errors))
        response_.problems.clear();
    if (is_odd(field::errors, entered_.has(field::errors)))
        response_.has_unreadable_problems = true;
    response_.has_meta = given_.has(field::meta);
    response_.is_meta_readable = !is_odd(field::meta, entered_.has(field::meta));
    response_.is_next_readable = !is_odd(field::next_page, response_.next_page.has_value());
    return std::move(response_);
}

} // namespace

users_response read_users_response(api_version api, users_shape shape, std::string_view body, std::size_t count)
{
    users_response response;
    const auto parse = [&](std::string_view json) {
        users_reader reader(api, shape, count);
        boost::json::basic_parser<text::json_events<users_reader>> parser(text::bounded_options(), reader);
        if (!text::parse_whole(json, parser))
            return false;
        response = reader.finish();
        return true;
    };
    text::parse_with_repairs(body, std::ref(parse));
    return response;
}

} // namespace coauth::twitter
