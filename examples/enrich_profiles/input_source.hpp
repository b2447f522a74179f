// IN: a file, a pipe or a terminal, read as it is needed.
#pragma once

#include "enrich_profiles/input_check.hpp"
#include "enrich_profiles/input_reader.hpp"
#include "enrich_profiles/inputs.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace enrich {

/// Its errors are `coauth::error`s that name the file or say that most of IN is invalid (`input_check`), and
/// `column_error`.
class input_source final : public inputs {
public:
    /// `name`: a file, or "-" for stdin. `column`: see `input_reader`.
    input_source(boost::asio::any_io_executor executor, std::string name, std::string column, naming by);

    ~input_source() override;

    input_source(const input_source&) = delete;
    input_source& operator=(const input_source&) = delete;

    bool has() const noexcept override { return !returned_.empty() || (accepted_ && !reader_.inputs().empty()); }

    /// Waits for a pipe or terminal only. Of a file the first call reads all that is to be judged.
    boost::asio::awaitable<bool> read_more() override;

    const input& front() const override { return returned_.empty() ? reader_.inputs().front() : returned_.front(); }
    input take() override;

    /// These come next; their numbers are below all that is at hand.
    void put_back(std::vector<input> inputs);

    void interrupt() override;

    /// Where the next input at hand ends, or all that was read, in octets.
    std::uint64_t position() const noexcept { return has() ? front().end : read_; }

    /// In octets, if IN is a file.
    std::optional<std::uint64_t> size() const noexcept { return size_; }

    int descriptor() const noexcept { return descriptor_; }

    /// How IN is read; see `input_reader`. Known after the first `read_more`.
    const std::string& layout() const noexcept { return reader_.layout(); }

private:
    void take_in(std::size_t size);
    void judge();
    bool more_at_hand();
    boost::asio::awaitable<std::size_t> read_waiting();
    std::size_t read_file();
    [[noreturn]] void fail(int why) const;

    std::string name_;
    int descriptor_ = -1;
    // What may keep us waiting is read by the loop: a pipe, a terminal.
    std::optional<boost::asio::posix::stream_descriptor> waits_;
    input_reader reader_;
    input_check check_;
    std::uint64_t counted_ = 0; // inputs that `check_` knows
    bool accepted_ = false;     // those that were read may be taken
    bool any_accepted_ = false;
    std::deque<input> returned_;
    std::optional<std::uint64_t> size_;
    std::string piece_;
    std::uint64_t read_ = 0;
    bool ended_ = false;
};

} // namespace enrich
