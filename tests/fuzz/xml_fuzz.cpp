// libFuzzer: the push parser, against libxml2's pull parser. Whatever the bytes are and wherever they are
// cut, both accept the text or both refuse it, and of what they accept they tell the same.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/oracle/xml_events.hpp"

using namespace hutong;
using namespace hutong::test;

namespace {

[[noreturn]] void differ(const Events& pulled, const Events& pushed, std::size_t pieces) {
    std::fprintf(stderr, "in %zu pieces: libxml2 %s (%s), the push parser %s (%s)\n", pieces,
                 pulled.accepted ? "accepts" : "refuses", pulled.problem.c_str(),
                 pushed.accepted ? "accepts" : "refuses", pushed.problem.c_str());
    const auto [theirs, ours] = std::ranges::mismatch(pulled.lines, pushed.lines);
    if (theirs != pulled.lines.end()) std::fprintf(stderr, "libxml2: %s\n", theirs->c_str());
    if (ours != pushed.lines.end()) std::fprintf(stderr, "ours:    %s\n", ours->c_str());
    std::abort();
}

}  // namespace

// The first byte says how the text that follows is cut: into pieces of that many bytes; 0: not at all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::vector<std::size_t> cuts;
    if (data[0] > 0)
        for (std::size_t at = data[0]; at < text.size(); at += data[0]) cuts.push_back(at);
    const Events theirs = pulled(text);
    const Events ours = pushed(text, cuts, xml::Limits());
    if (ours.over_limit) return 0;
    if (theirs.accepted != ours.accepted || (theirs.accepted && theirs.lines != ours.lines))
        differ(theirs, ours, cuts.size() + 1);
    return 0;
}
