#include "registry/publication/uddi/drafts.hpp"

#include <map>

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

Awaitable<OrFault<void>> note_drafts(pg::Session& session, std::string org, std::set<std::string> services) {
    if (services.empty()) co_return OrFault<void>();
    const std::string keys = pg::array(std::vector<pg::Param>(services.begin(), services.end()));
    // What a binding says of its instances, then what their tModels say; not the gateway's own, whose WSDL is
    // published already.
    HUTONG_QUERY(
        texts, session,
        "select s.key, s.name, b.middle from uddi_entities s join uddi_entities b on b.parent = s.key "
        "where s.key = any($1::text[]) and s.kind = 'service' and s.service is null and s.owner = $2 "
        "union all select s.key, s.name, t.middle from uddi_entities s join uddi_instances i on "
        "i.service = s.key join uddi_entities t on t.key = i.tmodel where s.key = any($1::text[]) and "
        "s.kind = 'service' and s.service is null and s.owner = $2 and t.service is null and not t.hidden "
        "and t.owner is not null",
        with(keys, org));
    std::map<std::string, std::pair<std::string, std::string>> found;  // name and address by key
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string key(texts.text(i, 0));
        if (found.contains(key)) continue;
        const std::string address = wsdl_address(std::string(texts.text(i, 2)));
        if (address.empty()) continue;
        const std::string name(texts.text(i, 1));
        found[key] = std::pair(draft_name(name, key), address);
    }
    std::vector<pg::Param> kept;
    for (const auto& [key, draft] : found) kept.emplace_back(key);
    HUTONG_QUERY(gone, session,
                 "delete from service_drafts where key = any($1::text[]) and not key = any($2::text[])",
                 with(keys, pg::array(kept)));
    for (const auto& [key, draft] : found) {
        // A name that is taken is another service's: the draft gets one that nobody has.
        const std::string other = made_name(key);
        HUTONG_QUERY(noted, session,
                     "insert into service_drafts (key, org, name, wsdl) select $1::text, $2::text, case when "
                     "exists (select 1 from services where org = $2 and name = $3) or exists (select 1 from "
                     "service_drafts where org = $2 and name = $3 and key <> $1) then $4::text else $3::text "
                     "end, $5::text "
                     "where not exists (select 1 from service_history where org = $2 and reason = "
                     "'saved through UDDI as ' || $1) "
                     "on conflict (key) do update set wsdl = excluded.wsdl",
                     with(key, org, draft.first, other, draft.second));
    }
    co_return OrFault<void>();
}

}  // namespace hutong::registry::uddi
