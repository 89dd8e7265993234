#include "security/evidence/head_rows.hpp"

#include <map>

namespace hutong::security::evidence {

namespace {

std::string bytea_array(const std::vector<Bytes>& all) {
    std::string text = "{";
    for (const Bytes& one : all) text += (text.size() > 1 ? ",\"\\\\x" : "\"\\\\x") + to_hex(one) + "\"";
    return text + "}";
}

}  // namespace

Awaitable<Result<void>> keep_head(pg::Session& session, const SignedHead& head) {
    const auto statement = head_from_text(head.text);
    if (!statement) co_return statement.error();
    const std::string thumbprint = to_hex(sha256(ByteView(head.certificates.front())));
    const std::string add_certificate =
        "insert into journal_head_certificates (thumbprint, chain) values ($1, $2::bytea[]) "
        "on conflict do nothing";
    pg::Params named{thumbprint, bytea_array(head.certificates)};
    const Result<pg::Rows> certificate = co_await session.query(add_certificate, std::move(named));
    if (!certificate) co_return certificate.error();
    const std::string add_head =
        "insert into journal_heads (node, segment, frames, sequence, head, signature, certificate) "
        "values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    pg::Params values{statement->node,
                      std::to_string(statement->head.segment),
                      std::to_string(statement->head.frames),
                      std::to_string(statement->head.sequence),
                      head.text,
                      pg::bytea(head.signature),
                      thumbprint};
    const Result<pg::Rows> kept = co_await session.query(add_head, std::move(values));
    if (!kept) co_return kept.error();
    co_return Result<void>();
}

Awaitable<Result<std::vector<SignedHead>>> kept_heads(pg::Session& session, std::string node) {
    const std::string select =
        "with chosen as (select distinct on (segment) * from journal_heads where node = $1 "
        "order by segment, frames desc), "
        "newest as (select * from journal_heads where node = $1 order by segment desc, frames desc limit "
        "2000), "
        "either as (select * from chosen union select * from newest) "
        "select h.head, h.signature, c.chain[1] from either h join journal_head_certificates c "
        "on c.thumbprint = h.certificate order by h.segment, h.frames";
    pg::Params of{std::move(node)};
    const Result<pg::Rows> rows = co_await session.query(select, std::move(of));
    if (!rows) co_return rows.error();
    std::vector<SignedHead> heads;
    for (std::size_t i = 0; i < rows->size(); ++i)
        heads.push_back({std::string(rows->text(i, 0)), rows->bytes(i, 1), {rows->bytes(i, 2)}});
    co_return heads;
}

}  // namespace hutong::security::evidence
