// What the sandbox saw: the last requests, and counts of all. Holds no secrets.
#pragma once

#include <coauth/oauth1/parameters.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coauth::sandbox {

/// One request. Texts are masked before they come here.
struct journal_entry {
    journal_entry() = default;

    std::chrono::sys_seconds at{};
    std::string method;
    std::string target;
    std::string host;
    std::string route; ///< "/2/users/:id"; empty for an unknown path.
    int status = 0;    ///< 0: there was no response.
    std::string consumer_key;
    std::string token;
    std::string user; ///< The username of the token's user.
    oauth1::parameters oauth;
    std::string refused;     ///< `oauth1::name(refusal_reason)`, or another word; empty if it was not.
    std::string explanation; ///< For the operator.
    std::string base_string; ///< As the sandbox computed it, for a signature that does not match.
    std::string fault;       ///< What a scripted fault did.
};

/// Thread safety: not safe; the provider guards it.
class journal {
public:
    /// Keeps the last `capacity` requests.
    explicit journal(std::size_t capacity = 1000) : capacity_(capacity) {}

    void record(journal_entry entry);
    void clear();

    /// The last `most` requests that were refused, newest first. What was not found is not among them.
    std::vector<journal_entry> last_refusals(std::size_t most) const;

    /// JSON array, newest last.
    std::string requests() const;
    /// JSON object: how many requests, by route and status; refusals by reason; faults.
    std::string counters() const;

private:
    struct route_count {
        std::uint64_t calls = 0;
        std::map<int, std::uint64_t> statuses;
    };

    std::size_t capacity_;
    std::deque<journal_entry> entries_;
    std::uint64_t total_ = 0;
    std::uint64_t faults_ = 0;
    std::map<std::string, route_count> routes_;
    std::map<std::string, std::uint64_t> refused_;
};

/// One line for a log.
std::string log_line(const journal_entry& entry);

} // namespace coauth::sandbox
