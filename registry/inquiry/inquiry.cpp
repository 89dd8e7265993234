#include "registry/inquiry/inquiry.hpp"

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/uddi/details.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::size_t most_keys = 500;

std::string list_description(std::size_t count, unsigned total, unsigned head) {
    return enclosed("listDescription", element("includeCount", std::to_string(count)) +
                                           element("actualCount", std::to_string(total)) +
                                           element("listHead", std::to_string(head)));
}

std::string truncation(bool truncated) {
    return truncated ? attribute("truncated", "true") : std::string();
}

std::string list_answer(std::string_view name, std::string_view infos, const Found& found,
                        const std::string& content) {
    return answer_element(name,
                          list_description(found.hits.size(), found.total, found.head) +
                              (content.empty() ? std::string() : enclosed(infos, content)),
                          truncation(found.truncated()));
}

OrFault<std::vector<std::string>> keys_in(const xml::Element& asked, std::string_view name) {
    std::vector<std::string> keys;
    for (const xml::Element one : asked.children())
        if (one.local() == name) keys.push_back(fold_key(one.text()));
    if (keys.size() > most_keys)
        return Fault(failure::result_set_too_large, "At most " + std::to_string(most_keys) +
                                                        " keys may be asked for at once, not " +
                                                        std::to_string(keys.size()) + ".");
    return keys;
}

Answer get_detail(Context& context, xml::Element asked, Kind kind) {
    HUTONG_CO_ASSIGN(auto keys, keys_in(asked, key_name_of(kind)));
    HUTONG_CO_ASSIGN(const std::string text,
                     co_await details(context.pool, kind, std::move(keys), context.public_url));
    co_return answer_element(detail_of(kind), text);
}

struct ListRow {
    Kind kind;
    std::string_view list, infos;
};
constexpr ListRow lists[]{{Kind::business, "businessList", "businessInfos"},
                          {Kind::service, "serviceList", "serviceInfos"},
                          {Kind::tmodel, "tModelList", "tModelInfos"}};

std::string info_text(Kind kind, const Hit& hit) {
    switch (kind) {
        case Kind::business:
            return "<businessInfo" + attribute("businessKey", hit.key) + ">" + hit.names + hit.descriptions +
                   (hit.services.empty() ? std::string() : enclosed("serviceInfos", hit.services)) +
                   "</businessInfo>";
        case Kind::service:
            return "<serviceInfo" + attribute("serviceKey", hit.key) + attribute("businessKey", hit.parent) +
                   ">" + hit.names + "</serviceInfo>";
        default:
            return "<tModelInfo" + attribute("tModelKey", hit.key) + ">" + hit.names + hit.descriptions +
                   "</tModelInfo>";
    }
}

Answer find_entities(Context& context, xml::Element asked, Kind kind) {
    HUTONG_CO_ASSIGN(Find what, read_find(asked, kind));
    // Projections are left out where no business is named (section 5.1.4.3).
    if (kind == Kind::service && what.within.empty()) what.qualifiers.suppress_projections = true;
    HUTONG_CO_ASSIGN(FoundAnswer found, co_await answer_find(context.pool, what, context.public_url));
    co_return std::move(found.text);
}

}  // namespace

Awaitable<OrFault<FoundAnswer>> answer_find(pg::Session& session, const Find& asked,
                                            const std::string& public_url) {
    HUTONG_CO_ASSIGN(const Found found, co_await find(session, asked));
    FoundAnswer answer;
    answer.total = found.total;
    for (const Hit& hit : found.hits) answer.keys.push_back(hit.key);
    for (const ListRow& row : lists) {
        if (row.kind != asked.kind) continue;
        std::string infos;
        for (const Hit& hit : found.hits) infos += info_text(asked.kind, hit);
        answer.text = list_answer(row.list, row.infos, found, infos);
        co_return answer;
    }
    std::string content;
    if (!answer.keys.empty()) {
        HUTONG_CO_ASSIGN(content, co_await details(session, Kind::binding, answer.keys, public_url));
    }
    answer.text = answer_element("bindingDetail",
                                 list_description(found.hits.size(), found.total, found.head) + content,
                                 truncation(found.truncated()));
    co_return answer;
}

Answer find_service(Context& context, xml::Element asked) {
    return find_entities(context, asked, Kind::service);
}

Answer find_business(Context& context, xml::Element asked) {
    return find_entities(context, asked, Kind::business);
}

Answer find_tmodel(Context& context, xml::Element asked) {
    return find_entities(context, asked, Kind::tmodel);
}

Answer find_binding(Context& context, xml::Element asked) {
    return find_entities(context, asked, Kind::binding);
}

Answer find_related_businesses(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(const RelatedTo related, read_related(asked));
    HUTONG_CO_ASSIGN(const RelatedFound found, co_await find_related(context.pool, related));
    co_return answer_element(
        "relatedBusinessesList",
        list_description(found.count, found.total, found.head) + element("businessKey", related.key) +
            (found.infos.empty() ? std::string() : enclosed("relatedBusinessInfos", found.infos)),
        truncation(found.head - 1 + found.count < found.total));
}

Answer get_binding_detail(Context& context, xml::Element asked) {
    return get_detail(context, asked, Kind::binding);
}

Answer get_business_detail(Context& context, xml::Element asked) {
    return get_detail(context, asked, Kind::business);
}

Answer get_service_detail(Context& context, xml::Element asked) {
    return get_detail(context, asked, Kind::service);
}

Answer get_tmodel_detail(Context& context, xml::Element asked) {
    return get_detail(context, asked, Kind::tmodel);
}

Answer get_operational_info(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(auto keys, keys_in(asked, "entityKey"));
    std::string node(node_id);
    HUTONG_CO_ASSIGN(const std::string text,
                     co_await operational_infos(context.pool, std::move(keys), std::move(node)));
    co_return answer_element("operationalInfos", text);
}

}  // namespace hutong::registry::uddi
