// libFuzzer: tokens of a Security header. Nothing that a fuzzer makes is believed: it knows no password and
// no issuer's key. The first byte says which reader gets the rest.
#include <cstdlib>

#include "security/tokens/issuer_serial.hpp"
#include "security/tokens/saml_assertion.hpp"
#include "security/tokens/username_token.hpp"

using namespace hutong;
using namespace hutong::security;

namespace {

const TimePoint now = parse_utc("2026-11-23T08:00:00Z").value();
const TimeLimits times = MessagePolicy().times({});

void read_user(const xml::Document& document) {
    static const Passwords passwords{{"agency", to_hex(random_bytes(16))}};
    GuessLimit guesses;
    if (judge_username_token(document.root(), {passwords, guesses, "192.0.2.1", true}, times, now)
            .has_value())
        std::abort();
}

void read_assertion(const xml::Document& document) {
    const auto ids = IdIndex::make(document, {}, {});
    if (ids.has_value() && judge_assertion(document.root(), *ids, {}, times.clock_skew, now).has_value())
        std::abort();
}

void read_name(std::string_view text) {
    static_cast<void>(hex_of_serial(text));
    static_cast<void>(DistinguishedNameText::parse(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 3 == 0) {
        read_name(text);
        return 0;
    }
    const auto document = xml::parse(text);
    if (document.has_error()) return 0;
    data[0] % 3 == 1 ? read_user(*document) : read_assertion(*document);
    return 0;
}
