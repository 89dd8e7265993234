#include "security/pki/trusted_authorities.hpp"

#include <algorithm>

#include "security/pki/history.hpp"
#include "security/pki/sql.hpp"

namespace hutong::security {

namespace {

using Done = Awaitable<Result<void>>;
using Work = std::function<Done(pg::Session&)>;

// Failed tries are repeated after as long as a claim holds.
const std::string claim = "next_try = now() + interval '60 seconds'";

// Half of what is left, so that a source may be away for a while without anybody noticing; but no oftener
// than each minute, and each hour at least, since a revocation should not wait for the end of a list.
std::string next_try(TimePoint next_update) {
    using std::chrono::seconds;
    const auto left = std::chrono::duration_cast<seconds>(next_update - system_clock().now());
    const auto pause = std::clamp(left / 2, seconds(60), seconds(3600));
    return format_utc(system_clock().now() + pause);
}

Result<std::optional<TimePoint>> time_in(const pg::Rows& rows, std::size_t row, std::size_t column) {
    std::optional<TimePoint> time;
    if (!rows.value(row, column)) return time;
    HUTONG_ASSIGN(time, parse_utc(rows.text(row, column)));
    return time;
}

std::string described(const RevocationSources& sources) {
    std::string text;
    if (!sources.crl_url.empty()) text += " crl " + sources.crl_url;
    if (!sources.ocsp_url.empty()) text += " ocsp " + sources.ocsp_url;
    if (!sources.none_because.empty()) text += " without revocation: " + sources.none_because;
    if (sources.grace.count() > 0) text += " grace " + std::to_string(sources.grace.count()) + " h";
    return text;
}

}  // namespace

Done TrustedAuthorities::add(Bytes der, std::string name, TimePoint not_after, bool own,
                             RevocationSources sources, std::string actor) {
    const std::string thumbprint = to_hex(sha256(ByteView(der)));
    const Work work = [&](pg::Session& session) -> Done {
        const std::string insert =
            "insert into trusted_cas (thumbprint, name, own, der, not_after, crl_url, ocsp_url, grace_hours, "
            "no_revocation) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        const auto added =
            co_await run(session, insert,
                         with(thumbprint, name, std::string(own ? "true" : "false"), pg::bytea(der),
                              format_utc(not_after), or_null(sources.crl_url), or_null(sources.ocsp_url),
                              std::to_string(sources.grace.count()), or_null(sources.none_because)));
        if (added.has_error() && added.error().code == ErrorCode::conflict)
            co_return Error{
                ErrorCode::conflict,
                "the CA " + name +
                    " is trusted already; to give it other addresses: hutong trust remove, then add"};
        if (!added) co_return added.error();
        if (!sources.crl_url.empty()) {
            const std::string source = "insert into foreign_crls (ca) values ($1)";
            HUTONG_STEP(run(session, source, with(thumbprint)));
        }
        HUTONG_STEP(
            remember(session, actor, "trusted", "trusted ca " + thumbprint, name + described(sources)));
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Done TrustedAuthorities::publish_own(Bytes der, std::string name, TimePoint not_after, std::string actor) {
    const std::string thumbprint = to_hex(sha256(ByteView(der)));
    const Work work = [&](pg::Session& session) -> Done {
        const std::string insert =
            "insert into trusted_cas (thumbprint, name, own, der, not_after) values ($1, $2, true, $3, $4) "
            "on "
            "conflict (thumbprint) do update set own = true, no_revocation = null where not trusted_cas.own "
            "returning thumbprint";
        HUTONG_QUERY(changed, session, insert, with(thumbprint, name, pg::bytea(der), format_utc(not_after)));
        if (changed.empty()) co_return Result<void>();
        HUTONG_STEP(remember(session, actor, "trusted", "trusted ca " + thumbprint, name));
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Done TrustedAuthorities::remove(std::string thumbprint, std::string actor) {
    const std::string wanted = plain_hex(thumbprint);
    const Work work = [&](pg::Session& session) -> Done {
        const std::string sql = "delete from trusted_cas where thumbprint = $1 returning name";
        HUTONG_QUERY(removed, session, sql, with(wanted));
        if (removed.empty())
            co_return not_found("no trusted CA has the thumbprint " + thumbprint +
                                "; hutong trust list shows them");
        HUTONG_STEP(remember(session, actor, "trust removed", "trusted ca " + wanted,
                             std::string(removed.text(0, 0))));
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Awaitable<Result<std::vector<TrustedAuthority>>> TrustedAuthorities::list() {
    const std::string sql =
        "select t.thumbprint, t.name, t.own, " + as_utc("t.not_after") + ", t.crl_url, t.ocsp_url, " +
        "t.grace_hours, " + as_utc("c.next_update") +
        ", c.trouble, (select count(*) from foreign_answers a where a.ca = t.thumbprint), (select count(*) "
        "from "
        "foreign_answers a where a.ca = t.thumbprint and (a.next_update is null or a.next_update + "
        "make_interval(hours => t.grace_hours) < now())), (select min(a.trouble) from foreign_answers a "
        "where "
        "a.ca = t.thumbprint), t.no_revocation from trusted_cas t left join foreign_crls c on c.ca = "
        "t.thumbprint order by "
        "t.own "
        "desc, t.thumbprint";
    HUTONG_QUERY(rows, pool_, sql);
    std::vector<TrustedAuthority> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(row, column)); };
        TrustedAuthority one;
        one.thumbprint = text(0);
        one.name = text(1);
        one.own = rows.boolean(row, 2);
        const auto not_after = time_in(rows, row, 3), crl_until = time_in(rows, row, 7);
        if (!not_after || !crl_until) co_return not_after ? crl_until.error() : not_after.error();
        one.not_after = *not_after;
        one.sources = {text(4), text(5), std::chrono::hours(rows.integer(row, 6)), text(12)};
        one.crl_until = *crl_until;
        one.crl_trouble = text(8);
        one.answers = static_cast<unsigned>(rows.integer(row, 9));
        one.answers_missing = static_cast<unsigned>(rows.integer(row, 10));
        one.answer_trouble = text(11);
        all.push_back(std::move(one));
    }
    co_return all;
}

Awaitable<Result<std::vector<CertificateRegister::Expiring>>> TrustedAuthorities::take_expiry_warnings() {
    const std::string sql =
        "update trusted_cas c set warned = s.days from (select thumbprint, case when not_after < now() + "
        "interval "
        "'7 days' then 7 when not_after < now() + interval '30 days' then 30 else 60 end as days from "
        "trusted_cas "
        "where not_after < now() + interval '60 days') s where s.thumbprint = c.thumbprint and "
        "coalesce(c.warned, 1000) > s.days returning c.thumbprint, c.name, " +
        as_utc("c.not_after") + ", s.days";
    HUTONG_QUERY(rows, pool_, sql);
    std::vector<CertificateRegister::Expiring> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto until = parse_utc(rows.text(row, 2));
        if (!until) co_return until.error();
        all.push_back({std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), *until,
                       static_cast<int>(rows.integer(row, 3))});
    }
    co_return all;
}

Awaitable<Result<std::vector<CrlJob>>> TrustedAuthorities::claim_crls() {
    const std::string sql = "update foreign_crls f set " + claim +
                            " from trusted_cas t where t.thumbprint = f.ca and f.next_try <= now() and "
                            "t.crl_url is not null returning f.ca, t.crl_url, t.der, f.number, " +
                            as_utc("f.this_update") + ", " + as_utc("f.next_update");
    HUTONG_QUERY(rows, pool_, sql);
    std::vector<CrlJob> jobs;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        CrlJob job{std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), rows.bytes(row, 2), {}};
        const auto from = time_in(rows, row, 4), to = time_in(rows, row, 5);
        if (!from || !to) co_return from ? to.error() : from.error();
        if (*from && *to) job.held = CrlFacts{rows.bytes(row, 3), **from, **to};
        jobs.push_back(std::move(job));
    }
    co_return jobs;
}

Done TrustedAuthorities::keep_crl(CrlJob job, Bytes der, CrlFacts facts) {
    const Work work = [&](pg::Session& session) -> Done {
        // The same list again changes nothing that a gateway decides by.
        const std::string look = "select der from foreign_crls where ca = $1 for update";
        HUTONG_QUERY(present, session, look, with(job.ca));
        if (present.empty()) co_return Result<void>();  // the CA is trusted no longer
        const bool news = !present.value(0, 0) || present.bytes(0, 0) != der;
        const std::string change =
            "update foreign_crls set der = $2, number = $3, this_update = $4, next_update = $5, fetched = "
            "now(), trouble = null, next_try = $6 where ca = $1";
        HUTONG_STEP(run(session, change,
                        with(job.ca, pg::bytea(der), pg::bytea(facts.number), format_utc(facts.this_update),
                             format_utc(facts.next_update), next_try(facts.next_update))));
        if (!news) co_return Result<void>();
        co_return co_await raise_generation(session);
    };
    co_return co_await pool_.transaction(work);
}

Done TrustedAuthorities::crl_failed(CrlJob job, std::string trouble) {
    const std::string sql = "update foreign_crls set trouble = $2, " + claim + " where ca = $1";
    HUTONG_QUERY(done, pool_, sql, with(job.ca, trouble));
    co_return Result<void>();
}

Done TrustedAuthorities::find_certificates_to_ask_about() {
    // Read first: what is bound meanwhile raises it once more.
    const std::string newest = "select generation from platform";
    HUTONG_QUERY(generation, pool_, newest);
    if (!generation.empty() && generation.integer(0, 0) == searched_) co_return Result<void>();
    const std::string sql =
        "select k.thumbprint, k.der, t.thumbprint, t.der from consumer_certificates k, trusted_cas t where "
        "t.ocsp_url is not null and not exists (select 1 from foreign_answers a where a.certificate = "
        "k.thumbprint) and not exists (select 1 from certificates c where c.thumbprint = k.thumbprint)";
    HUTONG_QUERY(rows, pool_, sql);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto id = domains_.id_of_authority(rows.bytes(row, 3));
        if (id.has_error() || !issued_by(rows.bytes(row, 1), rows.bytes(row, 3), *id)) continue;
        const std::string insert =
            "insert into foreign_answers (certificate, ca) values ($1, $2) on conflict do nothing";
        HUTONG_QUERY(done, pool_, insert,
                     with(std::string(rows.text(row, 0)), std::string(rows.text(row, 2))));
    }
    if (!generation.empty()) searched_ = generation.integer(0, 0);
    co_return Result<void>();
}

Awaitable<Result<std::vector<AnswerJob>>> TrustedAuthorities::claim_answers() {
    const std::string sql =
        "update foreign_answers f set " + claim +
        " from trusted_cas t left join foreign_crls l on l.ca = t.thumbprint, consumer_certificates k where "
        "f.certificate in (select certificate from "
        "foreign_answers where next_try <= now() order by next_try limit 50 for update skip locked) and "
        "t.thumbprint = f.ca and k.thumbprint = f.certificate and t.ocsp_url is not null returning "
        "f.certificate, t.ocsp_url, k.der, t.der, " +
        as_utc("f.this_update") + ", l.der";
    HUTONG_QUERY(rows, pool_, sql);
    std::vector<AnswerJob> jobs;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        AnswerJob job{std::string(rows.text(row, 0)),
                      std::string(rows.text(row, 1)),
                      rows.bytes(row, 2),
                      rows.bytes(row, 3),
                      {},
                      rows.value(row, 5) ? rows.bytes(row, 5) : Bytes()};
        const auto held = time_in(rows, row, 4);
        if (!held) co_return held.error();
        job.held = *held;
        jobs.push_back(std::move(job));
    }
    co_return jobs;
}

Done TrustedAuthorities::keep_answer(AnswerJob job, Bytes der, AnswerFacts facts) {
    const std::string change =
        "update foreign_answers set state = $2, der = $3, this_update = $4, next_update = $5, fetched = "
        "now(), "
        "trouble = null, next_try = $6 where certificate = $1";
    HUTONG_QUERY(
        done, pool_, change,
        with(job.certificate, std::string(to_string(facts.state)), pg::bytea(der),
             format_utc(facts.this_update), format_utc(facts.next_update), next_try(facts.next_update)));
    co_return Result<void>();
}

Done TrustedAuthorities::announce() {
    const Work work = [](pg::Session& session) -> Done { co_return co_await raise_generation(session); };
    co_return co_await pool_.transaction(work);
}

Done TrustedAuthorities::answer_failed(AnswerJob job, std::string trouble) {
    const std::string sql = "update foreign_answers set trouble = $2, " + claim + " where certificate = $1";
    HUTONG_QUERY(done, pool_, sql, with(job.certificate, trouble));
    co_return Result<void>();
}

}  // namespace hutong::security
