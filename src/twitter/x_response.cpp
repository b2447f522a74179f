#include "twitter/x_response.hpp"

#include "api/json_members.hpp"
#include "api/provider_words.hpp"
#include "text/json_events.hpp"

#include <coauth/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>

namespace coauth::twitter {

namespace {

constexpr member outermost{field::none, "body", field::body, container::object};

bool is_odd(const value& given)
{
    return given.is_given() && !given.has_contents();
}

bool is_page_token(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Follows the objects and lists that `members` names, and skips all others.
class x_reader {
public:
    /// `response`: new, about `api` and the subject.
    x_reader(x_response& response, std::size_t count)
        : members_(members_of(response.api)), data_{field::none, response.about.name, response.about.meaning,
                                                  response.about.holds},
          count_(count), is_framed_(response.api == api_version::v2 || response.about.is_member), response_(response),
          next_(is_framed_ ? &outermost : &data_)
    {}

    void finish();

    // As `json_events` has it.
    void member(std::string_view name);
    void begin_object() { begin(container::object); }
    void begin_list() { begin(container::list); }
    void end();
    bool wants_text() const noexcept { return next_ != nullptr; }
    void text(std::string_view value) { take({value_kind::text, value}); }
    void integer(std::int64_t value) { take({value_kind::integer, {}, value}); }
    void flag(bool value) { take({value_kind::flag, {}, value}); }
    void null() { take(value_kind::null); }
    void other_number() { take(value_kind::odd); }

private:
    void begin(container kind);
    void take(const value& given)
    {
        if (!next_)
            return;
        values_.set(next_->meaning, given);
        if (next_->name.empty())
            take_odd_element();
        else
            next_ = nullptr;
    }
    void take_odd_element();
    void take_object();
    void require_room() const;
    const twitter::member* next_element() const;

    const member_table& members_;
    const twitter::member data_;
    const std::size_t count_;
    const bool is_framed_;
    x_response& response_;
    std::unordered_map<std::string, std::string> author_names_; ///< API 2's, by id.

    values values_;               ///< Of the innermost objects.
    const twitter::member* next_; ///< Whose value comes next; null: it is not read.
    field here_ = field::none;
    std::array<field, most_nested> outside_{}; ///< What `here_` is in.
    std::size_t depth_ = 0;
    std::size_t skipped_ = 0; ///< How deep it is in what is not read.
};

// Inline in all places, since it is done for each member of a response.
[[gnu::always_inline]] inline void x_reader::member(std::string_view name)
{
    if (skipped_ != 0)
        return;
    next_ = members_.find(here_, name);
    if (!next_)
        return;
    if (next_->meaning == field::data)
        next_ = &data_;
    if (!values_.has(next_->meaning))
        return;
    values_.set(next_->meaning, value_kind::repeated);
    values_.forget(members_.below(next_->meaning));
    next_ = nullptr;
}

void x_reader::begin(container kind)
{
    if (!next_ || next_->holds != kind) {
        take(value_kind::odd);
        next_ = nullptr;
        ++skipped_;
        return;
    }
    values_.set(next_->meaning, value_kind::contents);
    outside_[depth_++] = here_;
    here_ = next_->meaning;
    if (next_->name.empty())
        values_.forget(members_.below(here_)); // those of the element before, which this one may lack
    if (here_ == field::users)
        response_.users.reserve(count_);
    next_ = members_.find(here_, {});
}

void x_reader::end()
{
    if (skipped_ != 0) {
        if (--skipped_ == 0)
            next_ = next_element();
        return;
    }
    take_object();
    here_ = outside_[--depth_];
    next_ = next_element();
}

// The next one in a list after the first. Of links, only the first is read.
const member* x_reader::next_element() const
{
    return here_ == field::links ? nullptr : members_.find(here_, {});
}

void x_reader::take_odd_element()
{
    if (here_ == field::users) {
        require_room();
        response_.users.emplace_back();
    } else if (here_ == field::tweets) {
        response_.has_unreadable_tweets = true;
    } else if (here_ == field::errors) {
        response_.has_unreadable_problems = true;
    }
    next_ = next_element();
}

void x_reader::take_object()
{
    if (here_ == field::user) {
        require_room();
        response_.users.emplace_back(response_.api, values_);
    } else if (here_ == field::problem) {
        require_room();
        response_.problems.push_back(refusal_of(values_));
    } else if (here_ == field::tweet) {
        require_room();
        own_id own = own_id_of(values_[field::id_str], values_[field::id]);
        if (own.fault.empty())
            response_.tweets.push_back(tweet_of(response_.api, values_, std::move(own.id)));
        else if (data_.meaning == field::tweet)
            api::refuse_member(own.member, own.fault);
        else
            response_.has_unreadable_tweets = true;
    } else if (here_ == field::reference) {
        if (values_[field::reference_type].text == "replied_to" && !values_.has(field::reply_to))
            values_.set(field::reply_to, values_[field::reference_id]);
    } else if (here_ == field::author && response_.api == api_version::v2) {
        require_room();
        own_id own = own_id_of(values_[field::author_id_str], values_[field::author_id]);
        if (auto name = author_name_of(values_); name && own.fault.empty())
            author_names_.try_emplace(std::move(own.id), *std::move(name));
    }
}

// A value of two octets becomes one of some hundred.
void x_reader::require_room() const
{
    constexpr std::size_t most = 5'000; // the largest page has 1 000
    if (response_.users.size() + response_.tweets.size() + response_.problems.size() + author_names_.size() == most)
        throw error(errc::response_too_large, "the response lists more than 5000 users, tweets and problems");
}

void x_reader::finish()
{
    if (is_framed_ && !values_[field::body].has_contents())
        api::refuse_member("body", "not an object");
    response_.has_data = values_[data_.meaning].is_given();
    response_.is_readable = values_[data_.meaning].has_contents();
    if (!response_.is_readable) {
        response_.users.clear();
        response_.tweets.clear();
    }
    response_.is_deleted = values_[field::is_deleted].flag();
    if (is_odd(values_[field::errors])) {
        response_.problems.clear();
        response_.has_unreadable_problems = true;
    }
    if (values_[field::authors].has_contents())
        for (tweet& t : response_.tweets)
            if (const auto author = author_names_.find(t.author_id.value_or("")); author != author_names_.end())
                t.author_username = author->second;

    const value& next = values_[field::next_page];
    response_.has_meta = values_[field::meta].is_given();
    response_.is_next_readable =
        !is_odd(values_[field::meta]) && next.is_given() == (next.kind == value_kind::text) && is_page_token(next.text);
    if (!next.text.empty())
        response_.next_page = next.text;
    response_.newest_id = values_[field::newest_id].id();
}

[[noreturn]] void refuse_without_data(const std::vector<refusal>& problems)
{
    if (problems.empty())
        throw error(errc::malformed_response, "response: `data` is missing");
    // The status is 200 here, so the problem's own kind must tell; an unknown one is an error still.
    const refusal& first = problems.front();
    const meaning m = meaning_of(first, 200, step::call);
    const error e = error(m.code).with_http_status(200).with_provider(first.code, api::shown(first.words));
    throw m.hint.empty() ? e : e.with_hint(m.hint);
}

} // namespace

void x_response::require_data() const
{
    if (!has_data && api == api_version::v2)
        refuse_without_data(problems);
    if (!is_readable)
        api::refuse_member(api == api_version::v2 ? "data" : about.name,
            about.holds == container::list ? "not a list" : "not an object");
}

void x_response::require_page() const
{
    if (has_data || !has_meta)
        require_data();
    if (!is_next_readable)
        api::refuse_member(api == api_version::v2 ? "meta.next_token" : "next_cursor_str", "not a page token");
}

x_response read_x_response(api_version api, const subject& about, std::string_view body, std::size_t count)
{
    x_response response(api, about);
    const auto parse = [&](std::string_view json) {
        x_reader reader(response, count);
        boost::json::basic_parser<text::json_events<x_reader>> parser(text::bounded_options(), reader, json);
        if (!text::parse_whole(json, parser)) {
            response = x_response(api, about);
            return false;
        }
        reader.finish();
        return true;
    };
    text::parse_with_repairs(body, std::ref(parse));
    return response;
}

} // namespace coauth::twitter
