#include "security/evidence/signed_head.hpp"

#include <charconv>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/x509v3.h>

#include "security/pki/sign.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security::evidence {

namespace {

constexpr std::string_view title = "hutong journal head 1";

Error corrupt(const std::string& what) {
    return {ErrorCode::corrupt, "a signed head: " + what};
}

// Takes "NAME VALUE\n" off the front; empty when that is not what stands there.
std::string_view take(std::string_view& text, std::string_view name) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name) || end <= name.size() ||
        text[name.size()] != ' ')
        return {};
    const auto value = text.substr(name.size() + 1, end - name.size() - 1);
    text.remove_prefix(end + 1);
    return value;
}

std::uint64_t number(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

Sha256Digest digest(std::string_view hex) {
    Sha256Digest value{};
    const auto bytes = from_hex(hex);
    if (bytes && bytes->size() == value.size()) std::copy(bytes->begin(), bytes->end(), value.begin());
    return value;
}

}  // namespace

std::string to_text(const HeadStatement& statement) {
    const JournalHead& head = statement.head;
    std::string text(title);
    text += "\nnode ";
    text += statement.node;
    return text + "\ntime " + format_utc(statement.time) + "\nsegment " + std::to_string(head.segment) +
           "\nframes " + std::to_string(head.frames) + "\nsequence " + std::to_string(head.sequence) +
           "\nchain " + to_hex(head.chain) + "\nroot " + to_hex(head.root) + "\n";
}

Result<HeadStatement> head_from_text(std::string_view text) {
    HeadStatement statement;
    std::string_view rest = text;
    if (!rest.starts_with(title)) return corrupt("it does not begin with the title of this format");
    rest.remove_prefix(std::min(rest.size(), title.size() + 1));
    statement.node = take(rest, "node");
    const auto time = parse_utc(take(rest, "time"));
    if (!time) return corrupt("it has no time");
    statement.time = *time;
    statement.head.segment = number(take(rest, "segment"));
    statement.head.frames = number(take(rest, "frames"));
    statement.head.sequence = number(take(rest, "sequence"));
    statement.head.chain = digest(take(rest, "chain"));
    statement.head.root = digest(take(rest, "root"));
    // One statement, one text: what was overlooked above shows here.
    if (to_text(statement) != text) return corrupt("its lines are not those of this format");
    return statement;
}

Result<SignedHead> sign_head(const HeadStatement& statement, const SigningKey& key) {
    SignedHead head{to_text(statement), {}, key.certificates()};
    HUTONG_ASSIGN(head.signature, sign_der(as_bytes(head.text), key));
    return head;
}

bool signature_holds(const SignedHead& head) {
    if (head.certificates.empty()) return false;
    const auto certificate = read_certificate(head.certificates.front());
    if (!certificate) return false;
    return signed_der(as_bytes(head.text), head.signature, certificate->get());
}

bool names_node(ByteView certificate, std::string_view node) {
    const auto read = read_certificate(certificate);
    return read && subject_of(read->get()) == "CN=gateway " + std::string(node) + ",O=Hutong" &&
           X509_get_ext_by_NID(read->get(), NID_ext_key_usage, -1) < 0;
}

Result<void> speaks_for_node(const HeadStatement& statement, ByteView certificate,
                             const TrustVerdict& verdict) {
    const std::string signed_by = "signed by " + verdict.subject + " at " + format_utc(statement.time);
    if (!verdict) return refused(signed_by + ", who is not trusted: " + verdict.reason);
    if (names_node(certificate, statement.node)) return {};
    return refused(signed_by + ", which is not node " + statement.node);
}

std::string to_line(const SignedHead& head) {
    boost::json::array certificates;
    for (const Bytes& der : head.certificates) certificates.emplace_back(to_base64(der));
    return boost::json::serialize(boost::json::object{{"head", head.text},
                                                      {"signature", to_base64(head.signature)},
                                                      {"certificates", std::move(certificates)}});
}

Result<SignedHead> head_from_line(std::string_view line) {
    boost::system::error_code error;
    const auto json = boost::json::parse(line, error);
    const auto* object = error ? nullptr : json.if_object();
    const auto* text = object ? object->if_contains("head") : nullptr;
    const auto* signature = object ? object->if_contains("signature") : nullptr;
    const auto* certificates = object ? object->if_contains("certificates") : nullptr;
    if (!text || !text->is_string() || !signature || !signature->is_string() || !certificates ||
        !certificates->is_array())
        return corrupt("the line is not {\"head\", \"signature\", \"certificates\"}");
    SignedHead head;
    head.text = std::string(text->as_string());
    HUTONG_ASSIGN(head.signature, from_base64(std::string_view(signature->as_string())));
    for (const auto& one : certificates->as_array()) {
        if (!one.is_string()) return corrupt("a certificate is no text");
        HUTONG_ASSIGN(Bytes der, from_base64(std::string_view(one.as_string())));
        head.certificates.push_back(std::move(der));
    }
    return head;
}

}  // namespace hutong::security::evidence
