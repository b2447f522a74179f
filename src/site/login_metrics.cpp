#include "site/login_metrics.hpp"

#include <cstdio>
#include <string_view>

namespace coauth::site {

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

    void histogram(std::string_view label, std::string_view label_value, const durations::counts& counts)
    {
        const std::string pair = std::string(label) + "=\"" + std::string(label_value) + '"';
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < counts.buckets.size(); ++i) {
            total += counts.buckets[i];
            const std::string bound = i < durations::bounds.size() ? seconds(durations::bounds[i]) : "+Inf";
            line("_bucket{" + pair + ",le=\"" + bound + "\"} " + std::to_string(total));
        }
        line("_sum{" + pair + "} " + seconds(counts.sum));
        line("_count{" + pair + "} " + std::to_string(total));
    }

    void failures(std::string_view leg, const std::map<std::string, std::uint64_t, std::less<>>& by_cause)
    {
        for (const auto& [cause, count] : by_cause)
            line("{leg=\"" + std::string(leg) + "\",cause=\"" + cause + "\"} " + std::to_string(count));
    }

private:
    void line(const std::string& rest) { out_.append(name_).append(rest).append("\n"); }

    // "0.25"
    static std::string seconds(std::chrono::microseconds time)
    {
        char text[32];
        std::snprintf(text, sizeof text, "%g", static_cast<double>(time.count()) / 1e6);
        return text;
    }

    std::string& out_;
    std::string_view name_;
};

} // namespace

void add(session_stats& total, const session_stats& added)
{
    const auto& logins = added.logins;
    total.logins.begun += logins.begun;
    total.logins.refused += logins.refused;
    total.logins.failed += logins.failed;
    total.logins.granted += logins.granted;
    total.logins.denied += logins.denied;
    total.logins.expired += logins.expired;
    total.logins.unknown += logins.unknown;
    total.logins.replayed += logins.replayed;
    total.logins.wrong_browser += logins.wrong_browser;
    total.logins.awaited += logins.awaited;
    const auto& lookups = added.lookups;
    total.lookups.questions += lookups.questions;
    total.lookups.cache_hits += lookups.cache_hits;
    total.lookups.joined += lookups.joined;
    total.lookups.requests += lookups.requests;
    total.lookups.rate_limited += lookups.rate_limited;
}

std::string metrics_text(const login_numbers& numbers)
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
    w.family("coauth_login_leg_failures_total", "counter", "The same, by leg and by the code of the error.");
    w.failures("begin", numbers.begin_failures);
    w.failures("end", numbers.end_failures);
    w.family("coauth_login_leg_seconds", "histogram", "How long the first and the last leg of a login took.");
    w.histogram("leg", "begin", numbers.begins);
    w.histogram("leg", "end", numbers.ends);
    w.family("coauth_logins_refused_total", "counter", "Logins that were not begun, by the limit that was reached.");
    w.sample("limit", "address", numbers.refused_by_address);
    w.sample("limit", "site", numbers.refused_by_site);
    w.sample("limit", "pending", logins.refused);
    if (numbers.pending) {
        w.family("coauth_logins_pending", "gauge", "Logins in progress.");
        w.sample(*numbers.pending);
    }
    w.family("coauth_logins_awaited", "gauge", "Pages that wait for a login in another window.");
    w.sample(logins.awaited);
    if (numbers.visitors) {
        w.family("coauth_visitors", "gauge", "Browsers signed in.");
        w.sample(*numbers.visitors);
    }

    const auto& lookups = numbers.session.lookups;
    w.family("coauth_lookups_total", "counter", "Profiles asked for.");
    w.sample(lookups.questions);
    w.family("coauth_lookups_spared_total", "counter", "Of these, the ones that cost no request.");
    w.sample("by", "cache", lookups.cache_hits);
    w.sample("by", "joining", lookups.joined);
    w.family("coauth_lookup_requests_total", "counter", "Requests sent for them, tries included.");
    w.sample(lookups.requests);
    w.family("coauth_lookup_requests_limited_total", "counter", "Of these, the ones refused for a rate limit.");
    w.sample(lookups.rate_limited);

    if (!numbers.connections)
        return out;
    const auto& connections = *numbers.connections;
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

} // namespace coauth::site
