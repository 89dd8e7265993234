#include "registry/publication/uddi/drafts.hpp"

#include "base/bytes.hpp"
#include "base/coroutine.hpp"
#include "base/ids.hpp"
#include "base/xml/document.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

// By what it says it is, or by how it ends.
bool is_wsdl(const std::string& use_type, const std::string& url) {
    const std::string address = lower(url);
    if (!address.starts_with("http://") && !address.starts_with("https://")) return false;
    return lower(use_type).starts_with("wsdl") || address.ends_with(".wsdl") || address.ends_with("?wsdl");
}

std::string made_name(const std::string& key) {
    return "uddi-" + to_hex(sha256(key)).substr(0, 12);
}

std::string first_address(xml::Element element) {
    if (element.local() == "overviewURL") {
        const std::string url = element.text();
        return is_wsdl(element.attribute("useType").value_or(""), url) ? url : std::string();
    }
    for (const xml::Element child : element.children())
        if (std::string found = first_address(child); !found.empty()) return found;
    return {};
}

}  // namespace

std::string draft_name(const std::string& name, const std::string& key) {
    if (const std::string own = lower(name); is_name(own)) return own;
    const std::string last = key.substr(key.rfind(':') + 1);
    // A UUID names nothing to people, and what is made from it is no worse.
    if (is_name(last) && last.size() < 36) return last;
    return made_name(key);
}

// Pieces of answers are well-formed, as they were made from a request that was.
std::string wsdl_address(const std::string& text) {
    if (text.find("overviewURL") == std::string::npos) return {};
    const auto parsed = xml::parse("<x>" + text + "</x>");
    if (!parsed) return {};
    return first_address(parsed->root());
}

Awaitable<OrFault<void>> note_drafts(pg::Session& session, std::set<std::string> services) {
    if (services.empty()) co_return OrFault<void>();
    const std::string keys = pg::array(std::vector<pg::Param>(services.begin(), services.end()));
    // What a binding says of its instances, then what their tModels say; not the gateway's own, whose WSDL is
    // published already.
    HUTONG_QUERY(
        texts, session,
        "select s.key, s.owner, s.name, b.middle from uddi_entities s join uddi_entities b on b.parent = "
        "s.key where s.key = any($1::text[]) and s.kind = 'service' and s.service is null and s.owner is not "
        "null union all select s.key, s.owner, s.name, t.middle from uddi_entities s join uddi_entities b on "
        "b.parent = s.key join uddi_instances i on i.binding = b.key join uddi_entities t on t.key = "
        "i.tmodel where s.key = any($1::text[]) and "
        "s.kind = 'service' and s.service is null and s.owner is not null and t.service is null and not "
        "t.hidden and t.owner is not null",
        with(keys));
    std::set<std::string> found;
    std::vector<pg::Param> kept, owners, names, others, addresses;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string key(texts.text(i, 0));
        if (found.contains(key)) continue;
        const std::string address = wsdl_address(std::string(texts.text(i, 3)));
        if (address.empty()) continue;
        found.insert(key);
        kept.emplace_back(key);
        owners.emplace_back(std::string(texts.text(i, 1)));
        names.emplace_back(draft_name(std::string(texts.text(i, 2)), key));
        others.emplace_back(made_name(key));
        addresses.emplace_back(address);
    }
    HUTONG_QUERY(gone, session,
                 "delete from service_drafts where key = any($1::text[]) and not key = any($2::text[]) and "
                 "completed is null",
                 with(keys, pg::array(kept)));
    // A name that is taken is another service's: the draft gets one that nobody has.
    HUTONG_QUERY(
        noted, session,
        "insert into service_drafts as d (key, org, name, wsdl) select n.key, n.org, case when twin > 1 or "
        "exists (select 1 from services s where s.org = n.org and s.name = n.name) or exists (select 1 from "
        "service_drafts o where o.org = n.org and o.name = n.name and o.key <> n.key) then n.other else "
        "n.name "
        "end, n.wsdl from (select *, row_number() over (partition by org, name order by key) as twin from "
        "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as given (key, org, name, other, "
        "wsdl)) n on conflict (key) do update set org = excluded.org, name = excluded.name, wsdl = "
        "excluded.wsdl where d.completed is null",
        with(pg::array(kept), pg::array(owners), pg::array(names), pg::array(others), pg::array(addresses)));
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> note_drafts_by(pg::Session& session, std::string org,
                                        std::set<std::string> tmodels) {
    HUTONG_QUERY(
        rows, session,
        "select distinct s.key from uddi_instances i join uddi_entities s on s.key = i.service where "
        "i.tmodel = any($1::text[]) and s.owner = $2",
        with(pg::array(std::vector<pg::Param>(tmodels.begin(), tmodels.end())), org));
    std::set<std::string> services;
    for (std::size_t i = 0; i < rows.size(); ++i) services.emplace(rows.text(i, 0));
    co_return co_await note_drafts(session, std::move(services));
}

}  // namespace hutong::registry::uddi
