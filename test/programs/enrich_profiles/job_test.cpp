#include "enrich_profiles/job.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <optional>

using coauth::errc;
using coauth::error;
using namespace enrich;

TEST_CASE("the first reason stops a job, and a revoked token explains an unknown user, whichever is told first")
{
    struct {
        errc first;
        errc second;
        errc reported;
    } const rows[] = {
        {errc::token_revoked, errc::unknown_user, errc::token_revoked},
        {errc::unknown_user, errc::token_revoked, errc::token_revoked},
        {errc::unknown_user, errc::cancelled, errc::unknown_user},
        {errc::cancelled, errc::token_revoked, errc::cancelled},
        {errc::tls_failed, errc::unknown_user, errc::tls_failed},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(name(row.first)));
        CAPTURE(std::string(name(row.second)));
        boost::asio::io_context io;
        output_file out("/dev/null");
        job j(io.get_executor(), job_options(), out, tally());
        CHECK_FALSE(j.stopped());
        j.stop(error(row.first));
        j.stop(error(row.second));
        CHECK(j.stopped()->reason() == row.reported);
    }
}
