#include "enrich_profiles/limit_waits.hpp"
#include "enrich_profiles/progress.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace enrich;
using std::chrono::milliseconds;

namespace {

progress half()
{
    progress p;
    p.done = 1500;
    p.done_before = 500;
    p.part = 0.5;
    p.part_before = 0.25;
    p.time = milliseconds(10'000);
    return p;
}

} // namespace

TEST_CASE("progress: shows part, rate and remaining time")
{
    CHECK(progress_line(half()) == "50 %  1500 done  100/s  20 s left");

    progress p = half();
    p.part = std::nullopt;
    CHECK(progress_line(p) == "1500 done  100/s");

    p = half();
    p.until = milliseconds(61'001);
    CHECK(progress_line(p) == "50 %  1500 done  waiting for the rate limit, 1 min 02 s left");

    p = half();
    p.time = milliseconds(10'000'000);
    CHECK(progress_line(p) == "50 %  1500 done  0/s  5 h 33 min left");

    CHECK(progress_line(progress()) == "0 done");
    p = half();
    p.part = 1.0;
    CHECK(progress_line(p) == "100 %  1500 done  100/s");
}

TEST_CASE("progress: a bar fills the width that the text leaves")
{
    const std::string text = progress_line(half());
    CHECK(progress_bar(half(), text.size() + 13) == "[#####.....] " + text);
    CHECK(progress_bar(half(), 200) == "[" + std::string(20, '#') + std::string(20, '.') + "] " + text);
    CHECK(progress_bar(half(), text.size() + 7) == text);
    CHECK(progress_bar(half(), 10) == text.substr(0, 10));
    CHECK(progress_bar(half(), 0) == "");
    for (std::size_t width = 0; width < 100; ++width)
        CHECK(progress_bar(half(), width).size() <= width);
    progress p = half();
    p.part = 1.0;
    CHECK(progress_bar(p, 80).find('.') == std::string::npos);
}

TEST_CASE("progress: the meter counts from where the run began")
{
    using std::chrono::seconds;
    const progress_meter::time_point begun{};
    const progress_meter meter(begun, 100, 50, 200);
    const progress p = meter.look(begun + seconds(10), 300, 100, begun + seconds(12));
    CHECK(p.done == 300);
    CHECK(p.done_before == 100);
    CHECK(p.part == 0.5);
    CHECK(p.part_before == 0.25);
    CHECK(p.time == seconds(10));
    CHECK(p.until == seconds(2));
    CHECK(meter.look(begun, 100, 0, begun).part == 0.25);
    CHECK(meter.look(begun, 100, 500, begun).part == 1.0);
    CHECK(meter.look(begun + seconds(3), 100, 0, begun).until == seconds(0));
    CHECK(!progress_meter(begun, 0, 0, std::nullopt).look(begun, 0, 0, begun).part);
    CHECK(!progress_meter(begun, 0, 0, 0).look(begun, 0, 0, begun).part);
}

TEST_CASE("progress: a terminal is written to at most ten times a second")
{
    progress_pace pace(true);
    progress p;
    CHECK(pace.due(p));
    int shown = 0;
    for (int ms = 1; ms <= 1000; ++ms) {
        p.time = milliseconds(ms);
        p.part = ms / 1000.0;
        shown += pace.due(p);
    }
    CHECK(shown == 10);
}

TEST_CASE("progress: a log is written to every ten seconds or ten hundredths")
{
    progress_pace pace(false);
    progress p;
    p.part = 0.42;
    p.part_before = 0.4;
    CHECK(!pace.due(p));
    p.part = 0.49;
    p.time = milliseconds(9'999);
    CHECK(!pace.due(p));
    p.time = milliseconds(10'000);
    CHECK(pace.due(p));
    p.time = milliseconds(10'100);
    CHECK(!pace.due(p));
    p.part = 0.6;
    CHECK(pace.due(p));
    CHECK(!pace.due(p));
}

TEST_CASE("limit_waits: it counts what was waited, also if it was cut short, and overlapping waits once")
{
    using std::chrono::seconds;
    const limit_waits::time_point begun{};
    const auto at = [&](int second) { return begun + seconds(second); };
    limit_waits waits;
    CHECK(waits.waited(at(100)) == seconds(0));
    waits.begin(at(100), at(110));
    CHECK(waits.until() == at(110));
    CHECK(waits.waited(at(99)) == seconds(0));
    CHECK(waits.waited(at(103)) == seconds(3));
    CHECK(waits.waited(at(120)) == seconds(10));
    waits.begin(at(105), at(108));
    CHECK(waits.waited(at(120)) == seconds(10));
    waits.begin(at(105), at(112));
    CHECK(waits.waited(at(120)) == seconds(12));
    waits.begin(at(200), at(300));
    CHECK(waits.waited(at(190)) == seconds(12));
    CHECK(waits.waited(at(201)) == seconds(13));
    waits.end(at(207));
    CHECK(waits.until() == at(207));
    CHECK(waits.waited(at(400)) == seconds(19));
    waits.end(at(350));
    CHECK(waits.waited(at(400)) == seconds(19));
    waits.begin(at(400), at(401));
    CHECK(waits.waited(at(401)) == seconds(20));
}
