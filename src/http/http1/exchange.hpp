// One request and its answer on one connection.
#pragma once

#include "http/connection.hpp"
#include "http/http1/clean_end.hpp"
#include "http/http1/reply_reader.hpp"
#include "http/limit.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace coauth::http {

class watchdog;

/// Use each object once.
class exchange {
public:
    exchange(connection& line, const reply_rules& rules) : line_(line), reader_(line.buffer(), rules) {}

    /// Writes `request`, reads the answer. Throws `connection_lost`, `malformed_response`,
    /// `response_too_large`, or `timeout` at `until`.
    boost::asio::awaitable<response> run(std::string request, limit until, watchdog& dog);

    bool answer_begun() const noexcept { return reader_.begun(); }

    /// After `run` has returned: whether the connection may carry another request.
    std::optional<clean_end> proof() const noexcept { return proof_; }

private:
    boost::asio::awaitable<void> write_and_read(std::string request);

    connection& line_;
    reply_reader reader_;
    std::optional<clean_end> proof_;
};

} // namespace coauth::http
