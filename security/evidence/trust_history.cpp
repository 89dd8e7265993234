#include "security/evidence/trust_history.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "security/journal/beside.hpp"

namespace hutong::security::evidence {

namespace {

constexpr std::int64_t most_grace_hours = 24 * 366;

Result<std::vector<std::string>> keep(const std::filesystem::path& folder, const std::string& kind,
                                      const std::vector<Bytes>& objects) {
    std::vector<std::string> digests;
    for (const Bytes& object : objects) {
        HUTONG_TRY(journal::keep_object(folder, kind, object));
        digests.push_back(to_hex(sha256(ByteView(object))));
    }
    std::ranges::sort(digests);
    return digests;
}

boost::json::array list(const std::vector<std::string>& digests) {
    boost::json::array all;
    for (const std::string& digest : digests) all.emplace_back(digest);
    return all;
}

bool is_digest(std::string_view text) {
    const auto bytes = from_hex(text);
    return bytes && bytes->size() == sizeof(Sha256Digest);
}

bool any_text(std::string_view) {
    return true;
}

bool read_list(const boost::json::object& from, const char* name, bool (*fits)(std::string_view),
               std::vector<std::string>& to) {
    const auto* array = from.if_contains(name);
    if (!array || !array->is_array()) return false;
    for (const auto& one : array->get_array()) {
        if (!one.is_string() || !fits(one.get_string())) return false;
        to.emplace_back(one.get_string());
    }
    return true;
}

bool read_text(const boost::json::object& from, const char* name, std::string& to) {
    const auto* text = from.if_contains(name);
    if (!text || !text->is_string()) return false;
    to = std::string(text->get_string());
    return true;
}

boost::json::object domains_json(const Domains& domains) {
    boost::json::object all;
    for (const auto& [name, domain] : domains)
        all[name] =
            boost::json::object{{"issuers", list(domain.issuers)}, {"certificate_id", domain.certificate_id},
                                {"message_id", domain.message_id}, {"sm2_raw", list(domain.sm2_raw)},
                                {"sm2_der", list(domain.sm2_der)}, {"sm3", list(domain.sm3)}};
    return all;
}

bool read_graces(const boost::json::object& from, Graces& to) {
    const auto* graces = from.if_contains("ocsp");
    if (!graces) return true;
    if (!graces->is_object()) return false;
    for (const auto& [ca, hours] : graces->get_object()) {
        if (!is_digest(ca) || !hours.is_int64() || hours.get_int64() < 0 ||
            hours.get_int64() > most_grace_hours)
            return false;
        to[std::string(ca)] = std::chrono::hours(hours.get_int64());
    }
    return true;
}

bool read_domains(const boost::json::object& from, std::optional<Domains>& to) {
    const auto* domains = from.if_contains("domains");
    if (!domains) return true;
    if (!domains->is_object()) return false;
    to.emplace();
    for (const auto& [name, value] : domains->get_object()) {
        const auto* one = value.if_object();
        config::TrustDomain& domain = (*to)[std::string(name)];
        if (!one || !read_list(*one, "issuers", any_text, domain.issuers) ||
            !read_text(*one, "certificate_id", domain.certificate_id) ||
            !read_text(*one, "message_id", domain.message_id) ||
            !read_list(*one, "sm2_raw", any_text, domain.sm2_raw) ||
            !read_list(*one, "sm2_der", any_text, domain.sm2_der) ||
            !read_list(*one, "sm3", any_text, domain.sm3))
            return false;
    }
    return true;
}

}  // namespace

std::string to_text(const TrustStatement& statement) {
    boost::json::object text{{"cas", list(statement.cas)}, {"crls", list(statement.crls)}};
    if (statement.domains) text["domains"] = domains_json(*statement.domains);
    if (!statement.ocsp.empty()) {
        boost::json::object graces;
        for (const auto& [ca, grace] : statement.ocsp) graces[ca] = grace.count();
        text["ocsp"] = std::move(graces);
    }
    return boost::json::serialize(text);
}

Result<TrustStatement> trust_from_text(std::string_view text) {
    boost::system::error_code error;
    const auto json = boost::json::parse(text, error);
    TrustStatement statement;
    if (error || !json.is_object() || !read_list(json.get_object(), "cas", is_digest, statement.cas) ||
        !read_list(json.get_object(), "crls", is_digest, statement.crls) ||
        !read_domains(json.get_object(), statement.domains) ||
        !read_graces(json.get_object(), statement.ocsp))
        return Error{ErrorCode::corrupt, "not a list of the CAs, CRLs and domains that were believed"};
    return statement;
}

Result<void> TrustHistory::note(const TrustMaterial& material) {
    TrustStatement statement;
    HUTONG_ASSIGN(statement.cas, keep(folder_, "cer", material.cas));
    HUTONG_ASSIGN(statement.crls, keep(folder_, "crl", material.crls));
    for (const Bytes& certificate : material.certificates)
        HUTONG_TRY(journal::keep_object(folder_, "cer", certificate));
    statement.domains = material.domains;
    statement.ocsp = material.ocsp;
    const std::string text = to_text(statement);
    if (*lost_) repeat_lost();
    if (text != noted_) {
        noted_ = text;
        append_trust();
    }
    for (const auto& [certificate, der] : material.answers)
        if (const auto known = answers_.find(certificate); known == answers_.end() || known->second != der)
            append_answer(certificate, der);
    answers_ = material.answers;
    return {};
}

void TrustHistory::repeat_lost() {
    if (!*lost_ || !journal_.writable()) return;
    *lost_ = false;
    append_trust();
    for (const auto& [certificate, der] : answers_) append_answer(certificate, der);
}

void TrustHistory::append_trust() {
    append(trust_outcome, "what callers' certificates are judged by from now on", "", noted_);
}

void TrustHistory::append_answer(const std::string& certificate, const Bytes& der) {
    append(answer_outcome, "what its CA says of this certificate by OCSP, from now on", certificate,
           std::string(as_text(der)));
}

void TrustHistory::append(std::string_view outcome, std::string reason, std::string signer,
                          std::string content) {
    Record record;
    record.kind = RecordKind::node;
    record.time = system_clock().now();
    record.outcome = std::string(outcome);
    record.reason = std::move(reason);
    record.signer = std::move(signer);
    record.message_bytes = content.size();
    record.message_digest = sha256(content);
    record.content = std::move(content);
    journal_.append(std::move(record), [lost = lost_](const Result<Position>& written) {
        if (!written) *lost = true;
    });
}

}  // namespace hutong::security::evidence
