// get_registeredInfo: what the publisher's organisation has registered (section 5.2.14).
#include <map>

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/operations.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

Answer get_registered_info(Context& context, xml::Element asked) {
    const std::string selection = collapsed(asked.attribute("infoSelection").value_or(""));
    const std::string hidden = selection == "all"      ? ""
                               : selection == "hidden" ? " and hidden"
                                                       : " and not hidden";
    HUTONG_QUERY(
        rows, context.pool,
        "select kind, key, names, descriptions from uddi_entities where owner = $1 and (kind = 'business' or "
        "(kind = 'tmodel'" +
            hidden + ")) order by kind, name, key",
        with(context.publisher.org));
    HUTONG_QUERY(
        services, context.pool,
        "select s.parent, s.key, s.names from uddi_entities s join uddi_entities b on b.key = s.parent "
        "where b.owner = $1 and b.kind = 'business' order by s.parent, s.position, s.key",
        with(context.publisher.org));
    std::map<std::string, std::string, std::less<>> infos;  // of services, by business
    for (std::size_t i = 0; i < services.size(); ++i)
        infos[std::string(services.text(i, 0))] += "<serviceInfo" +
                                                   attribute("serviceKey", services.text(i, 1)) +
                                                   attribute("businessKey", services.text(i, 0)) + ">" +
                                                   std::string(services.text(i, 2)) + "</serviceInfo>";
    std::string businesses, tmodels;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string said = std::string(rows.text(i, 2)) + std::string(rows.text(i, 3));
        if (rows.text(i, 0) == "tmodel") {
            tmodels += "<tModelInfo" + attribute("tModelKey", rows.text(i, 1)) + ">" + said + "</tModelInfo>";
            continue;
        }
        const auto inside = infos.find(rows.text(i, 1));
        businesses += "<businessInfo" + attribute("businessKey", rows.text(i, 1)) + ">" + said +
                      (inside == infos.end() ? std::string() : enclosed("serviceInfos", inside->second)) +
                      "</businessInfo>";
    }
    std::string content;
    if (!businesses.empty()) content += enclosed("businessInfos", businesses);
    if (!tmodels.empty()) content += enclosed("tModelInfos", tmodels);
    co_return answer_element("registeredInfo", content);
}

}  // namespace hutong::registry::uddi
