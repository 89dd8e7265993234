#include "tests/attack/meaning.hpp"

#include <csignal>
#include <stdexcept>

#include "base/bytes.hpp"

namespace hutong::attack {

Meaning meaning_of(const Judgement& accepted) {
    const std::string& text = accepted.text;
    const soap::Layout& layout = accepted.layout;
    const security::Claims& claims = accepted.claims;
    Meaning result{layout.operation.text(),
                   text.substr(layout.body.begin, layout.body.end - layout.body.begin),
                   {},
                   claims.created,
                   claims.expires,
                   to_base64(claims.certificate) + "\n" + claims.username.value_or("") + "\n"};
    for (const soap::HeaderBlock& block : layout.blocks)
        if (block.name.ns == soap::ns_wsa)
            result.addressing += text.substr(block.range.begin, block.range.end - block.range.begin);
    if (claims.saml) result.who += claims.saml->issuer + " " + claims.saml->subject;
    for (const Bytes& certificate : claims.endorsers) result.who += "\n" + to_base64(certificate);
    return result;
}

WellFormed::WellFormed()
    : checker_(popen("/usr/bin/python3 '" HUTONG_SOURCE_DIR "/tests/attack/xsw/well_formed.py' 1>&2", "w")) {
    if (checker_ == nullptr) throw std::runtime_error("cannot ask expat");
    // It ends at the first text that is none; all() tells, and nobody is ended by writing on.
    std::signal(SIGPIPE, SIG_IGN);
}
WellFormed::~WellFormed() {
    if (checker_ != nullptr) pclose(checker_);
}

void WellFormed::add(const std::string& text) {
    const std::uint64_t length = text.size();
    std::fwrite(&length, sizeof length, 1, checker_);
    std::fwrite(text.data(), 1, length, checker_);
}

bool WellFormed::all() {
    const int status = pclose(checker_);
    checker_ = nullptr;
    return status == 0;
}

}  // namespace hutong::attack
