#include "registry/inquiry/inquiry.hpp"

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/uddi/details.hpp"
#include "registry/store/uddi/finder.hpp"

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

std::string list_answer(std::string_view name, std::string_view infos, const Found& found, const std::string& content) {
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

}  // namespace

Answer find_service(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(Find find_what, read_find(asked, Kind::service));
    // Projections are left out where no business is named (section 5.1.4.3).
    if (find_what.within.empty()) find_what.qualifiers.suppress_projections = true;
    HUTONG_CO_ASSIGN(const Found found, co_await find(context.pool, find_what));
    std::string infos;
    for (const Hit& hit : found.hits)
        infos += "<serviceInfo" + attribute("serviceKey", hit.key) + attribute("businessKey", hit.parent) + ">" +
                 hit.names + "</serviceInfo>";
    co_return list_answer("serviceList", "serviceInfos", found, infos);
}

Answer find_business(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(const Find find_what, read_find(asked, Kind::business));
    HUTONG_CO_ASSIGN(const Found found, co_await find(context.pool, find_what));
    std::string infos;
    for (const Hit& hit : found.hits)
        infos += "<businessInfo" + attribute("businessKey", hit.key) + ">" + hit.names + hit.descriptions +
                 (hit.services.empty() ? std::string() : enclosed("serviceInfos", hit.services)) + "</businessInfo>";
    co_return list_answer("businessList", "businessInfos", found, infos);
}

Answer find_tmodel(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(const Find find_what, read_find(asked, Kind::tmodel));
    HUTONG_CO_ASSIGN(const Found found, co_await find(context.pool, find_what));
    std::string infos;
    for (const Hit& hit : found.hits)
        infos += "<tModelInfo" + attribute("tModelKey", hit.key) + ">" + hit.names + hit.descriptions + "</tModelInfo>";
    co_return list_answer("tModelList", "tModelInfos", found, infos);
}

Answer find_binding(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(const Find find_what, read_find(asked, Kind::binding));
    HUTONG_CO_ASSIGN(const Found found, co_await find(context.pool, find_what));
    std::vector<std::string> keys;
    for (const Hit& hit : found.hits) keys.push_back(hit.key);
    std::string content;
    if (!keys.empty()) {
        HUTONG_CO_ASSIGN(content,
                         co_await details(context.pool, Kind::binding, std::move(keys), context.public_url));
    }
    co_return answer_element("bindingDetail",
                             list_description(found.hits.size(), found.total, found.head) + content,
                             truncation(found.truncated()));
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
