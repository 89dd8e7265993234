#include "security/evidence/trust_history.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "security/journal/beside.hpp"

namespace hutong::security::evidence {

namespace {

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

bool read_list(const boost::json::object& from, const char* name, std::vector<std::string>& to) {
    const auto* array = from.if_contains(name);
    if (!array || !array->is_array()) return false;
    for (const auto& one : array->get_array()) {
        if (!one.is_string() || !is_digest(one.get_string())) return false;
        to.emplace_back(one.get_string());
    }
    return true;
}

}  // namespace

std::string to_text(const TrustStatement& statement) {
    return boost::json::serialize(
        boost::json::object{{"cas", list(statement.cas)}, {"crls", list(statement.crls)}});
}

Result<TrustStatement> trust_from_text(std::string_view text) {
    boost::system::error_code error;
    const auto json = boost::json::parse(text, error);
    TrustStatement statement;
    if (error || !json.is_object() || !read_list(json.get_object(), "cas", statement.cas) ||
        !read_list(json.get_object(), "crls", statement.crls))
        return Error{ErrorCode::corrupt, "not a list of the CAs and CRLs that were believed"};
    return statement;
}

Result<void> TrustHistory::note(const TrustMaterial& material) {
    TrustStatement statement;
    HUTONG_ASSIGN(statement.cas, keep(folder_, "cer", material.cas));
    HUTONG_ASSIGN(statement.crls, keep(folder_, "crl", material.crls));
    for (const Bytes& certificate : material.certificates)
        HUTONG_TRY(journal::keep_object(folder_, "cer", certificate));
    std::string text = to_text(statement);
    if (text == noted_) return {};
    Record record;
    record.kind = RecordKind::node;
    record.time = system_clock().now();
    record.outcome = std::string(trust_outcome);
    record.reason = "what callers' certificates are judged by from now on";
    record.message_bytes = text.size();
    record.message_digest = sha256(text);
    record.content = text;
    journal_.append(std::move(record), [](const Result<Position>&) {});
    noted_ = std::move(text);
    return {};
}

}  // namespace hutong::security::evidence
