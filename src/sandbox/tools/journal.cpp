#include "sandbox/tools/journal.hpp"

#include "sandbox/x/dates.hpp"

#include <coauth/text/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace coauth::sandbox {

namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(text::as_utf8(text));
}

json::object to_json(const journal_entry& e)
{
    json::object oauth;
    for (const auto& [name, value] : e.oauth)
        oauth[text::as_utf8(name)] = text::as_utf8(value);
    json::object o;
    o["at"] = iso8601(e.at);
    o["method"] = text::as_utf8(e.method);
    o["target"] = text::as_utf8(e.target);
    o["host"] = text::as_utf8(e.host);
    o["route"] = text_or_null(e.route);
    o["status"] = e.status;
    o["consumer_key"] = text_or_null(e.consumer_key);
    o["token"] = text_or_null(e.token);
    o["user"] = text_or_null(e.user);
    o["oauth"] = std::move(oauth);
    o["refused"] = text_or_null(e.refused);
    o["explanation"] = text_or_null(e.explanation);
    o["base_string"] = text_or_null(e.base_string);
    o["fault"] = text_or_null(e.fault);
    return o;
}

} // namespace

void journal::record(journal_entry entry)
{
    ++total_;
    faults_ += !entry.fault.empty();
    auto& r = routes_[entry.route.empty() ? "other" : entry.route];
    ++r.calls;
    ++r.statuses[entry.status];
    if (!entry.refused.empty())
        ++refused_[entry.refused];
    entries_.push_back(std::move(entry));
    if (entries_.size() > capacity_)
        entries_.pop_front();
}

void journal::clear()
{
    entries_.clear();
    total_ = 0;
    faults_ = 0;
    routes_.clear();
    refused_.clear();
}

std::vector<journal_entry> journal::last_refusals(std::size_t most) const
{
    std::vector<journal_entry> out;
    for (auto e = entries_.rbegin(); e != entries_.rend() && out.size() < most; ++e)
        if (!e->refused.empty())
            out.push_back(*e);
    return out;
}

std::string journal::requests() const
{
    json::array list;
    for (const auto& e : entries_)
        list.push_back(to_json(e));
    return json::serialize(list);
}

std::string journal::counters() const
{
    json::object routes;
    for (const auto& [name, count] : routes_) {
        json::object statuses;
        for (const auto& [status, times] : count.statuses)
            statuses[std::to_string(status)] = times;
        json::object r;
        r["calls"] = count.calls;
        r["statuses"] = std::move(statuses);
        routes[name] = std::move(r);
    }
    json::object refused;
    for (const auto& [reason, times] : refused_)
        refused[reason] = times;
    json::object all;
    all["requests"] = total_;
    all["faults"] = faults_;
    all["refused"] = std::move(refused);
    all["routes"] = std::move(routes);
    return json::serialize(all);
}

std::string log_line(const journal_entry& e)
{
    auto line = iso8601(e.at) + ' ' + e.method + ' ' + e.target + ' ' + std::to_string(e.status);
    if (!e.user.empty())
        line += " @" + e.user;
    if (!e.fault.empty())
        line += " fault:" + e.fault;
    if (!e.refused.empty())
        line += " refused:" + e.refused;
    if (!e.explanation.empty())
        line += " - " + e.explanation;
    // What an unknown client sent must not forge further lines or move a terminal's cursor.
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return text::as_utf8(line);
}

} // namespace coauth::sandbox
