#include "registry/store/uddi/details.hpp"

#include <algorithm>
#include <map>

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

// The columns of one entity; the last two: which parent shows it, and where.
std::string columns(const std::string& shown_by, const std::string& position) {
    return "select e.key, e.kind, e.parent, e.lead, e.names, e.descriptions, e.middle, e.tail, e.hidden, "
           "e.service is not null, " +
           shown_by + ", " + position + " from uddi_entities e ";
}

// What is asked for, its children and theirs. Services that a business projects come after its own.
std::string statement_for(Kind kind) {
    std::string sql = columns("null::text", "0::bigint") + "where e.key = any($1::text[]) and e.kind = '" +
                      std::string(to_string(kind)) + "'";
    if (kind == Kind::business) {
        sql += " union all " + columns("e.parent::text", "e.position") + "where e.parent = any($1::text[])";
        sql += " union all " + columns("p.business::text", "9000000000000000 + p.position") +
               "join uddi_projections p on p.service = e.key where p.business = any($1::text[])";
        sql += " union all " + columns("e.parent::text", "e.position") +
               "where e.parent in (select s.key from uddi_entities s where s.parent = any($1::text[]) "
               "union select p.service from uddi_projections p where p.business = any($1::text[]))";
    } else if (kind == Kind::service) {
        sql += " union all " + columns("e.parent::text", "e.position") + "where e.parent = any($1::text[])";
    }
    return sql;
}

struct Stored {
    EntityText text;
    bool gateways{false};
    std::int64_t position{0};
};

Stored stored_of(const pg::Rows& rows, std::size_t i) {
    Stored one;
    EntityText& text = one.text;
    text.key = rows.text(i, 0);
    text.kind = kind_from(rows.text(i, 1));
    text.parent = rows.text(i, 2);
    text.lead = rows.text(i, 3);
    text.names = rows.text(i, 4);
    text.descriptions = rows.text(i, 5);
    text.middle = rows.text(i, 6);
    text.tail = rows.text(i, 7);
    text.hidden = rows.boolean(i, 8);
    one.gateways = rows.boolean(i, 9);
    one.position = rows.integer(i, 11);
    return one;
}

void put_public_url(std::string& text, const std::string& url) {
    for (std::size_t at = text.find(public_url_mark); at != std::string::npos;
         at = text.find(public_url_mark, at + url.size()))
        text.replace(at, public_url_mark.size(), url);
}

class Assembly {
  public:
    Assembly(const pg::Rows& rows, const std::string& public_url) {
        const std::string url = xml::escape(public_url);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            Stored one = stored_of(rows, i);
            if (one.gateways) put_public_url(one.text.middle, url);
            const auto shown_by = rows.value(i, 10);
            if (shown_by)
                children_[*shown_by].push_back(std::move(one));
            else
                roots_.emplace(one.text.key, std::move(one));
        }
        for (auto& [key, children] : children_)
            std::stable_sort(children.begin(), children.end(), [](const Stored& a, const Stored& b) {
                return std::tie(a.position, a.text.key) < std::tie(b.position, b.text.key);
            });
    }

    const Stored* root(const std::string& key) const {
        const auto found = roots_.find(key);
        return found == roots_.end() ? nullptr : &found->second;
    }

    std::string text(const Stored& entity) const {
        std::string inside;
        if (const auto found = children_.find(entity.text.key); found != children_.end())
            for (const Stored& child : found->second) inside += text(child);
        return text_of(entity.text, inside);
    }

  private:
    std::map<std::string, Stored> roots_;
    std::map<std::string, std::vector<Stored>> children_;
};

std::string array_of(const std::vector<std::string>& keys) {
    return pg::array(std::vector<pg::Param>(keys.begin(), keys.end()));
}

Fault unknown(std::string_view key, std::string_view key_name) {
    return Fault(failure::invalid_key,
                 "There is no " + std::string(key_name) + " \"" + std::string(key) + "\" in this registry.",
                 std::string(key_name == "entityKey" ? "" : key_name));
}

}  // namespace

Awaitable<OrFault<std::string>> details(pg::Session& session, Kind kind, std::vector<std::string> keys,
                                        std::string public_url) {
    HUTONG_QUERY(rows, session, statement_for(kind), with(array_of(keys)));
    const Assembly assembly(rows, public_url);
    std::string text;
    for (const std::string& key : keys) {
        const Stored* const found = assembly.root(key);
        if (found == nullptr) co_return unknown(key, key_name_of(kind));
        text += assembly.text(*found);
    }
    co_return text;
}

Awaitable<OrFault<std::string>> operational_infos(pg::Session& session, std::vector<std::string> keys,
                                                  std::string node_id) {
    HUTONG_QUERY(rows, session,
                 "select k.key, " + as_utc("e.created") + ", " + as_utc("e.modified") + ", " +
                     as_utc("e.modified_below") +
                     ", e.owner from unnest($1::text[]) with ordinality k (key, n) left join uddi_entities e "
                     "on e.key = k.key order by k.n",
                 with(array_of(keys)));
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows.value(i, 1)) co_return unknown(rows.text(i, 0), "entityKey");
        text += "<operationalInfo" + attribute("entityKey", rows.text(i, 0)) + ">" +
                element("created", rows.text(i, 1)) + element("modified", rows.text(i, 2)) +
                element("modifiedIncludingChildren", rows.text(i, 3)) + element("nodeID", node_id) +
                element("authorizedName", rows.value(i, 4).value_or("hutong")) + "</operationalInfo>";
    }
    co_return text;
}

}  // namespace hutong::registry::uddi
