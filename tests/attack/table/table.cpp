#include "tests/attack/table/table.hpp"

#include <sstream>
#include <stdexcept>

namespace hutong::attack {

using security::Rejection;
using test::WssTemplate;

Row& Table::signed_so(const std::string& name, WssTemplate message, const std::string& reason,
                      Rejection::Kind kind) {
    return add({.name = name,
                .message = std::move(message),
                .signer = &cast().p256,
                .reason = reason,
                .kind = kind});
}

Row& Table::changed(const std::string& name, Change change, const std::string& reason) {
    return changed(name, std::move(change), reason, plain());
}

Row& Table::changed(const std::string& name, Change change, const std::string& reason, WssTemplate message,
                    Rejection::Kind kind) {
    return add({.name = name,
                .message = std::move(message),
                .signer = &cast().p256,
                .change = std::move(change),
                .reason = reason,
                .kind = kind});
}

Row& Table::control(const std::string& name, WssTemplate message) {
    return control(name, std::move(message), cast().p256);
}

Row& Table::control(const std::string& name, WssTemplate message, const test::Identity& signer,
                    Change change) {
    return add({.name = name, .message = std::move(message), .signer = &signer, .change = std::move(change)});
}

const Cast& cast() {
    static const Cast everyone;
    return everyone;
}

WssTemplate plain() {
    return test::template_for(cast().p256);
}

std::string str(std::string_view text) {
    return std::string(text);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("no \"" + from + "\" to replace");
    return text.replace(at, from.size(), to);
}

Change replace(const std::string& from, const std::string& to) {
    return [=](std::string text) { return replaced(std::move(text), from, to); };
}
Change before(const std::string& mark, const std::string& insert) {
    return replace(mark, insert + mark);
}
Change after(const std::string& mark, const std::string& insert) {
    return replace(mark, mark + insert);
}

std::string piece(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    const auto to = text.find(end, from);
    if (from == std::string::npos || to == std::string::npos)
        throw std::runtime_error("no " + begin + "…" + end);
    return text.substr(from, to + end.size() - from);
}
std::string without(std::string text, const std::string& begin, const std::string& end) {
    return replaced(text, piece(text, begin, end), "");
}
std::string body_of(const std::string& text) {
    return piece(text, "<soap:Body", "</soap:Body>");
}
std::string timestamp_of(const std::string& text) {
    return piece(text, "<wsu:Timestamp", "</wsu:Timestamp>");
}
std::string signature_of(const std::string& text) {
    return piece(text, "<ds:Signature ", "</ds:Signature>");
}

const std::string forged_content = "<po:order xmlns:po=\"urn:po\"><po:item>forged</po:item></po:order>";

std::string forged_body(const std::string& attributes) {
    return "<soap:Body " + attributes + ">" + forged_content + "</soap:Body>";
}
std::string forged_timestamp(const std::string& attributes) {
    return "<wsu:Timestamp " + attributes +
           "><wsu:Created>2026-11-23T07:59:59Z</wsu:Created><wsu:Expires>2026-11-23T08:04:59Z</wsu:Expires></"
           "wsu:Timestamp>";
}

bool says(const std::string& said, const std::string& reasons) {
    std::istringstream all(reasons);
    for (std::string one; std::getline(all, one, '|');)
        if (said.find(one) != std::string::npos) return true;
    return false;
}

}  // namespace hutong::attack
