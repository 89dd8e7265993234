#include "security/pki/requests.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include "security/pki/history.hpp"
#include "security/pki/sql.hpp"

namespace hutong::security {

namespace {

namespace json = boost::json;

using Work = std::function<Awaitable<Result<void>>(pg::Session&)>;

const std::string columns =
    "select id, csr, key, key_text, profile, consumer, common_name, organisation, to_json(names), renews, "
    "overlap_days, state, reason, serial, " +
    as_utc("made") + " from certificate_requests ";

Result<std::vector<CertificateRequest>> requests_of(const pg::Rows& rows) {
    std::vector<CertificateRequest> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(row, column)); };
        CertificateRequest one{text(0), text(1), text(2), text(3), text(4), text(5), text(6), text(7)};
        one.names = json::value_to<std::vector<std::string>>(json::parse(rows.text(row, 8)));
        one.renews = text(9);
        if (rows.value(row, 10)) one.overlap_days = static_cast<int>(rows.integer(row, 10));
        one.state = text(11);
        one.reason = text(12);
        one.serial = text(13);
        HUTONG_ASSIGN(one.made, parse_utc(text(14)));
        all.push_back(std::move(one));
    }
    return all;
}

bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos;
}

Error no_request(const std::string& id) {
    return not_found("there is no request " + id + "; hutong cert requests shows them");
}

}  // namespace

Awaitable<Result<std::string>> CertificateRequests::add(CertificateRequest request, std::string actor) {
    std::string id;
    const Work work = [&](pg::Session& session) -> Awaitable<Result<void>> {
        const std::string insert =
            "insert into certificate_requests (csr, key, key_text, profile, consumer, common_name, "
            "organisation, names, renews, overlap_days) values ($1, $2, $3, $4, $5, $6, $7, (select "
            "coalesce(array_agg(v), '{}') from json_array_elements_text($8::json) v), $9, $10) on conflict "
            "(key) where state = 'pending' do nothing returning id";
        const pg::Param days =
            request.overlap_days ? pg::Param(std::to_string(*request.overlap_days)) : pg::Param();
        HUTONG_QUERY(added, session, insert,
                     with(request.csr, request.key, request.key_text, request.profile,
                          or_null(request.consumer), request.common_name, request.organisation,
                          json::serialize(json::value_from(request.names)), or_null(request.renews), days));
        if (added.empty())
            co_return Error{ErrorCode::conflict,
                            "a request for the same key waits already; hutong cert requests shows it"};
        id = added.text(0, 0);
        co_return co_await remember(
            session, actor, "requested", "request " + id,
            request.profile + " " + request.common_name + " (" + request.key_text + ")");
    };
    HUTONG_STEP(pool_.transaction(work));
    co_return id;
}

Awaitable<Result<std::vector<CertificateRequest>>> CertificateRequests::list() {
    const std::string sql = columns + "order by id desc limit 1000";
    HUTONG_QUERY(rows, pool_, sql);
    co_return requests_of(rows);
}

Awaitable<Result<CertificateRequest>> CertificateRequests::find_pending(std::string id) {
    if (!is_id(id)) co_return no_request(id);
    const std::string sql = columns + "where id = $1";
    HUTONG_QUERY(rows, pool_, sql, with(id));
    auto found = requests_of(rows);
    if (!found) co_return found.error();
    if (found->empty()) co_return no_request(id);
    if (found->front().state != "pending")
        co_return Error{ErrorCode::conflict,
                        "request " + id + " was decided already: " + found->front().state};
    co_return std::move(found->front());
}

Awaitable<Result<void>> CertificateRequests::refuse(std::string id, std::string reason, std::string actor) {
    HUTONG_STEP(find_pending(id));
    const Work work = [&](pg::Session& session) -> Awaitable<Result<void>> {
        const std::string change =
            "update certificate_requests set state = 'refused', reason = $2, decided = now() where id = $1 "
            "and state = 'pending' returning id";
        HUTONG_QUERY(changed, session, change, with(id, reason));
        if (changed.empty()) co_return Error{ErrorCode::conflict, "request " + id + " was decided meanwhile"};
        co_return co_await remember(session, actor, "refused", "request " + id, reason);
    };
    co_return co_await pool_.transaction(work);
}

}  // namespace hutong::security
