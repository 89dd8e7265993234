#include "registry/store/service_rows.hpp"

#include "registry/model/policy_document.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

std::string select_services(const std::string& condition) {
    return "select s.org, s.name, s.version, v.contract, s.wsdl_service, s.policy, s.status, s.journal, "
           "s.forward, "
           "s.security, s.validate, " +
           as_utc("s.changed") + ", " + as_utc("s.deprecated") + ", " + as_utc("s.ends") +
           ", e.url from services s join service_versions v using (org, name, version) "
           "left join endpoints e using (org, name) " +
           condition + " order by s.org, s.name, e.position";
}

std::vector<Service> services_of(const pg::Rows& rows) {
    std::vector<Service> services;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool same = !services.empty() && services.back().org == rows.text(i, 0) &&
                          services.back().name == rows.text(i, 1);
        if (!same) {
            Service service;
            service.org = rows.text(i, 0);
            service.name = rows.text(i, 1);
            service.version = static_cast<unsigned>(rows.integer(i, 2));
            service.contract = rows.text(i, 3);
            service.wsdl_service = rows.text(i, 4);
            service.policy = policy_from(rows.text(i, 5)).value();
            service.status = status_from(rows.text(i, 6)).value();
            if (const auto level = rows.value(i, 7)) service.journal = journal_level_from(*level).value();
            service.forward = forward_from(rows.text(i, 8)).value();
            const auto detail = rows.value(i, 9);
            service.security = detail ? policy_of_stored(*detail) : preset_policy(service.policy);
            service.validate = rows.boolean(i, 10);
            service.changed = parse_utc(rows.text(i, 11)).value();
            if (const auto at = rows.value(i, 12)) service.deprecated = parse_utc(*at).value();
            if (const auto at = rows.value(i, 13)) service.ends = parse_utc(*at).value();
            services.push_back(std::move(service));
        }
        if (const auto url = rows.value(i, 14)) services.back().endpoints.push_back(*url);
    }
    return services;
}

}  // namespace hutong::registry
