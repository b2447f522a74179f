#include "enrich_profiles/killed_run.hpp"

#include "enrich_profiles/line_scanner.hpp"
#include "enrich_profiles/output_line.hpp"
#include "enrich_profiles/replacement_file.hpp"

#include <optional>
#include <string>

namespace enrich {

namespace {

// The content of a line that may replace another.
std::optional<outcome> replaces(const std::string& old_line, const std::string& new_line)
{
    const auto before = read_output_line(old_line);
    const auto now = read_output_line(new_line);
    if (!before || !now || before->kind != outcome::failed || before->input != now->input)
        return std::nullopt;
    if (look_at_remnant(new_line) != remnant::whole)
        return std::nullopt;
    return now->kind;
}

bool next_line(line_scanner& lines, std::string& line)
{
    try {
        return lines.next(line);
    } catch (const coauth::error&) {
        return false; // no program of ours wrote it
    }
}

} // namespace

tally take_over_killed_run(output_file& out)
{
    tally taken;
    const auto draft = replacement_file::left_behind(out.name(), out.descriptor());
    if (!draft)
        return taken;
    line_scanner old_lines(out.descriptor(), out.name());
    line_scanner new_lines(draft->descriptor(), out.name());
    std::uint64_t old_end = 0;
    std::uint64_t new_end = 0;
    std::string old_line;
    std::string new_line;
    while (next_line(new_lines, new_line) && next_line(old_lines, old_line)) {
        if (new_line != old_line) {
            const auto says = replaces(old_line, new_line);
            if (!says)
                break;
            taken.count(*says);
        }
        old_end = old_lines.position();
        new_end = new_lines.position();
    }
    if (taken.all() == 0)
        return taken;
    draft->keep_until(new_end, old_end);
    out.replace_by(*draft);
    return taken;
}

} // namespace enrich
