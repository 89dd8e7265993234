#include "registry/store/search_documents.hpp"

#include "base/coroutine.hpp"
#include "registry/model/search_words.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

using Column = std::vector<pg::Param>;

struct Columns {
    Column services, operations, elements, texts, name_words, operation_words, element_words, words;
};

// Words have no blanks, so blanks part them.
std::string words_in(const std::string& text) {
    std::string all;
    for (const std::string& word : words_of(text)) all += (all.empty() ? "" : " ") + word;
    return all;
}

void add(Columns& columns, const pg::Rows& rows, std::size_t row) {
    const std::string names(rows.text(row, 1)), descriptions(rows.text(row, 2));
    const std::string operations(rows.text(row, 3)), elements(rows.text(row, 4));
    const std::string text = names + "\n" + operations + "\n" + elements + "\n" + descriptions;
    columns.services.emplace_back(rows.text(row, 0));
    columns.operations.emplace_back(operations);
    columns.elements.emplace_back(elements);
    columns.texts.emplace_back(text);
    columns.name_words.emplace_back(words_in(names));
    columns.operation_words.emplace_back(words_in(operations));
    columns.element_words.emplace_back(words_in(elements));
    columns.words.emplace_back(words_in(text));
}

}  // namespace

Awaitable<Result<void>> write_documents(pg::Session& session, std::vector<std::string> services) {
    if (services.empty()) co_return Result<void>();
    const Column keys(services.begin(), services.end());
    HUTONG_QUERY(
        rows, session,
        "select s.key, concat_ws(E'\\n', s.service, (select string_agg(n.name, E'\\n' order by n.position) "
        "from "
        "uddi_names n where n.entity = s.key), e.title, e.keywords), concat_ws(E'\\n', "
        "uddi_text(s.descriptions), "
        "e.abstract), coalesce(d.operations, ''), coalesce(d.elements, '') from uddi_entities s left join "
        "catalogue_entries e on e.service = s.key left join search_documents d on d.service = s.key where "
        "s.key = "
        "any($1::text[]) and s.kind = 'service'",
        with(pg::array(keys)));
    Columns all;
    for (std::size_t i = 0; i < rows.size(); ++i) add(all, rows, i);
    if (all.services.empty()) co_return Result<void>();
    HUTONG_QUERY(
        written, session,
        "insert into search_documents (service, operations, elements, text, name_words, operation_words, "
        "element_words, words) select k, o, e, t, string_to_array(nw, ' '), string_to_array(ow, ' '), "
        "string_to_array(ew, ' '), string_to_array(w, ' ') from unnest($1::text[], $2::text[], $3::text[], "
        "$4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) u (k, o, e, t, nw, ow, ew, w) on "
        "conflict "
        "(service) do update set operations = excluded.operations, elements = excluded.elements, text = "
        "excluded.text, name_words = excluded.name_words, operation_words = excluded.operation_words, "
        "element_words = excluded.element_words, words = excluded.words",
        with(pg::array(all.services), pg::array(all.operations), pg::array(all.elements),
             pg::array(all.texts), pg::array(all.name_words), pg::array(all.operation_words),
             pg::array(all.element_words), pg::array(all.words)));
    co_return Result<void>();
}

Awaitable<Result<void>> write_document(pg::Session& session, const std::string& service,
                                       ContractWords contract) {
    HUTONG_QUERY(
        stored, session,
        "insert into search_documents (service, operations, elements) values ($1, $2, $3) on conflict "
        "(service) do update set operations = excluded.operations, elements = excluded.elements",
        with(service, contract.operations, contract.elements));
    std::vector<std::string> one(1, service);
    co_return co_await write_documents(session, std::move(one));
}

}  // namespace hutong::registry
