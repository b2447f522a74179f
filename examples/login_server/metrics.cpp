#include "login_server/metrics.hpp"

#include <string_view>

namespace login_server {

namespace {

// One family of samples: its help, its type, then its lines.
class writer {
public:
    explicit writer(std::string& out) : out_(out) {}

    void family(std::string_view name, std::string_view type, std::string_view help)
    {
        name_ = name;
        out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
        out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }

    void sample(std::uint64_t value) { out_.append(name_).append(" ").append(std::to_string(value)).append("\n"); }

    void sample(std::string_view label, std::string_view label_value, std::uint64_t value)
    {
        out_.append(name_).append("{").append(label).append("=\"").append(label_value).append("\"} ");
        out_.append(std::to_string(value)).append("\n");
    }

private:
    std::string& out_;
    std::string_view name_;
};

} // namespace

std::string metrics_text(const site_numbers& numbers)
{
    std::string out;
    writer w(out);
    const auto& logins = numbers.session.logins;
    w.family("coauth_logins_begun_total", "counter", "Logins that were given a request token.");
    w.sample(logins.begun);
    w.family("coauth_logins_ended_total", "counter", "How callbacks and waits ended.");
    w.sample("status", "granted", logins.granted);
    w.sample("status", "denied", logins.denied);
    w.sample("status", "expired", logins.expired);
    w.sample("status", "unknown", logins.unknown);
    w.sample("status", "replayed", logins.replayed);
    w.sample("status", "wrong_browser", logins.wrong_browser);
    w.family("coauth_logins_failed_total", "counter", "First and last legs that the provider or the network failed.");
    w.sample(logins.failed);
    w.family("coauth_logins_refused_total", "counter", "Logins that were not begun, by the limit that was reached.");
    w.sample("limit", "address", numbers.refused_by_address);
    w.sample("limit", "site", numbers.refused_by_site);
    w.sample("limit", "pending", logins.refused);
    if (numbers.pending) {
        w.family("coauth_logins_pending", "gauge", "Logins under way.");
        w.sample(*numbers.pending);
    }
    w.family("coauth_logins_awaited", "gauge", "Pages that wait for a login in another window.");
    w.sample(logins.awaited);
    w.family("coauth_visitors", "gauge", "Browsers signed in.");
    w.sample(numbers.visitors);

    const auto& lookups = numbers.session.lookups;
    w.family("coauth_lookups_total", "counter", "Profiles asked for.");
    w.sample(lookups.asked);
    w.family("coauth_lookups_spared_total", "counter", "Of these, the ones that cost no request.");
    w.sample("by", "cache", lookups.cache_hits);
    w.sample("by", "joining", lookups.joined);
    w.family("coauth_lookup_requests_total", "counter", "Requests sent for them, tries included.");
    w.sample(lookups.requests);
    w.family("coauth_lookup_requests_limited_total", "counter", "Of these, the ones refused for a rate limit.");
    w.sample(lookups.rate_limited);

    const auto& connections = numbers.connections;
    w.family("coauth_connections", "gauge", "Connections of browsers.");
    w.sample("state", "idle", connections.idle);
    w.sample("state", "busy", connections.open - connections.idle);
    w.family("coauth_connections_accepted_total", "counter", "Connections let in.");
    w.sample(connections.accepted);
    w.family("coauth_connections_closed_total", "counter", "Connections closed to make room, or at once.");
    w.sample("why", "evicted", connections.evicted);
    w.sample("why", "full", connections.refused_full);
    w.sample("why", "address", connections.refused_by_address);
    w.family("coauth_answers_total", "counter", "Answers sent whole.");
    w.sample(connections.answered);
    return out;
}

} // namespace login_server
