#include "oauth1/explain/faults.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace coauth::oauth1 {

namespace {

void leave_out(draft& d, std::string_view name)
{
    std::erase_if(d.header, [&](const parameter& p) { return p.first == name; });
}

void add_if_absent(draft& d, std::string name, std::string value)
{
    if (!find(d.header, name))
        d.header.emplace_back(std::move(name), std::move(value));
}

enum class keep { first, last };

void drop_duplicates(draft& d, keep kept)
{
    parameters all;
    for (const parameters* list : {&d.query, &d.form})
        for (const parameter& p : *list) {
            const auto same = [&](const parameter& q) { return q.first == p.first; };
            const auto earlier = std::find_if(all.begin(), all.end(), same);
            if (earlier == all.end())
                all.push_back(p);
            else if (kept == keep::last)
                earlier->second = p.second;
        }
    d.query = std::move(all);
    d.form.clear();
}

constexpr std::string_view duplicates =
    "the parameters differ: one of several with the same name was dropped; sign all of them";
constexpr std::string_view unsorted =
    "the order differs: the parameters were not sorted; sort them by encoded name, then by encoded value";

constexpr signing_fault faults[] = {
    {"the parameters differ: the query was not signed; its parameters belong to the signature",
        [](draft& d, const claims&) { d.query.clear(); }},
    {"the parameters differ: the form body was not signed; its parameters belong to the signature",
        [](draft& d, const claims&) { d.form.clear(); }},
    {"the parameters differ: neither query nor form body was signed; both belong to the signature",
        [](draft& d, const claims&) {
            d.query.clear();
            d.form.clear();
        }},
    {"the parameters differ: a body that is not a form was signed; only application/x-www-form-urlencoded is",
        [](draft& d, const claims& c) {
            // Text that was never meant to be a form, signed as if it were one.
            if (c.form_body || c.body.empty())
                return;
            if (auto list = parse_form(c.body))
                d.form = *std::move(list);
        }},
    {"the parameters differ: the members of the JSON body were signed; of a body only a form is signed",
        [](draft& d, const claims& c) {
            if (!c.form_body)
                d.form = flat_json_members(c.body);
        }},
    {"the parameters differ: the fields of the multipart body were signed; of a body only a form is signed",
        [](draft& d, const claims& c) {
            if (!c.form_body)
                d.form = multipart_fields(c.body);
        }},
    {"the parameters differ: oauth_token was not signed; sign it whenever it is sent, empty too",
        [](draft& d, const claims&) { leave_out(d, "oauth_token"); }},
    {"the parameters differ: an empty oauth_token was signed that was not sent; sign what is sent",
        [](draft& d, const claims&) { add_if_absent(d, "oauth_token", ""); }},
    {"the parameters differ: oauth_version was sent but not signed; sign it, or leave it out",
        [](draft& d, const claims&) { leave_out(d, "oauth_version"); }},
    {"the parameters differ: oauth_version was signed but not sent; send it, or leave it out",
        [](draft& d, const claims&) { add_if_absent(d, "oauth_version", "1.0"); }},
    {"the parameters differ: oauth_callback was added after signing; sign it with the others",
        [](draft& d, const claims&) { leave_out(d, "oauth_callback"); }},
    {"the parameters differ: oauth_verifier was added after signing; sign it with the others",
        [](draft& d, const claims&) { leave_out(d, "oauth_verifier"); }},
    {"the parameters differ: oauth_body_hash was added after signing; sign it with the others",
        [](draft& d, const claims&) { leave_out(d, "oauth_body_hash"); }},
    {"the parameters differ: an empty oauth_signature was signed; it is the one parameter that can't be",
        [](draft& d, const claims&) { d.header.emplace_back("oauth_signature", ""); }},
    {"the parameters differ: oauth_timestamp was made once to sign and once more to send; send the one that was signed",
        [](draft& d, const claims&) {
            // The clock was read once to sign and once to send.
            for (auto& [name, value] : d.header)
                if (name == "oauth_timestamp")
                    value = std::to_string(std::strtoll(value.c_str(), nullptr, 10) - 1);
        }},
    {"the parameters differ: those of the query were signed twice; sign each once",
        [](draft& d, const claims&) {
            const parameters once = d.query;
            d.query.insert(d.query.end(), once.begin(), once.end());
        }},
    {"the parameters differ: there is an & behind the last one; put it between two parameters only",
        [](draft& d, const claims&) { d.behind_parameters = "&"; }},
    {"the parameters differ: the realm was signed; it is the one parameter of the header that is not",
        [](draft& d, const claims& c) {
            if (c.realm)
                d.header.emplace_back("realm", *c.realm);
        }},
    {"the parameters differ: those of the Authorization header whose names don't begin with oauth_ were not signed; "
     "all but realm are",
        [](draft& d, const claims&) {
            std::erase_if(d.header, [](const parameter& p) { return !p.first.starts_with("oauth_"); });
        }},
    {duplicates, [](draft& d, const claims&) { drop_duplicates(d, keep::first); }},
    {duplicates, [](draft& d, const claims&) { drop_duplicates(d, keep::last); }},
    {"the parameters differ: those with an empty value were dropped; sign them as name=",
        [](draft& d, const claims&) {
            for (parameters* list : {&d.query, &d.form, &d.header})
                std::erase_if(*list, [](const parameter& p) { return p.second.empty(); });
        }},
    {"the parameters differ: an empty value was signed without its \"=\"; sign it as name=",
        [](draft& d, const claims&) { d.equals_when_empty = false; }},

    {"the order differs: the texts name=value were sorted; compare names first, then values",
        [](draft& d, const claims&) { d.order = ordering::joined; }},
    {"the order differs: the parameters were sorted before they were encoded; encode first",
        [](draft& d, const claims&) { d.order = ordering::decoded; }},
    {"the order differs: values of the same name were not sorted; sort them too",
        [](draft& d, const claims&) { d.order = ordering::encoded_names; }},
    {"the order differs: names were sorted without regard to case; compare octets",
        [](draft& d, const claims&) { d.order = ordering::any_case; }},
    {unsorted, [](draft& d, const claims&) { d.order = ordering::as_collected; }},
    {unsorted,
        [](draft& d, const claims&) {
            d.order = ordering::as_collected;
            d.query.insert(d.query.begin(), d.header.begin(), d.header.end());
            d.header.clear();
        }},
};

} // namespace

std::span<const signing_fault> parameter_faults() noexcept
{
    return faults;
}

} // namespace coauth::oauth1
